// The ticks of the checklist page: which checks of a release are done, and when.
(() => {
  "use strict";
  const { hash, stored } = window.runbooksTicks;
  const engine = window.runbooksChecklist;

  const KEPT_LISTS = 20; // checklists whose ticks are kept

  // Calls notKept() if the browser cannot save them.
  function makeTicks(choice, notKept) {
    const storage = stored("runbooks:checklists");
    let done = new Map(); // of a check -> when
    let touched = new Set(); // what the release touches

    function readAll() {
      return objectOr(storage.read());
    }

    function readKept() {
      return new Map(Object.entries(objectOr(readAll()[choiceKey(choice)]?.ticks)).filter(([, when]) => Number.isFinite(when)));
    }

    function read() {
      touched = choice.touched;
      done = readKept();
    }

    // A changed selection keeps the ticks; a selection that shares nothing with the one before is another
    // release.
    function choiceChanged() {
      const before = touched;
      touched = choice.touched;
      if (!before.size || ![...touched].some((name) => before.has(name))) done = readKept();
    }

    function keep(items) {
      const known = new Set(items.map(keyOf));
      const ticked = Object.fromEntries([...done].filter(([key]) => known.has(key)));
      const all = readAll();
      const name = choiceKey(choice);
      const isNew = !(name in all);
      if (Object.keys(ticked).length) all[name] = { at: Date.now(), ticks: { ...all[name]?.ticks, ...ticked } };
      else if (isNew) return;
      // A check that is hidden by phase or level keeps its tick.
      for (const key of known) if (!(key in ticked) && all[name]?.ticks) delete all[name].ticks[key];
      const newest = Object.entries(all).sort(([, one], [, other]) => (other?.at || 0) - (one?.at || 0)).slice(0, KEPT_LISTS);
      if (!storage.keep(Object.fromEntries(newest.filter(([, of]) => Object.keys(of?.ticks || {}).length)))) notKept();
    }

    // Ticks of other tabs count here, too.
    function catchUp(items) {
      const kept = readKept();
      for (const key of items.map(keyOf)) {
        if (kept.has(key)) done.set(key, kept.get(key));
        else done.delete(key);
      }
    }

    return {
      read, choiceChanged, keep, catchUp,
      follow: storage.follow,
      when: (item) => done.get(keyOf(item)),
      set: (item, isDone) => (isDone ? done.set(keyOf(item), Date.now()) : done.delete(keyOf(item))),
      count: (items) => items.filter((item) => done.has(keyOf(item))).length,
    };
  }

  // An edited check is another check: nobody has done it yet, so it has no tick.
  function keyOf(item) {
    return `${item.id} ${hash(`${item.check}\n${item.run}`)}`;
  }

  // Ticks belong to one release: another release has its own ticks.
  function choiceKey({ list, release }) {
    const { components, kinds, incidents, everything } = release;
    return hash(JSON.stringify([engine.keyOf(list), ...[components, kinds, incidents].map((names) => [...names].sort()), everything]));
  }

  function objectOr(value) {
    return value && typeof value === "object" && !Array.isArray(value) ? value : {};
  }

  Object.assign(engine, { makeTicks });
})();
