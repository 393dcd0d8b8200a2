// The list on the checklist page: the checks by phase, each with its checkbox.
(() => {
  "use strict";
  const { element, badge, commandBlock, announceCopied } = window.runbooks;
  const { neededIn } = window.runbooksFillIn;
  const engine = window.runbooksChecklist;
  const { prose, incidentLink } = engine;

  const SHOWN = 200; // checks that are shown at first; the rest on demand

  // newest(item) returns a check with the values typed so far; `ask` takes a value that is typed at its
  // command.
  function makeList(ticks, { newest, ask }) {
    const part = element("div", { class: "kb-checklist__list" });
    const progressText = element("span");
    const untick = element("button", { type: "button", class: "kb-button", onclick: clearTicks }, "Clear ticks");
    const progress = element("div", { class: "kb-progress kb-checklist__progress" }, progressText, untick);
    let items = [];
    let rows = []; // that are shown
    let isWhole = false; // all checks are shown

    // isNew: the list is another one; in the same list, everything that was shown stays shown.
    function show(chosen, { isNew }) {
      items = chosen;
      if (isNew) isWhole = false;
      draw();
    }

    function draw() {
      const shown = isWhole ? items : items.slice(0, SHOWN);
      rows = [];
      const phases = engine.byPhase(shown).map(([phase, of]) => {
        const drawn = of.map((item) => rowOf(item, { ticks, ticked, newest, ask }));
        rows.push(...drawn);
        return section(phase, drawn.map((row) => row.part));
      });
      const rest = items.length - shown.length;
      part.replaceChildren(...phases, ...(rest ? [element("button", { type: "button", class: "kb-button", onclick: showRest }, `Show ${engine.plural(rest, "more check")}`)] : []));
      showProgress();
    }

    function showRest() {
      isWhole = true;
      draw();
      rows[SHOWN]?.focus();
    }

    window.addEventListener("beforeprint", () => {
      if (isWhole || items.length <= SHOWN) return;
      isWhole = true;
      draw();
    });

    function ticked() {
      showProgress();
      ticks.keep(items);
    }

    function showProgress() {
      const done = ticks.count(items);
      progressText.textContent = `${done.toLocaleString("en")} of ${items.length.toLocaleString("en")} done`;
      untick.disabled = done === 0;
    }

    function showTicks() {
      for (const row of rows) row.showTick();
      showProgress();
    }

    function clearTicks() {
      for (const item of items) ticks.set(item, false);
      ticks.keep(items);
      showTicks();
      rows[0]?.focus();
    }

    ticks.follow(() => {
      ticks.catchUp(items);
      showTicks();
    });

    return { part, progress, show };
  }

  function section(phase, rows) {
    return element(
      "section",
      { "aria-labelledby": `kb-phase-${phase}` },
      element("h2", { id: `kb-phase-${phase}` }, engine.PHASE_TITLES[phase]),
      element("ol", { class: "kb-checklist__items" }, ...rows),
    );
  }

  function rowOf(item, { ticks, ticked, newest, ask }) {
    const tick = element("input", { type: "checkbox" });
    const when = element("span", { class: "kb-checklist__when" });
    const command = (run, purpose) => commandOf(run, item, purpose, { newest, ask });
    const part = element(
      "li",
      { class: "kb-checklist__item" },
      element("label", { class: "kb-tick" }, tick, element("span", { class: "kb-sr" }, `Done: ${item.check}`)),
      element("p", { class: "kb-checklist__do" }, element("strong", { class: "kb-do" }, ...prose(item.check))),
      element("p", { class: "kb-meta" }, ...marks(item), when),
      ...waived(item),
      whyOf(item),
      ...(item.needs.length ? [labelled("Needs", "kb-needs", item.needs.flatMap((need, n) => [n ? "; " : "", ...prose(need)]))] : []),
      ...(item.run ? [command(item.run, item.check)] : []),
      ...expected(item),
      ...rollback(item, command),
      element("p", { class: "kb-checklist__id" }, element("code", {}, item.id)),
    );
    const showTick = () => {
      const at = ticks.when(item);
      tick.checked = at !== undefined;
      part.classList.toggle("kb-done", tick.checked);
      when.textContent = tick.checked ? `Ticked ${dayAndTime(at)}` : "";
    };
    tick.addEventListener("change", () => {
      ticks.set(item, tick.checked);
      showTick();
      ticked();
    });
    showTick();
    return { part, showTick, focus: () => tick.focus() };
  }

  function marks({ level, run, risk, approval, waiver }) {
    const kind = run ? risk && element("em", { class: `kb-risk kb-${risk}` }, risk) : badge("by hand");
    const more = [approval && badge("needs a second person", "kb-approval"), waiver && (waiver.ended ? badge("waiver ended", "kb-blocking") : badge("waived", "kb-waived"))];
    return [badge(level, level === "blocking" ? "kb-blocking" : ""), kind, ...more].filter(Boolean);
  }

  function waived({ waiver }) {
    return waiver ? [labelled("Waived by", "kb-needs", prose(engine.waiverText(waiver)))] : [];
  }

  function labelled(label, style, parts) {
    return element("p", { class: style }, element("strong", {}, `${label}: `), ...parts);
  }

  function whyOf(item) {
    const reasons = item.reasons.map((reason) => {
      const matched = engine.why(reason).map(({ text, name }) => (name ? element("code", {}, text) : text));
      if (!reason.incident) return element("li", {}, ...matched, ".");
      const was = engine.origin(reason);
      const link = incidentLink(reason.incident, reason.title, `check-${reason.id.split("/").at(-1)}`);
      return element("li", {}, link, was ? ` (${was})` : "", ": ", ...matched, ".");
    });
    return element("div", { class: "kb-checklist__why" }, element("p", {}, element("strong", {}, "Why this check:")), element("ul", {}, ...reasons));
  }

  function commandOf(run, item, purpose, { newest, ask }) {
    const known = engine.valuesOf(item);
    const missing = neededIn(run, known).filter((name) => known.get(name) === null);
    return commandBlock(run, known, {
      label: `Copy command: ${purpose}`,
      ask,
      newest: () => engine.valuesOf(newest(item)),
      copied: (block) => announceCopied(missing, block),
    });
  }

  function expected(item) {
    const parts = engine.described(item).map(([said, text]) => {
      if (text === null) return [said];
      return said ? [`${said} `, element("code", {}, text)] : prose(text);
    });
    if (item.timeout) parts.push([`within ${item.timeout}`]);
    return parts.length ? [labelled("Expect", "kb-expect", parts.flatMap((part, n) => [n ? "; " : "", ...part]))] : [];
  }

  function rollback(item, command) {
    if (!item.rollback) return [];
    const { do: text, run } = item.rollback;
    return [labelled("Rollback", "kb-rollback", prose(text)), ...(run ? [command(run, `rollback of ${item.check}`)] : [])];
  }

  // A tick has a date: a tick of last week proves nothing about today's deploy.
  function dayAndTime(when) {
    const at = new Date(when);
    const two = (number) => String(number).padStart(2, "0");
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    return `${at.toDateString() === new Date().toDateString() ? "today" : day} at ${two(at.getHours())}:${two(at.getMinutes())}`;
  }

  Object.assign(engine, { makeList });
})();
