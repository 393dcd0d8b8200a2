// The changed files in a link to the checklist page: only those that a check or a rule matches, and of
// a diff only the lines that decided. A short list stands in the link as it is, a longer one compressed.
(() => {
  "use strict";
  const engine = window.runbooksChecklist;
  const { hasSecret } = window.runbooksConditions;

  const PLAIN = 500; // characters of paths that stay readable
  const LONGEST = 4000; // characters in a URL; mail programs cut longer URLs
  const MOST = 2 ** 20; // characters of a list in a link, unpacked
  const UNKNOWN = "?";

  // The parts of a URL for the files, and how many it had to leave out.
  // list: {paths, lines}, as the reader gave them, or {of, key} as well, from another link; release: what
  // the release touches, with this list.
  async function packFiles(base, list, release) {
    if (!list.paths.length && !list.of) return { parts: [], left: 0 };
    const { paths, lines } = engine.filesThatCount(base, release);
    const plain = paths.map((path) => pair("path", engine.asLine(path)));
    const all = paths.length === list.paths.length && !list.of;
    if (all && !lines.length && plain.join("&").length <= PLAIN) return { parts: plain, left: 0 };
    const content = { of: list.of ?? list.paths.length, key: keyOf(list), paths, lines: linesOf(paths, lines) };
    const text = JSON.stringify(content);
    const packed = text.length > MOST ? null : await deflated(text);
    if (packed && packed.length <= LONGEST) return { parts: [`list=${packed}`], left: 0 };
    return { parts: [], left: paths.length };
  }

  // Of the lines of each file those that decided; a file with one that looks like a secret has none.
  function linesOf(paths, lines) {
    const numbers = new Map(paths.map((path, number) => [path, number]));
    return lines.map(([path, of]) => {
      return [numbers.get(path), of.some(hasSecret) ? [UNKNOWN] : of];
    });
  }

  // {text, lines, of, key}: the content of the field, and what is known of it. Null if the part of the
  // URL is damaged.
  async function unpackFiles(packed) {
    try {
      const { of, key, paths, lines } = JSON.parse(await inflated(packed));
      const fine =
        Number.isSafeInteger(of) && /^[0-9a-z]{1,40}$/.test(key) &&
        paths.every((path) => typeof path === "string" && path) &&
        lines.every(([number, of]) => paths[number] && of.every((line) => /^(?:[-+ ]|[@?!]$)/.test(line)));
      if (!fine) return null;
      return { text: paths.map(engine.asLine).join("\n"), lines: lines.map(([number, of]) => [paths[number], of]), of, key };
    } catch {
      return null;
    }
  }

  // Which list it is; a list from a link knows that of the whole list.
  function keyOf({ paths, key }) {
    return key ?? window.runbooksTicks.hash(JSON.stringify([...paths].sort()));
  }

  function pair(name, value) {
    return `${name}=${encodeURIComponent(value.toWellFormed?.() ?? value).replaceAll("%2F", "/")}`;
  }

  // -- compression: deflate, as base64 for URLs ---------------------------------------------------

  // Null in an old browser.
  async function deflated(text) {
    if (!window.CompressionStream) return null;
    const bytes = await readAll(new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw")));
    if (bytes.length > LONGEST) return " ".repeat(LONGEST + 1);
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }

  async function inflated(word) {
    const signs = atob(word.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
    return new TextDecoder().decode(await readAll(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))));
  }

  async function readAll(stream) {
    const chunks = [];
    let size = 0;
    const reader = stream.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > MOST) throw new Error("too long");
      chunks.push(next.value);
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  }

  Object.assign(engine, { LONGEST_LINK: LONGEST, packFiles, unpackFiles, keyOf, pair });
})();
