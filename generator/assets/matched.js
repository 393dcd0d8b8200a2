// A runbook that was opened from the paste box shows what was pasted: the lines that matched, and the
// values that were taken from them.
(() => {
  "use strict";
  const { element, incident } = window.runbooks;
  const { stored } = window.runbooksTicks;

  const kept = stored("runbooks:matched", "sessionStorage"); // match.js has left it
  const match = kept.read();
  const first = document.querySelector(".kb-card-section > summary");
  if (!incident || match?.incident !== incident || !Array.isArray(match.lines) || !first) return;
  const values = Object.entries(match.values || {});
  const box = element(
    "div",
    { class: "kb-matched", role: "group", "aria-label": "The error that you pasted" },
    element("p", { class: "kb-label" }, "You pasted ", element("button", { type: "button", class: "kb-change", onclick: forget, "aria-label": "Hide the error that you pasted" }, "Hide")),
    ...match.lines.flatMap(({ text, place }) => [
      element("pre", {}, element("code", {}, text)),
      element("p", { class: "kb-match__fact" }, place, ...(match.lines.length === 1 ? taken("; ") : [])),
    ]),
    ...(match.lines.length > 1 && values.length ? [element("p", { class: "kb-match__fact" }, ...taken("").slice(1))] : []),
  );
  first.after(box);

  function taken(before) {
    return values.flatMap(([name, value], place) => [place ? "; " : before, element("code", {}, name), " is ", element("code", {}, value)]);
  }

  function forget() {
    box.remove();
    kept.keep(null);
  }
})();
