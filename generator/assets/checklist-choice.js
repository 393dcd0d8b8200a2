// The selection on the checklist page, and the URL that contains it. The selection is after "#", which
// no browser sends to a server: #component=a&path=src/x.js&TABLE=Sessions, lower case for the
// selection, upper case for values. checklist-link.js says how many files stand there.
(() => {
  "use strict";
  const { decode } = window.runbooks;
  const { isSecret } = window.runbooksSecrets;
  const engine = window.runbooksChecklist;

  const MOST_KEPT = 2 ** 20; // characters of a list that this tab keeps for a reload
  const SETS = { component: "components", kind: "kinds", incident: "incidents", phase: "phases", level: "levels" };

  class Choice {
    constructor(base) {
      this.base = base;
      this.turn = 0;
      this.clear();
    }

    clear() {
      this.files = "";
      this.given = null;
      this.isDamaged = false; // the list of the link could not be read
      this.everything = false;
      this.values = new Map(); // of parameters, by name
      for (const key of Object.values(SETS)) this[key] = new Set();
    }

    // The changed files as {paths, lines, error}, read once for each text. The field shows the names of a
    // dropped file, or of a link; what else is known of them is in `given`, and holds as long as the field
    // is not changed: the lines of a diff, and of a link, of how many files it holds some, and their key.
    get list() {
      if (this.read?.text !== this.files) this.read = { text: this.files, ...engine.readList(this.files) };
      return this.given?.text === this.files ? { ...this.read, ...this.given } : this.read;
    }

    // What the release touches, in the form that checklist-engine.js expects.
    get release() {
      const { components, kinds, incidents, everything } = this;
      const { paths, lines, of } = this.list;
      return { paths, lines, of, components: [...components], kinds: [...kinds], incidents: [...incidents], everything };
    }

    get only() {
      const chosen = (all, of) => all.filter((name) => of.has(name));
      return { phases: chosen(engine.PHASES, this.phases), levels: chosen(engine.LEVELS, this.levels) };
    }

    get isEmpty() {
      return !this.touched.size && !this.list.of;
    }

    // The names of everything that the release touches.
    get touched() {
      const { everything, lines, of: total, ...lists } = this.release;
      const names = Object.entries(lists).flatMap(([of, all]) => all.map((name) => `${of} ${name}`));
      return new Set(everything ? [...names, "all"] : names);
    }

    leaveOut(name) {
      for (const names of [this.components, this.kinds, this.incidents]) names.delete(name);
    }

    // -- the URL -----------------------------------------------------------------------------------

    async readAddress() {
      const turn = ++this.turn;
      const text = (isChoice(location.hash) ? location.hash : location.search).slice(1);
      this.clear();
      const paths = [];
      let packed = "";
      for (const part of text.split("&").filter(Boolean)) {
        const [name, value] = [part.split("=", 1)[0], part.split("=").slice(1).join("=")].map(decode);
        if (name === "all") this.everything = true;
        else if (name === "path") paths.push(value);
        else if (name === "list") packed = value;
        else if (Object.hasOwn(SETS, name)) this[SETS[name]].add(value);
        else if (/^(?:[a-z0-9-]+\/)?[A-Z][A-Z0-9_]*$/.test(name) && value) this.values.set(name, value);
      }
      this.files = paths.join("\n");
      if (typeof history.state?.files === "string") {
        this.files = history.state.files;
        this.given = history.state.given || null;
      } else if (packed) {
        const given = await engine.unpackFiles(packed);
        if (turn !== this.turn) return;
        this.files = [...paths, ...(given ? [given.text] : [])].join("\n");
        this.given = given && !paths.length ? given : null;
        this.isDamaged = !given;
      }
    }

    // The part of the URL after "#", and how many files it had to leave out.
    async address() {
      const { parts, left } = await engine.packFiles(this.base, this.list, this.release);
      const { pair } = engine;
      for (const [name, key] of Object.entries(SETS)) parts.push(...[...this[key]].map((value) => pair(name, value)));
      if (this.everything) parts.push("all");
      parts.push(...[...this.values].filter(([name, value]) => value && !isSecret(name, value)).map(([name, value]) => pair(name, value)));
      return { hash: parts.join("&"), left };
    }

    // Returns how many files the URL had to leave out; undefined if another change came meanwhile.
    async writeAddress() {
      const turn = ++this.turn;
      const { hash, left } = await this.address();
      if (turn !== this.turn) return undefined;
      // Without the query: the selection is now after "#".
      const url = `${location.pathname}${hash || location.hash ? `#${hash}` : location.search}`;
      const isPlain = !this.files || hash.includes("path=");
      const isKept = !isPlain && this.files.length <= MOST_KEPT;
      const known = { files: isKept ? this.files : undefined, given: isKept ? this.given : undefined };
      // A browser can refuse a long state; some forbid all this for file://, and then the selection lasts
      // as long as the page.
      for (const kept of [known, { files: undefined, given: undefined }]) {
        for (const to of [url, `#${hash}`]) {
          try {
            history.replaceState({ ...history.state, ...kept }, "", to);
            return left;
          } catch {
            continue;
          }
        }
      }
      return left;
    }
  }

  // Not the anchor of a heading, such as the target of "Skip to content".
  function isChoice(hash) {
    return hash.includes("=") || hash === "#all";
  }

  Object.assign(engine, { Choice, isChoice });
})();
