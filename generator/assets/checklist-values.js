// The values on the checklist page: a field for each name that a command of the list reads.
(() => {
  "use strict";
  const { element, valueField, fitLines } = window.runbooks;
  const engine = window.runbooksChecklist;
  const { plural, prose } = engine;

  // Calls soon() while the reader types, changed() for a value that was typed at its command.
  function makeValues(choice, { soon, changed }) {
    const fields = new Map(); // name -> its field, for the current list
    let isOpen = null; // whether the reader has opened the box

    // The box with the fields; nothing if no command reads a value.
    function boxOf(items) {
      fields.clear();
      const asked = askedBy(items);
      if (!asked.size) return [];
      const labels = [...asked].map(([name, known]) => {
        fields.set(name, fieldOf(name, known));
        return element("label", { class: "kb-parameter" }, element("code", {}, name), " ", element("span", {}, ...about(known)), fields.get(name));
      });
      const note = element("p", {}, "Fill these in once; every command below uses them.");
      const summary = element("summary", {}, `Values for the commands: ${plural(asked.size, "name")}`);
      const folded = element("details", { class: "kb-fold", open: isOpen ?? asked.size < 3 }, summary, note, ...labels);
      summary.addEventListener("click", () => (isOpen = !folded.open));
      return [element("div", { class: "kb-parameters", role: "group", "aria-label": "Values for the commands" }, folded)];
    }

    function fieldOf(name, known) {
      const field = valueField({ "data-name": name, placeholder: exampleOf(known) });
      field.value = choice.values.get(name) || "";
      fitLines(field);
      field.addEventListener("input", () => {
        take(name, field);
        soon();
      });
      return field;
    }

    function take(name, field) {
      if (field.value) choice.values.set(name, field.value);
      else choice.values.delete(name);
      fitLines(field);
    }

    function set(name, value) {
      const field = fields.get(name);
      field.value = value;
      take(name, field);
      changed();
    }

    function aboutValue(name) {
      const field = fields.get(name);
      return { label: field.closest(".kb-parameter").querySelector("span").textContent, example: field.placeholder };
    }

    return { boxOf, ask: { about: aboutValue, set } };
  }

  // What the checks say about each parameter.
  function askedBy(items) {
    const asked = new Map();
    for (const value of items.flatMap((item) => item.values)) {
      if (!asked.has(value.name)) asked.set(value.name, { descriptions: new Set(), examples: new Set(), defaults: new Set() });
      const known = asked.get(value.name);
      known.descriptions.add(value.description);
      if (value.example) known.examples.add(value.example);
      if (!value.given && value.value !== null) known.defaults.add(value.value);
    }
    return asked;
  }

  function exampleOf({ examples, defaults }) {
    return [...(defaults.size === 1 ? defaults : []), ...examples][0] ?? "";
  }

  function about({ descriptions, defaults }) {
    const told = [...descriptions].flatMap((text, n) => [n ? " / " : "", ...prose(text)]);
    const [normal] = defaults;
    const end = /[.!?]$/.test([...descriptions].at(-1).trim()) ? "" : ".";
    if (defaults.size === 1) told.push(`${end} Default: `, element("code", {}, normal), ".");
    if (defaults.size > 1) told.push(`${end} Each check has its own default.`);
    return told;
  }

  Object.assign(engine, { makeValues });
})();
