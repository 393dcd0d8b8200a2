// The paste box: finds the known incidents that match a pasted error or a log file. Nothing leaves the
// browser: match-engine.js does the work, in a worker that the page creates from the engine's source,
// and the files that are loaded do not depend on the pasted text.
(() => {
  "use strict";
  const { element, badge, acceptDrops, load, ask } = window.runbooks;
  const site = new URL("../../", document.currentScript.src); // this script is assets/runbooks/match.js

  const PAUSE = 150; // milliseconds after the last key
  const LARGE = 300_000; // characters; more would make the text field slow
  const KEPT = 100_000; // characters that are kept for when the reader comes back
  const SHOWN = 20; // incidents; more would not help

  // -- data and worker ---------------------------------------------------------------------------

  let data = null;

  // Loaded once, before the first paste.
  async function known() {
    await load("commands.js", "match-engine.js", "match-data.js");
    data ||= read(window.runbooksMatchData);
    return data;
  }

  function read(data) {
    const incidents = data.incidents.map(([id, title, severity, status, parameters, steps, alerts, source]) => ({
      id, title, severity, status, steps, alerts, source,
      // Each parameter with its default.
      parameters: new Map(parameters.map((text) => [text.split("=", 1)[0], text.split("=").slice(1).join("=")])),
    }));
    return { incidents, headings: data.headings, forEngine: { signatures: data.signatures, telling: data.telling } };
  }

  // Compares one text at a time: a new text replaces the one before. Stopping ends the worker, so it
  // always works.
  function matcher() {
    let worker = null;
    let cancel = null;

    async function match(input, progress = () => {}) {
      const { incidents, forEngine } = await known();
      stop();
      const found = await new Promise((resolve, reject) => {
        cancel = () => reject(new DOMException("stopped", "AbortError"));
        worker ||= window.runbooksMatch.worker(forEngine);
        worker.onmessage = ({ data }) => {
          if (data.progress) {
            progress(data.progress);
            return;
          }
          cancel = null;
          if (data.failed) reject(new Error(data.failed));
          else resolve(data.found);
        };
        worker.onerror = (event) => reject(new Error(event.message || "the search failed"));
        worker.postMessage({ input });
      });
      const matches = found.matches.map((one) => withIncident(one, incidents));
      if (typeof input === "string") matches.push(...byAlert(input, incidents, matches));
      return { ...found, matches };
    }

    function stop() {
      if (!cancel) return;
      worker?.terminate();
      worker = null;
      cancel();
      cancel = null;
    }

    return { match, stop };
  }

  // A match with its incident, and the captured values that are parameters of the runbook.
  function withIncident(match, incidents) {
    const incident = incidents[match.incident];
    const values = Object.fromEntries(Object.entries(match.captures).filter(([name]) => incident.parameters.has(name)));
    return { incident, hits: match.hits, values, others: match.values };
  }

  // Alertmanager's webhook body names alerts, and incidents say which alerts fire.
  function byAlert(text, incidents, matches) {
    const names = alertNames(text);
    const known = new Set(matches.map(({ incident }) => incident));
    const named = incidents.filter((incident) => !known.has(incident) && incident.alerts.some((alert) => names.has(alert)));
    return named.map((incident) => ({ incident, hits: [], values: {}, others: {}, alerts: incident.alerts.filter((alert) => names.has(alert)) }));
  }

  function alertNames(text) {
    if (!text.trim().startsWith("{") || !text.includes('"alerts"')) return new Set();
    try {
      const { alerts } = JSON.parse(text);
      const names = Array.isArray(alerts) ? alerts.map((alert) => alert?.labels?.alertname) : [];
      return new Set(names.filter((name) => typeof name === "string"));
    } catch {
      return new Set(); // another kind of text
    }
  }

  // The names of the values that may be in a URL.
  function openNames(values) {
    return Object.keys(values).filter((name) => !window.runbooksSecrets.isSecret(name, values[name]));
  }

  // The URL of the runbook, with the captured values after "#", which browsers do not send.
  function addressOf({ incident, values }) {
    const pairs = openNames(values).map((name) => `${name}=${encodeURIComponent(values[name])}`);
    const page = new URL(`incidents/${incident.id}/index.html`, site);
    page.hash = pairs.join("&");
    return page.href;
  }

  // -- results ---------------------------------------------------------------------------------

  const SHOWN_LINES = 3; // on the runbook's page

  function shownMatch(one, place) {
    const isBest = place === 0;
    const { incident, hits } = one;
    const [best] = hits;
    const hand = () => handOver(one);
    const title = element("a", { onclick: hand }, incident.title);
    const open = element("a", { class: "kb-button kb-match__open", onclick: hand });
    const steps = element("div");
    fillIn();
    const facts = element("p", { class: "kb-meta" }, badge(incident.severity, `kb-${incident.severity.toLowerCase()}`));
    if (incident.status !== "published") facts.append(badge(incident.status, `kb-status kb-status-${incident.status}`));
    if (incident.source) facts.append(badge(`from ${incident.source}`, "kb-origin"));
    facts.append(element("span", { class: "kb-match__fact" }, best ? placeOf(best) : `Alert: ${one.alerts.join(", ")}`));

    // Everything that depends on the values.
    function fillIn() {
      const names = openNames(one.values);
      title.href = open.href = addressOf(one);
      open.textContent = names.length ? `Open the runbook with ${names.join(" and ")} filled in` : "Open the runbook";
      steps.replaceChildren(...firstSteps(one));
    }

    function use(name, value) {
      one.values[name] = value;
      fillIn();
    }

    return element(
      "li",
      { class: "kb-match__result" },
      element("h2", { class: "kb-match__title" }, title),
      facts,
      ...(best ? [lineOf(best), whyOf(hits)] : []),
      ...choicesOf(one, use),
      element("p", {}, open),
      ...(incident.steps.length ? [element("details", { class: "kb-fold kb-match__first", open: isBest }, element("summary", {}, "First steps"), steps)] : []),
    );
  }

  // The runbook shows the error that led to it, in place of samples (matched.js). It stays in this tab.
  function handOver({ incident, hits, values }) {
    const [best] = hits;
    if (!best) return;
    // Besides the best line, those that gave values.
    const shown = [best, ...hits.slice(1).filter((hit) => hit.text !== best.text && Object.keys(hit.captures).length)].slice(0, SHOWN_LINES);
    const lines = shown.map((hit) => ({ text: hit.text, place: placeOf(hit) }));
    // Without a storage the runbook shows its samples.
    window.runbooksTicks.stored("runbooks:matched", "sessionStorage").keep({ incident: incident.id, lines, values });
  }

  function lineOf({ text }) {
    return element("pre", { class: "kb-match__line" }, element("code", { tabindex: "0", role: "region", "aria-label": "Matching line" }, text));
  }

  function placeOf({ line, count, first, last }) {
    const times = count > 1 ? `${count.toLocaleString("en")} times` : "once";
    const seen = first ? (last && last !== first ? `, ${first} to ${last}` : `, ${first}`) : "";
    return `Line ${line.toLocaleString("en")}, ${times}${seen}`;
  }

  // Why it matched: the signatures, and the value of each placeholder.
  function whyOf(hits) {
    const list = element("ul", { class: "kb-match__why" });
    for (const { template, captures, values, line } of hits) {
      const item = element("li", {}, element("code", {}, template), hits.length > 1 ? ` on line ${line.toLocaleString("en")}` : "");
      for (const [name, value] of Object.entries(captures)) {
        const rest = (values[name] || []).filter((other) => other !== value).flatMap((other) => [", also ", element("code", {}, other)]);
        item.append(element("div", { class: "kb-match__value" }, element("code", {}, name), " is ", element("code", {}, value), ...rest));
      }
      list.append(item);
    }
    return element("div", {}, element("p", { class: "kb-label" }, "Why it matched"), list);
  }

  let groups = 0;

  // For each parameter with several captured values: which one the commands use.
  function choicesOf({ values, others }, use) {
    const several = Object.keys(values).filter((name) => others[name]?.length > 1);
    return several.map((name) => {
      const group = `kb-match-value-${++groups}`;
      const chips = others[name].map((value, n) =>
        element(
          "label",
          { class: "kb-chip" },
          element("input", { type: "radio", name: group, checked: n === 0, onchange: () => use(name, value) }),
          element("code", {}, value),
        ),
      );
      const legend = element("legend", { class: "kb-label" }, "Several values were found. Use as ", element("code", {}, name), ":");
      return element("fieldset", { class: "kb-match__choice" }, legend, element("div", { class: "kb-match__chips" }, ...chips));
    });
  }

  // The first step of each part of the card, with the values in its command.
  function firstSteps({ incident, values }) {
    const all = new Map([...incident.parameters].map(([name, normal]) => [name, (values[name] ?? normal) || null]));
    return incident.steps.map(([part, text, run, risk, undo]) => {
      const item = element("div", { class: "kb-match__step" }, element("h3", { class: "kb-match__part" }, data.headings[part]), ...coded(text));
      if (risk) item.append(" ", element("em", { class: `kb-risk kb-${risk}` }, risk));
      if (run) item.append(window.runbooks.commandBlock(run, all, { label: `Copy command: ${run.split("\n")[0].slice(0, 80)}` }));
      if (undo) item.append(element("p", {}, element("strong", {}, "Rollback:"), " ", ...coded(undo)));
      return item;
    });
  }

  // The author's markup of one line: `code` between backticks.
  function coded(text) {
    return text.split(/`([^`]+)`/).map((piece, n) => (n % 2 ? element("code", {}, piece) : piece));
  }

  // Similar incidents, if nothing matches: only a hint, and labelled as such.
  async function similarTo(text) {
    return ask("similar", text);
  }

  function shownSimilar(pages) {
    const list = element("ul");
    for (const page of pages) {
      list.append(
        element(
          "li",
          {},
          element("a", { class: "kb-link", href: new URL(page.address, site).href }, page.title),
          badge(page.severity, `kb-${page.severity.toLowerCase()}`),
          element("span", { class: "kb-lead" }, `Has in common: ${page.shared.join(", ")}`),
        ),
      );
    }
    return element("section", { class: "kb-match__similar" }, element("h2", { class: "kb-match__title" }, "Not a match, but similar"), list);
  }

  // -- the box ---------------------------------------------------------------------------------

  let boxes = 0;

  function pasteBox(root) {
    const id = `kb-match-${++boxes}`;
    const area = element("textarea", {
      id, class: "kb-form__text", rows: "4", "aria-describedby": `${id}-note`, autocomplete: "off", autocapitalize: "off",
      spellcheck: "false", placeholder: "ERROR:  duplicate key value …",
    });
    const file = element("input", { type: "file", class: "kb-sr", tabindex: "-1", "aria-label": "Log file" });
    const choose = element("button", { type: "button", class: "kb-button", onclick: () => file.click() }, "Choose a log file");
    const clear = element("button", { type: "button", class: "kb-button", onclick: empty, hidden: true }, "Clear");
    const status = element("p", { class: "kb-match__status", role: "status" });
    const bar = element("progress", { max: "100", "aria-label": "Search progress" });
    const told = element("span");
    const cancel = element("button", { type: "button", class: "kb-button", onclick: () => mine.stop() }, "Cancel");
    const progress = element("div", { class: "kb-match__progress", hidden: true }, bar, told, cancel);
    const results = element("div");
    const mine = matcher();
    let waiting = 0;
    let turn = 0;

    root.append(
      element("label", { class: "kb-label", for: id }, "Paste an error, a stack trace or a log"),
      area,
      element("div", { class: "kb-form__buttons" }, choose, clear, file),
      element("p", { class: "kb-form__note", id: `${id}-note` }, "Or drop a log file here. Nothing leaves this browser."),
      progress,
      status,
      results,
    );

    area.addEventListener("focus", () => known().catch(() => {}), { once: true });
    area.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(pasted, PAUSE);
    });
    area.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text") || "";
      if (text.length < LARGE) return;
      event.preventDefault();
      take(text);
    });
    file.addEventListener("change", () => {
      if (file.files[0]) chosen(file.files[0]);
      file.value = ""; // so that the same file can be chosen again
    });

    // Show and search a text that did not come through the field.
    function take(text) {
      const isLarge = text.length >= LARGE;
      area.value = isLarge ? "" : text;
      if (isLarge) run(new Blob([text]), "Pasted text");
      else pasted();
    }

    function chosen(log) {
      area.value = "";
      run(log, log.name);
    }

    function empty() {
      area.value = "";
      pasted();
      area.focus();
    }

    function pasted() {
      clearTimeout(waiting);
      keep(area.value);
      if (area.value.trim()) {
        run(area.value, "");
        return;
      }
      mine.stop();
      show("", []);
    }

    function show(text, found) {
      turn++;
      status.textContent = text;
      results.replaceChildren(...found);
      progress.hidden = true;
      clear.hidden = !text;
    }

    // Search a text, or a file that has a name.
    async function run(input, name) {
      if (name) show(`Searching ${name} …`, []);
      const now = ++turn;
      try {
        const found = await mine.match(input, (done) => now === turn && name && step(done));
        if (now !== turn) return; // another text has replaced this one
        if (found.matches.length) matched(found, name);
        else await unmatched(found, name, now);
      } catch (error) {
        if (now !== turn) return;
        show(error.name === "AbortError" ? "Cancelled." : `This could not be searched: ${error.message}`, []);
      }
    }

    function step({ read, size, matches }) {
      progress.hidden = false;
      const part = size ? Math.floor((100 * read) / size) : 0;
      bar.value = part;
      told.textContent = `${part} % of ${megabytes(size)}, ${matches ? `${matches.toLocaleString("en")} found` : "nothing found yet"}`;
    }

    function matched({ matches, lines, note = "" }, name) {
      const number = matches.length === 1 ? "1 incident matches" : `${matches.length} incidents match, best first`;
      const more = matches.length > SHOWN ? `; ${SHOWN} are shown` : "";
      const searched = name ? ` ${name}: ${linesIn(lines)} searched. ${note}` : "";
      show(`${number}${more}.${searched}`.trim(), [element("ol", { class: "kb-match__list" }, ...matches.slice(0, SHOWN).map(shownMatch))]);
    }

    async function unmatched({ sample, lines, note = "" }, name, now) {
      const searched = name ? ` in ${linesIn(lines)} of ${name}` : "";
      const nothing = `No known incident matches${searched}. ${note}`.trim();
      let similar = [];
      try {
        similar = await similarTo(sample);
      } catch {
        // Without the index, words cannot be compared; the answer is still valid.
      }
      if (now !== turn) return;
      show(nothing, similar.length ? [shownSimilar(similar)] : []);
    }

    return { area, chosen, take };
  }

  function linesIn(count) {
    return `${count.toLocaleString("en")} ${count === 1 ? "line" : "lines"}`;
  }

  function megabytes(size) {
    return size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(size < 1e7 ? 1 : 0)} MB`;
  }

  // When the reader comes back from a runbook, the pasted text is still there. The browser keeps it with
  // this entry of the tab's history.
  function keep(text) {
    try {
      history.replaceState({ ...history.state, pasted: text.length <= KEPT ? text : "" }, "");
    } catch {
      // Some browsers forbid this for file://; then the text is not kept.
    }
  }

  for (const root of document.querySelectorAll(".kb-match")) {
    const box = pasteBox(root);
    if (history.state?.pasted) box.take(history.state.pasted);
    acceptDrops(root, (log) => box.chosen(log));
    acceptPastes(box);
    offerExample(box);
  }

  // Ctrl+V works anywhere on the page, not only in the field.
  function acceptPastes(box) {
    document.addEventListener("paste", (event) => {
      if (event.defaultPrevented || event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
      const [log] = event.clipboardData?.files || [];
      const text = event.clipboardData?.getData("text") || "";
      if (!log && !text.trim()) return;
      event.preventDefault();
      box.area.focus();
      if (text.trim()) box.take(text);
      else box.chosen(log);
    });
  }

  // The home page has an example of an error: one tap shows what a match looks like.
  function offerExample(box) {
    const example = document.querySelector(".kb-example code");
    if (!example) return;
    const attempt = () => {
      box.take(example.textContent);
      box.area.focus();
    };
    example.closest(".kb-example").append(" ", element("button", { type: "button", class: "kb-button", onclick: attempt }, "Try it"));
  }

  // For the search box: the incidents that match a typed or pasted text, best first.
  const forSearch = matcher();
  async function matchesOf(text) {
    const { matches } = await forSearch.match(text);
    return matches.map((one) => ({
      ...one.incident,
      address: addressOf(one),
      components: [],
      line: one.hits[0]?.text ?? one.alerts.join(", "),
      terms: Object.values(one.values),
      why: true,
    }));
  }

  Object.assign(window.runbooks, { matchesOf });
})();
