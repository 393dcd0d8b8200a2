// Saves ticks in the browser and shows ticks of other tabs; shared by the card, the checklist page, and
// the checklist that is exported as one HTML file.
window.runbooksTicks = (() => {
  "use strict";

  // FNV-1a: short and stable; it need not be secure.
  function hash(text) {
    let value = 0x811c9dc5;
    for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193);
    return (value >>> 0).toString(36);
  }

  // A value that the browser saves under one key: on this device, or in "sessionStorage" as long as the
  // tab is open.
  function stored(key, place = "localStorage") {
    return {
      // Null if there is no storage, or nothing of ours in it: then nothing is done yet.
      read() {
        try {
          return JSON.parse(window[place].getItem(key));
        } catch {
          return null;
        }
      },

      // Returns whether it was saved; null removes it.
      keep(value) {
        try {
          if (value === null) window[place].removeItem(key);
          else window[place].setItem(key, JSON.stringify(value));
          return true;
        } catch {
          return false;
        }
      },

      // Another tab has changed it.
      follow(changed) {
        window.addEventListener("storage", (event) => {
          if (event.key === key || event.key === null) changed();
        });
      },
    };
  }

  // Save the ticks of checkboxes, a Map by key, with when each was ticked. Calls show(number, times) with
  // the number of ticks and their times by key, and notKept() if the browser cannot save them.
  function keepTicks(storageKey, boxes, { show, notKept }) {
    const kept = stored(storageKey);
    let times = new Map(); // key -> when, in milliseconds; null where only the tick is known

    function showKept() {
      times = read(kept.read());
      for (const [key, box] of boxes) box.checked = times.has(key);
      show(count(), times);
    }

    function count() {
      return [...boxes.keys()].filter((key) => times.has(key)).length;
    }

    function changed() {
      for (const [key, box] of boxes) {
        if (!box.checked) times.delete(key);
        else if (!times.has(key)) times.set(key, Date.now());
      }
      const ours = [...times].filter(([key]) => boxes.has(key));
      show(ours.length, times);
      if (!kept.keep(ours.length ? Object.fromEntries(ours) : null)) notKept();
    }

    function clear() {
      for (const box of boxes.values()) box.checked = false;
      changed();
      boxes.values().next().value.focus();
    }

    for (const box of boxes.values()) box.addEventListener("change", changed);
    kept.follow(showKept);
    showKept();
    return { clear };
  }

  // Ticks were once saved as a list, without times.
  function read(saved) {
    if (Array.isArray(saved)) return new Map(saved.map((key) => [key, null]));
    return new Map(Object.entries(saved && typeof saved === "object" ? saved : {}).map(([key, at]) => [key, Number.isFinite(at) ? at : null]));
  }

  return { hash, stored, keepTicks };
})();
