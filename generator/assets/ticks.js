// Ticks: which steps of the card are done. They survive a reload, on this device only.
(() => {
  "use strict";
  const { element, announce, codeOf, incident } = window.runbooks;
  const { hash, keepTicks } = window.runbooksTicks;
  const card = document.querySelector(".kb-card-box");
  const steps = [...document.querySelectorAll(".kb-card-section .kb-do")].map((what) => what.closest("li")).filter(Boolean);
  if (!incident || !steps.length) return;

  const boxes = new Map(); // key -> checkbox

  for (const step of steps) {
    const text = step.querySelector(".kb-do")?.textContent.trim() || "step";
    const box = element("input", { type: "checkbox" });
    boxes.set(keyOf(step), box);
    step.prepend(
      element("label", { class: "kb-tick" }, box, element("span", { class: "kb-sr" }, `Done: ${text}`)),
    );
  }

  // The links of the bar, each with the boxes of its stage and the place of their number.
  const stages = [...document.querySelectorAll(".kb-stages > a")].map((link) => {
    const section = document.getElementById(link.hash.slice(1))?.closest(".kb-card-section");
    const own = [...boxes.values()].filter((box) => section?.contains(box));
    const count = element("span", { class: "kb-stages__count" });
    if (own.length) link.append(count);
    return { link, own, count };
  });

  const progress = element("span", { role: "status" });
  const clear = element("button", { type: "button", class: "kb-button" }, "Clear ticks");
  card.append(element("div", { class: "kb-progress" }, progress, clear));
  const ticks = keepTicks(`runbooks:ticks:${incident}`, boxes, {
    show,
    notKept: () => announce("This browser cannot save ticks: they are lost when you close the page."),
  });
  clear.addEventListener("click", ticks.clear);

  // An edited step is another step: nobody has done it yet, so it has no tick. Two equal steps of a
  // section differ in their number.
  function keyOf(step) {
    const section = step.closest(".kb-card-section").getAttribute("aria-labelledby");
    const block = step.querySelector(".kb-command");
    const command = block ? codeOf(block) : "";
    const base = `${section}/${hash(`${step.querySelector(".kb-do")?.textContent}\n${command}`)}`;
    let key = base;
    for (let n = 2; boxes.has(key); n++) key = `${base}/${n}`;
    return key;
  }

  function show(done) {
    progress.textContent = `${done} of ${boxes.size} done`;
    clear.disabled = done === 0;
    for (const box of boxes.values()) box.closest("li").classList.toggle("kb-done", box.checked);
    showStages();
  }

  function showStages() {
    for (const { link, own, count } of stages) {
      const done = own.filter((box) => box.checked).length;
      count.replaceChildren(
        element("span", { "aria-hidden": "true" }, `${done}/${own.length}`),
        element("span", { class: "kb-sr" }, `${done} of ${own.length} done`),
      );
      link.classList.toggle("kb-stages__done", own.length > 0 && done === own.length);
    }
  }
})();
