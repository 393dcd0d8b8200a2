// Parameters: filled in once, shown and copied with every command that uses them.
//
// A command gets a value as an environment variable on its own line, quoted for the shell; the value
// is never inserted into the command's text. Values are kept in the URL after "#"
// (#TABLE=Sessions&X=1), which no browser sends to a server, so a link shares them with a colleague.
// An ordinary anchor can come first: #fix-2&TABLE=Sessions.
(() => {
  "use strict";
  const { element, announce, copyText, codeOf, valueField, fitLines, goTo, exportLines, exportsBox, decode } = window.runbooks;
  const { mentions, neededIn, filledIn } = window.runbooksFillIn;

  const fields = new Map(); // name -> its field
  const commands = []; // {block, names, exports}
  let touched = false; // a command was copied without a value
  let cameFrom = null; // the command from which the reader went to a field

  const FOLD_FROM = 3; // with more fields than this, a phone would not show the first step, so they start folded

  const box = document.querySelector(".kb-parameters");
  const summary = element("summary");
  for (const input of document.querySelectorAll(".kb-parameters .kb-parameter [data-name]")) {
    const field = growing(input);
    field.value = field.dataset.default || "";
    fields.set(field.dataset.name, field);
  }

  function growing(input) {
    const kept = [...input.attributes].filter(({ name }) => name !== "type" && name !== "value");
    const area = valueField(Object.fromEntries(kept.map(({ name, value }) => [name, value])), goBack);
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

  // Go to the field of a parameter; Enter goes back to the command.
  function jumpTo(name, from) {
    cameFrom = from;
    goTo(fields.get(name));
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
    const exports = exportsBox();
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
      fitLines(field);
      field.closest(".kb-parameter").dataset.state = field.value ? "filled" : "empty";
      const used = commands.some((command) => command.names.includes(name));
      field.setAttribute("aria-invalid", String(used && !field.value && touched));
    }
  }

  // -- the URL -------------------------------------------------------------------------------

  function partsOf(hash) {
    const parts = hash.replace(/^#/, "").split("&").filter(Boolean);
    return { anchor: parts.find((part) => !part.includes("=")) || "", pairs: parts.filter((part) => part.includes("=")) };
  }

  function readAddress() {
    const { anchor, pairs } = partsOf(location.hash);
    for (const pair of pairs) {
      const [name, ...rest] = pair.split("=");
      const field = fields.get(decode(name));
      if (field) field.value = decode(rest.join("="));
    }
    // The browser searches for an anchor "fix-2&TABLE=x" and finds none.
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
      // Some browsers forbid this for file://; then the values last as long as the page.
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
      // A link in the page drops the values from the URL; a pasted URL has new values.
      readAddress();
      show();
      writeAddress();
    });
  }

  function markMissing() {
    touched = true;
    show();
  }

  Object.assign(window.runbooks, { commandText, missingIn, markMissing, jumpTo });
})();
