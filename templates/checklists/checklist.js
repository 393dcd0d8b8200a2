
(() => {
  "use strict";
  const boxes = [...document.querySelectorAll("input[data-key]")];
  const bar = document.querySelector(".bar");
  const storageKey = `runbooks:checklist:${document.body.dataset.key}`;

  // Ticks stay in this browser. Where it keeps nothing, they last until the page is closed.
  function kept() {
    try {
      const stored = JSON.parse(localStorage.getItem(storageKey));
      return new Set(Array.isArray(stored) ? stored : []);
    } catch {
      return new Set();
    }
  }

  function changed() {
    show();
    const done = boxes.filter((box) => box.checked).map((box) => box.dataset.key);
    try {
      if (done.length) localStorage.setItem(storageKey, JSON.stringify(done));
      else localStorage.removeItem(storageKey);
    } catch {
      bar.querySelector(".count").textContent += " (this browser keeps no ticks)";
    }
  }

  function show() {
    const done = boxes.filter((box) => box.checked).length;
    bar.querySelector(".count").textContent = `${done} of ${boxes.length} done`;
    bar.querySelector("progress").value = done;
    bar.querySelector(".clear").disabled = done === 0;
  }

  async function copy(button) {
    const text = button.dataset.copy;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Not copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }

  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
  if (!bar) return;
  const done = kept();
  for (const box of boxes) {
    box.checked = done.has(box.dataset.key);
    box.addEventListener("change", changed);
  }
  bar.querySelector(".clear").addEventListener("click", () => {
    for (const box of boxes) box.checked = false;
    changed();
    boxes[0].focus();
  });
  bar.querySelector(".print").addEventListener("click", () => window.print());
  // Another window with the same list.
  window.addEventListener("storage", (event) => {
    if (event.key !== storageKey) return;
    const ticked = kept();
    for (const box of boxes) box.checked = ticked.has(box.dataset.key);
    show();
  });
  bar.hidden = false;
  show();
})();
