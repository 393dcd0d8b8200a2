// Loads the other scripts: what a page needs at once, and the rest when the reader uses it. They are
// plain scripts beside this one, so that it works from file://, too.
(() => {
  "use strict";
  const { element, announce } = window.runbooks;
  const { src: folder, dataset } = document.currentScript;
  const scripts = new Map(); // name -> a promise
  if (dataset.follows) scripts.set(dataset.follows, parsed(dataset.follows));
  window.addEventListener("load", () => setTimeout(runLater));

  // The theme's own script, which the first screen does not need. It begins when the document has been
  // parsed, which is over by now: it is told once more. Nobody else listens: where a page has other
  // scripts, the theme's is not put off.
  function runLater() {
    for (const later of document.querySelectorAll("script[type=later]")) {
      const onload = () => {
        document.dispatchEvent(new Event("DOMContentLoaded"));
        later.remove();
      };
      later.after(element("script", { src: later.src, onload, onerror: () => later.remove() }));
    }
  }

  // A script whose tag comes after this one: it runs sooner than one that is added from here.
  function parsed(name) {
    return new Promise((resolve, reject) => {
      document.addEventListener("DOMContentLoaded", resolve);
      window.addEventListener("error", ({ target }) => target.src === new URL(name, folder).href && reject(notLoaded(name)), true);
    });
  }

  function notLoaded(name) {
    return new Error(`The file ${name} could not be loaded.`);
  }

  // Load scripts that are not loaded yet; they run in this order. Resolves when all have run.
  function load(...names) {
    return Promise.all(names.map((name) => scripts.get(name) || begin(name)));
  }

  function begin(name) {
    const loading = new Promise((resolve, reject) => {
      const script = element("script", { src: new URL(name, folder).href });
      script.async = false; // in order
      script.onload = resolve;
      script.onerror = () => {
        scripts.delete(name); // so that it is tried again
        script.remove();
        reject(notLoaded(name));
      };
      document.head.append(script);
    });
    scripts.set(name, loading);
    return loading;
  }

  let index = null;

  // The search index, opened once.
  async function searchIndex() {
    await load("search-engine.js", "search-index.js");
    index ||= window.runbooksSearch.open(window.runbooksSearchIndex);
    return index;
  }

  // What a method of the index answers; of a large one, its parts are loaded until it can.
  async function ask(method, ...query) {
    const index = await searchIndex();
    for (let turn = 0; turn < 5; turn++) {
      const answer = index[method](...query);
      const needed = index.needs();
      if (!needed.length) return answer;
      await load(...needed);
    }
    throw notLoaded("search-index.js");
  }

  Object.assign(window.runbooks, { load, searchIndex, ask });

  // What a page has, and the scripts that it needs for that.
  const NEEDED = {
    ".kb-code, .kb-parameters, .kb-do": ["commands.js"],
    ".kb-match": ["match.js"],
    ".kb-checklist": ["commands.js", "match-engine.js", "checklist-data.js", "checklist.js"],
  };
  for (const [selector, names] of Object.entries(NEEDED)) {
    const found = document.querySelector(selector);
    if (found) load(...names).catch(({ message }) => failed(found, message));
  }

  function failed(found, message) {
    // Without the checks the page is empty, and there is another way to get them.
    if (found.matches(".kb-checklist")) found.replaceChildren(element("p", { class: "kb-notice" }, `${message} In a shell, `, element("code", {}, "runbooks checklist"), " prints the same list."));
    else announce(message);
  }
})();
