// Shared functions of the other scripts. Plain scripts, no modules: a page opened from file:// can
// load nothing else. Text from the page or the reader is only ever inserted as text, never as HTML.
window.runbooks = (() => {
  "use strict";
  const { copyText } = window.runbooksClipboard;

  // element("button", {class: "x", onclick: f}, "text", child): attributes, listeners, children.
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(key.slice(2), value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value != null) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  // A badge is always a word; a style can add a colour and a shape.
  function badge(text, style = "") {
    return element("span", { class: `kb-badge ${style}`.trim() }, text);
  }

  const message = element("span", { role: "status" });
  const toast = element("div", { class: "kb-toast" }, message);
  document.body.append(toast);
  let hiding = 0;

  // Show a message, which screen readers announce; with an optional action, such as {label, run}.
  function announce(text, offer) {
    clearTimeout(hiding);
    message.textContent = text;
    toast.replaceChildren(message);
    if (offer) {
      const take = () => { hide(); offer.run(); };
      toast.append(element("button", { type: "button", onclick: take }, offer.label));
    }
    toast.classList.toggle("kb-toast--warning", Boolean(offer));
    toast.classList.add("kb-toast--shown");
    // An action stays long enough to be read and reached with the keyboard.
    hiding = setTimeout(hide, offer ? 12000 : 2500);
  }

  function hide() {
    toast.classList.remove("kb-toast--shown");
    message.textContent = "";
    toast.replaceChildren(message);
  }

  // A button that copies what text() returns, and says so.
  function copyButton(label, text, done = () => announce("Copied")) {
    const button = element("button", { type: "button", class: "kb-copy", "aria-label": label }, "Copy");
    button.addEventListener("click", async () => {
      if (!(await copyText(text()))) {
        announce("Could not copy. Select the text and copy it manually.");
        return;
      }
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
      done();
    });
    return button;
  }

  // -- code blocks -------------------------------------------------------------------------------

  // A marker that our templates print before a code block has its kind and its exact text:
  // <span class="kb-command" data-text="...">. The HTML of the block itself depends on the theme, the
  // highlighter and the Markdown extensions, so nothing is read from it.
  const KINDS = ["kb-command", "kb-output"];

  frameCode();
  frameTables();

  // Put our frame around every code block: <div class="kb-code kb-command"><pre>...
  function frameCode() {
    for (const marker of document.querySelectorAll(KINDS.map((kind) => `span.${kind}:empty`).join())) {
      const holder = marker.parentElement.matches("p") ? marker.parentElement : marker;
      const block = frame(preAfter(holder) || ownPre(holder, marker.dataset.text), KINDS.find((kind) => marker.matches(`.${kind}`)));
      if (marker.dataset.text !== undefined) block.dataset.text = marker.dataset.text;
      marker.remove();
      if (holder !== marker && !holder.textContent.trim() && !holder.children.length) holder.remove();
    }
    for (const code of document.querySelectorAll("pre > code")) {
      if (!code.closest(".kb-code")) frame(code.parentElement);
    }
  }

  function preAfter(holder) {
    const next = holder.nextElementSibling;
    if (!next || next.matches("pre")) return next;
    return [...next.querySelectorAll("pre")].at(-1); // line numbers may have their own <pre>
  }

  function ownPre(holder, text = "") {
    const pre = element("pre", {}, element("code", {}, text));
    holder.after(pre);
    return pre;
  }

  function frame(pre, kind = "") {
    const block = element("div", { class: `kb-code ${kind}`.trim() });
    pre.before(block);
    block.append(pre);
    return block;
  }

  // A wide table scrolls, also with the keyboard, instead of widening the page.
  function frameTables() {
    for (const table of document.querySelectorAll("table:not([class])")) {
      if (table.closest(".kb-scroll, .kb-code, [class*=scrollwrap]")) continue;
      const frame = element("div", { class: "kb-scroll" });
      table.before(frame);
      frame.append(table);
    }
  }

  // The text of a framed code block, without the line ends after it.
  function codeOf(block) {
    const text = block.dataset.text ?? block.querySelector("pre")?.textContent ?? "";
    return text.replace(/\n+$/, "");
  }

  const title = document.querySelector("h1.kb-title");
  const incident = title?.dataset.incident || "";

  // A file can be dropped anywhere: outside the box, the browser would open it instead of the page.
  function acceptDrops(root, take) {
    const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      root.classList.add("kb-form--over");
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget || root.classList.remove("kb-form--over"));
    document.addEventListener("drop", (event) => {
      root.classList.remove("kb-form--over");
      if (!holdsFile(event)) return;
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (event.dataTransfer.files.length > 1) announce("Only one file at a time: the first file is used.");
      if (file) take(file);
    });
  }

  return { element, badge, acceptDrops, announce, copyText, copyButton, codeOf, incident };
})();
