
(() => {
  "use strict";
  const { copyText } = window.runbooksClipboard;
  const boxes = new Map([...document.querySelectorAll("input[data-key]")].map((box) => [box.dataset.key, box]));
  const bar = document.querySelector(".bar");

  function show(done) {
    bar.querySelector(".count").textContent = `${done} of ${boxes.size} done`;
    bar.querySelector("progress").value = done;
    bar.querySelector(".clear").disabled = done === 0;
  }

  async function copy(button) {
    button.textContent = (await copyText(button.dataset.copy)) ? "Copied" : "Not copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }

  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
  if (!bar) return;
  const ticks = window.runbooksTicks.keepTicks(`runbooks:checklist:${document.body.dataset.key}`, boxes, {
    show,
    notKept: () => (bar.querySelector(".count").textContent += " (this browser cannot save ticks)"),
  });
  bar.querySelector(".clear").addEventListener("click", ticks.clear);
  bar.querySelector(".print").addEventListener("click", () => window.print());
  bar.hidden = false;
})();
