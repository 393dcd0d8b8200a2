#!/usr/bin/env node
// Finds association aliases that one Sequelize model has twice, by reading code. See --help.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const HELP = `Usage: node find-aliases.mjs [--exclude NAME]... PATH...

Reads JavaScript and TypeScript, runs nothing, and lists every alias that one Sequelize model
declares more than once: file, line and column of each hasMany, hasOne, belongsTo or belongsToMany.
Folders named node_modules, dist, build, coverage, and hidden ones are left out, as are those
named with --exclude. Models are told apart by name: User and db.models.User are one.

What it cannot see, so that exit 0 does not mean that the models load (load-models.mjs tells that):
  - an alias that is computed (as: name, as: PREFIX + 'Carts'), options held in a variable or
    spread into place, and a model under another name; it says how many it had to leave out
  - one line that runs twice, and an alias that Sequelize makes itself where there is no "as"
  - decorators (@HasMany), and files that are never loaded or only in another branch: those it
    reports although they do no harm

Exit codes: 0 no alias is declared twice, 1 at least one is, 2 wrong usage.`;

const KINDS = new Set(['hasMany', 'hasOne', 'belongsTo', 'belongsToMany']);
const FILES = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const SKIPPED = ['node_modules', 'dist', 'build', 'coverage'];

// After these a slash begins a regular expression; after any other word it divides.
const BEFORE_REGEX = new Set(['return', 'typeof', 'case', 'in', 'of', 'do', 'else', 'void', 'delete', 'throw', 'new', 'await', 'yield']);
const TOKEN = new RegExp(
  [
    String.raw`(?<blank>\s+|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))`,
    String.raw`(?<string>'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")`,
    String.raw`(?<name>[\p{ID_Start}$_#][\p{ID_Continue}$]*)`,
    String.raw`(?<number>\d[\w.]*)`,
    String.raw`(?<regex>\/(?:[^\/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*)`,
    String.raw`(?<mark>\.\.\.|\?\.|=>|[^])`,
  ].join('|'),
  'uy',
);

/** Split code into tokens, without comments. A template counts as a string when nothing is put in. */
function tokens(code) {
  const found = [];
  const templates = []; // for each template that is open: depth of braces inside its ${ }
  let at = 0;
  const add = (kind, text, from) => found.push({ kind, text, at: from });
  const template = (from) => {
    // Read on from behind a ` or the } that ends a ${ }, to the next one of either.
    let end = from;
    while (end < code.length && code[end] !== '`' && !code.startsWith('${', end)) end += code[end] === '\\' ? 2 : 1;
    return end;
  };
  while (at < code.length) {
    if (code[at] === '`' || (code[at] === '}' && templates.at(-1) === 0)) {
      const begins = code[at] === '`';
      const end = template(at + 1);
      if (!begins) templates.pop();
      if (code.startsWith('${', end)) {
        templates.push(0);
        add('template', '', at);
        at = end + 2;
      } else {
        add(begins ? 'string' : 'template', code.slice(at + 1, end), at);
        at = end + 1;
      }
      continue;
    }
    TOKEN.lastIndex = at;
    const { groups, 0: text } = TOKEN.exec(code);
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    if (kind === 'regex') {
      const last = found.at(-1);
      const divides = last && (['number', 'string', 'template', 'regex'].includes(last.kind) || /^[)\]}]$/.test(last.text) || (last.kind === 'name' && !BEFORE_REGEX.has(last.text)));
      add(divides ? 'mark' : 'regex', divides ? '/' : text, at);
      at += divides ? 1 : text.length;
      continue;
    }
    if (templates.length && text === '{') templates[templates.length - 1]++;
    if (templates.length && text === '}') templates[templates.length - 1]--;
    if (kind !== 'blank') add(kind, kind === 'string' ? text.slice(1, -1) : text, at);
    at += text.length;
  }
  return found;
}

const CLOSES = { ')': '(', ']': '[', '}': '{' };

/** Return, for each closing bracket, the index of the one that opens it, and the other way round. */
function pairs(list) {
  const partner = new Map();
  const open = [];
  list.forEach(({ kind, text }, index) => {
    if (kind !== 'mark') return;
    if ('([{'.includes(text)) open.push(index);
    if (text in CLOSES && open.length && list[open.at(-1)].text === CLOSES[text]) {
      partner.set(index, open.at(-1)).set(open.pop(), index);
    }
  });
  return partner;
}

