// The selection on the checklist page, and the URL that contains it. The selection is after "#", which
// no browser sends to a server: #component=a&path=src/x.js&TABLE=Sessions, lower case for the
// selection, upper case for values.
(() => {
  "use strict";
  const { decode } = window.runbooks;
  const { isSecret } = window.runbooksSecrets;
  const engine = window.runbooksChecklist;

  const LONGEST = 4000; // characters of paths in a URL; mail programs cut longer URLs
  const SETS = { component: "components", kind: "kinds", incident: "incidents", phase: "phases", level: "levels" };

  class Choice {
    constructor() {
      this.clear();
    }

    clear() {
      this.files = "";
      this.given = null;
      this.everything = false;
      this.values = new Map(); // of parameters, by name
      for (const key of Object.values(SETS)) this[key] = new Set();
    }

    // The changed files as {paths, lines, error}, read once for each text. The field shows the names of a
    // file; the lines of a diff in it are in `given`, and hold as long as the field is not changed.
    get list() {
      if (this.read?.text !== this.files) this.read = { text: this.files, ...engine.readList(this.files) };
      return this.given?.text === this.files ? { ...this.read, lines: this.given.lines } : this.read;
    }

    // What the release touches, in the form that checklist-engine.js expects.
    get release() {
      const { components, kinds, incidents, everything } = this;
      return { paths: this.list.paths, lines: this.list.lines, components: [...components], kinds: [...kinds], incidents: [...incidents], everything };
    }

    get only() {
      const chosen = (all, of) => all.filter((name) => of.has(name));
      return { phases: chosen(engine.PHASES, this.phases), levels: chosen(engine.LEVELS, this.levels) };
    }

    get isEmpty() {
      return !this.touched.size;
    }

    // The names of everything that the release touches.
    get touched() {
      const { everything, lines, ...lists } = this.release;
      const names = Object.entries(lists).flatMap(([of, all]) => all.map((name) => `${of} ${name}`));
      return new Set(everything ? [...names, "all"] : names);
    }

    leaveOut(name) {
      for (const names of [this.components, this.kinds, this.incidents]) names.delete(name);
    }

    // -- the URL -----------------------------------------------------------------------------------

    readAddress() {
      const text = (isChoice(location.hash) ? location.hash : location.search).slice(1);
      this.clear();
      const paths = [];
      for (const part of text.split("&").filter(Boolean)) {
        const [name, value] = [part.split("=", 1)[0], part.split("=").slice(1).join("=")].map(decode);
        if (name === "all") this.everything = true;
        else if (name === "path") paths.push(value);
        else if (Object.hasOwn(SETS, name)) this[SETS[name]].add(value);
        else if (/^(?:[a-z0-9-]+\/)?[A-Z][A-Z0-9_]*$/.test(name) && value) this.values.set(name, value);
      }
      this.files = paths.join("\n");
      if (!paths.length && typeof history.state?.files === "string") this.files = history.state.files;
    }

    // The part of the URL after "#"; without the paths if they are too long.
    get address() {
      const pair = (name, value) => `${name}=${encodeURIComponent(value.toWellFormed?.() ?? value).replaceAll("%2F", "/")}`;
      const paths = this.list.paths.map((path) => pair("path", engine.asLine(path)));
      const length = paths.join("&").length;
      const parts = length > LONGEST ? [] : paths;
      for (const [name, key] of Object.entries(SETS)) parts.push(...[...this[key]].map((value) => pair(name, value)));
      if (this.everything) parts.push("all");
      parts.push(...[...this.values].filter(([name, value]) => value && !isSecret(name, value)).map(([name, value]) => pair(name, value)));
      return { hash: parts.join("&"), isCut: length > LONGEST };
    }

    writeAddress() {
      const { hash, isCut } = this.address;
      const state = { ...history.state, files: isCut ? this.files : undefined };
      try {
        // Without the query: the selection is now after "#".
        history.replaceState(state, "", `${location.pathname}${hash || location.hash ? `#${hash}` : location.search}`);
      } catch {
        try {
          history.replaceState(state, "", `#${hash}`);
        } catch {
          // Some browsers forbid this for file://; then the selection lasts as long as the page.
        }
      }
    }
  }

  // Not the anchor of a heading, such as the target of "Skip to content".
  function isChoice(hash) {
    return hash.includes("=") || hash === "#all";
  }

  Object.assign(engine, { Choice, isChoice });
})();
