// Opens what is folded where a link leads. Browsers open only what hides a target, and older ones nothing.
(() => {
  "use strict";

  // Open all folds around an element; a heading in a summary opens its own.
  function reveal(target) {
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  // The target of "#fix-2&TABLE=Sessions" is "fix-2": values can follow it.
  function targetOf(hash) {
    const anchor = hash.slice(1).split("&").find((part) => part && !part.includes("="));
    try {
      return anchor ? document.getElementById(decodeURIComponent(anchor)) : null;
    } catch {
      return null; // mistyped
    }
  }

  function goToAddress() {
    const target = targetOf(location.hash);
    if (!target?.closest("details")) return;
    reveal(target);
    target.scrollIntoView();
  }

  // The address does not change when the reader follows the same link again. The browser scrolls.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (link) reveal(targetOf(link.hash));
  });
  window.addEventListener("hashchange", goToAddress);
  goToAddress();

  Object.assign(window.runbooks, { reveal });
})();
