// Parameters: typed once, shown and copied with every command that uses them.
//
// A value reaches a command as an environment variable in a line of its own, quoted for the shell,
// and is never put into the command's text. Values are kept in the address after "#"
// (#TABLE=Sessions&X=1), which no browser sends to a server, so a link carries them to a colleague.
// An ordinary anchor may stand first: #fix-2&TABLE=Sessions.
(() => {
  "use strict";
  const { element, announce, copyText, codeOf } = window.runbooks;

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

  function quote(value) {
    return `'${value.replaceAll("'", "'\\''")}'`;
  }

  // Every mention counts, in single quotes too: `bash -c 'echo "$TABLE"'` reads it from the
  // environment, and an export too many does no harm.
  function mentionedIn(text, names) {
    return [...names].filter((name) => new RegExp(`\\$\\{?[#!]?${name}(?![A-Za-z0-9_])`).test(text));
  }

  // What a command needs: one that says itself what to do without a value, ${MIGRATE:-}, does
  // without.
  function neededIn(text, values) {
    const optional = (name) => new RegExp(`\\$\\{${name}:?[-+]`).test(text);
    return mentionedIn(text, values.keys()).filter((name) => values.get(name) || !optional(name));
  }

  // What to paste into a shell, with values by name. Where one is missing, the shell must stop
  // before anything runs: the braces make it one command also for an interactive shell, which
  // would otherwise go on with the next line.
  function filledIn(text, values) {
    const lines = [];
    const checks = [];
    for (const name of neededIn(text, values)) {
      const value = values.get(name);
      if (value) lines.push(`export ${name}=${quote(value)}`);
      else checks.push(`: "\${${name}:?fill in ${name}}"`);
    }
    if (!checks.length) return [...lines, text].join("\n");
    return [...lines, `{ ${checks.join("; ")}`, text, "}"].join("\n");
  }

  function valuesNow() {
    return new Map([...fields].map(([name, field]) => [name, field.value]));
  }

  function namesIn(text) {
    return neededIn(text, valuesNow());
  }

  function commandText(block) {
    return filledIn(codeOf(block), valuesNow());
  }

  function missingIn(block) {
    return namesIn(codeOf(block)).filter((name) => !fields.get(name).value);
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
    const names = mentionedIn(codeOf(block), fields.keys());
    if (!names.length) continue;
    const exports = element("div", { class: "kb-exports", role: "group", "aria-label": "Parameters of this command" });
    block.querySelector("pre").before(exports);
    commands.push({ block, names, exports });
  }

  function show() {
    for (const { block, exports } of commands) {
      exports.replaceChildren(...namesIn(codeOf(block)).map((name) => line(name, block)));
    }
    const filled = [...fields.values()].filter((field) => field.value).length;
    summary.textContent = `Values: ${filled} of ${fields.size} filled in`;
    for (const [name, field] of fields) {
      field.rows = Math.min(8, field.value.split("\n").length);
      field.classList.toggle("kb-empty", !field.value);
      field.closest(".kb-parameter").dataset.state = field.value ? "filled" : "empty";
      const used = commands.some((command) => command.names.includes(name));
      field.setAttribute("aria-invalid", String(used && !field.value && touched));
    }
  }

  function line(name, block) {
    const value = fields.get(name).value;
    if (value) return element("div", { class: "kb-export" }, `export ${name}=${quote(value)}`);
    const jump = element(
      "button",
      { type: "button", class: "kb-unfilled", onclick: () => jumpTo(name, block), "aria-label": `${name} is not filled in. Go to its field` },
      `‹${name}: not filled in›`,
    );
    return element("div", { class: "kb-export kb-export--unfilled" }, `export ${name}=`, jump);
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

  Object.assign(window.runbooks, { quote, neededIn, filledIn, commandText, missingIn, markMissing, jumpTo });
})();
