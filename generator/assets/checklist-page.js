// The checklist page: the reader says what a release touches, and the page shows the checks that it
// needs. Nothing is sent: checklist-engine.js selects the checks in the browser. This script, the last
// one, combines the parts.
(() => {
  "use strict";
  const { element, acceptDrops, announce } = window.runbooks;
  const engine = window.runbooksChecklist;
  const root = document.querySelector(".kb-checklist");
  const base = engine.readBase(window.runbooksChecklistData);

  const NARROW = window.matchMedia("(max-width: 44.9375em)");
  const PAUSE = 150; // milliseconds after the last key
  const LARGEST = 64 * 2 ** 20; // bytes of a file that is read here

  const choice = new engine.Choice(base);
  const ticks = engine.makeTicks(choice, () => announce("This browser cannot save ticks: they are lost when you close the page."));
  const form = engine.makeForm(base, choice, { changed, soon: () => soon(changed), takeFile, clear: clearAll });
  const values = engine.makeValues(choice, { soon: () => soon(valuesChanged), changed: valuesChanged });
  const list = engine.makeList(ticks, { newest, ask: values.ask });
  const status = element("p", { class: "kb-checklist__status", role: "status" });
  const result = element("div");
  let items = [];
  let waiting = 0;

  root.replaceChildren(...form.parts, status, result);

  // -- changes -----------------------------------------------------------------------------------

  function soon(run) {
    clearTimeout(waiting);
    waiting = setTimeout(run, PAUSE);
  }

  // Before an action on the list, everything typed so far is applied.
  function settle() {
    if (!waiting) return;
    clearTimeout(waiting);
    changed();
  }

  function changed() {
    waiting = 0;
    ticks.choiceChanged();
    update();
    writeAddress();
    ticks.keep(items);
  }

  // Only the list is rendered again: the field with the focus stays.
  function valuesChanged() {
    waiting = 0;
    items = chosen();
    list.show(items, { isNew: false });
    writeAddress();
  }

  async function follow() {
    await choice.readAddress();
    ticks.read();
    form.refresh();
    // Who opens a link on a phone is there for the list.
    if (!choice.isEmpty && NARROW.matches) form.foldAll();
    update();
    form.showCut((await choice.address()).left);
  }

  async function writeAddress() {
    const left = await choice.writeAddress();
    if (left !== undefined) form.showCut(left);
  }

  async function takeFile(file) {
    const { paths, lines, error } = file.size > LARGEST ? { error: "it is larger than 64 MiB; use git diff --name-only" } : engine.readList(engine.textOf(new Uint8Array(await file.arrayBuffer())));
    if (error) {
      announce(`${file.name} is not a list of changed files: ${error}.`);
      return;
    }
    // Whatever form the list has, the names are shown, as git shows them.
    choice.files = paths.map(engine.asLine).join("\n");
    choice.given = { text: choice.files, lines };
    form.refresh();
    changed();
    announce(`${engine.plural(paths.length, "file")} of ${file.name}`);
  }

  function clearAll() {
    choice.clear();
    form.fold();
    form.refresh();
    changed();
    form.focus();
  }

  // -- view --------------------------------------------------------------------------------------

  function chosen() {
    return choice.isEmpty ? [] : engine.choose(base, choice.release, { ...choice.only, values: choice.values, today: new Date().toISOString().slice(0, 10) });
  }

  // A check in its current state, with the values typed so far.
  function newest(item) {
    settle();
    return items.find(({ id }) => id === item.id) || item;
  }

  function checklist() {
    settle();
    return { items, about: about(), site: base.site, unreadable: base.unreadable };
  }

  function update() {
    items = chosen();
    form.showChoice(toldByFiles(choice.release), choice.isEmpty ? "" : about());
    status.textContent = statusText();
    const parts = engine.unknownNames(base, choice.release).map(unknownName);
    if (base.unreadable.length && !choice.isEmpty) parts.push(unreadable());
    if (items.length) parts.push(heading(), ...values.boxOf(items), engine.exportButtons(choice, checklist), list.progress, list.part);
    result.replaceChildren(...parts);
    list.show(items, { isNew: true });
  }

  // A link may contain a name that no longer exists, or a misspelling.
  function unknownName({ what, name }) {
    const drop = element("button", { type: "button", class: "kb-button" }, "Remove it");
    drop.addEventListener("click", () => {
      choice.leaveOut(name);
      changed();
      form.focus();
    });
    return element("p", { class: "kb-notice kb-checklist__unknown" }, element("span", {}, `Unknown ${what}: `, element("code", {}, name), "."), drop);
  }

  function unreadable() {
    const names = base.unreadable.flatMap((id, n) => [n ? ", " : "", element("code", {}, id)]);
    return element("p", { class: "kb-notice" }, element("strong", {}, "Not all checks are known: "), "these incidents have errors: ", ...names, ".");
  }

  function statusText() {
    const known = [...base.rows.values()].some((row) => row.checks?.length);
    if (!known) return "No incident has deploy checks yet.";
    if (choice.list.error) return `This is not a list of changed files: ${choice.list.error}. Paste what git diff --name-only prints.`;
    if (choice.isDamaged && choice.isEmpty) return "The list of files in this link is damaged, or this browser is too old to read it. Ask for the link again, or for the list of files.";
    if (choice.isEmpty) return "Nothing is selected yet: paste the changed files, or select components or kinds of change.";
    return engine.summary(items);
  }

  // The components and kinds to which the rules of mkdocs.yml map the files.
  function toldByFiles({ paths, lines, of }) {
    if (!paths.length && !of) return "";
    const { components, kinds } = engine.touchedBy(base, { paths, lines });
    const told = [["component", components], ["kind of change", kinds]].map(([noun, of]) => {
      const names = [...of.keys()];
      return names.length ? `${noun} ${names.join(", ")}` : "";
    });
    const said = told.filter(Boolean).join("; ");
    const files = of === undefined || of === paths.length ? engine.plural(paths.length, "file") : `${engine.plural(of, "file")}, of which the link holds the ${paths.length.toLocaleString("en")} with a part in this list`;
    return `${files}.${said ? ` By ${paths.length === 1 ? "its path" : "their paths"}: ${said}.` : ""}`;
  }

  // For print: on the screen, the form shows it.
  function heading() {
    const day = new Date().toISOString().slice(0, 16).replace("T", " ");
    return element("p", { class: "kb-checklist__about" }, `${about()}. Made ${day} UTC.`);
  }

  function about() {
    return engine.about(choice.release, choice.only);
  }

  acceptDrops(root, takeFile);
  window.addEventListener("hashchange", () => (engine.isChoice(location.hash) ? follow() : writeAddress()));
  follow();
})();
