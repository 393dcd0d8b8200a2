// Commands and their values, as the incident's page, the paste box and the checklist show them.
// fill-in.js sets the values.
(() => {
  "use strict";
  const { element, announce, copyButton } = window.runbooks;
  const { quoted, neededIn, filledIn } = window.runbooksFillIn;

  const { isSecret } = window.runbooksSecrets;

  const TALLEST = 8; // most lines of a field
  const SECRET = "This looks like a secret. It stays on this page: it is not in the address, nor in a copied link.";

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

  // The exports before a command, a line for each value. With `ask`, a value is filled in, and changed,
  // on its line: ask.about(name) returns {label, example}, ask.set(name, value) takes what was typed.
  function exportLines(text, values, ask) {
    return neededIn(text, values).map((name) => exportLine(name, values.get(name), ask));
  }

  function exportLine(name, value, ask) {
    const line = element("div", { class: "kb-export" });
    const edit = () => editHere(line, name, value, ask);
    if (value === null) {
      line.classList.add("kb-export--unfilled");
      const missing = `‹${name}: not filled in›`;
      line.append(`export ${name}=`, ask ? button("kb-unfilled", `Fill in ${name}`, missing) : missing);
    } else {
      line.append(`export ${name}=${quoted(value)}`, ...(ask ? [" ", button("kb-change", `Change ${name}`, "Change")] : []));
      if (ask && isSecret(name, value)) line.append(element("span", { class: "kb-secret", role: "status" }, SECRET));
    }
    return line;

    function button(style, label, text) {
      return element("button", { type: "button", class: style, "data-value": name, "aria-label": label, onclick: edit }, text);
    }
  }

  // Put a field where the value stands. Enter and leaving it take the value, Escape does not.
  function editHere(line, name, value, ask) {
    const { label, example } = ask.about(name);
    const place = blocks().indexOf(line.closest(".kb-code"));
    const field = valueField({ class: "kb-value-here", placeholder: example, "aria-label": `${name}: ${label}` }, leave);
    let isDone = false;
    field.value = value ?? "";
    line.replaceChildren(`export ${name}=`, field, element("span", { class: "kb-value-about", "aria-hidden": "true" }, label));
    fitLines(field);
    field.addEventListener("input", () => fitLines(field));
    field.addEventListener("blur", take);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      field.value = value ?? "";
      take();
      leave();
    });
    field.focus();
    line.scrollIntoView({ block: "nearest" }); // with what it says about the value

    function take() {
      if (isDone) return;
      isDone = true;
      if (field.value === (value ?? "")) line.replaceWith(exportLine(name, value, ask));
      else ask.set(name, field.value);
    }

    // The next thing to do with this command: its next value, or to copy it. It may have been drawn again.
    function leave() {
      blocks()[place]?.querySelector(".kb-unfilled, .kb-copy")?.focus();
    }
  }

  function blocks() {
    return [...document.querySelectorAll(".kb-code")];
  }

  function exportsBox(...lines) {
    return element("div", { class: "kb-exports", role: "group", "aria-label": "Parameters of this command" }, ...lines);
  }

  // A command with its values and its button. newest() returns the values at the time of copying.
  function commandBlock(run, values, { label, ask, newest = () => values, copied }) {
    const exports = exportLines(run, values, ask);
    const block = element(
      "div",
      { class: "kb-code kb-command" },
      ...(exports.length ? [exportsBox(...exports)] : []),
      element("pre", {}, element("code", {}, run)),
      copyButton(label, () => filledIn(run, newest()), copied && (() => copied(block))),
    );
    return block;
  }

  // Announce that the command of a block was copied, and which values are missing.
  function announceCopied(missing, block) {
    if (!missing.length) {
      announce("Copied");
      return;
    }
    announce(
      `Copied, but ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not filled in: the command stops before it does anything.`,
      { label: `Fill in ${missing[0]}`, run: () => block.querySelector(`.kb-unfilled[data-value="${missing[0]}"]`)?.click() },
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

  Object.assign(window.runbooks, { valueField, fitLines, exportLines, exportsBox, commandBlock, announceCopied, decode, SECRET });
})();
