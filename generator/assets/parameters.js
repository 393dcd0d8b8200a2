// Parameters: typed once, shown and copied with every command that uses them.
//
// A value reaches a command as an environment variable in a line of its own, quoted for the shell,
// and is never put into the command's text. Values are kept in the address after "#"
// (#TABLE=Sessions&X=1), which no browser sends to a server, so a link carries them to a colleague.
// An ordinary anchor may stand first: #fix-2&TABLE=Sessions.
(() => {
  "use strict";
  const { element, announce, copyText, codeOf } = window.runbooks;
  const { quoted, mentions, neededIn, filledIn } = window.runbooksFillIn;

  const fields = new Map(); // name -> its field
  const commands = []; // {block, names, exports}
  let touched = false; // a command was copied without a value
  let cameFrom = null; // the command from which the reader went to a field

  const FOLD_FROM = 3; // more fields than a phone shows beside the first step start folded away

  const box = document.querySelector(".kb-parameters");
  const summary = element("summary");
  for (const input of document.querySelectorAll(".kb-parameters .kb-parameter [data-name]")) {
    const field = growing(input);
    field.value = field.dataset.default || "";
    fields.set(field.dataset.name, field);
  }

  // A value may have several lines, which an <input> would drop without a word.
  function growing(input) {
    const area = element("textarea", { rows: 1, autocapitalize: "off", autocomplete: "off", spellcheck: "false" });
    for (const { name, value } of input.attributes) {
      if (name !== "type" && name !== "value") area.setAttribute(name, value);
    }
    area.addEventListener("keydown", (event) => {
      // One line is the rule: Enter leaves the field, Shift+Enter makes a line.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      area.blur();
      goBack();
    });
    area.addEventListener("blur", () => {
      if (!area.value && area.dataset.default) {
        area.value = area.dataset.default;
        show();
      }
    });
    area.addEventListener("input", () => {
      show();
      writeAddress();
    });
    input.replaceWith(area);
    return area;
  }

  function valuesNow() {
    return new Map([...fields].map(([name, field]) => [name, field.value || null]));
  }

  function commandText(block) {
    return filledIn(codeOf(block), valuesNow());
  }

  function missingIn(block) {
    return neededIn(codeOf(block), valuesNow()).filter((name) => !fields.get(name).value);
  }

  // Go to a parameter's field; Enter in it leads back to the command.
  function jumpTo(name, from) {
    cameFrom = from;
    const field = fields.get(name);
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus({ preventScroll: true });
    field.closest(".kb-parameter").scrollIntoView({ block: "center" });
  }

  function goBack() {
    const block = cameFrom;
    cameFrom = null;
    block?.querySelector(".kb-unfilled, .kb-copy")?.focus({ preventScroll: true });
    block?.scrollIntoView({ block: "center" });
  }

  for (const block of document.querySelectorAll(".kb-command")) {
    const named = mentions(codeOf(block));
    const names = [...fields.keys()].filter((name) => named.has(name));
    if (!names.length) continue;
    const exports = element("div", { class: "kb-exports", role: "group", "aria-label": "Parameters of this command" });
    block.querySelector("pre").before(exports);
    commands.push({ block, names, exports });
  }

  function show() {
    for (const { block, exports } of commands) {
      exports.replaceChildren(...exportLines(codeOf(block), valuesNow(), (name) => jumpTo(name, block)));
    }
    const filled = [...fields.values()].filter((field) => field.value).length;
    summary.textContent = `Values: ${filled} of ${fields.size} filled in`;
    for (const [name, field] of fields) {
      field.rows = Math.min(8, field.value.split("\n").length);
      field.closest(".kb-parameter").dataset.state = field.value ? "filled" : "empty";
      const used = commands.some((command) => command.names.includes(name));
      field.setAttribute("aria-invalid", String(used && !field.value && touched));
    }
  }

  // What is set in front of a command, a line for each value; jump(name) goes to a value's field,
  // where there is one.
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

  // Say that a command was copied, and what it lacks.
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

  // -- the address ---------------------------------------------------------------------------

  function partsOf(hash) {
    const parts = hash.replace(/^#/, "").split("&").filter(Boolean);
    return { anchor: parts.find((part) => !part.includes("=")) || "", pairs: parts.filter((part) => part.includes("=")) };
  }

  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function readAddress() {
    const { anchor, pairs } = partsOf(location.hash);
    for (const pair of pairs) {
      const [name, ...rest] = pair.split("=");
      const field = fields.get(decode(name));
      if (field) field.value = decode(rest.join("="));
    }
    // The browser looks for the whole of "#fix-2&TABLE=x" and finds nothing.
    if (pairs.length && anchor) document.getElementById(decode(anchor))?.scrollIntoView();
  }

  function addressHash() {
    const pairs = [];
    for (const [name, field] of fields) {
      if (field.value && field.value !== (field.dataset.default || "")) {
        pairs.push(`${name}=${encodeURIComponent(field.value)}`);
      }
    }
    const { anchor } = partsOf(location.hash);
    return "#" + [anchor, ...pairs].filter(Boolean).join("&");
  }

  function writeAddress() {
    try {
      history.replaceState(history.state, "", addressHash());
    } catch {
      // Some browsers forbid it for file://; the values then live as long as the page.
    }
  }

  function clear() {
    for (const field of fields.values()) field.value = field.dataset.default || "";
    show();
    writeAddress();
    announce("Parameters cleared");
  }

  async function copyLink() {
    const address = location.href.split("#")[0] + addressHash();
    announce((await copyText(address)) ? "Link with the values copied" : "Could not copy the link");
  }

  if (box && fields.size) {
    readAddress();
    const buttons = element(
      "div",
      { class: "kb-parameters__buttons" },
      element("button", { type: "button", class: "kb-button", onclick: clear }, "Clear values"),
      element("button", { type: "button", class: "kb-button", onclick: copyLink }, "Copy link with values"),
    );
    const folding = element("details", { class: "kb-fold", open: fields.size < FOLD_FROM }, summary, ...box.childNodes, buttons);
    box.append(folding);
    show();
    // On paper nothing can be unfolded.
    let wasOpen = folding.open;
    window.addEventListener("beforeprint", () => {
      wasOpen = folding.open;
      folding.open = true;
    });
    window.addEventListener("afterprint", () => {
      folding.open = wasOpen;
    });
    window.addEventListener("hashchange", () => {
      // A link within the page drops the values from the address, a pasted one brings new ones.
      readAddress();
      show();
      writeAddress();
    });
  }

  function markMissing() {
    touched = true;
    show();
  }

  Object.assign(window.runbooks, { exportLines, announceCopied, commandText, missingIn, markMissing, jumpTo });
})();
