// The author's markup on the checklist page, and links to incidents.
(() => {
  "use strict";
  const { element } = window.runbooks;
  const engine = window.runbooksChecklist;
  const site = new URL("../../", document.currentScript.src); // this script is in assets/runbooks/

  // One line of prose, as text, code and links.
  function prose(text) {
    return engine.pieces(text).map((piece) => {
      if (piece.kind === "code") return element("code", {}, piece.text);
      return piece.kind === "address" ? element("a", { href: piece.text, rel: "noreferrer" }, piece.text) : piece.text;
    });
  }

  function incidentLink(id, text, anchor = "") {
    const page = new URL(`incidents/${encodeURIComponent(id)}/index.html`, site);
    page.hash = anchor;
    return element("a", { href: page.href }, ...prose(text));
  }

  Object.assign(engine, { prose, incidentLink });
})();
