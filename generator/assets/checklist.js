// The checklist page: what a release touches goes in, the checks that it needs come out. Nothing is
// sent anywhere: checklist-engine.js chooses, in this browser, and the choice stands in the address
// behind "#", which no browser sends to a server.
(() => {
  "use strict";
  const { element, acceptDrops, announce, copyText, copyButton, exportLines, announceCopied } = window.runbooks;
  const { neededIn, filledIn } = window.runbooksFillIn;
  const engine = window.runbooksChecklist;
  const root = document.querySelector(".kb-checklist");
  if (!root) return;

  const script = document.currentScript.src;
  const site = new URL("../../", script); // this script is assets/runbooks/checklist.js

  const PAUSE = 150; // milliseconds after the last key
  const LONGEST = 4000; // characters of paths in an address; mail programs cut longer ones
  const MANY = 12; // names from which a list gets a filter
  const SHOWN = 200; // checks that are drawn at once; the rest on demand
  const KEPT_LISTS = 20; // checklists whose ticks are kept
  const STORAGE = "runbooks:checklists";

  load();

  // The data is large where there are many incidents, so this page alone loads it.
  function load() {
    const data = element("script", { src: new URL("checklist-data.js", script).href });
    data.onload = () => start(engine.readBase(window.runbooksChecklistData));
    data.onerror = () => root.replaceChildren(element("p", { class: "kb-notice" }, "The checks could not be loaded. In a shell, `runbooks checklist` prints the same list."));
    document.head.append(data);
  }

  function start(base) {
    // -- the choice ------------------------------------------------------------------------------

    let choice = emptyChoice();
    let values = new Map(); // of parameters, by name
    let items = [];
    let ticks = new Map(); // of a check -> when
    let touchedNow = new Set(); // what the list is for
    let isWhole = false; // all checks are drawn

    function emptyChoice() {
      return { files: "", components: new Set(), kinds: new Set(), incidents: new Set(), everything: false, phases: new Set(), levels: new Set() };
    }

    function release() {
      const { components, kinds, incidents, everything } = choice;
      return { paths: engine.listedPaths(choice.files), components: [...components], kinds: [...kinds], incidents: [...incidents], everything };
    }

    function only() {
      const chosen = (all, of) => all.filter((name) => of.has(name));
      return { phases: chosen(engine.PHASES, choice.phases), levels: chosen(engine.LEVELS, choice.levels) };
    }

    function isEmpty({ paths, components, kinds, incidents, everything }) {
      return !everything && ![paths, components, kinds, incidents].some((names) => names.length);
    }

    function checklist() {
      return { items, about: engine.about(release(), only()), site: base.site, unreadable: base.unreadable };
    }

    // -- the address -----------------------------------------------------------------------------

    // #component=a&path=src/x.js&TABLE=Sessions: small letters for the choice, capitals for values.
    const SETS = { component: "components", kind: "kinds", incident: "incidents", phase: "phases", level: "levels" };

    // Not the anchor of a heading, to which "Skip to content" leads.
    function isChoice(hash) {
      return hash.includes("=") || hash === "#all";
    }

    function readAddress() {
      const text = (isChoice(location.hash) ? location.hash : location.search).slice(1);
      const read = emptyChoice();
      const paths = [];
      values = new Map();
      for (const part of text.split("&").filter(Boolean)) {
        const [name, value] = [part.split("=", 1)[0], part.split("=").slice(1).join("=")].map(decode);
        if (name === "all") read.everything = true;
        else if (name === "path") paths.push(value);
        else if (Object.hasOwn(SETS, name)) read[SETS[name]].add(value);
        else if (/^(?:[a-z0-9-]+\/)?[A-Z][A-Z0-9_]*$/.test(name) && value) values.set(name, value);
      }
      read.files = paths.join("\n");
      if (!paths.length && typeof history.state?.files === "string") read.files = history.state.files;
      choice = read;
    }

    function decode(text) {
      try {
        return decodeURIComponent(text);
      } catch {
        return text;
      }
    }

    // What the address holds behind "#"; without the paths where they are too long.
    function addressHash() {
      const pair = (name, value) => `${name}=${encodeURIComponent(value.toWellFormed?.() ?? value).replaceAll("%2F", "/")}`;
      const paths = engine.listedPaths(choice.files).map((path) => pair("path", engine.shownPath(path)));
      const length = paths.join("&").length;
      const parts = length > LONGEST ? [] : paths;
      for (const [name, key] of Object.entries(SETS)) parts.push(...[...choice[key]].map((value) => pair(name, value)));
      if (choice.everything) parts.push("all");
      parts.push(...[...values].filter(([, value]) => value).map(([name, value]) => pair(name, value)));
      return { hash: parts.join("&"), isCut: length > LONGEST };
    }

    function writeAddress() {
      const { hash, isCut } = addressHash();
      form.cut.hidden = !isCut;
      const state = { ...history.state, files: isCut ? choice.files : undefined };
      try {
        // Without what stood behind "?": the choice has moved behind "#".
        history.replaceState(state, "", `${location.pathname}${hash || location.hash ? `#${hash}` : location.search}`);
      } catch {
        try {
          history.replaceState(state, "", `#${hash}`);
        } catch {
          // Some browsers forbid it for file://; the choice then lives as long as the page.
        }
      }
    }

    async function copyLink() {
      const { hash, isCut } = addressHash();
      const worked = await copyText(`${location.href.split(/[?#]/)[0]}#${hash}`);
      if (!worked) announce("Could not copy the link");
      else announce(isCut ? "Link copied, without the files: they are too many for an address." : "Link copied: it leads to this list");
    }

    // -- the form --------------------------------------------------------------------------------

    const form = makeForm();
    const status = element("p", { class: "kb-checklist__status", role: "status" });
    const result = element("div", { class: "kb-checklist__result" });
    root.replaceChildren(...form.parts, status, result);
    let waiting = 0;

    function makeForm() {
      const area = element("textarea", {
        id: "kb-checklist-files", class: "kb-form__text", rows: "4", "aria-describedby": "kb-checklist-note kb-checklist-told",
        autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: "for example backend/models/order.js", wrap: "off",
      });
      area.addEventListener("input", () => {
        choice.files = area.value;
        soon();
      });
      const file = element("input", { type: "file", class: "kb-sr", tabindex: "-1", "aria-label": "A file with the list of changed files" });
      file.addEventListener("change", async () => {
        if (file.files[0]) await takeFile(file.files[0]);
        file.value = ""; // the same file may be chosen again
      });
      const choose = element("button", { type: "button", class: "kb-button", onclick: () => file.click() }, "Choose a file");
      const clear = element("button", { type: "button", class: "kb-button", onclick: clearAll }, "Clear everything");
      const told = element("p", { class: "kb-form__note", id: "kb-checklist-told" });
      const cut = element("p", { class: "kb-form__note", hidden: true }, "These files are too many for an address: a link to this page does not hold them. Send the list along.");
      const incidents = element("div", { class: "kb-checklist__chips" });
      const all = box("All checks", () => choice.everything, (on) => (choice.everything = on));
      const lists = [picker("Components", "components", offered("components")), picker("Kinds of change", "kinds", offered("kinds"))];
      const show = [
        picker("Phase", "phases", engine.PHASES), picker("Level", "levels", engine.LEVELS),
      ];
      const touches = element(
        "fieldset",
        { class: "kb-checklist__form" },
        element("legend", {}, "What does the release touch?"),
        element("label", { class: "kb-label", for: area.id }, "Changed files"),
        area,
        element("p", { class: "kb-form__note", id: "kb-checklist-note" }, "One on each line, as ", element("code", {}, "git diff --name-only v1.2..."), " prints them. A file with the list may be dropped here. None of it leaves this browser."),
        element("div", { class: "kb-form__buttons" }, choose, clear, file),
        told, cut, incidents,
        ...lists.map((list) => list.part),
        element("div", { class: "kb-checklist__chips" }, all.part),
      );
      const rest = element(
        "details",
        { class: "kb-fold kb-checklist__only" },
        element("summary", {}, "Only some phases or levels"),
        element("p", { class: "kb-form__note" }, "With nothing ticked here, all are shown."),
        ...show.map((list) => list.part),
      );
      return { parts: [touches, rest], area, told, cut, incidents, rest, boxes: [all, ...lists, ...show] };
    }

    // The names that a check or a rule knows: of any other nothing comes.
    function offered(key) {
      const names = new Set(base[key].keys());
      for (const row of base.rows.values()) for (const check of row.checks || []) for (const name of check[key] || []) names.add(name);
      return [...names].sort();
    }

    // A box to tick; refresh() shows what the choice says.
    function box(name, isOn, set) {
      const input = element("input", { type: "checkbox" });
      input.addEventListener("change", () => {
        set(input.checked);
        changed();
      });
      const part = element("label", { class: "kb-checklist__chip" }, input, element("span", {}, name));
      return { name, part, refresh: () => (input.checked = isOn()), isOn: () => input.checked };
    }

    function picker(title, key, names) {
      const boxes = names.map((name) => box(name, () => choice[key].has(name), (on) => (on ? choice[key].add(name) : choice[key].delete(name))));
      const list = element("div", { class: "kb-checklist__chips" }, ...boxes.map(({ part }) => part));
      const group = element("div", { class: "kb-checklist__group", role: "group", "aria-label": title }, element("p", { class: "kb-label" }, title));
      if (!boxes.length) group.hidden = true;
      const search = element("input", { type: "search", class: "kb-checklist__filter", "aria-label": `Filter: ${title}`, placeholder: `Filter ${names.length} names`, autocomplete: "off", spellcheck: "false" });
      const filter = () => {
        const wanted = search.value.trim().toLowerCase();
        // What is chosen stays in sight.
        for (const one of boxes) one.part.hidden = !one.isOn() && !one.name.toLowerCase().includes(wanted);
      };
      if (boxes.length > MANY) {
        search.addEventListener("input", filter);
        group.append(search);
        list.classList.add("kb-checklist__chips--many");
      }
      group.append(list);
      return { part: group, refresh: () => boxes.forEach((one) => one.refresh()) };
    }

    function refreshForm() {
      if (form.area.value !== choice.files) form.area.value = choice.files;
      for (const one of form.boxes) one.refresh();
      if (choice.phases.size || choice.levels.size) form.rest.open = true;
    }

    function showIncidents() {
      const chips = [...choice.incidents].map((id) => {
        const drop = element("button", { type: "button", class: "kb-button", "aria-label": `Leave out the incident ${id}` }, "✕");
        drop.addEventListener("click", () => {
          choice.incidents.delete(id);
          changed();
          form.area.focus();
        });
        const title = base.rows.get(id)?.title || id;
        return element("div", { class: "kb-checklist__incident" }, element("span", {}, "All checks of ", incidentLink(id, title)), drop);
      });
      form.incidents.replaceChildren(...chips);
    }

    async function takeFile(file) {
      // A list between NULs, or with odd names, is shown as git shows it.
      const paths = engine.listedPaths(engine.textOf(new Uint8Array(await file.arrayBuffer())));
      choice.files = paths.map(engine.shownPath).join("\n");
      refreshForm();
      changed();
      announce(`${engine.plural(paths.length, "file")} of ${file.name}`);
    }

    function clearAll() {
      choice = emptyChoice();
      values = new Map();
      form.rest.open = false;
      refreshForm();
      changed();
      form.area.focus();
    }

    function soon() {
      clearTimeout(waiting);
      waiting = setTimeout(changed, PAUSE);
    }

    // What was typed a moment ago counts at once when something is done with the list.
    function settle() {
      if (!waiting) return;
      clearTimeout(waiting);
      changed();
    }

    // -- choosing --------------------------------------------------------------------------------

    function changed() {
      waiting = 0;
      isWhole = false;
      if (isAnother()) readTicks();
      update();
      writeAddress();
      keepTicks();
    }

    function update() {
      const asked = release();
      const unknown = engine.unknownNames(base, asked);
      items = isEmpty(asked) ? [] : engine.choose(base, asked, { ...only(), values });
      showIncidents();
      form.told.textContent = toldByFiles(asked);
      status.textContent = statusOf(asked);
      const parts = unknown.map(unknownName);
      if (base.unreadable.length && !isEmpty(asked)) {
        const names = base.unreadable.flatMap((id, n) => [n ? ", " : "", element("code", {}, id)]);
        parts.push(element("p", { class: "kb-notice" }, element("strong", {}, "Not all checks are known: "), "these incidents have errors: ", ...names, "."));
      }
      if (items.length) parts.push(heading(), ...valueBox(), buttons(), progress, list);
      result.replaceChildren(...parts);
      draw();
    }

    // A link may name what is no more, or misspell it.
    function unknownName({ what, name }) {
      const drop = element("button", { type: "button", class: "kb-button" }, "Leave it out");
      drop.addEventListener("click", () => {
        for (const names of [choice.components, choice.kinds, choice.incidents]) names.delete(name);
        changed();
        form.area.focus();
      });
      return element("p", { class: "kb-notice kb-checklist__unknown" }, element("span", {}, `No ${what} has the name `, element("code", {}, name), "."), drop);
    }

    function statusOf(asked) {
      const known = [...base.rows.values()].some((row) => row.checks?.length);
      if (!known) return "No incident has a deploy check yet.";
      if (isEmpty(asked)) return "Nothing is chosen yet: paste the changed files, or pick components or kinds of change.";
      return engine.summary(items);
    }

    // What the rules of mkdocs.yml make of the files.
    function toldByFiles({ paths }) {
      if (!paths.length) return "";
      const index = new engine.Paths(paths, base.regexes);
      const told = ["component", "kind"].map((noun) => {
        const names = [...base[SETS[noun]]].filter(([, globs]) => index.matching(globs).size).map(([name]) => name);
        return names.length ? `${noun === "kind" ? "kind of change" : noun} ${names.join(", ")}` : "";
      });
      const said = told.filter(Boolean).join("; ");
      return `${engine.plural(paths.length, "file")}.${said ? ` By ${paths.length === 1 ? "its name" : "their names"}: ${said}.` : ""}`;
    }

    // -- what stands above the list --------------------------------------------------------------

    // For paper: on the screen the form says it.
    function heading() {
      const day = new Date().toISOString().slice(0, 16).replace("T", " ");
      return element("p", { class: "kb-checklist__about" }, `${engine.about(release(), only())}. Made ${day} UTC.`);
    }

    function buttons() {
      const button = (label, run) => element("button", { type: "button", class: "kb-button", onclick: () => { settle(); run(); } }, label);
      return element(
        "div",
        { class: "kb-form__buttons kb-checklist__buttons" },
        button("Print", () => window.print()),
        button("Copy as Markdown", copyMarkdown),
        button("Download Markdown", () => download("checklist.md", "text/markdown", engine.asMarkdown(checklist()))),
        button("Download JSON", () => download("checklist.json", "application/json", engine.asJson(checklist()))),
        button("Copy link", copyLink),
      );
    }

    async function copyMarkdown() {
      const worked = await copyText(engine.asMarkdown(checklist()));
      announce(worked ? `Copied ${engine.plural(items.length, "check")} as Markdown` : "Could not copy. Download the Markdown instead.");
    }

    function download(name, type, text) {
      const address = URL.createObjectURL(new Blob([text], { type }));
      const link = element("a", { href: address, download: name });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    }

    // -- values ----------------------------------------------------------------------------------

    const fields = new Map(); // name -> its field, of the list as it stands

    function valueBox() {
      fields.clear();
      const asked = new Map(); // name -> what the checks say about it
      for (const item of items) {
        for (const value of item.values) {
          if (!asked.has(value.name)) asked.set(value.name, { descriptions: new Set(), examples: new Set(), defaults: new Set() });
          const known = asked.get(value.name);
          known.descriptions.add(value.description);
          if (value.example) known.examples.add(value.example);
          if (!value.given && value.value !== null) known.defaults.add(value.value);
        }
      }
      if (!asked.size) return [];
      const labels = [...asked].map(([name, known]) => {
        const field = valueField(name, known);
        fields.set(name, field);
        const about = [...known.descriptions].flatMap((text, n) => [n ? " / " : "", ...prose(text)]);
        const [normal] = known.defaults;
        const end = /[.!?]$/.test([...known.descriptions].at(-1).trim()) ? "" : ".";
        if (known.defaults.size === 1) about.push(`${end} Without a value: `, element("code", {}, normal), ".");
        if (known.defaults.size > 1) about.push(`${end} Without a value each check has its own.`);
        return element("label", { class: "kb-parameter" }, element("code", {}, name), " ", element("span", {}, ...about), field);
      });
      const note = element("p", {}, "Fill these in once; every command below takes them.");
      const summary = element("summary", {}, `Values for the commands: ${engine.plural(asked.size, "name")}`);
      const folded = element("details", { class: "kb-fold", open: isOpen ?? asked.size < 3 }, summary, note, ...labels);
      summary.addEventListener("click", () => (isOpen = !folded.open));
      return [element("div", { class: "kb-parameters", role: "group", "aria-label": "Values for the commands" }, folded)];
    }

    let isOpen = null; // whether the reader has opened the values

    function valueField(name, { examples, defaults }) {
      const [hint = ""] = [...(defaults.size === 1 ? defaults : []), ...examples];
      const field = element("textarea", { rows: 1, "data-name": name, placeholder: hint, autocapitalize: "off", autocomplete: "off", spellcheck: "false" });
      field.value = values.get(name) || "";
      field.rows = Math.min(8, field.value.split("\n").length);
      field.addEventListener("input", () => {
        if (field.value) values.set(name, field.value);
        else values.delete(name);
        field.rows = Math.min(8, field.value.split("\n").length);
        clearTimeout(waiting);
        waiting = setTimeout(valuesChanged, PAUSE);
      });
      field.addEventListener("keydown", (event) => {
        // One line is the rule: Enter leaves the field, Shift+Enter makes a line.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        field.blur();
      });
      return field;
    }

    // The list alone is drawn anew: the field that is typed in stays.
    function valuesChanged() {
      waiting = 0;
      items = engine.choose(base, release(), { ...only(), values });
      draw();
      writeAddress();
    }

    function jumpTo(name) {
      const field = fields.get(name);
      field.closest("details").open = true;
      field.focus({ preventScroll: true });
      field.closest(".kb-parameter").scrollIntoView({ block: "center" });
    }

    // -- the list --------------------------------------------------------------------------------

    const list = element("div", { class: "kb-checklist__list" });

    function draw() {
      const shown = isWhole ? items : items.slice(0, SHOWN);
      const phases = engine.byPhase(shown).map(([phase, of]) =>
        element(
          "section",
          { "aria-labelledby": `kb-phase-${phase}` },
          element("h2", { id: `kb-phase-${phase}` }, engine.PHASE_TITLES[phase]),
          element("ol", { class: "kb-checklist__items" }, ...of.map(shownItem)),
        ),
      );
      const rest = items.length - shown.length;
      const more = element("button", { type: "button", class: "kb-button" }, `Show ${engine.plural(rest, "more check")}`);
      more.addEventListener("click", () => {
        isWhole = true;
        draw();
        list.querySelectorAll(".kb-tick input")[SHOWN]?.focus();
      });
      list.replaceChildren(...phases, ...(rest ? [more] : []));
      showProgress();
    }

    window.addEventListener("beforeprint", () => {
      if (isWhole || items.length <= SHOWN) return;
      isWhole = true;
      draw();
    });

    function shownItem(item) {
      const key = tickKey(item);
      const tick = element("input", { type: "checkbox" });
      tick.checked = ticks.has(key);
      const when = element("span", { class: "kb-checklist__when" });
      const row = element("li", { class: "kb-checklist__item" });
      const showTick = () => {
        row.classList.toggle("kb-done", tick.checked);
        when.textContent = tick.checked ? `Ticked ${dayAndTime(ticks.get(key))}` : "";
      };
      tick.addEventListener("change", () => {
        if (tick.checked) ticks.set(key, Date.now());
        else ticks.delete(key);
        showTick();
        showProgress();
        keepTicks();
      });
      const kind = item.run ? item.risk && element("em", { class: `kb-risk kb-${item.risk}` }, item.risk) : badge("by hand");
      row.append(
        element("label", { class: "kb-tick" }, tick, element("span", { class: "kb-sr" }, `Done: ${item.check}`)),
        element("p", { class: "kb-checklist__do" }, element("strong", { class: "kb-do" }, ...prose(item.check))),
        element("p", { class: "kb-meta" }, badge(item.level, item.level === "blocking" ? "kb-blocking" : ""), ...(kind ? [kind] : []), when),
        whyOf(item),
        ...(item.needs.length ? [labelled("Needs", "kb-needs", item.needs.flatMap((need, n) => [n ? "; " : "", ...prose(need)]))] : []),
        ...(item.run ? [command(item.run, item)] : []),
        ...expected(item),
        ...rollback(item),
        element("p", { class: "kb-checklist__id" }, element("code", {}, item.id)),
      );
      showTick();
      return row;
    }

    // A check as it is now, with the value that was typed a moment ago.
    function newest(item) {
      settle();
      return items.find(({ id }) => id === item.id) || item;
    }

    function badge(text, style = "") {
      return element("span", { class: `kb-badge ${style}` }, text);
    }

    function labelled(label, style, parts) {
      return element("p", { class: style }, element("strong", {}, `${label}: `), ...parts);
    }

    // The author's markup of one line.
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

    function whyOf(item) {
      const reasons = item.reasons.map((reason) => {
        const matched = engine.why(reason).map(({ text, name }) => (name ? element("code", {}, text) : text));
        if (!reason.incident) return element("li", {}, ...matched, ".");
        const was = engine.origin(reason);
        return element(
          "li",
          {},
          incidentLink(reason.incident, reason.title, `check-${reason.id.split("/").at(-1)}`),
          ...(was ? [element("span", { class: "kb-checklist__was" }, ` (${was})`)] : []),
          ": ", ...matched, ".",
        );
      });
      return element("div", { class: "kb-checklist__why" }, element("p", {}, element("strong", {}, "Why it is here:")), element("ul", {}, ...reasons));
    }

    function command(run, item) {
      const known = engine.valuesOf(item);
      const exports = exportLines(run, known, jumpTo);
      const missing = neededIn(run, known).filter((name) => known.get(name) === null);
      return element(
        "div",
        { class: "kb-code kb-command" },
        ...(exports.length ? [element("div", { class: "kb-exports", role: "group", "aria-label": "Parameters of this command" }, ...exports)] : []),
        element("pre", {}, element("code", {}, run)),
        copyButton(`Copy command: ${item.check}`, () => filledIn(run, engine.valuesOf(newest(item))), () => announceCopied(missing, jumpTo)),
      );
    }

    function expected({ expect, timeout }) {
      const parts = engine.described(expect).map(([said, text]) => {
        if (text === null) return [said];
        return said ? [`${said} `, element("code", {}, text)] : prose(text);
      });
      if (timeout) parts.push([`within ${timeout}`]);
      return parts.length ? [labelled("Expect", "kb-expect", parts.flatMap((part, n) => [n ? "; " : "", ...part]))] : [];
    }

    function rollback(item) {
      if (!item.rollback) return [];
      const { do: text, run } = item.rollback;
      return [labelled("Rollback", "kb-rollback", prose(text)), ...(run ? [command(run, { ...item, check: `rollback of ${item.check}` })] : [])];
    }

    // -- ticks -----------------------------------------------------------------------------------

    const progressText = element("span");
    const untick = element("button", { type: "button", class: "kb-button", onclick: clearTicks }, "Clear ticks");
    const progress = element("div", { class: "kb-progress kb-checklist__progress" }, progressText, untick);

    // A check that was edited is another check: its tick would claim what nobody did.
    function tickKey(item) {
      return `${item.id} ${hash(`${item.check}\n${item.run}`)}`;
    }

    // FNV-1a: short and stable; nothing depends on its being hard to guess.
    function hash(text) {
      let value = 0x811c9dc5;
      for (const sign of text) value = Math.imul(value ^ sign.codePointAt(0), 0x01000193);
      return (value >>> 0).toString(36);
    }

    // Ticks belong to one release: what another touches has ticks of its own.
    function choiceKey() {
      const { paths, components, kinds, incidents, everything } = release();
      return hash(JSON.stringify([paths, components, kinds, incidents].map((names) => [...names].sort()).concat(everything)));
    }

    function readKept() {
      try {
        const kept = JSON.parse(localStorage.getItem(STORAGE));
        return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
      } catch {
        return {}; // no storage, or not ours: begin with nothing done
      }
    }

    function readTicks() {
      const kept = readKept()[choiceKey()]?.ticks;
      ticks = new Map(Object.entries(kept && typeof kept === "object" ? kept : {}).filter(([, when]) => Number.isFinite(when)));
    }

    // Who goes on choosing takes the ticks along; a release that shares nothing with the one before
    // is another one.
    function isAnother() {
      const before = touchedNow;
      touchedNow = touchedNames();
      return !before.size || ![...touchedNow].some((name) => before.has(name));
    }

    function touchedNames() {
      const { paths, components, kinds, incidents, everything } = release();
      const names = Object.entries({ paths, components, kinds, incidents }).flatMap(([of, all]) => all.map((name) => `${of} ${name}`));
      return new Set(everything ? [...names, "all"] : names);
    }

    function keepTicks() {
      const known = new Set(items.map(tickKey));
      const done = Object.fromEntries([...ticks].filter(([key]) => known.has(key)));
      const kept = readKept();
      const name = choiceKey();
      const isNew = !(name in kept);
      if (Object.keys(done).length) kept[name] = { at: Date.now(), ticks: { ...kept[name]?.ticks, ...done } };
      else if (isNew) return;
      // A check that this phase or level hides keeps its tick.
      for (const key of known) if (!(key in done) && kept[name]?.ticks) delete kept[name].ticks[key];
      const newest = Object.entries(kept).sort(([, one], [, other]) => (other?.at || 0) - (one?.at || 0)).slice(0, KEPT_LISTS);
      try {
        localStorage.setItem(STORAGE, JSON.stringify(Object.fromEntries(newest.filter(([, of]) => Object.keys(of?.ticks || {}).length))));
      } catch {
        announce("This browser does not keep ticks: they are lost when the page closes.");
      }
    }

    function showProgress() {
      const done = items.filter((item) => ticks.has(tickKey(item))).length;
      progressText.textContent = `${done.toLocaleString("en")} of ${items.length.toLocaleString("en")} done`;
      untick.disabled = done === 0;
    }

    function clearTicks() {
      for (const item of items) ticks.delete(tickKey(item));
      keepTicks();
      draw();
      list.querySelector(".kb-tick input")?.focus();
    }

    // A tick says when: one of last week proves nothing about today's deploy.
    function dayAndTime(when) {
      const at = new Date(when);
      const two = (number) => String(number).padStart(2, "0");
      const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
      return `${at.toDateString() === new Date().toDateString() ? "today" : day} at ${two(at.getHours())}:${two(at.getMinutes())}`;
    }

    acceptDrops(root, takeFile);

    function follow() {
      readAddress();
      readTicks();
      touchedNow = touchedNames();
      refreshForm();
      isWhole = false;
      update();
      form.cut.hidden = !addressHash().isCut;
    }

    window.addEventListener("hashchange", () => (isChoice(location.hash) ? follow() : writeAddress()));
    follow();
  }
})();
