// A copy button for every code block: it copies the command with its parameters, and nothing else.
(() => {
  "use strict";
  const { announceCopied, copyButton, codeOf, commandText, missingIn, markMissing } = window.runbooks;

  for (const block of document.querySelectorAll(".kb-code")) {
    block.append(
      block.matches(".kb-command")
        ? copyButton(`Copy command: ${purposeOf(block)}`, () => commandText(block), () => told(block))
        : copyButton("Copy text", () => codeOf(block)),
    );
  }

  // The purpose of a command: its step, or its own first line.
  function purposeOf(block) {
    const item = block.closest("li");
    const step = item?.querySelector(".kb-do")?.textContent;
    const before = item?.querySelector(".kb-rollback")?.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING;
    const rollback = before ? "rollback of " : "";
    if (step) return rollback + step.trim();
    return codeOf(block).split("\n")[0].slice(0, 80);
  }

  function told(block) {
    const missing = missingIn(block);
    if (missing.length) markMissing();
    announceCopied(missing, block);
  }
})();
