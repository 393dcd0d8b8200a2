// Where one can search: a dialog on every page, which a button and the key "/" open, and a larger box on
// the home page. A box takes text at once; what finds something is loaded when it is used.
(() => {
  "use strict";
  const { element, announce } = window.runbooks;

  // An input, and what search.js adds to it; escape() is what Escape does instead of clearing it.
  function searchBox(label, escape) {
    const input = element("input", {
      class: "kb-search__input", type: "search", role: "combobox", "aria-label": label,
      "aria-expanded": "false", "aria-autocomplete": "list",
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go",
      placeholder: "Search: error text, alert, component …",
    });
    const root = element("div", { class: "kb-search", role: "search" }, input);
    let started = false;

    // A one-line field would join pasted lines without a space. `pasted` keeps the lines, and how the
    // field shows them.
    input.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text");
      if (!text?.includes("\n")) return;
      event.preventDefault();
      input.setRangeText(text.replace(/\s*\n\s*/g, " "), input.selectionStart, input.selectionEnd, "end");
      input.pasted = { text, shown: input.value };
      input.dispatchEvent(new Event("input"));
    });

    async function start() {
      if (started) return;
      started = true;
      try {
        await window.runbooks.load("search.js");
        window.runbooks.startSearch(root, input, escape);
      } catch (error) {
        started = false;
        announce(error.message);
      }
    }

    input.addEventListener("focus", start);
    return { root, input };
  }

  const home = document.querySelector(".kb-home-search");
  let homeInput = null;
  if (home) {
    const box = searchBox("Search all incidents");
    homeInput = box.input;
    home.append(box.root);
  }

  const box = searchBox("Search", () => dialog.close());
  const close = element("button", { type: "button", class: "kb-button", onclick: () => dialog.close() }, "Close");
  const dialog = element("dialog", { class: "kb-search-dialog", "aria-label": "Search" }, box.root, close);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  // A chosen result may be on the current page.
  box.root.addEventListener("click", (event) => event.target.closest(".kb-result") && dialog.close());
  document.body.append(dialog);

  function openDialog() {
    if (!dialog.open) dialog.showModal();
    box.input.focus();
    box.input.select();
  }

  const button = element(
    "button",
    { type: "button", class: "kb-search-button", "aria-label": "Search (press /)", "aria-keyshortcuts": "/", onclick: openDialog },
    element("span", { class: "kb-search-button__icon", "aria-hidden": "true" }),
    element("span", { class: "kb-search-button__text" }, "Search"),
    element("kbd", {}, "/"),
  );
  // In the header if it is one of a known theme, else in a corner of the page.
  const head = document.querySelector(".md-header__inner");
  if (!head) button.classList.add("kb-search-button--corner");
  (head || document.body).append(button);

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (homeInput && !dialog.open) homeInput.focus();
    else openDialog();
  });
})();
