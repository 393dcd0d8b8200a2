// Parameters: filled in once, shown and copied with every command that uses them.
//
// A command gets a value as an environment variable on its own line, quoted for the shell; the value
// is never inserted into the command's text. Values are kept in the URL after "#"
// (#TABLE=Sessions&X=1), which no browser sends to a server, so a link shares them with a colleague.
// An ordinary anchor can come first: #fix-2&TABLE=Sessions. A value that looks like a secret stays on
// the page.
(() => {
  "use strict";
  const { element, announce, copyText, codeOf, valueField, fitLines, exportLines, exportsBox, decode, SECRET } = window.runbooks;
  const { mentions, neededIn, filledIn } = window.runbooksFillIn;
  const { isSecret } = window.runbooksSecrets;

  const fields = new Map(); // name -> its field
  const commands = []; // {block, names, exports}
  let touched = false; // a command was copied without a value

  const box = document.querySelector(".kb-parameters");
  const summary = element("summary");
  for (const input of document.querySelectorAll(".kb-parameters .kb-parameter [data-name]")) {
    const field = growing(input);
    field.value = field.dataset.default || "";
    fields.set(field.dataset.name, field);
  }

  function growing(input) {
    const kept = [...input.attributes].filter(({ name }) => name !== "type" && name !== "value");
    const area = valueField(Object.fromEntries(kept.map(({ name, value }) => [name, value])));
    area.addEventListener("blur", () => area.value || set(area.dataset.name, ""));
    area.addEventListener("input", changed);
    input.replaceWith(area);
    const note = element("span", { class: "kb-secret", role: "status" });
    area.after(note);
    return area;
  }

  function changed() {
    show();
    writeAddress();
  }

  function set(name, value) {
    const field = fields.get(name);
    field.value = value || field.dataset.default || "";
    changed();
  }

  // For whoever fills in a value at its command.
  const ask = {
    about: (name) => ({ label: labelOf(name), example: fields.get(name).placeholder }),
    set,
  };

  function labelOf(name) {
    return fields.get(name).closest(".kb-parameter").querySelector("code + span").textContent;
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
      exports.replaceChildren(...exportLines(codeOf(block), valuesNow(), ask));
    }
    const filled = [...fields.values()].filter((field) => field.value).length;
    summary.textContent = `Values: ${filled} of ${fields.size} filled in`;
    for (const [name, field] of fields) {
      fitLines(field);
      const row = field.closest(".kb-parameter");
      row.dataset.state = field.value ? "filled" : "empty";
      const used = commands.some((command) => command.names.includes(name));
      field.setAttribute("aria-invalid", String(used && !field.value && touched));
      const note = row.querySelector(".kb-secret");
      const said = isSecret(name, field.value) ? SECRET : "";
      if (note.textContent !== said) note.textContent = said;
    }
  }

  // -- the list of values, by the stage that needs them ------------------------------------------

  // The sections of the page, in their order, each with the names that its commands read.
  function sections() {
    const found = new Map(); // section -> name -> its steps
    for (const { block, names } of commands) {
      const section = block.closest(".kb-card-section, .kb-reference");
      if (!section) continue;
      if (!found.has(section)) found.set(section, new Map());
      const steps = [...section.querySelectorAll(":scope > ol > li")];
      for (const name of names) {
        const of = found.get(section);
        of.set(name, new Set([...(of.get(name) || []), steps.indexOf(block.closest(".kb-card-section > ol > li, .kb-reference > ol > li")) + 1]));
      }
    }
    return found;
  }

  let current = null; // what the list begins with

  // Put each field below the first section that needs it; on a phone, the open stage comes first.
  function group(list, needed) {
    const open = needed.find(([section]) => section.hasAttribute("name") && section.open);
    if (open === current || list.contains(document.activeElement)) return;
    current = open;
    const found = open ? [open, ...needed.filter((one) => one !== open)] : needed;
    const left = new Map(fields);
    const groups = found.map(([section, names]) => {
      const rows = [...names].filter(([name]) => left.delete(name)).map(([name, steps]) => rowOf(name, steps));
      return groupOf(section.querySelector("summary").textContent.trim(), rows);
    });
    groups.push(groupOf("Elsewhere", [...left.keys()].map((name) => rowOf(name, new Set()))));
    list.replaceChildren(...groups.filter(Boolean));
  }

  function groupOf(title, rows) {
    if (!rows.length) return null;
    return element("div", { role: "group", "aria-label": title }, element("p", { class: "kb-label" }, title), ...rows);
  }

  function rowOf(name, steps) {
    const row = fields.get(name).closest(".kb-parameter");
    row.querySelector(".kb-parameter__steps")?.remove();
    const numbers = [...steps].filter(Boolean).sort((one, other) => one - other);
    if (numbers.length) {
      const said = ` (step${numbers.length > 1 ? "s" : ""} ${numbers.join(", ")})`;
      fields.get(name).before(element("span", { class: "kb-parameter__steps" }, said));
    }
    return row;
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
      if (field.value && field.value !== (field.dataset.default || "") && !isSecret(name, field.value)) {
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
    const secrets = [...fields].filter(([name, field]) => isSecret(name, field.value)).map(([name]) => name);
    const left = secrets.length ? `, without ${secrets.join(" and ")}: it looks like a secret` : "";
    announce((await copyText(address)) ? `Link with the values copied${left}` : "Could not copy the link");
  }

  if (box && fields.size) {
    readAddress();
    const buttons = element(
      "div",
      { class: "kb-parameters__buttons" },
      element("button", { type: "button", class: "kb-button", onclick: clear }, "Clear values"),
      element("button", { type: "button", class: "kb-button", onclick: copyLink }, "Copy link with values"),
    );
    const list = element("div");
    const note = box.querySelector(":scope > p");
    // Folded: values are asked for at their commands, and the first step is what the first screen is for.
    const folding = element("details", { class: "kb-fold" }, summary, ...(note ? [note] : []), list, buttons);
    const needed = [...sections()];
    group(list, needed);
    box.replaceChildren(folding);
    for (const stage of document.querySelectorAll(".kb-card-section")) stage.addEventListener("toggle", () => group(list, needed));
    show();
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

  Object.assign(window.runbooks, { commandText, missingIn, markMissing });
})();