/** Return the name of the model whose method stands at an index, or nothing where none can be told. */
function source(list, partner, method) {
  const before = list[method - 2];
  if (before?.kind === 'name' && before.text !== 'this') return before.text;
  if (before?.text === 'this') {
    // The class around it: this.hasMany() in a static method.
    for (let index = method; index >= 0; index--) {
      if (list[index].text !== '{' || !(partner.get(index) > method)) continue;
      for (let word = index - 1; word >= 0 && !['{', '}', ';'].includes(list[word].text); word--) {
        if (list[word].text === 'class' && list[word + 1].kind === 'name') return list[word + 1].text;
      }
    }
    return undefined;
  }
  const opens = partner.get(method - 2);
  // db.models['User'] and db.model('User')
  const literal = opens !== undefined && method - 2 - opens === 2 && list[opens + 1].kind === 'string';
  return literal && (before.text === ']' || list[opens - 1]?.text === 'model') ? list[opens + 1].text : undefined;
}

/** Return the literal alias in a call's arguments; null where it is computed, nothing where there is none. */
function alias(list, partner, from, to) {
  let seen;
  let object = false;
  for (let index = from + 1; index < to; index++) {
    if (!'([{'.includes(list[index].text) || list[index].kind !== 'mark') continue;
    const end = partner.get(index) ?? to;
    const argument = list[index].text === '{' && /^[(,]$/.test(list[index - 1].text);
    for (let key = index + 1; argument && key < end; key++) {
      object = true;
      if (list[key].kind === 'mark' && '([{'.includes(list[key].text)) {
        key = partner.get(key) ?? end;
        continue;
      }
      if (!/^[{,]$/.test(list[key - 1].text)) continue;
      if (list[key].text === '...') seen ??= null;
      if (list[key].text !== 'as') continue;
      let value = list[key + 1].text === ':' ? key + 2 : -1;
      if (list[value]?.text === '{') {
        // as: { singular: 'cart', plural: 'carts' }: the plural is the alias.
        const plural = list.findIndex((token, i) => i > value && i < end && token.text === 'plural');
        value = plural < 0 ? -1 : plural + 2;
      }
      const last = list[value + 1]?.text;
      seen = list[value]?.kind === 'string' && (last === ',' || last === '}') ? list[value].text : null;
    }
    index = end;
  }
  if (object) return seen;
  // hasMany(Cart, options): what is in there cannot be told.
  const comma = list.findIndex((token, i) => i > from && i < to - 1 && token.text === ',');
  return comma > 0 ? null : undefined;
}

/** Yield the associations in a file; `model` or `alias` is missing where it cannot be told. */
function* associations(file) {
  const code = readFileSync(file, 'utf8');
  if (![...KINDS].some((kind) => code.includes(kind))) return;
  const list = tokens(code);
  const partner = pairs(list);
  for (const [index, { kind, text, at }] of list.entries()) {
    if (kind !== 'name' || !KINDS.has(text) || list[index + 1]?.text !== '(') continue;
    if (!['.', '?.'].includes(list[index - 1]?.text)) continue;
    const found = alias(list, partner, index + 1, partner.get(index + 1) ?? list.length);
    if (found === undefined) continue;
    const lines = code.slice(0, at).split('\n');
    const shown = code.split('\n')[lines.length - 1].trim();
    yield { model: source(list, partner, index), alias: found, place: `${file}:${lines.length}:${lines.at(-1).length + 1}`, shown };
  }
}

function* files(path, skipped) {
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (skipped.includes(entry.name) || entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* files(join(path, entry.name), skipped);
    else if (entry.isFile() && FILES.test(entry.name)) yield join(path, entry.name);
  }
}

function usage(problem) {
  console.error(`${problem}\n\n${HELP}`);
  process.exit(2);
}

const skipped = [...SKIPPED];
const paths = [];
for (let rest = process.argv.slice(2); rest.length; ) {
  const argument = rest.shift();
  if (argument === '-h' || argument === '--help') {
    console.log(HELP);
    process.exit(0);
  } else if (argument === '--exclude') {
    skipped.push(rest.shift() ?? usage('--exclude needs the name of a folder'));
  } else if (argument.startsWith('-')) {
    usage(`There is no option ${argument}`);
  } else {
    paths.push(argument);
  }
}
if (!paths.length) usage('Name a folder or a file with code');

const declared = new Map();
let compared = 0;
let unknown = 0;
for (const path of paths) {
  if (!statSync(path, { throwIfNoEntry: false })) usage(`There is no ${path}`);
  for (const file of files(path, skipped)) {
    for (const found of associations(file)) {
      if (found.model === undefined || found.alias === null) {
        unknown++;
        continue;
      }
      compared++;
      const key = JSON.stringify([found.model, found.alias]);
      declared.set(key, [...(declared.get(key) ?? []), found]);
    }
  }
}
const twice = [...declared.values()].filter((places) => places.length > 1);
for (const places of twice) {
  console.log(`${places[0].model} has the alias '${places[0].alias}' ${places.length} times:`);
  for (const { place, shown } of places) console.log(`  ${place}  ${shown}`);
}
console.log(`aliases declared twice: ${twice.length}; compared: ${compared}; computed, not compared: ${unknown}`);
process.exit(twice.length ? 1 : 0);
