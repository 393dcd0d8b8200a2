// Filling a command in: the same as generator/commands/exports.py, with the same names.
// tests/data/fill-in-cases.json runs through both. Values are a Map by the names of parameters, null
// where nobody has filled one in.
window.runbooksFillIn = (() => {
  "use strict";

  const MENTION = /\$(?:\{[#!]?([A-Za-z_]\w*)(:?[-=+])?|([A-Za-z_]\w*))/g;

  function quoted(value) {
    return `'${value.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
  }

  // Every mention counts, in single quotes too: `bash -c 'echo "$TABLE"'` reads it from the
  // environment, and an export too many does no harm. A command that says once what to do without a
  // value, ${MIGRATE:-}, knows that there may be none.
  function mentions(command) {
    const found = new Map();
    for (const [, braced, otherwise, plain] of command.matchAll(MENTION)) {
      const name = braced ?? plain;
      found.set(name, Boolean(found.get(name) || otherwise));
    }
    return found;
  }

  function neededIn(command, values) {
    const found = mentions(command);
    return [...values.keys()].filter((name) => found.has(name) && (values.get(name) !== null || !found.get(name)));
  }

  // What to paste into a shell. Where a value is missing, the shell must stop before anything runs:
  // the braces make it one command also for an interactive shell, which would otherwise go on with
  // the next line.
  function filledIn(command, values) {
    const needed = neededIn(command, values);
    const lines = needed.filter((name) => values.get(name) !== null).map((name) => `export ${name}=${quoted(values.get(name))}`);
    const checks = needed.filter((name) => values.get(name) === null).map((name) => `: "\${${name}:?fill in ${name}}"`);
    const body = checks.length ? [`{ ${checks.join("; ")}`, command, "}"] : [command];
    return [...lines, ...body].join("\n");
  }

  return { quoted, mentions, neededIn, filledIn };
})();
