// Ticks: which steps of the card are done, and when. They survive a reload, on this device only, and
// can be copied as the timeline of the response.
(() => {
  "use strict";
  const { element, announce, copyText, codeOf, incident } = window.runbooks;
  const { hash, keepTicks } = window.runbooksTicks;
  const card = document.querySelector(".kb-card-box");
  const steps = [...document.querySelectorAll(".kb-card-section .kb-do")].map((what) => what.closest("li")).filter(Boolean);
  if (!incident || !steps.length) return;

  const boxes = new Map(); // key -> checkbox
  let times = new Map(); // key -> when it was ticked

  for (const step of steps) {
    const text = step.querySelector(".kb-do")?.textContent.trim() || "step";
    const box = element("input", { type: "checkbox" });
    boxes.set(keyOf(step), box);
    step.prepend(
      element("label", { class: "kb-tick" }, box, element("span", { class: "kb-sr" }, `Done: ${text}`), element("time", { class: "kb-tick__time" })),
    );
  }

  // The links of the bar, each with the boxes of its stage and the place of their number.
  const stages = [...document.querySelectorAll(".kb-stages > a")].map((link) => {
    const section = document.getElementById(link.hash.slice(1))?.closest(".kb-card-section");
    const own = [...boxes.values()].filter((box) => section?.contains(box));
    const count = element("span", { class: "kb-stages__count" });
    if (own.length) link.append(count);
    return { link, own, count };
  });

  const progress = element("span", { role: "status" });
  const clear = element("button", { type: "button", class: "kb-button" }, "Clear ticks");
  const copies = element(
    "span",
    { class: "kb-progress__copies" },
    element("button", { type: "button", class: "kb-button", onclick: () => copy(asYaml) }, "Copy as timeline"),
    element("button", { type: "button", class: "kb-button", onclick: () => copy(asMarkdown) }, "Copy for a chat"),
  );
  card.append(element("div", { class: "kb-progress" }, progress, copies, clear));
  const ticks = keepTicks(`runbooks:ticks:${incident}`, boxes, {
    show,
    notKept: () => announce("This browser cannot save ticks: they are lost when you close the page."),
  });
  clear.addEventListener("click", ticks.clear);

  // An edited step is another step: nobody has done it yet, so it has no tick. Two equal steps of a
  // section differ in their number.
  function keyOf(step) {
    const section = step.closest(".kb-card-section").getAttribute("aria-labelledby");
    const block = step.querySelector(".kb-command");
    const command = block ? codeOf(block) : "";
    const base = `${section}/${hash(`${step.querySelector(".kb-do")?.textContent}\n${command}`)}`;
    let key = base;
    for (let n = 2; boxes.has(key); n++) key = `${base}/${n}`;
    return key;
  }

  function show(done, when) {
    times = when;
    progress.textContent = `${done} of ${boxes.size} done`;
    clear.disabled = done === 0;
    copies.hidden = done === 0;
    showTimes();
    for (const box of boxes.values()) box.closest("li").classList.toggle("kb-done", box.checked);
    showStages();
  }

  function showTimes() {
    for (const [key, box] of boxes) {
      const at = times.get(key);
      const time = box.parentElement.querySelector("time");
      time.textContent = at ? new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }) : "";
      if (at) time.dateTime = moment(at);
      else time.removeAttribute("datetime");
    }
  }

  // -- the response as a timeline ------------------------------------------------------------------

  // What was done, in the order in which it was ticked.
  function events() {
    const done = [...boxes].filter(([, box]) => box.checked).map(([key, box]) => ({ at: times.get(key), what: whatOf(box.closest("li")) }));
    return done.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
  }

  function whatOf(step) {
    const section = step.closest(".kb-card-section").querySelector("summary").textContent.trim();
    return `${section}: ${step.querySelector(".kb-do").textContent.replace(/\s+/g, " ").trim()}`;
  }

  function moment(at) {
    return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
  }

  // The timeline of an incident file. Each JSON string is one of YAML.
  function asYaml() {
    const lines = events().map(({ at, what }) => (at ? `  - at: ${moment(at)}\n    what: ${JSON.stringify(what)}\n` : `  # no time is known: ${what}\n`));
    return `timeline:\n${lines.join("")}`;
  }

  function asMarkdown() {
    const title = document.querySelector("h1.kb-title");
    const heading = [...title.childNodes].filter((node) => !node.matches?.(".headerlink")).map((node) => node.textContent).join("").trim();
    const lines = events().map(({ at, what }) => `- ${at ? `${moment(at).slice(0, 16).replace("T", " ")} UTC` : "Time unknown"}: ${what}\n`);
    return `**${heading}**\n\n${lines.join("")}`;
  }

  async function copy(text) {
    announce((await copyText(text())) ? "Copied" : "Could not copy. Select the text and copy it manually.");
  }

  function showStages() {
    for (const { link, own, count } of stages) {
      const done = own.filter((box) => box.checked).length;
      count.replaceChildren(
        element("span", { "aria-hidden": "true" }, `${done}/${own.length}`),
        element("span", { class: "kb-sr" }, `${done} of ${own.length} done`),
      );
      link.classList.toggle("kb-stages__done", own.length > 0 && done === own.length);
    }
  }
})();
