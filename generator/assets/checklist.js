// The checklist page alone needs the scripts that choose and show checks, and their data, which is
// large where there are many incidents. The data comes first and names the scripts, in their order.
(() => {
  "use strict";
  const { element } = window.runbooks;
  const root = document.querySelector(".kb-checklist");
  if (!root) return;

  const folder = document.currentScript.src; // this script lies beside the others
  load("checklist-data.js").onload = () => window.runbooksChecklistData.scripts.forEach((name) => load(name));

  function load(name) {
    const script = element("script", { src: new URL(name, folder).href });
    script.async = false; // one after the other
    script.onerror = () => root.replaceChildren(element("p", { class: "kb-notice" }, "The checks could not be loaded. In a shell, `runbooks checklist` prints the same list."));
    document.head.append(script);
    return script;
  }
})();
