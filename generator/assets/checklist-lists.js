// Lists of changed files, in whatever form they come: a list is read right, or it is refused. The same
// as generator/checklists/file_lists.py and what it imports; the lists of tests/data/checklist-cases.json
// test both.
window.runbooksLists = (() => {
  "use strict";

  class NotAFileList extends Error {}

  const refuse = (why) => {
    throw new NotAFileList(why);
  };

  // White space in Python, which differs from \s in JavaScript.
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const ALL_SPACE = new RegExp(`^[${SPACE}]*$`);
  const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");

  function shortened(text) {
    const signs = [...text.slice(0, 130)];
    return signs.length <= 60 ? text : `${signs.slice(0, 60).join("")}...`;
  }

  // A text in two at the first, or the last, place of another; [text, "", ""] without it.
  function parted(text, by) {
    const at = text.indexOf(by);
    return at < 0 ? [text, "", ""] : [text.slice(0, at), by, text.slice(at + by.length)];
  }

  function partedLast(text, by) {
    const at = text.lastIndexOf(by);
    return at < 0 ? ["", "", text] : [text.slice(0, at), by, text.slice(at + by.length)];
  }

  // -- names as git writes them ------------------------------------------------------------------

  const ESCAPE = /\\([abtnvfr"\\]|[0-3][0-7]{2})/g;
  const LETTERS = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 };

  function unquoted(line) {
    if (line.length < 2 || !line.startsWith('"') || !line.endsWith('"')) return line;
    const inside = line.slice(1, -1);
    const raw = [];
    let position = 0;
    for (const found of inside.matchAll(ESCAPE)) {
      raw.push(...encoded(inside.slice(position, found.index)), LETTERS[found[1]] ?? parseInt(found[1], 8));
      position = found.index + found[0].length;
    }
    return decoded([...raw, ...encoded(inside.slice(position))]);
  }

  // Bytes that are not UTF-8 become lone surrogates, as in Python's os.fsdecode.
  function encoded(text) {
    return [...text].flatMap((sign) => {
      const point = sign.codePointAt(0);
      return point >= 0xdc80 && point <= 0xdcff ? [point - 0xdc00] : [...new TextEncoder().encode(sign)];
    });
  }

  const STRICT_TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  // The text of a file; a Windows shell writes UTF-16.
  function textOf(bytes) {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
    return decoded(bytes);
  }

  function decoded(bytes) {
    try {
      return STRICT_TEXT.decode(Uint8Array.from(bytes));
    } catch {
      // Some bytes are not UTF-8.
    }
    const text = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes[at] < 0x80 ? 1 : bytes[at] < 0xe0 ? 2 : bytes[at] < 0xf0 ? 3 : 4;
      try {
        text.push(STRICT_TEXT.decode(Uint8Array.from(bytes.slice(at, at + length))));
        at += length;
      } catch {
        text.push(String.fromCharCode(0xdc00 + bytes[at]));
        at++;
      }
    }
    return text.join("");
  }

  function bothNames(text) {
    const [before, arrow, behind] = parted(text, " => ");
    if (!arrow) return [unquoted(text)];
    const [head, brace, old] = partedLast(before, "{");
    const [fresh, closing, tail] = parted(behind, "}");
    if (!brace || !closing) return [unquoted(before), unquoted(behind)];
    return [old, fresh].map((name) => `${head}${name}${tail}`.replaceAll("//", "/").replace(/^\//, ""));
  }

  // A path as git shows it: if it is not plain text, escaped and in double quotes.
  function shownPath(path) {
    if (!/[\0-\x1f"\\\x7f]|[\ud800-\udfff]/u.test(path)) return path;
    return quoted(path);
  }

  // Of a quoted line, quotation marks stay as they are.
  function shownLine(line) {
    const plain = line.replace(/["\\]/g, "");
    return shownPath(plain) === plain ? line : shownPath(line);
  }

  function quoted(path) {
    return `"${[...path].map(escapedSign).join("")}"`;
  }

  const LETTER_OF = { "\x07": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r" };

  function escapedSign(sign) {
    const point = sign.codePointAt(0);
    const octal = (number) => `\\${number.toString(8).padStart(3, "0")}`;
    if (sign === '"' || sign === "\\") return `\\${sign}`;
    if (LETTER_OF[sign]) return `\\${LETTER_OF[sign]}`;
    if (point < 0x20 || point === 0x7f) return octal(point);
    if (point >= 0xdc80 && point <= 0xdcff) return octal(point - 0xdc00);
    return point >= 0xd800 && point <= 0xdfff ? "\ufffd" : sign;
  }

  // -- what git prints ---------------------------------------------------------------------------

  const STATUS = /^[ACDMRTUXB][0-9]{0,3}$/;
  const SPACED_STATUS = /^([ACDMRTUXB])[0-9]{0,3}( +)([^ ].*)$/su;
  const COUNT = /^(?:[0-9]+|-)$/;
  const SPACED_COUNTS = /^(?:[0-9]+|-) +(?:[0-9]+|-) +([^ ].*)$/su;
  const RAW = /^:+[0-7]{6} (?:[0-9a-f.]+ )+([A-Z]+)[0-9]*$/;
  const SHORT = /^([ MTADRCU?!][ MTADRCU?!]) ([^ ].*)$/su;
  const LONG = /^[12u] [.MTADRCU]{2} [NS][.CMU]{3} /;
  const GRAPH = /^ *(?:[0-9]+(?: [+-]+)?|Bin(?: .*)?|Unmerged) *$/s;
  const ABOUT = /^ (?:[0-9]+ files? changed|(?:create|delete) mode |rename |copy |mode change |rewrite )/;
  const MARK = / \((?:new|gone|mode [+-][xl]|new [+-][xl])\)$/;
  const FIELDS = { 1: 8, 2: 9, u: 10 };

  function ofStatus(status, names) {
    if (names.length !== ("RC".includes(status[0]) ? 2 : 1)) return null;
    return status[0] === "C" ? names.slice(1) : names;
  }

  function nameStatus(line) {
    const [status, ...names] = line.split("\t");
    return names.length && STATUS.test(status) ? ofStatus(status, names.map(unquoted)) : null;
  }

  function numstat(line) {
    const parts = line.split("\t");
    return parts.length === 3 && COUNT.test(parts[0]) && COUNT.test(parts[1]) ? bothNames(parts[2]) : null;
  }

  function raw(line) {
    const [about, ...names] = line.split("\t");
    const found = RAW.exec(about);
    return found && ofStatus(found[1], names.map(unquoted));
  }

  // What stands behind a number of spaces; null if there are fewer.
  function behind(text, spaces) {
    const parts = text.split(" ");
    return parts.length > spaces ? parts.slice(spaces).join(" ") : null;
  }

  function porcelain2(line) {
    if (line.startsWith("# ")) return [];
    if (/^[?!] /.test(line)) return line[0] === "?" ? [unquoted(line.slice(2))] : [];
    const names = LONG.test(line) ? behind(line, FIELDS[line[0]]) : null;
    return names && names.split("\t").map(unquoted);
  }

  function porcelain(line) {
    if (line.startsWith("## ")) return [];
    const found = SHORT.exec(line);
    if (!found || found[1] === "  ") return null;
    if (found[1] === "!!") return [];
    if (!/[RC]/.test(found[1])) return [unquoted(found[2])];
    const [old, arrow, fresh] = parted(found[2], " -> ");
    return arrow ? [unquoted(old), unquoted(fresh)] : null;
  }

  function stat(line) {
    if (ABOUT.test(line)) return [];
    const [before, bar, graph] = partedLast(line, " | ");
    if (!bar || !GRAPH.test(graph)) return null;
    const name = before.replace(OUTER_SPACE, "").replace(MARK, "");
    if (name.startsWith("...")) refuse("--stat has cut off the beginning of a name; use --name-only");
    return bothNames(name);
  }

  function spacedNumstat(line) {
    const found = SPACED_COUNTS.exec(line);
    return found && bothNames(found[1]);
  }

  function spacedStatus(line) {
    const found = SPACED_STATUS.exec(line);
    if (!found || found[2].length === 1) return null;
    if (!"RC".includes(found[1])) return [unquoted(found[3])];
    let names = found[3].split(/ {2,}/).filter(Boolean);
    if (names.length < 2) names = found[3].split(" ");
    return ofStatus(found[1], names.map(unquoted));
  }

  const oneSpace = (line) => (SPACED_STATUS.exec(line)?.[2].length === 1 ? [] : null);

  const STRICT = { "git diff --raw": raw, "git diff --name-status": nameStatus, "git diff --numstat": numstat, "git status --porcelain=v2": porcelain2, "git diff --stat": stat };
  const LOOSE = [porcelain, spacedNumstat, spacedStatus, oneSpace];

  // -- between NULs ------------------------------------------------------------------------------

  class OtherForm extends Error {}

  function betweenNuls(fields) {
    for (const read of [statusFields, numstatFields, porcelainFields]) {
      const found = [];
      let at = 0;
      const next = () => {
        if (at >= fields.length) throw new OtherForm();
        return fields[at++];
      };
      try {
        while (at < fields.length) read(next(), next, found);
      } catch (error) {
        if (!(error instanceof OtherForm)) throw error;
        continue;
      }
      if (found.length) return found;
    }
    return null;
  }

  function statusFields(field, next, found) {
    const status = RAW.exec(field)?.[1] ?? field;
    if (!STATUS.test(status)) throw new OtherForm();
    const first = next();
    if ("RC".includes(status[0])) found.push(next());
    if (status[0] !== "C") found.push(first);
  }

  function numstatFields(field, next, found) {
    const [added, removed, ...names] = field.split("\t");
    if (!names.length || !COUNT.test(added) || !COUNT.test(removed)) throw new OtherForm();
    const name = names.join("\t");
    if (name) found.push(name);
    else found.push(next(), next());
  }

  function porcelainFields(field, next, found) {
    if (/^(?:##?|!!?) /.test(field)) return;
    if (field.startsWith("? ")) {
      found.push(field.slice(2));
    } else if (LONG.test(field)) {
      const name = behind(field, FIELDS[field[0]]);
      if (name === null) throw new OtherForm();
      found.push(name);
      if (field[0] === "2") found.push(next());
    } else {
      const short = SHORT.exec(field);
      if (!short || short[1] === "  ") throw new OtherForm();
      found.push(short[2]);
      if (/[RC]/.test(short[1])) found.push(next());
    }
  }

  // -- a whole diff ------------------------------------------------------------------------------

  const HEAD = /^(?:diff --git |diff --cc |diff --combined |Index: )/;
  const ABOVE = /^(?:commit [0-9a-f]{7,64}(?: .*)?|(?:Author|AuthorDate|Commit|CommitDate|Date|Merge): .*|    .*|)$/s;
  const EXTENDED = /^(?:index |mode |old mode |new mode |new file mode |deleted file mode |similarity index |dissimilarity index |copy from |Binary files |Files |={20}|GIT binary patch|(?:literal|delta) [0-9]+)/;
  const HUNK = /^@@ -[0-9]+(?:,([0-9]{1,12}))? \+[0-9]+(?:,([0-9]{1,12}))? @@/;
  const MANY_PARENTS = /^@@@+ /;
  const BASE_85 = /^[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+$/;
  const MAIL = /^From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001$/;

  function isDiff(lines) {
    let previous = "";
    for (const line of lines) {
      if (!previous && MAIL.test(line)) return true;
      if (HEAD.test(line) || (previous.startsWith("--- ") && line.startsWith("+++ "))) return true;
      if (!ABOVE.test(line) && !line.startsWith("--- ")) return false;
      previous = line;
    }
    return false;
  }

  const newFile = (head = "", number = 0) => ({ head, number, old: "", fresh: "", renamed: [], lines: [], above: null });

  function isNew(file) {
    if (!file.lines.includes("!")) file.lines.push("!");
  }

  function takeOld(file, line) {
    file.old = line.slice(4);
    if (parted(file.old, "\t")[0] === "/dev/null") isNew(file);
  }

  // A line of a hunk; what is unchanged ends what belongs together.
  function takeLine(file, line, take) {
    if (!line || line[0] === " ") {
      if (file.lines.at(-1) !== "@") file.lines.push("@");
      file.above = ` ${line.slice(1)}`;
    } else if (line[0] === "+" || line[0] === "-") {
      if (file.above !== null) file.lines.push(...take.kept(cut(file.above, ABOVE_LENGTH)));
      file.above = null;
      file.lines.push(...take.kept(line));
    }
  }

  function cut(line, length) {
    return line.length > length ? [...line].slice(0, length).join("") : line;
  }

  const MOST_LINES = 2 ** 24; // characters; see CHANGED_LINES in generator/limits
  const LONGEST = 1000;
  const ABOVE_LENGTH = 200;

  // As ChangedLines in generator/checklists/changed_lines.py.
  function newTaking(changed) {
    let left = MOST_LINES;
    return {
      kept(line) {
        left -= line.length;
        if (left < 0) return ["?"];
        const signs = line.length > LONGEST ? [...line] : [];
        return signs.length > LONGEST ? [signs.slice(0, LONGEST).join(""), "?"] : [line];
      },
      add(names, lines) {
        for (const name of names.map((one) => one.replace(/^\.\//, ""))) changed.set(name, [...(changed.get(name) || []), ...lines]);
      },
    };
  }

  // The names of a diff; its changed lines go to `changed`, by name.
  function diffPaths(lines, changed) {
    const found = [];
    const take = newTaking(changed);
    const finish = () => {
      const names = namesOf(file);
      take.add(names, file.lines);
      found.push(...names);
    };
    let file = newFile();
    let [old, fresh] = [0, 0]; // lines of a hunk that are still to come
    let [merged, binary, mail, outside] = [false, false, false, false];
    lines.forEach((line, at) => {
      const number = at + 1;
      const noPart = () => refuse(`line ${number} is no part of a diff: ${shortened(line)}`);
      if (old > 0 || fresh > 0) {
        takeLine(file, line, take);
        if (!line || line[0] === " ") [old, fresh] = [old - 1, fresh - 1];
        else if (line[0] === "-") old--;
        else if (line[0] === "+") fresh--;
        else if (line[0] !== "\\") noPart();
        return;
      }
      const hunk = HUNK.exec(line);
      if (HEAD.test(line)) {
        finish();
        file = newFile(line, number);
        [merged, binary, outside] = [false, false, false];
      } else if (MAIL.test(line) && (mail || number === 1)) {
        mail = outside = true;
      } else if (outside || (mail && line === "-- ")) {
        outside = true;
      } else if (hunk) {
        [old, fresh] = [Number(hunk[1] || 1), Number(hunk[2] || 1)];
        file.lines.push("@");
        file.above = null;
      } else if (MANY_PARENTS.test(line)) {
        merged = true;
        file.lines.push("?");
      } else if (merged && /^(?:$|[ +\-\\])/.test(line)) {
        // A line of a merge.
      } else if (line.startsWith("--- ") && !file.head) {
        finish();
        file = newFile("", number);
        takeOld(file, line);
      } else if (line.startsWith("--- ")) {
        takeOld(file, line);
      } else if (line.startsWith("+++ ")) {
        file.fresh = line.slice(4);
      } else if (/^(?:rename |copy to )/.test(line)) {
        file.renamed.push(unquoted(behind(line, 2) ?? ""));
      } else if (EXTENDED.test(line)) {
        binary ||= line === "GIT binary patch";
        if (binary || /^(?:Binary files|Files) /.test(line)) file.lines.push("?");
        if (line.startsWith("new file mode ")) isNew(file);
      } else if (!line.startsWith("\\ ") && !(binary && BASE_85.test(line)) && !ABOVE.test(line)) {
        noPart();
      }
    });
    if (old > 0 || fresh > 0) refuse("the diff ends in the middle");
    finish();
    return found;
  }

  function namesOf(file) {
    const rest = file.head.startsWith("diff --git ") ? file.head.slice(11) : "";
    if (file.renamed.length) return file.renamed;
    if (file.head.startsWith("Index: ")) return [file.head.slice(7)];
    if (rest || (!file.head && (file.old || file.fresh))) {
      const name = rest ? sameName(rest) : "";
      return name ? [name] : markedNames(file);
    }
    return file.head ? [unquoted(behind(file.head, 2))] : [];
  }

  function markedNames(file) {
    const [old, fresh] = [file.old, file.fresh].map((name) => unquoted(parted(name, "\t")[0]));
    if (!old || !fresh) refuse(`line ${file.number}: the names of a file cannot be told apart`);
    const plain = (name) => name.replace(/^[ab]\//, "");
    if (old === "/dev/null" || fresh === "/dev/null") return [old, fresh].filter((name) => name !== "/dev/null").map(plain);
    const rest = parted(old, "/")[2];
    return rest && rest === parted(fresh, "/")[2] ? [rest] : [plain(old), plain(fresh)];
  }

  function sameName(text) {
    const signs = [...text]; // as Python counts
    let [old, fresh] = ["", ""];
    if (text.endsWith('"')) {
      const middle = text.indexOf(' "');
      [old, fresh] = [unquoted(text.slice(0, middle)), unquoted(text.slice(middle + 1))];
    } else {
      const middle = signs.length >> 1;
      if (signs[middle] !== " ") return "";
      [old, fresh] = [signs.slice(0, middle).join(""), signs.slice(middle + 1).join("")];
    }
    if (old === fresh) return old;
    const plain = parted(old, "/")[2];
    return plain && plain === parted(fresh, "/")[2] ? plain : "";
  }

  // -- JSON of forges ----------------------------------------------------------------------------

  const JSON_BEGINS = new RegExp(`^[${SPACE}]*(?:\\[[${SPACE}]*[[{"\\]]|\\{[${SPACE}]*["}])`);
  const LISTS = ["files", "changes", "diffs", "values", "changeEntries", "commits"];
  const PUSHED = ["added", "removed", "modified"];
  const NAMES = ["previous_filename", "filename", "old_path", "new_path", "originalPath", "path"];
  const BELOW = ["srcPath", "path", "old", "new", "item"];

  function forgePaths(text) {
    const found = [];
    for (const value of documents(text)) filesOf(value, found);
    return found;
  }

  // Several documents can stand one after the other.
  function* documents(text) {
    let [begin, depth, inText] = [0, 0, false];
    for (let at = 0; at < text.length; at++) {
      const sign = text[at];
      if (inText) {
        if (sign === "\\") at++;
        else if (sign === '"') inText = false;
      } else if (sign === '"') {
        inText = true;
      } else if (sign === "[" || sign === "{") {
        depth++;
      } else if (sign === "]" || sign === "}") {
        depth--;
        if (depth > 0) continue;
        yield read(text.slice(begin, at + 1));
        begin = at + 1;
      }
    }
    if (!ALL_SPACE.test(text.slice(begin))) yield read(text.slice(begin));
  }

  function read(text) {
    const document = text.replace(OUTER_SPACE, "");
    try {
      if (!/^[[{]/.test(document)) throw new SyntaxError();
      return JSON.parse(document);
    } catch {
      return refuse("its JSON cannot be read to the end");
    }
  }

  function filesOf(value, found, depth = 0) {
    if (depth > 200) refuse("its JSON is nested too deeply");
    if (typeof value === "string") return found.push(value);
    if (Array.isArray(value)) return value.forEach((one) => filesOf(one, found, depth + 1));
    if (value === null || typeof value !== "object") return refuse(`${shortened(JSON.stringify(value))} in the JSON is no file`);
    const names = namesIn(value);
    const lists = LISTS.filter((key) => Array.isArray(value[key]));
    const pushed = PUSHED.filter((key) => Array.isArray(value[key]));
    if (names.length) return found.push(...names);
    if (lists.length) {
      refuseParts(value);
      return filesOf(value[lists[0]], found, depth + 1);
    }
    if (!pushed.length) refuse(`an object of the JSON has no file: ${shortened(JSON.stringify(value))}`);
    return pushed.forEach((key) => filesOf(value[key], found, depth + 1));
  }

  function namesIn(entry) {
    const names = NAMES.map((key) => entry[key]);
    for (const key of BELOW) {
      const below = entry[key];
      if (below && typeof below === "object" && !Array.isArray(below)) {
        for (const inner of ["toString", "path"]) if (Object.hasOwn(below, inner)) names.push(below[inner]);
      }
    }
    return names.filter((name) => typeof name === "string" && name).map((name) => name.replace(/^\//, ""));
  }

  function refuseParts(answer) {
    const isCompared = Object.hasOwn(answer, "total_commits") && (answer.files || []).length >= 300;
    if (answer.next || answer.overflow === true || answer.isLastPage === false || isCompared) {
      refuse("the forge has more files than this answer; get all pages, or use git");
    }
  }

  // -- any list ----------------------------------------------------------------------------------

  const NO_PATHS = [
    [/^(?:fatal|error|warning|hint|usage|remote): /, "a message of a program"],
    [/^(?:commit [0-9a-f]{40}(?: |$)|(?=[0-9]*[a-f])[0-9a-f]{7,40} [^/.]*$)/, "a commit"],
    [/^ [0-9]+ files? changed(?![A-Za-z0-9_])/, "a summary without names"],
    [/^ (?:(?:create|delete) mode [0-7]{6}|mode change [0-7]{6}|rename|copy|rewrite) /, "of a summary, which names only some files"],
    [/^(?:total [0-9]+$|[bcdlps-](?:[r-][w-][xsStT-]){3})/, "of a listing of a folder"],
    [/^[-*+\u2022] /, "of a list with bullets"],
    [/^[`'][^\n]*[`']$|,$|[^ ] {2,}[^ ]/, "no name alone"],
    [new RegExp(`^ {2,}[^${SPACE}]`), "no name alone"],
    [/^(?:[ACDMRTUXB][0-9]{0,3} {2,}|(?:[0-9]+|-) {2,}(?:[0-9]+|-) {2,})/, "no name alone"],
    [/^<[!?A-Za-z/]/, "HTML"],
    [/^[A-Za-z][A-Za-z+.-]*:\/\//, "a URL"],
    [/^(?:\/|~\/|[A-Za-z]:[\\/])/, "no path from the top folder of the repository"],
    [/(?:^|\/)\.\.(?:\/|$)/, "no path from the top folder of the repository"],
    [/\\/, "no path with slashes"],
    [/[\x00-\x1f\x7f]/, "no path that git prints"],
    [/^[^./ ]+(?: [^./ ]+){3}(?: [^./ ]+)*[.:!]?$/, "a sentence"],
  ];

  // `a.py b.py` and `a.py, b.py`, as some actions and scripts join names.
  const JOINED = /\.[A-Za-z][A-Za-z0-9]{0,7}(?:, ?| )[^ ,]/;

  function listed(text) {
    if (JSON_BEGINS.test(text.slice(0, 1000))) return forgePaths(text);
    if (text.includes("\0")) {
      const fields = text.split("\0").filter(Boolean);
      return betweenNuls(fields) ?? fields;
    }
    const lines = text.split("\n").map((line, at) => [at + 1, line.replace(/\r$/, "")]).filter(([, line]) => !ALL_SPACE.test(line));
    for (const [form, readLine] of Object.entries(STRICT)) {
      if (lines.slice(0, 20).some(([, line]) => readLine(line)?.length)) return ofForm(form, readLine, lines);
    }
    for (const readLine of LOOSE) {
      const found = lines.map(([, line]) => readLine(line));
      if (!lines.length || found.includes(null)) continue;
      if (readLine === oneSpace) refuse("each line begins with a letter and a space; give the names alone");
      return found.flat();
    }
    const paths = lines.map(([number, line]) => pathOf(number, line));
    if (paths.length === 1 && paths[0] === lines[0][1] && JOINED.test(paths[0])) {
      refuse(`it has several names on one line: ${shortened(paths[0])}; write a line for each, or one name in double quotes`);
    }
    return paths;
  }

  // `git status` names a new folder, and not what is in it.
  function fileOf(path) {
    if (path.endsWith("/")) refuse(`${shortened(path)} is a folder, not a file; git status names files with -uall`);
    return path;
  }

  function ofForm(form, readLine, lines) {
    return lines.flatMap(([number, line]) => readLine(line) ?? refuse(`line ${number} is not what \`${form}\` prints: ${shortened(line)}`));
  }

  function pathOf(number, line) {
    const path = unquoted(line);
    if (path !== line) return path;
    for (const [pattern, what] of NO_PATHS) if (pattern.test(line)) refuse(`line ${number} is ${what}: ${shortened(line)}`);
    return path;
  }

  // {paths, lines, error}: the files of a list, each once, the changed lines of a diff as pairs of a path
  // and its lines, and why it is none.
  function readList(list) {
    const text = list.replace(/^\ufeff/, "");
    const changed = new Map();
    try {
      const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
      const found = isDiff(lines) ? diffPaths(lines.at(-1) ? lines : lines.slice(0, -1), changed) : listed(text).map(fileOf);
      return { paths: [...new Set(found.map((path) => path.replace(/^\.\//, "")))], lines: [...changed], error: "" };
    } catch (error) {
      if (!(error instanceof NotAFileList)) throw error;
      return { paths: [], lines: [], error: error.message };
    }
  }

  return { SPACE, quoted, readList, shownLine, shownPath, textOf };
})();
