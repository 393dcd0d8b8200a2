// The card of a runbook. Markdown cannot express its box and its folds; without this script it has
// ordinary sections, in which everything is shown.
(() => {
  "use strict";
  const { element } = window.runbooks;

  const card = document.querySelector("h2.kb-card") && wrapCard(document.querySelector("h2.kb-card"));
  const stages = [...document.querySelectorAll("details.kb-card-section")];

  // Who reads a post-mortem opens what is below the card; a link to it opens it.
  if (card?.nextElementSibling?.matches("h2")) foldSections(card.nextElementSibling, (node) => node.matches("h2"), "kb-reference");

  // Put the sections of the card into one box, each into a fold.
  function wrapCard(first) {
    const box = element("div", { class: "kb-card-box" });
    first.before(box);
    box.append(...foldSections(first, (node) => node.matches("h2.kb-card"), "kb-card-section"));
    return box;
  }

  // Fold sections from a heading on, as long as their headings are wanted. Returns the folds.
  function foldSections(first, isWanted, style) {
    const folds = [];
    let next = first;
    while (next && !(next.matches("h1, h2") && !isWanted(next)) && !next.matches("aside, footer, form")) {
      const node = next;
      next = next.nextElementSibling;
      if (!node.matches("h2")) {
        folds.at(-1).append(node);
        continue;
      }
      const fold = element("details", { class: `kb-fold ${style}`, "aria-labelledby": node.id });
      node.before(fold);
      // A summary is a button, and a button cannot hold a link. The bar and the contents link to it.
      for (const link of node.querySelectorAll("a")) link.remove();
      fold.append(element("summary", {}, node));
      folds.push(fold);
    }
    return folds;
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
      if (["Exactly", "If not", "Rollback"].includes(name)) state = name;
      else if (isShown(node) && state === "before") state = "shown";
      if (state === "shown" && name !== "Needs") continue;
      names.add(state === "before" ? name || "Details" : name || state);
      folded.push(node);
    }
    const evidence = [...first.querySelectorAll(".kb-evidence, .kb-evidence-more")];
    if (evidence.length) {
      names.add("Evidence");
      folded.push(element("p", { class: "kb-more__evidence" }, "Evidence: ", ...evidence.flatMap((badge) => [badge, " "])));
    }
    if (!folded.length) return;
    const said = [...names].map((name, n) => (n ? name.toLowerCase() : name)).join(", ");
    step.append(element("details", { class: "kb-fold kb-more" }, element("summary", {}, said), ...folded));
  }

  function isShown(node) {
    return node.matches(".kb-code") || Boolean(node.querySelector(".kb-code, :scope > .kb-expect"));
  }

  function nameOf(node) {
    const names = { "kb-needs": "Needs", "kb-exactly": "Exactly", "kb-if-not": "If not", "kb-rollback": "Rollback" };
    return Object.keys(names).filter((style) => node.querySelector(`:scope > .${style}`)).map((style) => names[style])[0];
  }

  // On a phone one stage is open at a time, elsewhere all: browsers close the others of a name.
  const phone = matchMedia("screen and (max-width: 47.99em)");

  let openOnPhone = stages[0];

  function fitScreen() {
    for (const stage of stages) {
      stage.open = !phone.matches || stage === openOnPhone;
      if (phone.matches) stage.setAttribute("name", "kb-stage");
      else stage.removeAttribute("name");
    }
    showCurrent();
  }

  function showCurrent() {
    for (const link of document.querySelectorAll(".kb-stages > a")) {
      const isOpen = document.getElementById(link.hash.slice(1))?.closest("details")?.open;
      if (phone.matches && isOpen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  for (const stage of stages) {
    stage.addEventListener("toggle", () => {
      if (stage.open && stage.hasAttribute("name")) openOnPhone = stage;
      showCurrent();
    });
    // When a stage above it closes, what the reader has tapped moves up, out of view.
    stage.querySelector("summary").addEventListener("click", () => requestAnimationFrame(() => {
      const place = stage.getBoundingClientRect();
      if (phone.matches && stage.open && place.top < 100) stage.scrollIntoView();
    }));
  }
  phone.addEventListener("change", fitScreen);
  fitScreen();

  // On paper nothing can be unfolded, so steps are printed whole; of the rest, what the reader has opened.
  // Some themes open every fold: what must stay closed is marked before they do.
  const rest = [...document.querySelectorAll(".kb-looks, .kb-reference")];
  let opened = [];
  window.addEventListener("beforeprint", () => {
    for (const fold of rest) fold.classList.toggle("kb-not-printed", !fold.open);
    for (const stage of stages) stage.removeAttribute("name");
    opened = [...document.querySelectorAll(".kb-more:not([open]), .kb-card-section:not([open])")];
    for (const fold of opened) fold.open = true;
  }, true);
  window.addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
    fitScreen();
  });
  if (card) offerPrint();

  function offerPrint() {
    const sections = rest.filter((fold) => fold.matches(".kb-reference"));
    card.after(
      element(
        "div",
        { class: "kb-print" },
        element("button", { type: "button", class: "kb-button", onclick: () => window.print() }, "Print the card"),
        ...(sections.length ? [element("button", { type: "button", class: "kb-button", onclick: printAll }, "Print everything")] : []),
        element("p", { class: "kb-print__note" }, "The page has more than this card: what happened, its cause, what it was not. It prints what you open there."),
      ),
    );
  }

  function printAll() {
    const closed = rest.filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
    window.addEventListener("afterprint", () => {
      for (const fold of closed) fold.open = false;
    }, { once: true });
    window.print();
  }

  keepBarBelowHeader();
  offerSkip();

  // From the keyboard, the first command is one key away.
  function offerSkip() {
    if (!stages[0]?.querySelector(".kb-command")) return;
    const link = element("a", { class: "kb-skip", href: `#${stages[0].getAttribute("aria-labelledby")}`, onclick: skip }, "Skip to the first command");
    const before = document.querySelector(".md-skip");
    if (before) before.after(link);
    else document.body.prepend(link);
  }

  function skip(event) {
    stages[0].open = true;
    const copy = stages[0].querySelector(".kb-command .kb-copy");
    if (!copy) return; // commands.js is not loaded: the link leads to the stage
    event.preventDefault();
    copy.focus();
    copy.closest("li").scrollIntoView();
  }

  // The header of a theme has any height, and some have tabs that stay.
  function keepBarBelowHeader() {
    const bar = document.querySelector(".kb-stages");
    const header = document.querySelector("header");
    if (!bar || !header) return;
    const place = () => {
      const stays = ["sticky", "fixed"].includes(getComputedStyle(header).position);
      bar.style.setProperty("--kb-header", `${stays ? header.offsetHeight : 0}px`);
    };
    new ResizeObserver(place).observe(header); // at once, too
  }
})();
