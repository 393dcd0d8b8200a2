// The card of a runbook. Markdown cannot express its box and its folds; without this script it has
// ordinary sections, in which everything is shown.
(() => {
  "use strict";
  const { element } = window.runbooks;

  wrapCard();

  // Put the sections of the card into one box. Markdown cannot express this; without this script they are
  // ordinary sections.
  function wrapCard() {
    const first = document.querySelector("h2.kb-card");
    if (!first) return;
    const card = element("div", { class: "kb-card-box" });
    first.before(card);
    let section = null;
    let next = first;
    while (next && !(next.matches("h1, h2") && !next.matches("h2.kb-card"))) {
      const node = next;
      next = next.nextElementSibling;
      if (node.matches("h2.kb-card")) {
        section = element("section", { class: "kb-card-section", "aria-labelledby": node.id });
        card.append(section);
      }
      section.append(node);
    }
  }

  for (const step of document.querySelectorAll(".kb-card-section > ol > li")) foldMore(step);

  // A step shows what one needs: what to do, its command, what to expect. The rest opens on tap.
  function foldMore(step) {
    const what = step.querySelector(".kb-do");
    if (!what) return;
    const first = what.parentElement;
    const after = first === step ? [] : [...step.children].filter((node) => node !== first);
    const folded = [];
    const names = new Set();
    let state = after.some((node) => isShown(node)) ? "before" : "shown";
    for (const node of after) {
      const name = nameOf(node);
      if (["If not", "Rollback"].includes(name)) state = name;
      else if (isShown(node) && state === "before") state = "shown";
      if (state === "shown" && name !== "Needs") continue;
      names.add(state === "before" ? name || "Details" : name || state);
      folded.push(node);
    }
    const evidence = [...first.querySelectorAll(".kb-evidence, .kb-evidence-more")];
    if (evidence.length) {
      names.add("Evidence");
      folded.push(element("p", {}, "Evidence: ", ...evidence.flatMap((badge) => [badge, " "])));
    }
    if (!folded.length) return;
    const said = [...names].map((name, n) => (n ? name.toLowerCase() : name)).join(", ");
    step.append(element("details", { class: "kb-fold kb-more" }, element("summary", {}, said), ...folded));
  }

  function isShown(node) {
    return node.matches(".kb-code") || Boolean(node.querySelector(".kb-code, :scope > .kb-expect"));
  }

  function nameOf(node) {
    const names = { "kb-needs": "Needs", "kb-if-not": "If not", "kb-rollback": "Rollback" };
    return Object.keys(names).filter((style) => node.querySelector(`:scope > .${style}`)).map((style) => names[style])[0];
  }

  // On paper nothing can be unfolded, so steps are printed whole; of the rest, what the reader has opened.
  // Some themes open every fold: what must stay closed is marked before they do.
  const REST = ".kb-looks";
  let opened = [];
  window.addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll(REST)) fold.classList.toggle("kb-not-printed", !fold.open);
    opened = [...document.querySelectorAll(".kb-more:not([open])")];
    for (const fold of opened) fold.open = true;
  }, true);
  window.addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });

  keepBarBelowHeader();

  // The header of a theme has any height, and some have tabs that stay.
  function keepBarBelowHeader() {
    const bar = document.querySelector(".kb-stages");
    const header = document.querySelector("header");
    if (!bar || !header) return;
    const place = () => {
      const stays = ["sticky", "fixed"].includes(getComputedStyle(header).position);
      bar.style.setProperty("--kb-header", `${stays ? header.offsetHeight : 0}px`);
    };
    new ResizeObserver(place).observe(header);
    place();
  }
})();
