// Copies a text; shared by the pages and the checklist that is exported as one HTML file.
window.runbooksClipboard = (() => {
  "use strict";

  // Resolves to whether it worked. navigator.clipboard does not exist on plain http, and may be refused,
  // so there is a fallback.
  async function copyText(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  }

  function copyBySelection(text) {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.readOnly = true;
    area.setAttribute("aria-hidden", "true");
    area.style.cssText = "position: fixed; top: 0; opacity: 0"; // inside the viewport, or the page would scroll to it
    area.value = text;
    document.body.append(area);
    area.select();
    let worked = false;
    try {
      worked = document.execCommand("copy");
    } catch {
      worked = false;
    }
    area.remove();
    before?.focus?.({ preventScroll: true });
    return worked;
  }

  return { copyText };
})();
