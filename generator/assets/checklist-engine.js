// Selects the checks that a release needs, exactly as generator/checklists/ does: the functions have
// the same names there, and tests/data/checklist-cases.json tests both. Data in, data out: this file
// knows nothing about pages. checklist-formats.js puts the result into words.
window.runbooksChecklist = (() => {
  "use strict";
  const { mentions } = window.runbooksFillIn;
  const { SPACE, quoted, readList, shownPath, textOf } = window.runbooksLists;
  const { Conditions, isUnsure } = window.runbooksConditions;

  const PHASES = ["before", "during", "after", "rollback"];
  const LEVELS = ["blocking", "advisory"];
  const SEVERITIES = ["SEV1", "SEV2", "SEV3", "SEV4", "unknown"];
  const RISKS = ["", "read-only", "changes-state", "destructive"];
  const STANDING = "standing";

  const SPACES = new RegExp(`[${SPACE}]+`);
  const TRAILING_SPACE = new RegExp(`[${SPACE}]+$`);

  // The data from generator/site/checklist_data.py, ready for queries.
  function readBase(data) {
    return {
      rows: new Map(data.rows.map((row) => [row.id, row])),
      regexes: new Map(data.globs),
      components: new Map(data.components),
      kinds: new Map(data.kinds),
      automata: new Map(data.automata),
      updates: data.updates || [],
      waivers: data.waivers || [],
      site: data.site || null,
      unreadable: data.unreadable || [],
    };
  }

  // -- paths -----------------------------------------------------------------------------------

  // A path as a line of a list that is read again: in quotes if it looks like something else.
  function asLine(path) {
    const shown = shownPath(path);
    return readList(shown).paths[0] === path ? shown : quoted(path);
  }

  // -- globs -----------------------------------------------------------------------------------

  const WILD = /[*?[\]\\]/;

  // The file extension of a name, with the dot.
  function ending(name) {
    const dot = name.lastIndexOf(".");
    return dot >= 0 ? name.slice(dot) : "";
  }

  // Changed files, indexed to find the files that a glob matches: a glob is tried only on the paths
  // that contain its rarest name.
  class Paths {
    constructor(paths, regexes) {
      this.paths = [...new Set(paths)];
      this.regexes = regexes;
      this.byKey = new Map();
      this.known = new Map();
      this.paths.forEach((path, number) => {
        for (const key of new Set(path.split("/").flatMap((name) => [name, ending(name)]))) {
          if (this.byKey.has(key)) this.byKey.get(key).push(number);
          else this.byKey.set(key, [number]);
        }
      });
    }

    // The paths that a list of globs matches, by the glob that matched. The last glob that matches a path
    // decides: a glob that begins with "!" excludes it again.
    matching(globs) {
      if (!this.paths.length || !globs.length) return new Map();
      const matched = new Map();
      if (!globs.some((glob) => glob.startsWith("!"))) {
        for (const glob of globs) {
          const found = this.of(glob);
          if (found.length) matched.set(glob, found.map((number) => this.paths[number]));
        }
        return matched;
      }
      const last = new Map();
      for (const glob of globs) {
        for (const number of this.of(glob)) last.set(number, glob);
      }
      for (const glob of globs) {
        if (glob.startsWith("!")) continue;
        const found = this.of(glob).filter((number) => last.get(number) === glob);
        if (found.length) matched.set(glob, found.map((number) => this.paths[number]));
      }
      return matched;
    }

    // The numbers of the paths that one glob matches; a glob without an expression matches nothing, and
    // one with braces matches what the globs match that it stands for.
    of(glob) {
      if (!this.known.has(glob)) {
        const source = this.regexes.get(glob);
        const found = Array.isArray(source) ? this.ofAny(source) : source === undefined ? [] : this.ofSimple(glob, source);
        this.known.set(glob, found);
      }
      return this.known.get(glob);
    }

    ofAny(globs) {
      return [...new Set(globs.flatMap((glob) => this.of(glob)))].sort((one, other) => one - other);
    }

    ofSimple(glob, source) {
      const candidates = this.candidates(glob);
      const regex = candidates.length ? new RegExp(source, "su") : null;
      return candidates.filter((number) => regex.test(this.paths[number]));
    }

    candidates(glob) {
      let rarest = null;
      for (const name of glob.replace(/^!/, "").replace(TRAILING_SPACE, "").split("/")) {
        const key = WILD.test(name) ? ending(name) : name;
        if (!key || WILD.test(key)) continue;
        const found = this.byKey.get(key) || [];
        if (!rarest || found.length < rarest.length) rarest = found;
      }
      return rarest || [...this.paths.keys()];
    }
  }

  // -- choosing --------------------------------------------------------------------------------

  // The kinds of change in the condition of a check.
  function kindsIn(check) {
    return (check.when || []).filter(([sign]) => sign === "=").map(([, , name]) => name);
  }

  function namesOf(base, key) {
    const named = new Set();
    for (const row of base.rows.values()) {
      if (key === "components") for (const name of row.components || []) named.add(name);
      for (const check of row.checks || []) for (const name of [...(check[key] || []), ...(key === "kinds" ? kindsIn(check) : [])]) named.add(name);
    }
    for (const name of base[key].keys()) named.add(name);
    return [...named].sort();
  }

  // The names in a release that the knowledge base does not know.
  function unknownNames(base, release) {
    const known = [
      ["component", release.components, new Set(namesOf(base, "components"))],
      ["kind of change", release.kinds, new Set(namesOf(base, "kinds"))],
      ["incident", release.incidents, base.rows],
    ];
    return known.flatMap(([what, wanted = [], names]) => wanted.filter((name) => !names.has(name)).map((name) => ({ what, name })));
  }

  // The checks that a release needs, in the order in which they run.
  // release: {paths, lines: [path, lines], repository: [part, found], components, kinds, incidents, everything};
  // values: a Map; today: the day in UTC, for waivers.
  function choose(base, release, { values = new Map(), phases = [], levels = [], today = "" } = {}) {
    const asked = {
      incidents: new Set(release.incidents),
      everything: Boolean(release.everything),
      ...touchedBy(base, release),
    };
    const found = [];
    for (const row of base.rows.values()) {
      for (const check of row.checks || []) {
        if (phases.length && !phases.includes(check.phase)) continue;
        const matched = matchedBy(row, check, asked);
        if (matched.length) found.push(itemOf(row, check, matched, values));
      }
    }
    found.sort(byOrder);
    const items = merged(found).sort(byOrder).filter((item) => !levels.length || levels.includes(item.level));
    return withWaivers(items, base.waivers, today);
  }

  // The checks, each with the decision that it need not hold: generator/checklists/waivers.py.
  function withWaivers(items, waivers, today) {
    const known = new Map();
    for (const { check, reason, who, until } of [...waivers].sort((one, other) => (one.until > other.until) - (one.until < other.until))) {
      known.set(check, { reason: reason.split(SPACES).filter(Boolean).join(" "), who, until, ended: today > until });
    }
    return items.map((item) => {
      const found = item.reasons.map(({ id }) => known.get(id));
      const ended = found.find((one) => one?.ended);
      return { ...item, waiver: ended || (found.every(Boolean) ? found[0] : null) };
    });
  }

  // The files of a release that decide which checks it needs, {paths, lines}; of those whose lines are known
  // the lines that decide.
  function filesThatCount(base, release) {
    const asked = { incidents: new Set(), everything: false, ...touchedBy(base, release) };
    for (const row of base.rows.values()) for (const check of row.checks || []) matchedBy(row, check, asked);
    const counted = asked.paths.paths.filter((path) => asked.conditions.counted.has(path));
    const known = counted.map((path) => [path, asked.conditions.linesThatCount(path)]);
    return { paths: counted, lines: known.filter(([, of]) => of) };
  }

  // The components and kinds that a release touches, and what its conditions are tested with.
  function touchedBy(base, release) {
    const paths = new Paths(release.paths || [], base.regexes);
    const conditions = new Conditions(release, base, paths);
    const rules = new Map([...base.components].map(([name, globs]) => [name, [[globs, []]]]));
    const components = touched(release.components || [], rules, { paths, conditions }, "component");
    const kinds = touched(release.kinds || [], base.kinds, { paths, conditions }, "kind");
    return { paths, conditions, components, kinds };
  }

  function match(kind, value = "", rule = "", path = "", more = 0) {
    return { kind, value, rule, path, more, lines: [], lines_unknown: false, repository: [], repository_unknown: false };
  }

  // The components, or the kinds, that a release touches, each with the reason, and with every reason and
  // its files; there are none if a person named it.
  function touched(named, rules, { paths, conditions }, kind) {
    const touching = new Map();
    for (const [name, of] of rules) {
      const found = of.flatMap(([globs, when]) => narrowed(match(kind, name), paths.matching(globs), when, conditions));
      found.sort(bySureness);
      if (found.length) touching.set(name, { match: found[0].match, found });
    }
    for (const name of named) touching.set(name, { match: match(kind, name), found: [] });
    return touching;
  }

  const bySureness = (one, other) => isUnsure(one.match) - isUnsure(other.match);

  // The reason for each glob with files for which a condition holds, and these files. What is sure comes
  // first.
  function narrowed(about, files, when, conditions) {
    const found = [];
    for (const [glob, matching] of files) {
      const { kept, decision } = conditions.narrowed(matching, when);
      if (!kept.length) continue;
      found.push({ match: decided({ ...about, rule: glob, path: shownPath(kept[0]), more: kept.length - 1 }, decision), kept });
    }
    return found.sort(bySureness);
  }

  // A reason with why a condition holds, after what it says of another condition.
  function decided(about, decision) {
    const { lines, repository } = decision;
    return {
      ...about,
      lines: lines.length || decision.lines_unknown ? lines : about.lines,
      repository: repository.length ? repository : about.repository,
      lines_unknown: about.lines_unknown || decision.lines_unknown,
      repository_unknown: about.repository_unknown || decision.repository_unknown,
    };
  }

  function matchedBy(row, check, asked) {
    const found = [];
    if (asked.incidents.has(row.id)) found.push(match("incident", row.id));
    for (const one of narrowed(match("path"), asked.paths.matching(check.paths || []), check.when, asked.conditions)) {
      found.push({ ...one.match, value: one.match.path, path: "" });
    }
    for (const key of ["components", "kinds"]) {
      for (const name of check[key] || []) {
        if (asked[key].has(name)) found.push(...byName(asked[key].get(name), check.when, asked.conditions));
      }
    }
    const there = check.always ? asked.conditions.ofRepository(check.when) : null;
    if (there) found.push(decided(match("standing"), there));
    else if (asked.everything) found.push(match("all"));
    return found;
  }

  // The reason why a name that a check has was touched; none if its condition does not hold.
  function byName(of, when, conditions) {
    if (!of.found.length || !when?.length) return [of.match];
    const found = of.found.flatMap((one) => narrowed(one.match, new Map([[one.match.rule, one.kept]]), when, conditions));
    return found.sort(bySureness).slice(0, 1).map((one) => one.match);
  }

  function itemOf(row, check, matched, values) {
    const id = `${row.id}/${check.id}`;
    const incident = row.id === STANDING ? "" : row.id;
    const { title = "", severity = "", status = "", date = "", documented = false, source = "" } = row;
    return {
      id,
      phase: check.phase,
      level: check.level,
      check: check.check,
      run: check.run || "",
      expect: check.expect || {},
      risk: check.risk || "",
      rollback: check.rollback || null,
      needs: check.needs || [],
      timeout: check.timeout || "",
      poll: check.poll || null,
      approval: Boolean(check.approval),
      values: (check.uses || []).map((name) => valueOf(row, check, name, values)),
      reasons: [{ id, incident, title, severity, status, date, documented, source, matched }],
    };
  }

  function valueOf(row, check, name, values) {
    const declared = row.parameters[name];
    const given = values.get(`${row.id}/${name}`) ?? values.get(name);
    return {
      name,
      description: declared.description,
      example: declared.example || "",
      value: given ?? declared.default ?? null,
      given: given !== undefined,
      needed: (check.asks || []).includes(name),
    };
  }

  function orderOf(item) {
    // Standing checks have no severity; they come after checks of incidents.
    const severities = item.reasons.map(({ severity }) => (SEVERITIES.indexOf(severity) + 1 || SEVERITIES.length + 1));
    const days = item.reasons.map(({ date }) => Number(date.replaceAll("-", "") || 0));
    return [
      PHASES.indexOf(item.phase),
      LEVELS.indexOf(item.level),
      Math.min(...severities),
      -Math.max(...days),
      item.id,
    ];
  }

  function byOrder(one, other) {
    const mine = orderOf(one);
    const theirs = orderOf(other);
    const at = mine.findIndex((part, n) => part !== theirs[n]);
    return at < 0 ? 0 : mine[at] < theirs[at] ? -1 : 1;
  }

  // The checks, with checks that run the same command merged into one that has all their reasons.
  function merged(items) {
    const alone = [];
    const groups = new Map();
    for (const item of items) {
      if (!item.run) {
        alone.push(item);
        continue;
      }
      // The command must expand to the same, too: each incident has its own tools.
      const named = mentions(item.run);
      const read = item.values.filter(({ name }) => named.has(name)).map(({ name, value }) => [name, value]);
      const same = JSON.stringify([item.phase, item.run, read]);
      const group = groups.get(same) || [];
      groups.set(same, group);
      // The same command with the opposite expectation is another check.
      const at = group.findIndex((together) => both(together.expect, item.expect));
      if (at < 0) group.push(item);
      else group[at] = joinedItem(group[at], item);
    }
    return [...alone, ...[...groups.values()].flat()];
  }

  function largest(list, one, other) {
    return list.indexOf(other) > list.indexOf(one) ? other : one;
  }

  // Merges two checks of the same command; the result says both, and is as strict as the stricter.
  function joinedItem(first, other) {
    return {
      ...first,
      check: first.check.includes(other.check) ? first.check : `${first.check}; ${other.check}`,
      level: largest([...LEVELS].reverse(), first.level, other.level),
      expect: both(first.expect, other.expect),
      risk: largest(RISKS, first.risk, other.risk),
      rollback: first.rollback || other.rollback,
      needs: [...new Set([...first.needs, ...other.needs])],
      timeout: seconds(other.timeout) > seconds(first.timeout) ? other.timeout : first.timeout,
      // Values that only a rollback reads belong to the rollback.
      values: first.rollback || !other.rollback ? first.values : other.values,
      reasons: [...first.reasons, ...other.reasons],
      poll: seconds(other.poll?.for) > seconds(first.poll?.for) ? other.poll : first.poll,
      approval: first.approval || other.approval,
    };
  }

  const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 };

  function seconds(duration) {
    const [, number, unit] = /^([0-9]+)(ms|s|m|h)$/.exec(duration) || [null, 0, "s"];
    return Number(number) * SECONDS[unit];
  }

  // An expectation that holds if both hold; null if both cannot hold.
  function both(one, other) {
    for (const key of ["exit", "empty"]) {
      if (one[key] !== undefined && other[key] !== undefined && one[key] !== other[key]) return null;
    }
    const joined = {};
    const shows = [...new Set([one.shows, other.shows].filter(Boolean))].join(" ");
    if (shows) joined.shows = shows;
    const exit = one.exit ?? other.exit;
    if (exit !== undefined) joined.exit = exit;
    for (const key of ["contains", "matches"]) {
      const texts = [...new Set([...(one[key] || []), ...(other[key] || [])])];
      if (texts.length) joined[key] = texts;
    }
    const empty = one.empty ?? other.empty;
    if (empty !== undefined) joined.empty = empty;
    return joined;
  }

  return { PHASES, LEVELS, SPACE, readBase, touchedBy, filesThatCount, readList, shownPath, asLine, textOf, unknownNames, kindsIn, choose };
})();
