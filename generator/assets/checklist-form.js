// The form of the checklist page: the changed files, and the selected names.
(() => {
  "use strict";
  const { element } = window.runbooks;
  const engine = window.runbooksChecklist;
  const { incidentLink } = engine;

  const MANY = 12; // a list with at least this many names gets a filter

  // Calls changed() after ticks and dropped files, soon() while the reader types, and takeFile(file)
  // and clear() for the buttons.
  function makeForm(base, choice, { changed, soon, takeFile, clear }) {
    const area = element("textarea", {
      id: "kb-checklist-files", class: "kb-form__text", rows: "4", "aria-describedby": "kb-checklist-note kb-checklist-told",
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: "for example backend/models/order.js", wrap: "off",
    });
    area.addEventListener("input", () => {
      choice.files = area.value;
      soon();
    });
    const told = element("p", { class: "kb-form__note", id: "kb-checklist-told" });
    const cut = element("p", { class: "kb-form__note kb-checklist__cut", hidden: true });
    const incidents = element("div", { class: "kb-checklist__chips" });
    const all = box("All checks", () => choice.everything, (on) => (choice.everything = on), changed);
    const lists = [picked("Components", "components", offered(base, "components")), picked("Kinds of change", "kinds", offered(base, "kinds"))];
    const show = [picked("Phase", "phases", engine.PHASES), picked("Level", "levels", engine.LEVELS)];
    const rest = restOf(show);
    const chosen = element("span", { class: "kb-checklist__chosen" });
    const touched = touches();
    const parts = [touched, rest];

    function picked(title, key, names) {
      const set = (name) => (on) => (on ? choice[key].add(name) : choice[key].delete(name));
      return picker(title, names.map((name) => box(name, () => choice[key].has(name), set(name), changed)));
    }

    function touches() {
      return element(
        "details",
        { class: "kb-fold kb-checklist__form", open: true },
        element("summary", {}, element("span", {}, "What does the release touch?"), " ", chosen),
        element("label", { class: "kb-label", for: area.id }, "Changed files"),
        area,
        element("p", { class: "kb-form__note", id: "kb-checklist-note" }, "One per line, as ", element("code", {}, "git diff --name-only v1.2..."), " prints them. Its other forms, a diff and JSON of a forge are read, too. You can also drop a file with the list here. Nothing leaves this browser."),
        buttons(takeFile, clear),
        told, cut, incidents,
        ...lists.map((list) => list.part),
        element("div", { class: "kb-checklist__chips" }, all.part),
      );
    }

    function refresh() {
      if (area.value !== choice.files) area.value = choice.files;
      for (const one of [all, ...lists, ...show]) one.refresh();
      if (choice.phases.size || choice.levels.size) rest.open = true;
    }

    // What comes only from a URL: the incidents, and a note that the URL could not include the files.
    function showChoice(toldByFiles, about) {
      told.textContent = toldByFiles;
      chosen.textContent = about;
      incidents.replaceChildren(...[...choice.incidents].map(incidentChip));
    }

    function showCut(left) {
      cut.hidden = !left;
      cut.textContent = left ? `A link to this page holds no files: ${engine.plural(left, "file")} with a part in this list need more than ${engine.LONGEST_LINK.toLocaleString("en")} characters of a URL, also compressed. Send the list of files with the link.` : "";
    }

    function incidentChip(id) {
      const drop = element("button", { type: "button", class: "kb-button", "aria-label": `Remove the incident ${id}` }, "✕");
      drop.addEventListener("click", () => {
        choice.incidents.delete(id);
        changed();
        area.focus(); // the form is open here
      });
      const title = base.rows.get(id)?.title || id;
      return element("div", { class: "kb-checklist__incident" }, element("span", {}, "All checks of ", incidentLink(id, title)), drop);
    }

    return {
      parts, refresh, showChoice,
      showCut,
      fold: () => (rest.open = false),
      foldAll: () => (touched.open = false),
      focus() {
        touched.open = true;
        area.focus();
      },
    };
  }

  // The names that a check or a rule has: no other name has an effect.
  function offered(base, key) {
    const checks = [...base.rows.values()].flatMap((row) => row.checks || []);
    const named = new Set(checks.flatMap((check) => check[key] || []));
    // What only narrows checks selects none.
    const narrowing = new Set(key === "kinds" ? checks.flatMap(engine.kindsIn) : []);
    return [...named, ...[...base[key].keys()].filter((name) => !named.has(name) && !narrowing.has(name))].sort();
  }

  function buttons(takeFile, clear) {
    const file = element("input", { type: "file", class: "kb-sr", tabindex: "-1", "aria-label": "File with the list of changed files" });
    file.addEventListener("change", async () => {
      if (file.files[0]) await takeFile(file.files[0]);
      file.value = ""; // so that the same file can be chosen again
    });
    const choose = element("button", { type: "button", class: "kb-button", onclick: () => file.click() }, "Choose a file");
    return element("div", { class: "kb-form__buttons" }, choose, element("button", { type: "button", class: "kb-button", onclick: clear }, "Clear all"), file);
  }

  function restOf(lists) {
    return element(
      "details",
      { class: "kb-fold kb-checklist__only" },
      element("summary", {}, "Only some phases or levels"),
      element("p", { class: "kb-form__note" }, "If you select none, all are shown."),
      ...lists.map((list) => list.part),
    );
  }

  // A checkbox; refresh() shows the state of the selection.
  function box(name, isOn, set, changed) {
    const input = element("input", { type: "checkbox" });
    input.addEventListener("change", () => {
      set(input.checked);
      changed();
    });
    const part = element("label", { class: "kb-checklist__chip" }, input, element("span", {}, name));
    return { name, part, refresh: () => (input.checked = isOn()), isOn: () => input.checked };
  }

  function picker(title, boxes) {
    const list = element("div", { class: "kb-checklist__chips" }, ...boxes.map(({ part }) => part));
    const group = element("div", { class: "kb-checklist__group", role: "group", "aria-label": title }, element("p", { class: "kb-label" }, title));
    if (!boxes.length) group.hidden = true;
    if (boxes.length > MANY) {
      group.append(filterOf(title, boxes));
      list.classList.add("kb-checklist__chips--many");
    }
    group.append(list);
    return { part: group, refresh: () => boxes.forEach((one) => one.refresh()) };
  }

  function filterOf(title, boxes) {
    const search = element("input", { type: "search", class: "kb-checklist__filter", "aria-label": `Filter: ${title}`, placeholder: `Filter ${boxes.length} names`, autocomplete: "off", spellcheck: "false" });
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      // Selected names stay visible.
      for (const one of boxes) one.part.hidden = !one.isOn() && !one.name.toLowerCase().includes(wanted);
    });
    return search;
  }

  Object.assign(engine, { makeForm });
})();
