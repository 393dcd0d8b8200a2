// Finds signatures in text, exactly as generator/signatures.py does; docs/guide/signatures.md says in
// words what both do, and tests/data/vectors.json runs through both. Text in, hits out: it knows
// nothing of the page.
//
// A worker cannot load a script from file://. So the engine is one function that uses nothing from
// outside, and a worker is made of that function's own text. No data is ever run as code.
window.runbooksMatch = (() => {
  "use strict";

  function makeEngine() {
    const CAPTURE_MAX = 500; // characters of what a placeholder captures
    const GAP_MAX = 300; // characters of a gap: white space, a line end, the next line's prefix
    const LINE_MAX = 65_536; // characters of a line; a longer one is read in pieces of this size
    const SLICE = 1 << 20; // characters that are searched in one go
    const SHOWN = 400; // characters of a line that are shown
    const SAMPLE_LINES = 30; // lines kept of a text, for when nothing matches
    const GRAM = 6; // characters by which a signature is noticed

    const PLACEHOLDER = /\{([A-Z_][A-Z0-9_]*)\}/g;
    const FORGOTTEN = "_";
    const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

    // What may stand between two words of a message that a logger has broken into lines.
    const PREFIX = String.raw`(?:[ \t]+|[>|]|\[[^\]\n]{0,80}\])`;
    const GAP = String.raw`(?:[ \t]+|[ \t]*\n${PREFIX}*)`;

    // -- compiling -----------------------------------------------------------------------------

    // One signature of [incident, text, whether it is a regular expression].
    function compile([incident, text, isRegex], number) {
      const made = isRegex ? compileRegex(text) : compileTemplate(text);
      return { number, incident, template: text, ...made };
    }

    function compileRegex(text) {
      const keys = literalsOfRegex(text);
      return { pattern: new RegExp(text, "u"), keys, weight: text.length, span: 0 };
    }

    // Template: literals, and the names of the placeholders between them.
    function compileTemplate(text) {
      const pieces = text.trim().split(PLACEHOLDER); // literal, name, literal, name, literal
      const literals = [];
      const names = [];
      pieces.forEach((piece, n) => (n % 2 ? names.push(piece) : literals.push(piece)));
      const leading = literals[0] === "" && names.length ? names.shift() : null;
      if (leading !== null) literals.shift();
      const trailing = literals.length > 1 && literals.at(-1) === "" ? names.pop() : null;
      if (trailing !== null) literals.pop();
      const words = literals.flatMap((literal) => literal.split(/\s+/)).filter(Boolean);
      const gaps = literals.reduce((sum, literal) => sum + (literal.match(/\s+/g) || []).length, 0);
      const letters = words.reduce((sum, word) => sum + word.length, 0);
      return {
        literals: literals.map(compileLiteral),
        names,
        leading,
        trailing,
        keys: words,
        weight: letters,
        span: letters + gaps * GAP_MAX + (pieces.length >> 1) * CAPTURE_MAX,
      };
    }

    function compileLiteral(literal) {
      if (!/\s/.test(literal)) return { word: literal };
      const source = literal.split(/\s+/).map(quoted).join(GAP);
      return { pattern: new RegExp(source, "g") };
    }

    function quoted(text) {
      return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    }

    // The runs of plain characters that every match of a regular expression holds.
    function literalsOfRegex(source) {
      const runs = [];
      let run = "";
      let depth = 0;
      const end = () => {
        if (run) runs.push(run);
        run = "";
      };
      for (let n = 0; n < source.length; n++) {
        const character = source[n];
        if (character === "[") {
          end();
          for (n++; n < source.length && source[n] !== "]"; n++) if (source[n] === "\\") n++;
        } else if (character === "(") {
          end();
          depth++;
        } else if (character === ")") {
          depth--;
        } else if (character === "|" && depth === 0) {
          return [];
        } else if ("?*{".includes(character)) {
          run = run.slice(0, -1); // what it follows may be missing
          end();
          if (character === "{") n = source.indexOf("}", n);
        } else if (character === "\\") {
          n++;
          if (/[A-Za-z0-9]/.test(source[n])) end();
          else if (depth === 0) run += source[n];
        } else if (/[.^$+]/.test(character)) {
          end();
        } else if (depth === 0) {
          run += character;
        }
      }
      end();
      return runs;
    }

    return { compile };
  }

  return makeEngine();
})();
