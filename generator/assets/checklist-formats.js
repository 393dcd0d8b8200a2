// A checklist as Markdown and as JSON: exactly what `runbooks checklist` prints. The functions have
// the same names in generator/checklists/wording.py, generator/checklists/formats/ and
// generator/text/markdown.py; tests/data/checklist-cases.json tests both.
(() => {
  "use strict";
  const { PHASES, SPACE } = window.runbooksChecklist;
  const { filledIn } = window.runbooksFillIn;

  // -- words: generator/checklists/wording.py --------------------------------------------------

  const TITLE = "Deploy checklist";
  const PHASE_TITLES = {
    before: "Before the deploy",
    during: "During the deploy",
    after: "After the deploy",
    rollback: "When rolling back",
  };
  const NOTHING = "No check applies to this release.";

  // What drives a terminal or turns the direction of a line: generator/text/controls.py.
  const ACTIVE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;

  function hex(character, width) {
    return character.charCodeAt(0).toString(16).padStart(width, "0");
  }

  function writtenOut(text) {
    return text.replace(ACTIVE, (one) => (one < "\u0100" ? `\\x${hex(one, 2)}` : `\\u${hex(one, 4)}`));
  }

  function plural(number, noun) {
    return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  }

  function summary(items) {
    if (!items.length) return NOTHING;
    const blocking = items.filter((item) => item.level === "blocking").length;
    const counts = [[blocking, "blocking"], [items.length - blocking, "advisory"]].filter(([number]) => number);
    const spelled = counts.map(([number, word]) => `${number.toLocaleString("en")} ${word}`);
    return `${plural(items.length, "check")}: ${spelled.join(", ")}.`;
  }

  // The marks after a check's text: its level, and the risk of its command.
  function marks(item) {
    return [item.level, item.run ? item.risk : "by hand", item.approval && "needs a second person", item.waiver && !item.waiver.ended && "waived"].filter(Boolean).join(", ");
  }

  // The decision that a check need not hold, as a sentence.
  function waiverText({ who, until, reason, ended }) {
    return `${who} until ${until}: ${reason}${ended ? "; this has ended, so the check counts" : ""}`;
  }

  // Facts about an incident: its severity, its date, and whether it is a draft.
  function origin({ severity, status, date, documented, source }) {
    const day = documented ? `documented ${date}` : date;
    return [severity === "unknown" ? "" : severity, day, status === "draft" ? "draft" : "", source ? `from ${source}` : ""].filter(Boolean).join(", ");
  }

  // What in the release matched: the parts of one sentence; some parts are names.
  function why(reason) {
    return reason.matched.flatMap((match, n) => [...(n ? [words("; ")] : []), ...whyMatched(match)]);
  }

  function words(text) {
    return { text, name: false };
  }

  function named(text) {
    return { text, name: true };
  }

  const SIGNS = { "+": ", added: ", "-": ", removed: ", "~": ", updated: ", "=": ", kind of change ", "!": ", a new file" };
  const OF_REPOSITORY = { name: [", in the repository "], file: [", in a repository with ", " that contains "] };

  function whyConditions({ lines, repository: [what, ...of], lines_unknown: noLines, repository_unknown: noRepository }) {
    return [
      ...lines.flatMap((line) => [words(SIGNS[line[0]]), ...(line === "!" ? [] : [named(line.slice(1) || " ")])]),
      ...of.flatMap((text, n) => [words(OF_REPOSITORY[what][n]), named(text || " ")]),
      ...(noLines ? [words(" (which lines changed is not known)")] : []),
      ...(noRepository ? [words(" (which repository this is, is not known)")] : []),
    ];
  }

  function whyMatched(match) {
    const { kind, value, rule, path, more } = match;
    const told = words(more ? ` and ${plural(more, "more file")} match ` : " matches ");
    if (kind === "path") return [named(value), told, named(rule), ...whyConditions(match)];
    if (kind === "component" || kind === "kind") {
      const what = [words(kind === "kind" ? "kind of change " : "component "), named(value)];
      return rule ? [...what, words(": "), named(path), told, named(rule), ...whyConditions(match)] : what;
    }
    if (kind === "incident") return [words("this incident was selected")];
    if (kind === "standing") return [words("on every checklist"), ...whyConditions(match)];
    return [words("all checks were selected")];
  }

  // The description of a release: the options of the command, in their order.
  function about(release, { phases = [], levels = [] } = {}) {
    const { paths = [], components = [], kinds = [], incidents = [], everything = false } = release;
    const files = release.of ?? paths.length; // a link holds only the files that count
    const parts = files ? [`a list of ${plural(files, "changed file")}`] : [];
    for (const [noun, names] of [["component", components], ["kind of change", kinds], ["incident", incidents]]) {
      if (names.length) parts.push(`${noun} ${[...new Set(names)].join(", ")}`);
    }
    if (everything) parts.push("all checks");
    if (phases.length) parts.push(`phase ${[...new Set(phases)].join(", ")}`);
    if (levels.length) parts.push(`${[...new Set(levels)].join(", ")} only`);
    const text = parts.join("; ");
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  // -- commands ----------------------------------------------------------------------------------

  function commandOf(item) {
    return filledIn(item.run, valuesOf(item));
  }

  // The command of its rollback in the same way; empty if there is none.
  function undoOf(item) {
    return item.rollback?.run ? filledIn(item.rollback.run, valuesOf(item)) : "";
  }

  function valuesOf({ values }) {
    return new Map(values.map(({ name, value }) => [name, value]));
  }

  // -- prose: generator/text/prose.py ----------------------------------------------------------

  const SPACES = new RegExp(`[${SPACE}]+`, "g");
  const EDGES = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
  const BLANK = new RegExp(`^[${SPACE}]*$`);
  const NOT_ADDRESS = `${SPACE}<>"'\`|\\\\^{}\\[\\]`;
  const MARKUP = new RegExp(
    `(?<!\`)\`(?=[${SPACE}]*[^\`${SPACE}])([^\`\\n]+)\`(?!\`)|https?://[^${NOT_ADDRESS}]+[^${NOT_ADDRESS}.,;:!?)]`,
    "gu",
  );

  function oneLine(value) {
    return value.replace(SPACES, " ").replace(EDGES, "");
  }

  // One line of prose, split into pieces: {kind: "text" | "code" | "address", text}.
  function pieces(value) {
    const text = oneLine(value);
    const found = [];
    let end = 0;
    for (const markup of text.matchAll(MARKUP)) {
      if (markup.index > end) found.push({ kind: "text", text: text.slice(end, markup.index) });
      found.push(markup[1] === undefined ? { kind: "address", text: markup[0] } : { kind: "code", text: markup[1] });
      end = markup.index + markup[0].length;
    }
    if (end < text.length) found.push({ kind: "text", text: text.slice(end) });
    return found;
  }

  // -- Markdown: generator/text/markdown.py ----------------------------------------------------

  const SPECIAL = new RegExp(
    "[&<>`*{}\\[\\]#|~^=\\\\$@]|(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])|\\+(?=\\+)|(?<=\\+)\\+|(?<=[Ww]{3})\\." +
      `|:(?![${SPACE}]|$|(?<=\\p{Nd}:)\\p{Nd}\\p{Nd}(?!\\p{Nd}))`,
    "gu",
  );
  const FIRST = new RegExp(`^(?:[-+!?:]|\\p{Nd}+(?=[.)](?:[${SPACE}]|$)))`, "u");

  function reference(text) {
    return [...text].map((sign) => `&#${sign.codePointAt(0)};`).join("");
  }

  function entities(text) {
    return text.replace(SPECIAL, reference);
  }

  function begin(shown) {
    return shown.replace(FIRST, reference);
  }

  function inline(value, { links = true } = {}) {
    const shown = pieces(value).map(({ kind, text }) => {
      if (kind === "code") return code(text);
      return kind === "address" && links ? `<a href="${entities(text)}">${entities(text)}</a>` : entities(text);
    });
    return begin(shown.join(""));
  }

  function plain(value) {
    return begin(entities(value.replace(SPACES, " ")));
  }

  // A code span of CommonMark, in which a backslash is literal and backticks need a longer fence.
  function span(value) {
    const text = oneLine(value) || " ";
    const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
    const [ticks, gap] = ["`".repeat(longest + 1), longest ? " " : ""];
    return ticks + gap + text + gap + ticks;
  }

  // What means something else in a code span of some dialect, or would garble what follows.
  const UNLIKE_IN_CODE = /^(?:#!|:::)|[`\\<]|&(?=#)/;

  function code(value) {
    const text = oneLine(value) || " ";
    return UNLIKE_IN_CODE.test(text) ? `<code>${entities(text)}</code>` : `\`${text}\``;
  }

  function fence(value, language, indent) {
    const longest = Math.max(0, ...(value.match(/`+/g) || []).map((run) => run.length));
    const ticks = "`".repeat(Math.max(3, longest + 1));
    const body = value.split("\n").map((line) => (BLANK.test(line) ? "" : indent + line)).join("\n");
    return `${ticks}${language}\n${body}\n${indent}${ticks}`;
  }

  // -- the task list: generator/checklists/formats/markdown.py ---------------------------------

  const INDENT = "  ";

  // checklist: {items, about, site, unreadable}
  function asMarkdown(checklist) {
    const lines = [`# ${TITLE}`, "", ...heading(checklist)];
    for (const [phase, items] of byPhase(checklist.items)) {
      lines.push("", `## ${PHASE_TITLES[phase]}`);
      for (const item of items) lines.push("", task(item), "", ...details(item, checklist.site));
    }
    return writtenOut(`${lines.join("\n")}\n`);
  }

  function byPhase(items) {
    const phases = PHASES.map((phase) => [phase, items.filter((item) => item.phase === phase)]);
    return phases.filter(([, of]) => of.length);
  }

  function heading(checklist) {
    const lines = [`${plain(checklist.about)}. ${summary(checklist.items)}`];
    if (checklist.unreadable.length) {
      const names = checklist.unreadable.map(span).join(", ");
      lines.push("", `**Not all checks are known:** these incidents have errors: ${names}.`);
    }
    return lines;
  }

  function task(item) {
    return `- [ ] **${inline(item.check, { links: false })}** (${marks(item)})`;
  }

  function details(item, site) {
    const lines = [`${INDENT}${span(item.id)}`];
    for (const reason of item.reasons) lines.push("", `${INDENT}Why: ${whyMarkdown(reason, site, item.reasons.length > 1)}`);
    if (item.run) lines.push("", INDENT + fence(commandOf(item), "sh", INDENT));
    for (const [title, text] of parts(item)) lines.push("", `${INDENT}${title}: ${text}`);
    const undo = undoOf(item);
    if (undo) lines.push("", INDENT + fence(undo, "sh", INDENT)); // after the last of its parts
    return lines;
  }

  // The other parts of a check, each with its title.
  function parts(item) {
    const missing = item.values.filter(({ needed, value }) => needed && value === null);
    return [
      ["Waived by", item.waiver ? inline(waiverText(item.waiver)) : ""],
      ["Set first", missing.map(({ name, description }) => `${span(name)}: ${inline(description)}`).join("; ")],
      ["Expect", expectation(item)],
      ["Needs", item.needs.map((need) => inline(need)).join("; ")],
      ["Rollback", item.rollback ? inline(item.rollback.do) : ""],
    ].filter(([, text]) => text);
  }

  function expectation(item) {
    return described(item)
      .map(([said, text]) => (text === null ? said : said ? `${said} ${span(text)}` : inline(text)))
      .join("; ");
  }

  // The parts of what is expected, as in generator/commands/expectations.py: words (empty for what a
  // person sees), and a text or null.
  function described({ expect: { shows, exit, contains = [], matches = [], empty }, poll }) {
    return [
      ...(shows ? [["", shows.replace(EDGES, "").replace(/\.+$/, "")]] : []),
      ...(exit !== undefined ? [["exit code", String(exit)]] : []),
      ...contains.map((text) => ["output contains", text]),
      ...matches.map((text) => ["output matches", text]),
      ...(empty !== undefined ? [[empty ? "no output" : "some output", null]] : []),
      ...(poll ? [[`tried again every ${poll.every} for at most ${poll.for}`, null]] : []),
    ];
  }

  function whyMarkdown(reason, site, isNamed) {
    const matched = why(reason).map(({ text, name }) => (name ? span(text) : text)).join("");
    if (!reason.incident) return `${matched}.`;
    const title = inline(reason.title, { links: false });
    const shown = site ? `[${title}](${site.replace(/\/+$/, "")}/incidents/${reason.incident}/)` : title;
    // If there are several reasons, each names its check.
    const about = [isNamed ? span(reason.id) : "", origin(reason)].filter(Boolean).join(", ");
    return `${shown}${about ? ` (${about})` : ""}: ${matched}.`;
  }

  // -- JSON: generator/checklists/formats/json_format.py ---------------------------------------

  function asData(checklist) {
    return {
      version: 1,
      about: checklist.about,
      revision: "",
      unreadable: checklist.unreadable,
      missing_sources: [], // a page has what was here when it was made
      checks: checklist.items.map((item) => ({
        id: item.id,
        phase: item.phase,
        level: item.level,
        check: item.check,
        run: item.run || null,
        expect: item.expect,
        risk: item.risk || null,
        rollback: item.rollback,
        needs: item.needs,
        timeout: item.timeout || null,
        poll: item.poll,
        approval: item.approval,
        values: Object.fromEntries(item.values.map(({ name, value, given, needed }) => [name, { value, given, needed }])),
        waiver: item.waiver,
        reasons: item.reasons.map(reasonData),
      })),
    };
  }

  function reasonData(reason) {
    return {
      id: reason.id,
      incident: reason.incident || null,
      title: reason.title,
      severity: reason.severity || null,
      status: reason.status || null,
      date: reason.date || null,
      documented: reason.documented,
      source: reason.source || null,
      why: why(reason).map(({ text }) => text).join(""),
      matched: reason.matched.map((match) => Object.fromEntries(Object.entries(match).filter(([, value]) => value && value.length !== 0))),
    };
  }

  function asJson(checklist) {
    const text = JSON.stringify(asData(checklist), null, 2);
    return `${text.replace(ACTIVE, (one) => `\\u${hex(one, 4)}`)}\n`;
  }

  Object.assign(window.runbooksChecklist, {
    PHASE_TITLES, about, asJson, asMarkdown, byPhase, plural, described, marks, origin, pieces, summary, valuesOf, waiverText, why,
  });
})();
