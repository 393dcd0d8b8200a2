// Fills in commands: the same as generator/commands/exports.py, with the same names.
// tests/data/fill-in-cases.json tests both. Values are a Map by parameter name; a value that is not
// filled in is null.
window.runbooksFillIn = (() => {
  "use strict";

  const MENTION = /\$(?:\{[#!]?([A-Za-z_]\w*)(:?[-=+])?|([A-Za-z_]\w*))/g;

  function quoted(value) {
    return `'${value.replaceAll("\0", "").replaceAll("'", "'\\''")}'`;
  }

  // Every mention counts, also in single quotes: `bash -c 'echo "$TABLE"'` reads it from the
  // environment, and an extra export does no harm. A command with a default, ${MIGRATE:-}, works
  // without the value.
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

  // The text to paste into a shell. If a value is missing, the shell must stop before anything runs: the
  // braces make it one command, because an interactive shell would otherwise continue with the next
  // line.
  function filledIn(command, values) {
    const needed = neededIn(command, values);
    const lines = needed.filter((name) => values.get(name) !== null).map((name) => `export ${name}=${quoted(values.get(name))}`);
    const checks = needed.filter((name) => values.get(name) === null).map((name) => `: "\${${name}:?fill in ${name}}"`);
    const body = checks.length ? [`{ ${checks.join("; ")}`, command, "}"] : [command];
    return [...lines, ...body].join("\n");
  }

  return { quoted, mentions, neededIn, filledIn };
})();
