// Ticks: which steps of the card are done. They survive a reload, on this device alone.
(() => {
  "use strict";
  const { element, announce, codeOf, incident } = window.runbooks;
  const card = document.querySelector(".kb-card-box");
  const steps = [...document.querySelectorAll(".kb-card-section .kb-do")].map((what) => what.closest("li")).filter(Boolean);
  if (!incident || !steps.length) return;

  const storageKey = `runbooks:ticks:${incident}`;
  const boxes = new Map(); // key -> checkbox

  for (const step of steps) {
    const key = keyOf(step);
    const text = step.querySelector(".kb-do")?.textContent.trim() || "step";
    const box = element("input", { type: "checkbox", onchange: () => changed() });
    boxes.set(key, box);
    step.classList.add("kb-step");
    step.prepend(
      element("label", { class: "kb-tick" }, box, element("span", { class: "kb-sr" }, `Done: ${text}`)),
    );
  }

  const progress = element("span", { role: "status" });
  const clear = element("button", { type: "button", class: "kb-button", onclick: clearAll }, "Clear ticks");
  card.prepend(element("div", { class: "kb-progress" }, progress, clear));
  showKept();
  // Another tab with the same runbook.
  window.addEventListener("storage", (event) => {
    if (event.key === storageKey) showKept();
  });

  // A step that was edited is another step: its tick would claim what nobody did. Two equal steps
  // of a section differ by their number.
  function keyOf(step) {
    const section = step.closest(".kb-card-section").getAttribute("aria-labelledby");
    const block = step.querySelector(".kb-command");
    const command = block ? codeOf(block) : "";
    const base = `${section}/${hash(`${step.querySelector(".kb-do")?.textContent}\n${command}`)}`;
    let key = base;
    for (let n = 2; boxes.has(key); n++) key = `${base}/${n}`;
    return key;
  }

  // FNV-1a: short and stable; nothing depends on its being hard to guess.
  function hash(text) {
    let value = 0x811c9dc5;
    for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193);
    return (value >>> 0).toString(36);
  }

  function read() {
    try {
      const stored = JSON.parse(localStorage.getItem(storageKey));
      return new Set(Array.isArray(stored) ? stored : []);
    } catch {
      return new Set(); // no storage, or not ours: begin with nothing done
    }
  }

  function showKept() {
    const kept = read();
    for (const [key, box] of boxes) box.checked = kept.has(key);
    show();
  }

  function ticked() {
    return [...boxes].filter(([, box]) => box.checked).map(([key]) => key);
  }

  function changed() {
    show();
    try {
      const done = ticked();
      if (done.length) localStorage.setItem(storageKey, JSON.stringify(done));
      else localStorage.removeItem(storageKey);
    } catch {
      announce("This browser does not keep ticks: they are lost when the page closes.");
    }
  }

  function show() {
    const done = ticked().length;
    progress.textContent = `${done} of ${boxes.size} done`;
    clear.disabled = done === 0;
    for (const box of boxes.values()) box.closest("li").classList.toggle("kb-done", box.checked);
  }

  function clearAll() {
    for (const box of boxes.values()) box.checked = false;
    changed();
    boxes.values().next().value.focus();
  }
})();
