// A runbook that was opened from the paste box shows what was pasted: the line that matched, and the
// values that were taken from it.
(() => {
  "use strict";
  const { element, incident } = window.runbooks;
  const { stored } = window.runbooksTicks;

  const kept = stored("runbooks:matched", "sessionStorage"); // match.js has left it
  const match = kept.read();
  const first = document.querySelector(".kb-card-section > summary");
  if (!incident || match?.incident !== incident || typeof match.text !== "string" || !first) return;
  const values = Object.entries(match.values || {});
  const box = element(
    "div",
    { class: "kb-matched", role: "group", "aria-label": "The error that you pasted" },
    element("p", { class: "kb-label" }, "You pasted ", element("button", { type: "button", class: "kb-change", onclick: forget, "aria-label": "Hide the error that you pasted" }, "Hide")),
    element("pre", {}, element("code", {}, match.text)),
    element("p", { class: "kb-match__fact" }, match.place, ...values.flatMap(([name, value]) => ["; ", element("code", {}, name), " is ", element("code", {}, value)])),
  );
  first.after(box);

  function forget() {
    box.remove();
    kept.keep(null);
  }
})();
