// Conditions on changed lines, exactly as generator/checklists/line_conditions.py has them; that file
// says what a condition is, and generator/checklists/changed_lines.py what the lines of a file are.
window.runbooksLines = (() => {
  "use strict";
  const { finder } = window.runbooksMatch;
  const { SPACE } = window.runbooksLists;

  const [HUNK, UNKNOWN] = ["@", "?"];
  const SHOWN = 80;
  const SPACES = new RegExp(`[${SPACE}]+`);
  const SECRET = /((?:PASS|PWD|SECRET|TOKEN|CREDENTIAL|[_-]KEY|APIKEY)[0-9A-Z_]{0,40}["']? ?(?:=>|[:=])).+/gis;
  const PASSWORD_IN_URL = /:\/\/[^ /?#:@]{0,99}:[^ @]{1,99}@/g;
  const RUN = /[0-9A-Za-z_-]{20,}/g;

  // What conditions are tested with: `automata` has what expressions need that RegExp is too slow for.
  class Lines {
    constructor(lines, automata) {
      this.lines = lines;
      this.automata = automata;
      this.tests = new Map();
      this.counted = new Map(); // of a file that counts -> its lines that decided
    }

    // {kept, decision}: the files for which a condition holds, or may hold, and why for the first.
    narrowed(paths, condition) {
      if (!condition?.length) {
        for (const path of paths) this.count(path, []);
        return { kept: paths, decision: { lines: [], unknown: false } };
      }
      const [sure, unsure] = [[], []];
      let first = null;
      for (const path of paths) {
        const decision = this.decided(condition, this.lines.get(path) || [UNKNOWN]);
        if (!decision) continue;
        this.count(path, decision.whole);
        if (decision.unknown) {
          unsure.push(path);
        } else {
          first ||= decision;
          sure.push(path);
        }
      }
      return { kept: [...sure, ...unsure], decision: first || { lines: [], unknown: true } };
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

    decided(condition, lines) {
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
      if (anywhere.size === tests.size) return quoted(anywhere);
      return lines.includes(UNKNOWN) ? { lines: [], whole: [], unknown: true } : null;
    }

    test(how, pattern) {
      if (how === "text") return (line) => line.includes(pattern);
      if (!this.tests.has(pattern)) this.tests.set(pattern, finder(pattern, this.automata.get(pattern)));
      return this.tests.get(pattern);
    }
  }

  function hunks(lines) {
    const found = [[]];
    for (const line of lines) {
      if (line === HUNK) found.push([]);
      else if (line !== UNKNOWN) found.at(-1).push(line);
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
    return { lines: lines.map((line) => line[0] + shortened(line.slice(1))), whole: lines, unknown: false };
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

  return { Lines, hasSecret };
})();
