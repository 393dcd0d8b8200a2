// What must have changed, and where, exactly as generator/checklists/conditions.py has it; that file says
// what a condition is, and generator/checklists/changed_lines.py what the lines of a file are.
window.runbooksConditions = (() => {
  "use strict";
  const { finder } = window.runbooksMatch;
  const { SPACE, shownLine } = window.runbooksLists;
  const { updates, isNamed } = window.runbooksUpdates;

  const [HUNK, UNKNOWN, NEW] = ["@", "?", "!"];
  const SHOWN = 80;
  const SPACES = new RegExp(`[${SPACE}]+`);
  const SECRET = /((?:PASS|PWD|SECRET|TOKEN|CREDENTIAL|[_-]KEY|APIKEY)[0-9A-Z_]{0,40}["']? ?(?:=>|[:=])).+/gis;
  const PASSWORD_IN_URL = /:\/\/[^ /?#:@]{0,99}:[^ @]{1,99}@/g;
  const RUN = /[0-9A-Za-z_-]{20,}/g;

  const NO_CONDITION = { lines: [], whole: [], repository: [], lines_unknown: false, repository_unknown: false };
  const isUnsure = (decision) => decision.lines_unknown || decision.repository_unknown;

  // What conditions are tested with. release: {lines: of files, repository: what identifies it, or null if
  // that is not known, kinds: those that a person selected}; base: as readBase returns it; paths: Paths.
  class Conditions {
    constructor({ lines, repository, kinds }, base, paths) {
      this.lines = new Map(lines);
      this.repository = repository ? new Map(repository.map(([part, found]) => [JSON.stringify(part), found])) : null;
      this.named = new Set(kinds);
      this.base = base;
      this.paths = paths;
      this.files = new Map(); // globs -> the files that they match
      this.tests = new Map();
      this.counted = new Map(); // of a file that counts -> its lines that decided
    }

    // {kept, decision}: the files for which a condition holds, or may hold, and why for the first.
    narrowed(paths, condition) {
      if (!condition?.length) {
        for (const path of paths) this.count(path, []);
        return { kept: paths, decision: NO_CONDITION };
      }
      const [sure, unsure] = [[], []];
      let [first, perhaps] = [null, null];
      for (const path of paths) {
        const decision = this.decided(condition, path);
        if (!decision) continue;
        this.count(path, decision.whole);
        if (isUnsure(decision)) {
          perhaps ||= decision;
          unsure.push(path);
        } else {
          first ||= decision;
          sure.push(path);
        }
      }
      return { kept: [...sure, ...unsure], decision: first || perhaps || NO_CONDITION };
    }

    count(path, lines) {
      if (!this.counted.has(path)) this.counted.set(path, new Set());
      for (const line of lines) this.counted.get(path).add(line);
    }

    // Of the lines of a file that counts those that decided, in their order; null if they are not known.
    linesThatCount(path) {
      const count = this.counted.get(path);
      const lines = this.lines.get(path)?.filter((line) => line === HUNK || line === UNKNOWN || count.has(line));
      return lines?.filter((line, n) => line !== HUNK || (lines[n + 1] ?? HUNK) !== HUNK);
    }

    decided(condition, path) {
      const parts = (signs) => condition.filter(([sign]) => signs.includes(sign));
      const judges = [["=", this.ofKinds], ["!", this.ofNewFile], ["+-*", this.ofLines], ["~", this.ofUpdates]];
      let found = this.ofRepository(condition);
      for (const [signs, judge] of judges) {
        const of = parts(signs);
        if (found && of.length) found = both(found, judge.call(this, of, path, this.lines.get(path) || [UNKNOWN]));
      }
      return found;
    }

    ofKinds(condition, path) {
      let perhaps = null;
      for (const [, , name] of condition) {
        // What nothing defines cannot leave a check out; lint reports it.
        if (this.named.has(name) || !this.base.kinds.has(name)) return NO_CONDITION;
        for (const [globs, when] of this.base.kinds.get(name)) {
          const decision = this.matching(globs).has(path) ? this.decided(when, path) : null;
          if (!decision) continue;
          const told = { ...decision, lines: [`=${name}`, ...decision.lines] };
          if (!isUnsure(told)) return told;
          perhaps ||= told;
        }
      }
      return perhaps;
    }

    matching(globs) {
      const key = JSON.stringify(globs);
      if (!this.files.has(key)) this.files.set(key, new Set([...this.paths.matching(globs).values()].flat()));
      return this.files.get(key);
    }

    ofNewFile(condition, path, lines) {
      return lines.includes(NEW) ? { ...NO_CONDITION, lines: [NEW], whole: [NEW] } : perhapsLines(lines);
    }

    ofLines(condition, path, lines) {
      const quotes = this.quotes(condition, lines);
      return quotes ? { ...NO_CONDITION, ...quotes } : perhapsLines(lines);
    }

    ofUpdates(condition, path, lines) {
      const isWanted = ({ name, isMajor }) => condition.some(([, how, pattern]) => (how === "any" || isMajor) && (!name || isNamed(pattern, name)));
      const found = updates(this.base.updates, path, lines).filter(isWanted);
      const sure = found.filter(({ name }) => name || condition.some(([, , pattern]) => pattern === "*"));
      if (!sure.length) return found.length ? { ...NO_CONDITION, lines_unknown: true } : perhapsLines(lines);
      const { name, old, fresh } = sure[0];
      const more = sure.length > 1 ? ` and ${(sure.length - 1).toLocaleString("en")} more` : "";
      const said = shownLine(shortened(`${name} ${old} \u2192 ${fresh}`.trim()));
      return { ...NO_CONDITION, lines: [`~${said}${more}`], whole: sure.flatMap((one) => one.lines) };
    }

    ofRepository(condition) {
      const wanted = (condition || []).filter(([sign]) => sign === "@");
      if (!wanted.length) return NO_CONDITION;
      if (!this.repository) return { ...NO_CONDITION, repository_unknown: true };
      const found = wanted.map((part) => this.repository.get(JSON.stringify(part.slice(1)))).find(Boolean);
      return found ? { ...NO_CONDITION, repository: [found[0], ...found.slice(1).map((text) => shownLine(shortened(text)))] } : null;
    }

    quotes(condition, lines) {
      const tests = new Map();
      for (const [sign, how, pattern] of condition) tests.set(sign, [...(tests.get(sign) || []), this.test(how, pattern)]);
      const anywhere = new Map();
      for (const hunk of hunks(lines)) {
        const here = new Map();
        for (const [sign, of] of tests) {
          const line = firstOf(sign, of, hunk);
          if (line) here.set(sign, line);
        }
        if (here.size === tests.size) return quoted(here);
        for (const [sign, line] of here) if (!anywhere.has(sign)) anywhere.set(sign, line);
      }
      return anywhere.size === tests.size ? quoted(anywhere) : null;
    }

    test(how, pattern) {
      if (how === "text") return (line) => line.includes(pattern);
      if (!this.tests.has(pattern)) this.tests.set(pattern, finder(pattern, this.base.automata.get(pattern)));
      return this.tests.get(pattern);
    }
  }

  function perhapsLines(lines) {
    return lines.includes(UNKNOWN) ? { ...NO_CONDITION, lines_unknown: true } : null;
  }

  // Why both of two conditions hold.
  function both(one, other) {
    if (!other) return null;
    return {
      lines: [...new Set([...one.lines, ...other.lines])],
      whole: [...one.whole, ...other.whole],
      repository: other.repository.length ? other.repository : one.repository,
      lines_unknown: one.lines_unknown || other.lines_unknown,
      repository_unknown: one.repository_unknown || other.repository_unknown,
    };
  }

  function hunks(lines) {
    const found = [[]];
    for (const line of lines) {
      if (line === HUNK) found.push([]);
      else if (line[0] === "+" || line[0] === "-") found.at(-1).push(line);
    }
    return found;
  }

  function firstOf(sign, tests, hunk) {
    const fitting = hunk.filter((line) => sign === "*" || line[0] === sign);
    for (const test of tests) {
      const found = fitting.find((line) => test(line.slice(1)));
      if (found) return found;
    }
    return "";
  }

  // What was there comes before what is there now.
  function quoted(found) {
    const lines = [...new Set(found.values())].sort((one, other) => (one[0] !== "-") - (other[0] !== "-"));
    return { lines: lines.map((line) => line[0] + shownLine(shortened(line.slice(1)))), whole: lines };
  }

  function onOneLine(line) {
    return line.split(SPACES).filter(Boolean).join(" ");
  }

  function masked(line) {
    const text = onOneLine(line).replace(SECRET, "$1 ...").replace(PASSWORD_IN_URL, "://...@");
    return text.replace(RUN, (run) => (/[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run) ? "..." : run));
  }

  function hasSecret(line) {
    return masked(line) !== onOneLine(line);
  }

  // A line to quote: on one line, without what looks like a secret, and not too long.
  function shortened(line) {
    const safe = masked(line);
    const signs = [...safe];
    return signs.length <= SHOWN ? safe : `${signs.slice(0, SHOWN).join("")}...`;
  }

  return { Conditions, isUnsure, hasSecret };
})();
