// Only the checklist page needs the scripts that select and show checks, and their data, which is
// large if there are many incidents. The data comes first and names the scripts, in their order.
(() => {
  "use strict";
  const { element } = window.runbooks;
  const root = document.querySelector(".kb-checklist");
  if (!root) return;

  const folder = document.currentScript.src; // this script is beside the others
  load("checklist-data.js").onload = () => window.runbooksChecklistData.scripts.forEach((name) => load(name));

  function load(name) {
    const script = element("script", { src: new URL(name, folder).href });
    script.async = false; // in order
    script.onerror = () => root.replaceChildren(element("p", { class: "kb-notice" }, "The checks could not be loaded. In a shell, `runbooks checklist` prints the same list."));
    document.head.append(script);
    return script;
  }
})();
