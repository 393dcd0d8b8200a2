// A copy button for every code block: the command alone, with its parameters, and nothing else.
(() => {
  "use strict";
  const { announce, copyButton, codeOf, commandText, missingIn, markMissing, jumpTo, element } = window.runbooks;

  for (const block of document.querySelectorAll(".md-typeset .highlight")) {
    if (!block.querySelector("pre > code")) continue;
    block.classList.add("kb-code");
    block.append(
      block.matches(".language-bash")
        ? copyButton(`Copy command: ${purposeOf(block)}`, () => commandText(block), () => told(block))
        : copyButton("Copy text", () => codeOf(block)),
    );
  }

  // What a command is for: its step, or the heading above it.
  function purposeOf(block) {
    const step = block.closest("li")?.querySelector(".kb-do")?.textContent;
    const rollback = block.previousElementSibling?.matches(".kb-rollback") ? "rollback of " : "";
    if (step) return rollback + step.trim();
    return codeOf(block).split("\n")[0].slice(0, 80);
  }

  function told(block) {
    const missing = missingIn(block);
    if (!missing.length) {
      announce("Copied");
      return;
    }
    markMissing();
    announce(
      `Copied, but ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not filled in: the command stops before it does anything.`,
      { label: `Fill in ${missing[0]}`, run: () => jumpTo(missing[0], block) },
    );
  }

  // A wide table scrolls by itself instead of widening the page, and by keyboard too.
  for (const table of document.querySelectorAll(".md-typeset table:not([class])")) {
    if (table.closest(".md-typeset__scrollwrap, .highlighttable, .kb-scroll")) continue;
    const frame = element("div", { class: "kb-scroll" });
    table.before(frame);
    frame.append(table);
  }
})();
