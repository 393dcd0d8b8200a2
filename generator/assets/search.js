// What a search box of search-box.js finds: the box becomes a combobox with a list of links, as
// described in the ARIA practices.
(() => {
  "use strict";
  const { element, badge, load, searchIndex, ask } = window.runbooks;
  const site = new URL("../../", document.currentScript.src); // this script is assets/runbooks/search.js

  const ERROR_LEAST = 12; // characters; a shorter text is not treated as an error

  let boxes = 0;

  // Make an input a combobox with a list of results. Escape clears it, unless it does something else.
  function startSearch(root, input, escape) {
    const id = `kb-search-${++boxes}`;
    const list = element("div", { class: "kb-search__list", id: `${id}-list`, role: "listbox", "aria-label": "Search results", hidden: true });
    const status = element("p", { class: "kb-search__status", role: "status" });
    const narrow = narrowing(update);
    input.setAttribute("aria-controls", list.id);
    root.append(narrow.root, status, list);
    let chosen = -1;
    let turn = 0;

    searchIndex().catch(() => {}); // before the first word is typed
    input.addEventListener("input", update);
    input.addEventListener("keydown", onKey);

    function clear() {
      input.value = "";
      show([], "");
    }

    async function update() {
      const query = input.value.trim();
      const mine = ++turn;
      if (!query) {
        show([], "");
        return;
      }
      try {
        const ready = await searchIndex();
        if (mine !== turn) return; // the query has changed
        narrow.offer(ready);
        const { results, total } = await ask("search", input.value.trim(), { keep: narrow.keep });
        if (mine !== turn) return;
        const pasted = input.pasted?.shown === input.value;
        // Of a large knowledge base, the signatures are many: they are loaded for what was pasted.
        const error = ready.large && !pasted ? [] : errorIn(pasted ? input.pasted.text : query);
        const more = total > results.length ? `, best ${results.length} shown` : "";
        const where = narrow.said();
        show(results, total ? `${total} ${total === 1 ? "result" : "results"}${where}${more}` : `Nothing found for “${query.slice(0, 80)}”${where}. Try fewer words, or a word of the error message.`);
        const matches = await error;
        if (mine === turn && matches.length) showMatches(matches, results);
      } catch (error) {
        if (mine === turn) show([], error.message);
      }
    }

    // A known error comes before pages that only share words with it.
    function showMatches(matches, results) {
      const others = results.filter((result) => !matches.some(({ id }) => result.address.startsWith(`incidents/${id}/`)));
      const rest = others.length ? `, then ${others.length} similar` : "";
      show([...matches, ...others], `${matches.length === 1 ? "Known error: 1 incident" : `Known error: ${matches.length} incidents`}${rest}`);
    }

    function show(results, text) {
      list.replaceChildren(...results.map((result, n) => option(result, `${id}-${n}`)));
      list.hidden = !results.length;
      input.setAttribute("aria-expanded", String(results.length > 0));
      status.textContent = text;
      choose(results.length ? 0 : -1);
    }

    function choose(n) {
      const options = list.children;
      options[chosen]?.setAttribute("aria-selected", "false");
      chosen = n;
      const option = options[chosen];
      if (!option) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    }

    function onKey(event) {
      if (event.isComposing) return;
      const count = list.children.length;
      if (event.key === "ArrowDown" && count) choose((chosen + 1) % count);
      else if (event.key === "ArrowUp" && count) choose((chosen - 1 + count) % count);
      else if (event.key === "Enter" && chosen >= 0) list.children[chosen].click();
      else if (event.key === "Escape") (escape || clear)();
      else return;
      event.preventDefault();
    }

    update(); // what was typed or pasted before
  }

  // The matches of a text that is long enough to be an error.
  async function errorIn(text) {
    if (text.length < ERROR_LEAST) return [];
    try {
      await load("match.js");
      return await window.runbooks.matchesOf(text);
    } catch {
      return []; // the results of the search are still valid
    }
  }

  // Two lists that filter the results; shown after their options are known.
  function narrowing(changed) {
    const component = element("select", { class: "kb-search__filter", "aria-label": "Component", onchange: changed });
    const severity = element("select", { class: "kb-search__filter", "aria-label": "Severity", onchange: changed });
    const root = element("div", { class: "kb-search__filters", hidden: true }, component, severity);

    function offer({ components, severities }) {
      if (component.length) return;
      fill(component, "All components", components);
      fill(severity, "All severities", severities);
      root.hidden = components.length + severities.length < 2;
    }

    function fill(select, all, names) {
      select.append(element("option", { value: "" }, all), ...names.map((name) => element("option", { value: name }, name)));
      select.hidden = !names.length;
    }

    const keep = (doc) =>
      (!component.value || doc.components.includes(component.value)) && (!severity.value || doc.severity === severity.value);
    const said = () => [component, severity].map(({ value }) => value && ` in ${value}`).join("");

    return { root, offer, keep, said };
  }

  function option(result, id) {
    const head = element("span", { class: "kb-result__head" });
    if (result.why) head.append(badge("matches this error", "kb-matches"));
    if (result.severity) {
      head.append(badge(result.severity, `kb-${result.severity.toLowerCase()}`));
    }
    if (result.source) head.append(badge(`from ${result.source}`, "kb-origin"));
    for (const name of result.components) head.append(badge(name, "kb-component"));
    if (result.status && result.status !== "published") {
      head.append(badge(result.status, `kb-status kb-status-${result.status}`));
    }
    if (result.day) head.append(element("span", { class: "kb-result__day" }, `${result.day} · ${age(result.day)}`));
    if (!result.severity) head.append(badge("page"));
    return element(
      "a",
      { class: "kb-result", role: "option", id, "aria-selected": "false", tabindex: "-1", href: new URL(result.address, site).href },
      element("span", { class: "kb-result__title" }, ...highlighted(result.title, result.terms)),
      head,
      element("span", { class: "kb-result__line" }, ...highlighted(result.line, result.terms)),
    );
  }

  // Text nodes and <mark>: nothing in the index is ever parsed as HTML.
  function highlighted(text, terms) {
    return window.runbooksSearch.marked(text, terms).map(([piece, hit]) => (hit ? element("mark", {}, piece) : piece));
  }

  function age(day) {
    const days = Math.floor((Date.now() - new Date(`${day}T00:00:00Z`)) / 86400000);
    const units = [[365, "year"], [30, "month"], [1, "day"]];
    for (const [size, name] of units) {
      const count = Math.floor(days / size);
      if (count >= 1) return `${count} ${name}${count > 1 ? "s" : ""} ago`;
    }
    return "today";
  }

  Object.assign(window.runbooks, { startSearch });
})();
