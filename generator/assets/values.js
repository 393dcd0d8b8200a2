// Commands and their values, as the incident's page, the paste box and the checklist show them.
// fill-in.js sets the values.
(() => {
  "use strict";
  const { element, announce, copyButton } = window.runbooks;
  const { quoted, neededIn, filledIn } = window.runbooksFillIn;

  const TALLEST = 8; // most lines of a field

  // A field for a value, which can have several lines: an <input> would silently drop them.
  function valueField(attributes, left = () => {}) {
    const field = element("textarea", { rows: 1, autocapitalize: "off", autocomplete: "off", spellcheck: "false", ...attributes });
    field.addEventListener("keydown", (event) => {
      // Most values are one line: Enter leaves the field, Shift+Enter adds a line.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      field.blur();
      left();
    });
    return field;
  }

  function fitLines(field) {
    field.rows = Math.min(TALLEST, field.value.split("\n").length);
  }

  function goTo(field) {
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus({ preventScroll: true });
    field.closest(".kb-parameter").scrollIntoView({ block: "center" });
  }

  // The exports before a command, a line for each value; jump(name) goes to the field of a value, if
  // there is one.
  function exportLines(text, values, jump) {
    return neededIn(text, values).map((name) => {
      const value = values.get(name);
      if (value !== null) return element("div", { class: "kb-export" }, `export ${name}=${quoted(value)}`);
      const missing = `‹${name}: not filled in›`;
      const shown = jump
        ? element("button", { type: "button", class: "kb-unfilled", onclick: () => jump(name), "aria-label": `${name} is not filled in. Go to its field` }, missing)
        : missing;
      return element("div", { class: "kb-export kb-export--unfilled" }, `export ${name}=`, shown);
    });
  }

  function exportsBox(...lines) {
    return element("div", { class: "kb-exports", role: "group", "aria-label": "Parameters of this command" }, ...lines);
  }

  // A command with its values and its button. newest() returns the values at the time of copying.
  function commandBlock(run, values, { label, jump, newest = () => values, copied }) {
    const exports = exportLines(run, values, jump);
    return element(
      "div",
      { class: "kb-code kb-command" },
      ...(exports.length ? [exportsBox(...exports)] : []),
      element("pre", {}, element("code", {}, run)),
      copyButton(label, () => filledIn(run, newest()), copied),
    );
  }

  // Announce that a command was copied, and which values are missing.
  function announceCopied(missing, jump) {
    if (!missing.length) {
      announce("Copied");
      return;
    }
    announce(
      `Copied, but ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not filled in: the command stops before it does anything.`,
      { label: `Fill in ${missing[0]}`, run: () => jump(missing[0]) },
    );
  }

  // A part of a URL, which may be mistyped.
  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  Object.assign(window.runbooks, { valueField, fitLines, goTo, exportLines, exportsBox, commandBlock, announceCopied, decode });
})();
