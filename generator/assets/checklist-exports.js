// Exports of the whole list on the checklist page: print, copy, download, link.
(() => {
  "use strict";
  const { element, announce, copyText } = window.runbooks;
  const engine = window.runbooksChecklist;

  // checklist() returns the current list, with everything typed so far.
  function exportButtons(choice, checklist) {
    const button = (label, run) => element("button", { type: "button", class: "kb-button", onclick: () => run(checklist()) }, label);
    return element(
      "div",
      { class: "kb-form__buttons kb-checklist__buttons" },
      button("Print", () => window.print()),
      button("Copy as Markdown", copyMarkdown),
      button("Download Markdown", (list) => download("checklist.md", "text/markdown", engine.asMarkdown(list))),
      button("Download JSON", (list) => download("checklist.json", "application/json", engine.asJson(list))),
      button("Copy link", async () => copyLink(await choice.address())),
    );
  }

  async function copyMarkdown(list) {
    const worked = await copyText(engine.asMarkdown(list));
    announce(worked ? `Copied ${engine.plural(list.items.length, "check")} as Markdown` : "Could not copy. Download the Markdown instead.");
  }

  async function copyLink({ hash, left }) {
    const worked = await copyText(`${location.href.split(/[?#]/)[0]}#${hash}`);
    if (!worked) announce("Could not copy the link");
    else announce(left ? `Link copied without the files: ${engine.plural(left, "file")} do not fit into a URL. Send the list of files with it.` : "Link to this list copied");
  }

  function download(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = element("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  Object.assign(engine, { exportButtons });
})();
