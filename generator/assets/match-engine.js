// Finds signatures in text, exactly as generator/signatures/ and generator/triage/ do:
// the functions have the same names there, docs/guide/signatures.md describes the
// rules, and tests/data/vectors.json tests both. Text in, matches out: this file knows nothing about
// pages.
//
// A worker cannot load a script from file://. So the engine is one function that uses nothing from
// outside, and the worker is created from the source of that function. Data is never run as code.
window.runbooksMatch = (() => {
  "use strict";

  function makeEngine() {
    const MAX_CAPTURE = 500;
    const MAX_LONG_CAPTURE = 4000;
    const MAX_MATCH = 8192;
    const MAX_LINE_ENDS = 3;
    const MAX_PREFIX_TOKENS = 16;
    const PIECE = 2048;
    const STEP = 1024;

    const BLANKS = " \t\x0b\x0c\xa0";
    const TOKEN_ENDS = new Set(`${BLANKS}\n"'\`()[]{}<>,;\u2018\u2019\u201c\u201d\u00ab\u00bb`);
    const TRAILING = ".:!?";

    const PLACEHOLDER = /\{([A-Z][A-Z0-9_]{0,63}|_)(\.\.\.)?\}/;
    const SPACE = /[ \t\x0b\x0c\xa0\n]+/;
    const SPACES = /[ \t\x0b\x0c\xa0\n]+/g;
    const BLANK_EDGES = /^[ \t\x0b\x0c\xa0]+|[ \t\x0b\x0c\xa0]+$/g;
    const EDGES = /^[ \t\x0b\x0c\xa0\n]+|[ \t\x0b\x0c\xa0\n]+$/g;
    const TIMES = [
      String.raw`(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}[0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2}` +
        String.raw` [0-9A-Za-z_.-]{1,64} [0-9A-Za-z_./-]{1,64}(?:\[[0-9]{1,10}\])?:`,
      String.raw`[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)?` +
        String.raw`(?: ?(?:Z|UTC|GMT|CET|CEST|EST|EDT|CST|CDT|MST|MDT|PST|PDT|BST|IST|JST|[+-][0-9]{2}:?[0-9]{2})` +
        String.raw`(?![0-9A-Za-z_]))?`,
      String.raw`[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?`,
    ];
    const LEVELS = "TRACE|DEBUG|INFO|NOTICE|LOG|WARN|WARNING|ERROR|ERR|FATAL|PANIC|CRITICAL|CRIT|ALERT|EMERG|DETAIL|HINT|CONTEXT|STATEMENT";
    const PREFIX = new RegExp(
      [
        ...TIMES,
        String.raw`\[[^\[\]\n]{0,80}\]|\([^()\n]{0,80}\)|<[0-9]{1,3}>`,
        `(?:${LEVELS}|Trace|Debug|Info|Notice|Warn|Warning|Error|Fatal|Critical` +
          "|trace|debug|info|notice|warn|warning|error|fatal|critical|detail|hint)(?![0-9A-Za-z_]):?",
        String.raw`[0-9A-Za-z_.-]{1,64} {0,20}\|`,
        "[0-9]{1,10}#[0-9]{1,10}:",
        "#?[0-9]{1,10}(?![0-9A-Za-z_]):?",
        String.raw`[|>:#*\u2502-]{1,3}`,
      ].join("|"),
      "y",
    );
    const LOG_LINE = new RegExp(`^(?:${TIMES.join("|")}|(?:${LEVELS})(?![0-9A-Za-z_]))`);
    const NUMBER = /^#?[0-9]+:?$/;
    const DIGITS = "\0"; // stands for {#} in a literal text; no text contains it
    const SOME_DIGITS = /[0-9]{1,20}/y;
    const QUOTE = /["'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u300c\u300d]/;
    const QUOTES = new RegExp(QUOTE, "g");

    // -- characters ----------------------------------------------------------------------------

    // A character beyond the first 65,536 is two units here and one in Python; limits count
    // characters.
    const SECOND_HALF = /[\udc00-\udfff]/g;

    function pointsIn(text, begin, end) {
      return end - begin - (text.slice(begin, end).match(SECOND_HALF) || []).length;
    }

    function isLonger(text, begin, end, most) {
      return end - begin > most && pointsIn(text, begin, end) > most;
    }

    // The end of the given number of characters.
    function reach(text, begin, most) {
      let end = begin + most;
      for (let missing = most; missing > 0; ) {
        if (end >= text.length) return text.length;
        missing = most - pointsIn(text, begin, end);
        end += missing;
      }
      return end;
    }

    function skipBlanks(text, at) {
      while (at < text.length && BLANKS.includes(text[at])) at++;
      return at;
    }

    // -- templates -----------------------------------------------------------------------------

    // Throws an error if the template is invalid; that can be only a template without its quotation marks.
    function parse(source, constants, ignoreCase) {
      const pieces = source.replace(EDGES, "").replaceAll("{#}", DIGITS).split(PLACEHOLDER);
      let literals = pieces.filter((_, n) => n % 3 === 0);
      let holes = pieces.filter((_, n) => n % 3 === 1).map((name, n) => ({ name, long: Boolean(pieces[3 * n + 2]) }));
      if (!isUsable(literals, holes)) throw new Error("a template that cannot be used");
      let before = null;
      if (holes.length && !literals[0]) {
        [before, ...holes] = holes;
        literals = literals.slice(1);
      }
      if (literals.at(-1)) holes.push(null);
      else literals = literals.slice(0, -1);
      if (ignoreCase) literals = literals.map(lower);
      literals = literals.map((literal) => literal.split(SPACE));
      const chunks = literals.flat().flatMap((chunk) => chunk.split(DIGITS)).filter(Boolean);
      return { literals, before, holes, chunks, constants, ignoreCase };
    }

    function isUsable(literals, holes) {
      const bare = literals.map((literal) => literal.replace(EDGES, ""));
      if (!bare.some((literal) => literal.replaceAll(DIGITS, "").replace(EDGES, ""))) return false;
      if (literals.slice(1, -1).includes("")) return false;
      if (bare[0].startsWith(DIGITS) || literals.slice(1).some((literal) => literal.startsWith(DIGITS))) return false;
      if (!holes.length) return true;
      if (!literals[0] && (!bare[1] || bare[1].startsWith(DIGITS) || holes[0].long)) return false;
      return Boolean(literals.at(-1)) || !holes.at(-1).long;
    }

    // Only A to Z, as in Python: the text stays as long as it is.
    function lower(text) {
      return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    }

    // The leftmost match whose first text begins from `start` to `last`.
    function findTemplate(template, text, start, last) {
      const searched = template.ignoreCase ? lower(text) : text;
      const [literal] = template.literals;
      const parts = literal[0] ? literal : literal.slice(1);
      const [first] = parts[0].split(DIGITS);
      const within = searched.slice(start, last + first.length);
      for (let at = within.indexOf(first); at >= 0; at = within.indexOf(first, at + 1)) {
        const found = matchAt(template, searched, text, start + at, start, parts);
        if (found) return found;
      }
      return null;
    }

    function matchAt({ literals, before, holes, constants }, text, original, at, start, parts) {
      const captures = { ...constants };
      let begin = at;
      if (before) {
        let end = at;
        if (!literals[0][0]) {
          while (end > start && BLANKS.includes(text[end - 1])) end--;
          if (end === at) return null;
        }
        begin = end;
        while (begin > start && !TOKEN_ENDS.has(text[begin - 1]) && !isLonger(text, begin, end, MAX_CAPTURE)) begin--;
        if (begin === end || isLonger(text, begin, end, MAX_CAPTURE)) return null;
        captures[before.name] = original.slice(begin, end);
      }
      let position = literalAt(text, at, parts);
      if (position < 0) return null;
      for (let n = 0; n < holes.length && holes[n]; n++) {
        const [end, after] = n + 1 < literals.length ? nextLiteral(text, position, literals[n + 1], holes[n]) : tokenEnd(text, position);
        if (end < 0) return null;
        captures[holes[n].name] = original.slice(position, end);
        position = after;
      }
      if (isLonger(text, begin, position, MAX_MATCH)) return null;
      delete captures._;
      return { start: begin, end: position, captures };
    }

    // The end of a literal that begins at a position; -1 if it is not there.
    function literalAt(text, at, literal) {
      at = chunkEnd(text, at, literal[0]);
      for (let n = 1; n < literal.length && at >= 0; n++) at = gap(text, at, literal[n]);
      return at;
    }

    // The end of a chunk that begins at a position; -1 if it is not there.
    function chunkEnd(text, at, chunk) {
      const pieces = chunk.split(DIGITS);
      for (let n = 0; n < pieces.length; n++) {
        if (n) {
          SOME_DIGITS.lastIndex = at;
          if (!SOME_DIGITS.test(text)) return -1;
          at = SOME_DIGITS.lastIndex;
        }
        if (!text.startsWith(pieces[n], at)) return -1;
        at += pieces[n].length;
      }
      return at;
    }

    // The end of the chunk after a run of white space; -1 if there is no such run. A chunk must follow;
    // it is empty if a placeholder follows.
    function gap(text, at, chunk) {
      let position = skipBlanks(text, at);
      if (text[position] !== "\n") return position > at ? chunkEnd(text, position, chunk) : -1;
      for (let n = 0; n < MAX_LINE_ENDS && text[position] === "\n"; n++) position = skipBlanks(text, position + 1);
      for (let n = 0; n < MAX_PREFIX_TOKENS; n++) {
        const whole = chunk ? chunkEnd(text, position, chunk) : -1;
        if (whole >= 0) return whole;
        PREFIX.lastIndex = position;
        if (!PREFIX.test(text)) break;
        const after = PREFIX.lastIndex;
        const end = skipBlanks(text, after);
        // Before a placeholder, the end of the prefix is open: what may be the value is left.
        if (!chunk && (end === after || (n === 0 && NUMBER.test(text.slice(position, after))))) break;
        position = end;
      }
      return chunkEnd(text, position, chunk);
    }

    // Start and end of the leftmost position of a literal after a placeholder, or -1 twice.
    function nextLiteral(text, at, literal, hole) {
      let stop = reach(text, at, hole.long ? MAX_LONG_CAPTURE : MAX_CAPTURE);
      if (!hole.long) {
        const lineEnd = text.slice(at, stop).indexOf("\n");
        if (lineEnd >= 0) stop = at + lineEnd;
      }
      if (!literal[0]) {
        for (const blank of text.slice(at + 1, stop + 1).matchAll(SPACES)) {
          const place = at + 1 + blank.index;
          const after = literalAt(text, place, literal);
          if (after >= 0) return [place, after];
        }
        return [-1, -1];
      }
      const [first] = literal[0].split(DIGITS);
      const within = text.slice(at + 1, stop + first.length);
      for (let n = within.indexOf(first); n >= 0; n = within.indexOf(first, n + 1)) {
        const after = literalAt(text, at + 1 + n, literal);
        if (after >= 0) return [at + 1 + n, after];
      }
      return [-1, -1];
    }

    // The end of a token, twice; -1 if no token begins here, or only one that is too long.
    function tokenEnd(text, at) {
      let end = at;
      while (end < text.length && !TOKEN_ENDS.has(text[end])) {
        end++;
        if (isLonger(text, at, end, MAX_CAPTURE)) return [-1, -1];
      }
      while (end - 1 > at && TRAILING.includes(text[end - 1])) end--;
      return end > at ? [end, end] : [-1, -1];
    }

    // -- regular expressions -------------------------------------------------------------------

    const REGEX_TOKEN =
      /\\(?<escape>[^])|(?<open>\()|(?<close>\))|(?<or>\|)|(?<class>\[\^?\]?(?:\\[^]|[^\]\\])*\])|(?<some>[*?]\??|\{0?,\d*\}\??|\{0\}\??)|(?<many>\+\??|\{\d+,?\d*\}\??)|(?<any>[.^$])|(?<text>[^])/gu;

    // The runs of literal text, without white space, that every match contains.
    function requiredText(source) {
      const runs = [];
      let run = "";
      let depth = 0;
      for (const { groups: token } of source.matchAll(REGEX_TOKEN)) {
        let letter = token.text || "";
        if (token.escape && !/[\p{L}\p{N}]/u.test(token.escape)) letter = token.escape;
        if (token.open) depth++;
        else if (token.close) depth--;
        if (depth || token.close) letter = "";
        else if (token.or) return [];
        else if (token.some) run = run.replace(/[^]$/u, "");
        if (letter && !BLANKS.includes(letter)) {
          run += letter;
        } else {
          runs.push(run);
          run = "";
        }
      }
      runs.push(run);
      return runs.filter(Boolean);
    }

    // The same meaning as in Python with re.ASCII: JavaScript has more white space characters and line
    // ends.
    const CLASS_TOKEN = /\\([^])|(\[\^?)|(\])|(\.)|[^]/gu;
    const WHITE = "\\t-\\r ";
    const NOT_WHITE = "\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}";

    function compileRegex(source) {
      let inside = false;
      const made = source.replace(CLASS_TOKEN, (token, escape, open, close, dot) => {
        if (escape === "s") return inside ? WHITE : `[${WHITE}]`;
        if (escape === "S") return inside ? NOT_WHITE : `[${NOT_WHITE}]`;
        // Elsewhere, a backslash before any other character is an error.
        if (escape) return /[\w^$\\.*+?()[\]{}|/]/.test(escape) || (inside && escape === "-") ? token : escape;
        if (open && !inside) inside = true;
        else if (open) return token.replaceAll("[", "\\[");
        else if (close && !inside) return "\\]";
        else if (close) inside = false;
        return dot && !inside ? "[^\\n]" : token;
      });
      try {
        return new RegExp(made, "u");
      } catch {
        return new RegExp(source); // such as a literal brace
      }
    }

    // An expression that `RegExp` could take hours for runs as an automaton, whose data the page
    // brings: generator/signatures/automaton.py. Returns a function with the result of `RegExp.exec`.
    function automaton([bounds, words, takes, follow, first, last, empty]) {
      const KEPT = 5000;
      const wordKinds = new Set(words);
      const taken = takes.map((kinds) => new Set(kinds));
      const before = follow.map(() => []);
      follow.forEach((edges, from) => edges.forEach(([to, needs]) => before[to].push([from, needs])));
      const seen = new Map();
      const states = new Map(); // a state's positions, as text, and its number
      const positionsOf = [];
      const memory = new Map();

      function kindOf(character) {
        if (!seen.has(character)) {
          const number = character.codePointAt(0);
          let low = 0;
          for (let high = bounds.length; high - low > 1; ) {
            const middle = (low + high) >> 1;
            if (bounds[middle] <= number) low = middle;
            else high = middle;
          }
          seen.set(character, low);
        }
        return seen.get(character);
      }

      function numbered(positions) {
        const name = positions.join();
        if (!states.has(name)) {
          states.set(name, positionsOf.length);
          positionsOf.push(positions);
        }
        return states.get(name);
      }

      // way: 0 from the right, where all ends count; 1 from the left, at the start; 2 after it.
      function step(way, state, left, right) {
        const key = `${way} ${state} ${left} ${right}`;
        if (!memory.has(key)) {
          if (memory.size >= KEPT) memory.clear();
          memory.set(key, made(way, positionsOf[state], left, right));
        }
        return memory.get(key);
      }

      function made(way, positions, left, right) {
        const held = (left < 0 ? 1 : 0) | (right < 0 ? 2 : 0) | (wordKinds.has(left) !== wordKinds.has(right) ? 4 : 8);
        const holds = (needs) => needs.some((one) => (one & held) === one);
        const border = new Map(way ? last : first);
        const next = new Set();
        let found = way < 2 && holds(empty);
        const add = (edges) => edges.forEach(([to, needs]) => holds(needs) && next.add(to));
        for (const position of positions) {
          found ||= border.has(position) && holds(border.get(position));
          add(way ? follow[position] : before[position]);
        }
        if (way < 2) add(way ? first : last);
        const kind = way ? right : left;
        return [numbered([...next].filter((to) => taken[to].has(kind)).sort((a, b) => a - b)), found];
      }

      return (text) => {
        if (positionsOf.length > KEPT) {
          for (const kept of [states, memory]) kept.clear();
          positionsOf.length = 0;
        }
        const characters = [...text];
        const kinds = characters.map(kindOf);
        const at = (place) => (place < 0 || place >= kinds.length ? -1 : kinds[place]);
        let state = numbered([]);
        let start = -1;
        for (let place = kinds.length; place >= 0; place--) {
          const [after, begins] = step(0, state, at(place - 1), at(place));
          if (begins) start = place;
          state = after;
        }
        if (start < 0) return null;
        state = numbered([]);
        let end = start;
        for (let place = start; place <= kinds.length; place++) {
          const [after, ends] = step(place > start ? 2 : 1, state, at(place - 1), at(place));
          if (ends) end = place;
          if (!positionsOf[after].length) break;
          state = after;
        }
        const index = characters.slice(0, start).join("").length;
        return { index, 0: characters.slice(start, end).join("") };
      };
    }

    function findRegex(exec, text, start, last) {
      const stop = Math.min(text.length, last + 1);
      while (start < stop || (start === 0 && !text.length)) {
        let end = text.indexOf("\n", start);
        if (end < 0) end = text.length;
        for (let begin = start; begin < Math.max(end - STEP, start + 1); begin += STEP) {
          const found = exec(text.slice(begin, Math.min(begin + PIECE, end)));
          if (found) return { start: begin + found.index, end: begin + found.index + found[0].length, captures: {} };
        }
        start = end + 1;
      }
      return null;
    }

    // -- texts ---------------------------------------------------------------------------------

    const UNESCAPED = 3;
    const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n\r]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
    const LEFT_OVER = /\\(?:["_]|u[0-9A-Fa-f]{4})|&(?:quot|apos|lt|gt|amp|#[0-9xX][0-9A-Fa-f]{0,6});/; // in a captured value
    const ESCAPE = /\\(?:(["\\/bfnrt])|u([0-9A-Fa-f]{4})|([_*()[\]{}#+\-.!~|<>=:,;`']))|&(?:(quot|apos|lt|gt|amp|nbsp)|#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6}));/g;
    const LETTERS = { b: " ", f: " ", n: "\n", r: "\r", t: "\t" };
    const ENTITIES = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&", nbsp: " " };
    // Begins of escapes behind which what is searched for may hide.
    const HIDING = /\\[u_*()[\]{}#+\-.!~|<>=:,;`']|&(?:quot;|apos;|lt;|gt;|amp;|nbsp;|#)/g;
    const NARROWEST = 40;
    const MOST_WRAPPED = 64 * 1024;

    function normal(text) {
      if (text.includes("\0")) text = text.replaceAll("\0", "");
      if (text.includes("\x1b")) text = text.replace(ANSI, "");
      if (text.includes("\r")) text = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
      return text;
    }

    // A line without its escapes, then without those that remain, and once more.
    function unescapedForms(line) {
      const forms = [];
      for (let n = 0; n < UNESCAPED && /[\\&]/.test(line); n++) {
        const found = line.replace(ESCAPE, unescape);
        if (found === line) break;
        line = normal(found.replace(/\p{Surrogate}/gu, "\ufffd"));
        forms.push(line);
      }
      return forms;
    }

    function unescape(_, letter, code, mark, entity, number, codeOfEntity) {
      if (letter) return LETTERS[letter] || letter;
      if (mark) return mark;
      if (entity) return ENTITIES[entity];
      const found = number ? Number(number) : parseInt(code || codeOfEntity, 16);
      return found > 0x10ffff ? "\ufffd" : String.fromCodePoint(found);
    }

    const sameQuotes = (text) => text.replace(QUOTES, '"');
    const withoutQuotes = (text) => text.replace(QUOTES, "");

    // Join lines that were cut at one column. Returns the text, and for each of its lines the index of the
    // first of the lines that it was; null if no line was cut.
    function unwrapped(text) {
      const lines = text.split("\n");
      const lengths = lines.map((line) => pointsIn(line, 0, line.length));
      const widest = widestOf(lines, lengths);
      const joined = [];
      const first = [];
      let indent = "";
      lines.forEach((line, n) => {
        if (n && lengths[n - 1] === widest[n - 1] && lengths[n - 1] >= NARROWEST && goesOn(line, indent)) {
          joined[joined.length - 1].push(line.slice(indent.length));
        } else {
          joined.push([line]);
          first.push(n);
          indent = line.slice(0, skipBlanks(line, 0));
        }
      });
      if (joined.length === lines.length) return null;
      return { text: joined.map((parts) => parts.join("")).join("\n"), first };
    }

    // Whether a line can be the rest of the line before it.
    function goesOn(line, indent) {
      const rest = line.slice(indent.length);
      if (!line.startsWith(indent) || skipBlanks(rest.slice(0, 2), 0) === Math.min(2, rest.length)) return false;
      return !LOG_LINE.test(rest);
    }

    // For each line the length of the longest line of its paragraph.
    function widestOf(lines, lengths) {
      const found = [];
      let begin = 0;
      for (let n = 0; n <= lines.length; n++) {
        if (n < lines.length && lines[n].trim()) continue;
        const widest = Math.max(0, ...lengths.slice(begin, n));
        while (found.length < n) found.push(widest);
        if (n < lines.length) found.push(0);
        begin = n + 1;
      }
      return found;
    }

    // -- candidate signatures in a text ---------------------------------------------------------

    // Each signature has a few characters that identify it, the rarest among all signatures. A text is
    // read once: at each position, a number made of the last few characters says whether a signature may
    // be here, and only there it is searched.
    const GRAM = 6;
    const SHORTEST = 3;
    const SLOT_BITS = 20;
    const GRAM_MASK = 2 ** (5 * GRAM) - 1; // five bits a character: older characters have left the number
    // JSON and Markdown put a backslash before these, and quotation marks differ.
    const BREAKS = new RegExp(`${QUOTE.source}|[\\\\/]`);

    // Rows of [incident, what is searched for]: generator/site/match_data.py says how.
    // telling: a regular expression for lines that say what went wrong; without it, no line counts.
    function compile(rows, telling = "(?!)") {
      const signatures = [];
      rows.forEach(([incident, what], number) => {
        try {
          signatures.push({ number, incident, ...signature(what) });
        } catch {
          // Lint reports it; here it matches nothing.
        }
      });
      const entries = signatures.flatMap((one) => one.slots.map(({ texts, anyCase }, slot) => ({ signature: one, slot, texts, anyCase })));
      const exact = indexed(entries.filter(({ anyCase }) => !anyCase));
      const anyCase = indexed(entries.filter((entry) => entry.anyCase));
      return { signatures, exact, anyCase, telling: new RegExp(telling, "gi") };
    }

    function signature(what) {
      if (typeof what === "string") what = { text: what, key: [[what]] };
      const forms = (given = []) => given.map((form) => form.map(part));
      const key = forms(what.key);
      const others = forms(what.others);
      const without = forms(what.without);
      const least = (form) => Math.min(...form.map(({ weight }) => weight));
      const weight = Math.min(...key.map(least)) + others.reduce((sum, form) => sum + least(form), 0);
      return { text: what.text, weight, slots: key.flatMap(slotsOf), others, without, within: what.within || 1, isAlone: !others.length && !without.length };
    }

    // What must be searched for to find a form: its parts, each with texts that stand in it.
    function slotsOf(form) {
      const texts = form.map(({ anchors }) => anchors.filter((one) => [...one].length >= SHORTEST));
      const common = texts[0].filter((one) => texts.every((own) => own.includes(one)));
      const [{ anyCase }] = form;
      if (common.length || form.length === 1) return [{ form, texts: common, anyCase }];
      return texts.map((own) => ({ form, texts: own, anyCase }));
    }

    // Part of a form: a template, {template, constants, ignoreCase}, {regex, automaton}, or a pair.
    function part(given) {
      if (typeof given === "string") return template(given);
      if (given.template) return template(given.template, given.constants, given.ignoreCase);
      return given.pair ? pair(given) : expression(given.regex, given.automaton);
    }

    function template(text, constants = {}, ignoreCase = false) {
      const parsed = parse(text, constants, ignoreCase);
      const find = (within, start, last) => findTemplate(parsed, within, start, last);
      const { chunks } = parsed;
      let views = null;
      return { find, chunks, anchors: piecesOf(chunks), anyCase: ignoreCase, weight: lettersIn(chunks), isOneLine: false, views: () => (views ||= viewsOf(text, chunks, constants, ignoreCase)) };
    }

    // How to search in a text whose quotation marks differ, or are missing.
    function viewsOf(text, chunks, constants, ignoreCase) {
      if (!chunks.some((chunk) => QUOTE.test(chunk))) return [];
      const views = [];
      for (const look of [sameQuotes, withoutQuotes]) {
        try {
          const parsed = parse(look(text), constants, ignoreCase);
          views.push({ look, find: (within, start, last) => findTemplate(parsed, within, start, last) });
        } catch {
          // Without its quotation marks, it has no text between two placeholders.
        }
      }
      return views;
    }

    function expression(text, data) {
      const pattern = data ? null : compileRegex(text);
      const exec = data ? automaton(data) : (piece) => pattern.exec(piece);
      const chunks = requiredText(text);
      const find = (within, start, last) => findRegex(exec, within, start, last);
      return { find, chunks, anchors: piecesOf(chunks), anyCase: false, weight: lettersIn(chunks), isOneLine: true, views: () => [] };
    }

    // A key with its value: the expression, the name of what is captured, the texts of the value, and the
    // words of the key in lower case.
    function pair({ pair: source, name, chunks, key, ignoreCase }) {
      const pattern = new RegExp(source, "gu");
      function find(text, start, last) {
        pattern.lastIndex = start;
        const found = pattern.exec(text);
        if (!found || found.index > last) return null;
        const value = found.slice(1).find((group) => group !== undefined) || "";
        return { start: found.index, end: found.index + found[0].length, captures: name ? { [name]: value } : {} };
      }
      const isLong = chunks.some((chunk) => [...chunk].length >= SHORTEST);
      const anyCase = !isLong || Boolean(ignoreCase);
      const anchors = piecesOf(isLong ? chunks : key);
      return { find, chunks, anchors: anyCase ? anchors.map(lower) : anchors, anyCase, weight: lettersIn([...key, ...chunks]), isOneLine: true, views: () => [] };
    }

    function piecesOf(chunks) {
      return chunks.flatMap((chunk) => chunk.split(BREAKS)).filter(Boolean);
    }

    function lettersIn(chunks) {
      return chunks.reduce((sum, chunk) => sum + [...chunk].length, 0);
    }

    function indexed(entries) {
      const often = new Map();
      for (const entry of entries) {
        entry.grams = new Set(entry.texts.flatMap(gramsOf));
        for (const gram of entry.grams) often.set(gram, (often.get(gram) || 0) + 1);
      }
      const byGram = new Map();
      const slots = new Uint8Array(2 ** SLOT_BITS);
      const short = []; // searched one by one
      for (const entry of entries) {
        let rarest = null;
        for (const gram of entry.grams) if (!rarest || often.get(gram) < often.get(rarest)) rarest = gram;
        delete entry.grams;
        if (!rarest) {
          entry.text = [...entry.texts].sort((one, other) => other.length - one.length)[0];
          short.push(entry);
          continue;
        }
        if (!byGram.has(rarest)) byGram.set(rarest, []);
        byGram.get(rarest).push(entry);
        slots[slotOf(rarest)] = 1;
      }
      return { byGram, slots, short };
    }

    function gramsOf(part) {
      const grams = [];
      for (let n = 0; n + GRAM <= part.length; n++) grams.push(part.slice(n, n + GRAM));
      return grams;
    }

    function slotOf(gram) {
      let value = 0;
      for (let n = 0; n < GRAM; n++) value = ((value << 5) ^ gram.charCodeAt(n)) & GRAM_MASK;
      return Math.imul(value, 0x9e3779b1) >>> (32 - SLOT_BITS);
    }

    // [place, entry] for what may be in a text.
    function candidates({ exact, anyCase }, text) {
      const found = [];
      addCandidates(exact, text, found);
      if (anyCase.byGram.size || anyCase.short.length) addCandidates(anyCase, lower(text), found);
      return found;
    }

    function addCandidates({ byGram, slots, short }, text, found) {
      let value = 0;
      for (let n = 0; byGram.size && n < text.length; n++) {
        value = ((value << 5) ^ text.charCodeAt(n)) & GRAM_MASK;
        if (!slots[Math.imul(value, 0x9e3779b1) >>> (32 - SLOT_BITS)] || n < GRAM - 1) continue;
        for (const entry of byGram.get(text.slice(n - GRAM + 1, n + 1)) || []) found.push([n - GRAM + 1, entry]);
      }
      for (const entry of short) {
        if (!entry.text) {
          // Searched in every line; in a long line, only at its beginning.
          for (let n = 0; n >= 0 && n < text.length; n = text.indexOf("\n", n) + 1 || -1) found.push([n, entry]);
          continue;
        }
        for (let n = text.indexOf(entry.text); n >= 0; n = text.indexOf(entry.text, n + 1)) found.push([n, entry]);
      }
    }

    // -- what must be near, and must not ---------------------------------------------------------

    // The lines around a match, at most MAX_MATCH characters before and after its begin, and where its
    // line begins in them.
    function surroundings(text, begin, end, within) {
      const low = Math.max(0, begin - MAX_MATCH);
      const high = Math.min(text.length, begin + MAX_MATCH);
      const back = (from) => Math.max(low, from > low ? text.lastIndexOf("\n", from - 1) + 1 : low);
      const line = back(begin);
      let first = line;
      let last = Math.min(Math.max(end, begin), high);
      for (let n = 1; n < within && first > low; n++) first = back(first - 1);
      for (let n = 0; n < within; n++) {
        const found = text.indexOf("\n", last + (n > 0 ? 1 : 0));
        last = found >= 0 && found < high ? found : high;
      }
      return { text: text.slice(first, last), at: line - first };
    }

    // All captures of a signature whose key has a match; null if it does not match.
    function confirmed({ others, without }, match, near) {
      if (without.some((form) => near.some((around) => nearest(form, around)))) return null;
      let captures = match.captures;
      for (const form of others) {
        const found = near.map((around) => nearest(form, around)).find(Boolean);
        if (!found) return null;
        captures = { ...found.captures, ...captures };
      }
      return captures;
    }

    // The first match from the line of the key on, else the last before it.
    function nearest(form, { text, at }) {
      for (const one of form) {
        const found = inText(one, text, at);
        if (found) return found;
      }
      for (const one of form) {
        const found = inForms(one, text);
        if (found) return found;
      }
      return null;
    }

    function inText(one, text, at) {
      let found = one.find(text, at, text.length);
      if (found || !at) return found;
      const before = text.slice(0, at);
      for (let next = one.find(before, 0, at); next; next = one.find(before, Math.max(next.end, next.start + 1), at)) found = next;
      return found;
    }

    // The first match in lines without their escapes, or with other quotation marks.
    function inForms(one, text) {
      for (const line of text.split("\n")) {
        for (const form of unescapedForms(line)) {
          const found = one.find(form, 0, form.length);
          if (found) return found;
        }
      }
      for (const { look, find } of one.views()) {
        const seen = look(text);
        const found = find(seen, 0, seen.length);
        if (found) return found;
      }
      return null;
    }

    // -- texts of any length, in bounded memory ------------------------------------------------

    const BLOCK = 1 << 20;
    const LONG_LINE = 64 * 1024;
    const AHEAD = MAX_MATCH + 1024;
    const EXCERPT = 400;
    const VALUES = 5; // different values of a placeholder that are kept
    const SAMPLE = 20; // lines to keep in case nothing matches

    // Reads a text in pieces. A match is accepted in the block in which its line begins, and only if
    // enough of the following text is there, too: the way in which the text is cut makes no difference.
    function scanner(index) {
      const found = new Map(); // signature -> its matches
      const resume = new Map(); // part -> position before which all positions were tried
      const sample = [];
      let first = null; // lines
      let waiting = [];
      let size = 0;
      let held = "";
      let data = "";
      let offset = 0; // of data in the whole text
      let line = 1; // the number of the line that data begins in

      function feed(text) {
        waiting.push(text);
        size += text.length;
        if (size < BLOCK) return;
        const all = waiting.join("");
        waiting = [];
        size = 0;
        for (let n = 0; n < all.length; n += BLOCK) {
          take(all.slice(n, n + BLOCK), false);
          look(false);
        }
      }

      function finish() {
        const text = waiting.join("");
        const isSmall = !offset && !data && text.length <= MOST_WRAPPED && new TextEncoder().encode(text).length <= MOST_WRAPPED;
        take(text, true);
        waiting = [];
        look(true);
        if (isSmall) lookAtUnwrapped();
        const lines = line - (data === "" || data.endsWith("\n") ? 1 : 0) + endsOfLines(data);
        return { matches: shown(found), lines, sample: [...sample, ...(first || [])].join("\n") };
      }

      // Search the text with the lines joined that were cut at a column, for what is not found yet.
      function lookAtUnwrapped() {
        const joined = unwrapped(data);
        if (!joined) return;
        const other = scanner(index);
        const first = [...joined.first, endsOfLines(data) + 1];
        for (const [signature, what] of other.lookAt(joined.text)) {
          // Two cuts at the same column are no coincidence.
          const cuts = first[what.line] - first[what.line - 1] - 1;
          if (found.has(signature) && !(cuts > 1 && valueGoesOn(found.get(signature), what.captures))) continue;
          found.set(signature, { ...what, line: first[what.line - 1] + 1, lastLine: first[what.lastLine - 1] + 1 });
        }
      }

      // Whether a value at the end of a line goes on where lines were joined.
      function valueGoesOn(known, captures) {
        const ends = data.split("\n").map((line) => line.replace(/[.:!?]+$/, ""));
        return Object.entries(known.captures).some(
          ([name, value]) => captures[name]?.startsWith(value) && captures[name] !== value && ends.some((end) => end.endsWith(value)),
        );
      }

      // What is found in a whole text that is normal already.
      function lookAt(text) {
        data = text;
        look(true);
        return found;
      }

      // Add normalized text; hold back what a later character may change.
      function take(text, final) {
        text = held + text;
        held = "";
        if (!final) {
          let cut = text.length - (text.endsWith("\r") ? 1 : 0);
          const escape = text.lastIndexOf("\x1b");
          if (escape >= text.length - 256 && !text.includes("\n", escape) && escape >= 0) cut = Math.min(cut, escape);
          held = text.slice(cut);
          text = text.slice(0, cut);
        }
        data += normal(text);
      }

      function look(final) {
        let zone = data.length;
        if (!final) {
          zone = zone > AHEAD ? data.lastIndexOf("\n", data.length - AHEAD - 1) + 1 : 0;
          if (data.length - zone > LONG_LINE + AHEAD) zone = whole(data.length - AHEAD);
        }
        if (!zone) return;
        lookAtBlock(zone);
        if (final) return;
        // A match or token that begins shortly before may continue or end after this position.
        let keep = zone > AHEAD ? data.lastIndexOf("\n", zone - AHEAD - 1) + 1 : 0;
        if (zone - keep > AHEAD + LONG_LINE) keep = whole(zone - AHEAD);
        line += endsOfLines(data.slice(0, keep));
        offset += keep;
        data = data.slice(keep);
      }

      // The next position that is not inside a character.
      function whole(at) {
        return /[\udc00-\udfff]/.test(data[at] || "") ? at + 1 : at;
      }

      function lookAtBlock(zone) {
        const text = data;
        if (sample.length < SAMPLE && !found.size) addSample(text.slice(0, zone));
        const possible = candidates(index, text);
        addHidden(text, possible);
        possible.sort((one, other) => one[0] - other[0]);
        const tried = new Map(); // entry -> the line in which it was searched
        const here = { start: 0, end: -1, number: line };
        let at = 0;
        for (const [place, entry] of possible) {
          if (place > here.end) {
            here.start = place ? text.lastIndexOf("\n", place - 1) + 1 : 0;
            here.end = text.indexOf("\n", place);
            if (here.end < 0) here.end = text.length;
            here.number += endsOfLines(text.slice(at, here.start));
            at = here.start;
          }
          const isLong = here.end - here.start > LONG_LINE;
          // One window for all that stands close together: a line can hold the text many times.
          const part = isLong ? here.start + Math.floor((place - here.start) / AHEAD) * AHEAD : here.start;
          if (tried.get(entry) === part) continue;
          tried.set(entry, part);
          lookFor(entry.signature, entry.slot, text, part, here, zone, isLong);
        }
      }

      // What is searched for may hide behind escapes such as \u0041.
      function addHidden(text, possible) {
        let done = -1;
        for (const { index: at } of text.matchAll(HIDING)) {
          if (at <= done) continue;
          const start = text.lastIndexOf("\n", at) + 1;
          done = text.indexOf("\n", at);
          if (done < 0) done = text.length;
          if (done - start > LONG_LINE) continue;
          const inside = new Set(unescapedForms(text.slice(start, done)).flatMap((form) => candidates(index, form).map(([, entry]) => entry)));
          for (const entry of inside) possible.push([start, entry]);
        }
      }

      function lookFor(signature, slot, text, part, here, zone, isLong) {
        if (found.get(signature)?.lastLine >= here.number) return;
        let { start, end } = here;
        if (isLong) {
          start = whole(Math.max(start, part - AHEAD));
          end = whole(Math.min(end, part + 2 * AHEAD));
        }
        // Which form counts must not depend on the place of its anchor.
        const { slots } = signature;
        for (let n = 0; n < slots.length; n++) {
          if (n !== slot && !slots[n].texts.every((one) => mayHave(slots[n], one, text.slice(start, end)))) continue;
          for (const one of slots[n].form) {
            if (lookAsItIs(signature, one, text, start, end, here, zone, isLong)) return;
            if (here.start >= zone) continue;
            if (lookUnescaped(signature, one, text, start, end, here) || lookAtViews(signature, one, text, start, end, here)) return;
          }
        }
      }

      function mayHave({ anyCase }, one, text) {
        return (anyCase ? lower(text) : text).includes(one);
      }

      // Search a line without its escapes; return whether it has a match.
      function lookUnescaped(signature, one, text, start, end, here) {
        for (const form of formsOf(text, start, end)) {
          const match = one.find(form, 0, form.length);
          if (match) {
            record(signature, here.number, form, match, here);
            return true;
          }
        }
        return false;
      }

      function formsOf(text, start, end) {
        while (start > 0 && start < end && text[start - 1] === "\\") start++; // inside an escape
        return unescapedForms(text.slice(start, end));
      }

      // Search with other quotation marks, or without any; return whether there is a match.
      function lookAtViews(signature, one, text, start, end, here) {
        const views = one.views();
        if (!views.length) return false;
        const after = one.isOneLine ? "" : text.slice(end, end + AHEAD);
        const forms = [[text.slice(start, end), after], ...formsOf(text, start, end).map((form) => [form, ""])];
        for (const [line, ahead] of forms) {
          for (const { look: lookAtIt, find } of views) {
            const seen = lookAtIt(line);
            const match = find(seen + lookAtIt(ahead), 0, seen.length);
            // An escape that is left is not part of a value.
            if (match && !Object.values(match.captures).some((value) => value.endsWith("\\") || LEFT_OVER.test(value))) {
              record(signature, here.number, line, sameLine(line, seen, match), here);
              return true;
            }
          }
        }
        return false;
      }

      // Search the text as it is; return whether a match begins on the candidate's line.
      function lookAsItIs(signature, one, text, start, end, here, zone, isLong) {
        let begin = start;
        if (start === here.start && start > AHEAD) {
          begin = text.lastIndexOf("\n", start - AHEAD - 1) + 1;
          if (start - begin > AHEAD + LONG_LINE) begin = start;
        } else if (start === here.start) {
          begin = 0;
        }
        if (one.isOneLine) begin = start;
        // Positions that were tried for an earlier line are not tried again.
        let position = isLong ? begin : Math.max(begin, (resume.get(one) ?? 0) - offset);
        if (!isLong) resume.set(one, offset + Math.min(end + 1, zone));
        while (position <= end) {
          const match = one.find(text, position, end);
          if (!match || match.start > end) return false;
          const isOwn = match.start >= start;
          const where = isLong || start !== here.start || !isOwn ? match.start : start;
          const hasEscapes = isOwn && Object.values(match.captures).some((value) => LEFT_OVER.test(value));
          if (where < zone && !(hasEscapes && lookUnescaped(signature, one, text, start, end, here))) {
            record(signature, isOwn ? here.number : here.number - endsOfLines(text.slice(match.start, start)), text, match);
          }
          if (isOwn) return true;
          position = text.indexOf("\n", match.start) + 1;
        }
        return false;
      }

      // Count a line with a match, if nothing near it speaks against it.
      // here: the line, if the match was found in a changed form of it.
      function record(signature, number, text, match, here = null) {
        let known = found.get(signature);
        if (known && number <= known.lastLine) return;
        let { captures } = match;
        if (!signature.isAlone) {
          const near = here ? [surroundings(text, match.start, match.end, signature.within)] : [];
          const [start, end] = here ? [here.start, here.end] : [match.start, match.end];
          near.push(surroundings(data, start, end, signature.within));
          captures = confirmed(signature, match, near);
          if (!captures) return;
        }
        const excerpt = excerptOf(text, match);
        if (!known) {
          known = { count: 0, line: number, text: excerpt, captures, values: {} };
          found.set(signature, known);
        }
        known.count++;
        known.lastLine = number;
        known.lastText = excerpt;
        for (const [name, value] of Object.entries(captures)) {
          const values = (known.values[name] ||= []);
          if (values.length < VALUES && !values.includes(value)) values.push(value);
        }
      }

      // The lines that may say what went wrong, and the first lines.
      function addSample(text) {
        first ||= text.slice(0, BLOCK).split("\n").filter((line) => line.trim()).slice(0, SAMPLE).map((line) => line.slice(0, EXCERPT));
        const places = [...text.slice(0, BLOCK).matchAll(index.telling)].slice(0, SAMPLE * 5).map(({ index: at }) => at);
        for (const at of places) {
          const start = text.lastIndexOf("\n", at) + 1;
          const end = text.indexOf("\n", at);
          const shown = text.slice(start, end < 0 ? text.length : end).slice(0, EXCERPT);
          if (sample.length < SAMPLE && !sample.includes(shown)) sample.push(shown);
        }
      }

      return { feed, finish, found, lookAt };
    }

    function endsOfLines(text) {
      let count = 0;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
      return count;
    }

    // A match in a changed text as one of the whole line that it was found in.
    function sameLine(text, seen, { start: place, captures }) {
      let start = 0;
      for (let n = endsOfLines(seen.slice(0, place)); n > 0; n--) start = text.indexOf("\n", start) + 1;
      const end = text.indexOf("\n", start);
      const bare = Object.entries(captures).map(([name, value]) => [name, value.replace(BLANK_EDGES, "")]);
      return { start, end: end < 0 ? text.length : end, captures: Object.fromEntries(bare) };
    }

    function excerptOf(text, match) {
      const start = match.start ? text.lastIndexOf("\n", match.start - 1) + 1 : 0;
      let end = text.indexOf("\n", match.start);
      if (end < 0) end = text.length;
      if (end - start <= EXCERPT) return text.slice(start, end).trim();
      const begin = Math.max(start, match.start - EXCERPT / 4);
      const part = text.slice(begin, Math.min(end, begin + EXCERPT)).toWellFormed();
      // The time of the line is at its beginning.
      const head = text.slice(start, Math.min(start + EXCERPT / 4, begin)).toWellFormed();
      return (head ? `${head} … ${part}` : part).trim();
    }

    // -- results -------------------------------------------------------------------------------

    const TIME =
      /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?|\d{1,2}\/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d/;

    function timeIn(line) {
      return TIME.exec(line)?.[0] || "";
    }

    // The matching incidents, best first: more literal characters, then more lines, then the order of
    // ids. An incident has the rank of its best signature; a value comes from the best signature that
    // captures it.
    function shown(found) {
      const incidents = new Map();
      for (const [signature, what] of found) {
        if (!incidents.has(signature.incident)) incidents.set(signature.incident, []);
        const { number, text, weight } = signature;
        const times = { first: timeIn(what.text), last: timeIn(what.lastText) };
        incidents.get(signature.incident).push({ number, template: text, weight, ...what, ...times });
      }
      const matches = [...incidents].map(([incident, hits]) => {
        hits.sort((one, other) => better(one, other) || one.number - other.number);
        const known = {};
        for (const hit of hits) for (const name of Object.keys(hit.captures)) known[name] = [...new Set([...(known[name] || []), ...hit.values[name]])];
        const values = Object.fromEntries(Object.entries(known).map(([name, all]) => [name, usableFirst(all).slice(0, VALUES)]));
        const captures = Object.fromEntries(Object.entries(values).map(([name, [first]]) => [name, first]));
        return { incident, hits, captures, values };
      });
      return matches.sort((one, other) => better(one.hits[0], other.hits[0]) || one.incident - other.incident);
    }

    // A name that is derived from another one, such as users_pkey from users, comes after those that are not.
    function usableFirst(values) {
      const isDerived = (value) => values.some((other) => value.startsWith(`${other}_`));
      return [...values.filter((value) => !isDerived(value)), ...values.filter(isDerived)];
    }

    function better(one, other) {
      return other.weight - one.weight || other.count - one.count;
    }

    function scanText(index, text) {
      const one = scanner(index);
      // Half a character is not a character.
      one.feed(text.replace(/\p{Surrogate}/gu, "?"));
      return one.finish();
    }

    // A file is read as a stream, so it can be larger than the memory. The readable part of a damaged file
    // is searched, and a note says so.
    async function scanFile(index, file, progress) {
      const one = scanner(index);
      const pieces = await unpacked(file);
      let decoder = null;
      let note = "";
      let told = 0;
      try {
        for (let piece = await pieces.reader.read(); !piece.done; piece = await pieces.reader.read()) {
          decoder ||= new TextDecoder(encodingOf(piece.value));
          one.feed(decoder.decode(piece.value, { stream: true }));
          const now = performance.now();
          if (now - told > 100) {
            progress({ read: pieces.read(), size: file.size, matches: one.found.size });
            told = now;
          }
        }
      } catch (error) {
        if (!decoder) throw error;
        note = "It is damaged, or changed during the search: only the part before that position was searched.";
      }
      if (decoder) one.feed(decoder.decode());
      return { ...one.finish(), note };
    }

    // A reader of the contents of a file, and the number of bytes of the file that it has read.
    async function unpacked(file) {
      const begin = new Uint8Array(await file.slice(0, 4).arrayBuffer());
      if (begins(begin, [0x28, 0xb5, 0x2f, 0xfd])) throw new Error("it is compressed with zstd; decompress it first");
      let read = 0;
      const transform = (bytes, out) => {
        read += bytes.length;
        out.enqueue(bytes);
      };
      const plain = file.stream().pipeThrough(new TransformStream({ transform }));
      const stream = begins(begin, [0x1f, 0x8b]) ? plain.pipeThrough(new DecompressionStream("gzip")) : plain;
      return { reader: stream.getReader(), read: () => read };
    }

    function encodingOf(bytes) {
      if (begins(bytes, [0xff, 0xfe])) return "utf-16le";
      return begins(bytes, [0xfe, 0xff]) ? "utf-16be" : "utf-8";
    }

    function begins(bytes, wanted) {
      return wanted.every((byte, n) => bytes[n] === byte);
    }

    // For one line: whether an expression matches in it, with the automaton that it needs, if it does.
    function finder(text, data) {
      const { find } = expression(text, data);
      return (line) => find(line, 0, line.length) !== null;
    }

    return { compile, finder, scanText, scanFile, normal, unescapedForms };
  }

  // The code of the worker: it receives the signatures first, then texts and files.
  function serve(engine) {
    let index = null;
    self.onmessage = async ({ data }) => {
      try {
        if (data.signatures) {
          index = engine.compile(data.signatures, data.telling);
          return;
        }
        const { input } = data;
        const found = typeof input === "string" ? engine.scanText(index, input) : await engine.scanFile(index, input, (progress) => self.postMessage({ progress }));
        self.postMessage({ found });
      } catch (error) {
        self.postMessage({ failed: error.message || "it cannot be read" });
      }
    };
  }

  // A worker that knows the signatures, and the expression for lines that say what went wrong.
  function worker(known) {
    const source = `"use strict";(${serve})((${makeEngine})())`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const made = new Worker(address);
    URL.revokeObjectURL(address);
    made.postMessage(known);
    return made;
  }

  return { ...makeEngine(), worker };
})();
