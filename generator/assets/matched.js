// A runbook that was opened from the paste box shows what was pasted: the line that matched, and the
// values that were taken from it.
(() => {
  "use strict";
  const { element, incident } = window.runbooks;

  const KEY = "runbooks:matched";

  // What match.js has left for this page, as long as the tab is open.
  function matched() {
    try {
      const left = JSON.parse(sessionStorage.getItem(KEY));
      return left?.incident === incident && typeof left.text === "string" ? left : null;
    } catch {
      return null; // no storage, or nothing of ours in it
    }
  }

  function forget() {
    box.remove();
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Without a storage nothing is kept.
    }
  }

  const match = incident ? matched() : null;
  const first = document.querySelector(".kb-card-section > summary");
  if (!match || !first) return;
  const values = Object.entries(match.values || {});
  const box = element(
    "div",
    { class: "kb-matched", role: "group", "aria-label": "The error that you pasted" },
    element("p", { class: "kb-label" }, "You pasted ", element("button", { type: "button", class: "kb-change", onclick: forget, "aria-label": "Hide the error that you pasted" }, "Hide")),
    element("pre", {}, element("code", {}, match.text)),
    element("p", { class: "kb-match__fact" }, match.place, ...values.flatMap(([name, value]) => ["; ", element("code", {}, name), " is ", element("code", {}, value)])),
  );
  first.after(box);
})();
