// Which dependencies a lock file updates, exactly as generator/checklists/dependency_updates.py has it; the
// table of formats comes from there.
window.runbooksUpdates = (() => {
  "use strict";

  // The dependencies that a file updates: {name, old, fresh, isMajor, lines}.
  function updates(forms, path, lines) {
    const form = forms.find(([files]) => new RegExp(files, "u").test(path));
    if (!form) return [];
    const [removed, added] = [new Map(), new Map()];
    for (const { sign, name, version, of } of versions(form, lines)) {
      const of_sign = sign === "-" ? removed : added;
      of_sign.set(name, [...(of_sign.get(name) || []), { version, of }]);
    }
    const found = [];
    for (const [name, before] of removed) {
      const after = added.get(name) || [];
      const without = (all, others) => all.filter(({ version }) => !others.some((one) => one.version === version));
      const [old, fresh] = [without(before, after), without(after, before)];
      old.slice(0, fresh.length).forEach((one, n) => {
        const isMajor = leading(one.version) !== leading(fresh[n].version);
        found.push({ name: name.startsWith("@@") ? "" : name, old: one.version, fresh: fresh[n].version, isMajor, lines: [...one.of, ...fresh[n].of] });
      });
    }
    return found;
  }

  // Each version that a line removes or adds. One without a name has a name of its own for each hunk.
  function versions([, withVersion, withName], lines) {
    const [line_with, above_with] = [new RegExp(withVersion, "u"), withName && new RegExp(withName, "u")];
    const found = [];
    let number = 0;
    let above = {};
    for (const line of lines) {
      const sign = line[0];
      if (line === "@") {
        number++;
        above = {};
      }
      if (sign === " ") above = { "-": line, "+": line };
      if (sign !== "-" && sign !== "+") continue;
      const version = line_with.exec(line.slice(1));
      const over = above[sign] || "";
      above[sign] = line;
      if (!version) continue;
      const named = over && above_with ? above_with.exec(over.slice(1)) : null;
      if (!above_with) found.push({ sign, name: version[1].replace(/\/v[0-9]+$/, ""), version: version[2], of: [line] });
      else if (!over) found.push({ sign, name: `@@${number}`, version: version[1], of: [line] });
      else if (named) found.push({ sign, name: named[1].split("node_modules/").at(-1), version: version[1], of: [over, line] });
    }
    return found;
  }

  function leading(version) {
    return /^(?:0\.)*[0-9]+/.exec(version)?.[0] ?? version;
  }

  // Whether a name is what a pattern says, in which * stands for any signs.
  function isNamed(pattern, name) {
    const [first, ...others] = pattern.split("*");
    if (!others.length) return name === first;
    const last = others.pop();
    let at = first.length;
    if (!name.startsWith(first)) return false;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  }

  return { updates, isNamed };
})();
