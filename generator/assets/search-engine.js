// Finds pages in the index that generator/search/index.py writes (its comment describes the index).
// Text in, results out: this file knows nothing about pages. generator/search/ranking.py ranks the
// same way for `runbooks search`: change both together; tests compare them.
window.runbooksSearch = (() => {
  "use strict";

  const WORD_MAX = 64;
  const WEIGHTS = [1, 1.6, 2.6, 3]; // by the place of a word: body, prose, error, title
  const MOST_WORDS = 150; // of a pasted trace; later words only cost time
  const MOST_FUZZY = 6; // words of one query that are looked up with typing errors
  const MOST_PHRASES = 200; // candidates whose text is compared with the whole query
  // The same in a large index, of which only those parts are here that were loaded (generator/search/parts.py).
  const LARGE = { words: 30, phrases: 30, fits: 8 };
  // More than the ratio between the best and the worst place of a word: a whole phrase ranks above its
  // words scattered over titles.
  const PHRASE = { title: 5, line: 4 };
  // A text is compared line by line, so that other lines of a log do not hide the line that matters.
  const MOST_LINES = 20;
  const LINE_MAX = 400;
  const MOST_SHARED = 6;
  // Measured on ordinary lines and plain English, which stay below, and on similar errors, which do not.
  const LEAST_SIMILAR = 4.1;
  const LEAST_OF_BEST = 0.4; // results far below the best are noise
  const TELLING = 1.6; // factor for a line that says what went wrong
  const IDENTIFIER = 2; // factor for an identical identifier, compared with a word

  const DIGITS = Array.from({ length: 92 }, (_, n) => String.fromCharCode(35 + n))
    .filter((character) => character !== "\\" && character !== "<")
    .join("");
  const BASE = DIGITS.length / 2;
  const VALUE = new Map([...DIGITS].map((digit, n) => [digit, n]));

  // The same words as words() in index.py, each as spelled in the text, and whether it is an identifier
  // whose parts are in the list, too.
  function words(text) {
    const found = [];
    for (const [token] of text.normalize("NFKC").matchAll(/[\p{L}\p{N}_]+/gu)) {
      const parts = partsOf(token);
      const spelled = token.replace(/^_+|_+$/g, "");
      for (const part of parts) found.push({ word: part, whole: false, spelled: parts.length > 1 ? part : spelled });
      if (parts.length > 1) found.push({ word: cut(spelled.toLowerCase()), whole: true, spelled });
    }
    return found;
  }

  function partsOf(token) {
    const parts = token.replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$1$2_").toLowerCase().split("_");
    return parts.filter(Boolean).map((part) => cut(part));
  }

  function cut(text, most = WORD_MAX) {
    return text.length <= most ? text : [...text].slice(0, most).join("");
  }

  // Whether a word can make two texts similar: not a number, except a code such as an SQLSTATE.
  function tells(word) {
    return /^\p{L}/u.test(word) ? [...word].length >= 3 : /^[0-9a-z]{5}$/.test(word);
  }

  // Words as spelled, identifiers first and without their parts.
  function inCommon(found) {
    const inside = new Set(found.filter(({ whole }) => whole).flatMap(({ spelled }) => partsOf(spelled)));
    return found
      .filter(({ word, whole }) => whole || !inside.has(word))
      .sort((a, b) => b.whole - a.whole || b.worth - a.worth)
      .slice(0, MOST_SHARED)
      .map(({ spelled }) => spelled);
  }

  // Adds up the scores of pages, word by word.
  function tally(pages) {
    const score = new Map();
    const covered = new Map();
    let total = 0;

    // Adds a word with its scores for pages; returns how rare the word is.
    function add(touched, holders, factor = 1) {
      const rarity = factor * Math.log(1 + pages / Math.max(1, holders));
      total += rarity;
      for (const [page, weight] of touched) {
        score.set(page, (score.get(page) || 0) + rarity * weight);
        covered.set(page, (covered.get(page) || 0) + rarity * Math.min(1, weight));
      }
      return rarity;
    }

    // Each page, the share of the query that it contains, and its score.
    const rows = () => [...score].map(([page, sum]) => [page, covered.get(page) / total, (sum * covered.get(page)) / total]);

    return { add, rows };
  }

  window.runbooksSearchParts ||= {}; // by name; each part is a script that adds itself

  function open(index) {
    const { large } = index;
    const missing = new Set(); // names of parts that an answer needs

    function part(name) {
      const found = window.runbooksSearchParts[name];
      if (found === undefined) missing.add(name);
      return found;
    }

    const vocabulary = [];
    let before = "";
    for (const coded of index.words ? index.words.split(" ") : []) {
      before = before.slice(0, VALUE.get(coded[0])) + coded.slice(1);
      vocabulary.push(before);
    }
    const posts = index.posts?.split(" "); // not of an index in parts
    const cutPosts = new Map(); // the postings of a part, by its name
    const numbers = new Map(vocabulary.map((word, n) => [word, n]));
    // All words in one string: the fastest way to look for a piece of a word.
    const joined = ` ${vocabulary.join(" ")} `;
    const starts = new Int32Array(vocabulary.length);
    let at = 1;
    vocabulary.forEach((word, n) => {
      starts[n] = at;
      at += word.length + 1;
    });
    const stop = new Set(index.stop);
    const common = new Set(index.common);
    const telling = new RegExp(index.telling, "i");
    const docs = index.docs?.map(docOf);
    const size = docs ? docs.length : index.pages.count;

    function docOf(row) {
      return {
        address: row[2] < 0 ? row[0] : `incidents/${row[0]}/index.html`,
        title: row[1],
        severity: index.severities[row[2]] || "",
        status: index.statuses[row[3]] || "",
        components: row[4].map((n) => index.components[n]),
        day: row[5],
        lines: row[6] ? row[6].split("\n") : [],
        source: row[7] || "",
      };
    }

    // A page as it is shown; without its part, one that says nothing.
    function docAt(n) {
      if (docs) return docs[n];
      const { parts, each } = index.pages;
      const rows = part(parts[Math.floor(n / each)]);
      return rows ? docOf(rows[n % each]) : { title: "", lines: [], components: [] };
    }

    // What decides whether a page is kept: known of all pages without their parts, except components.
    function narrowAt(n) {
      if (docs) return docs[n];
      const { severity, status, components } = index.pages;
      return {
        severity: index.severities[severity[n]] || "",
        status: index.statuses[status[n]] || "",
        get components() {
          return (part(components)?.[n] || []).map((number) => index.components[number]);
        },
      };
    }

    function postsOf(number) {
      if (posts) return posts[number];
      const { starts, parts } = index.postings;
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= number) low = middle;
        else high = middle - 1;
      }
      const text = part(parts[low]);
      if (text === undefined) return "";
      if (!cutPosts.has(low)) cutPosts.set(low, text.split(" "));
      return cutPosts.get(low)[number - starts[low]];
    }

    // -- words of the index for a word of the query --------------------------------------------

    function wordAt(position) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= position) low = middle;
        else high = middle - 1;
      }
      return low;
    }

    function containing(piece, most) {
      const found = [];
      let from = joined.indexOf(piece);
      while (from >= 0 && found.length < most) {
        const number = wordAt(from + (piece[0] === " " ? 1 : 0));
        found.push(number);
        from = joined.indexOf(piece, starts[number] + vocabulary[number].length);
      }
      return found;
    }

    function misspelled(word) {
      const allowed = word.length >= 9 ? 2 : 1;
      const found = [];
      for (let n = 0; n < vocabulary.length; n++) {
        const other = vocabulary[n];
        if (Math.abs(other.length - word.length) > allowed || !/^\p{L}/u.test(other)) continue;
        const errors = distance(word, other, allowed);
        if (errors <= allowed) found.push([n, 0.7 - 0.15 * errors]);
      }
      return found;
    }

    // [number of a word, its score] for one word of the query.
    function meanings({ word, whole }, typing, fuzzy) {
      const exact = numbers.has(word) ? [[numbers.get(word), 1]] : [];
      const begun = typing
        ? containing(` ${word}`, 60).filter((n) => vocabulary[n] !== word).map((n) => [n, 0.8])
        : [];
      if (exact.length || begun.length) return [...exact, ...begun];
      const inside =
        word.length >= 3
          ? containing(word, 100).map((n) => [n, 0.5 + (0.4 * word.length) / vocabulary[n].length])
          : [];
      if (inside.length || whole) return best(inside);
      return fuzzy && word.length >= 5 && /^\p{L}+$/u.test(word) ? best(misspelled(word)) : [];
    }

    // In a large index only the best, because each costs a part.
    function best(fits) {
      return large ? fits.sort((a, b) => b[1] - a[1]).slice(0, LARGE.fits) : fits;
    }

    // -- ranking -------------------------------------------------------------------------------

    function eachPosting(number, visit) {
      let doc = 0;
      let value = 0;
      for (const digit of postsOf(number)) {
        const n = VALUE.get(digit);
        value = value * BASE + (n % BASE);
        if (n >= BASE) continue;
        doc += value >> 2;
        visit(doc, WEIGHTS[value & 3]);
        value = 0;
      }
    }

    function queryWords(query, most = MOST_WORDS) {
      const seen = new Map();
      for (const found of words(query)) {
        if (!stop.has(found.word) && !seen.has(found.word)) seen.set(found.word, found);
        if (seen.size >= most) break;
      }
      return [...seen.values()];
    }

    // Pages for a query, best first; keep(doc) narrows them, by severity for example. Of a large index,
    // the answer is only right if needs() is empty afterwards.
    function search(query, { most = 12, keep = () => true } = {}) {
      const wanted = queryWords(query, large ? LARGE.words : MOST_WORDS);
      const counted = tally(size);
      const terms = new Set();
      let fuzzy = MOST_FUZZY;
      wanted.forEach((item, n) => {
        const typing = n >= wanted.length - (item.whole ? 1 : 2) && query.toLowerCase().endsWith(item.word);
        const fits = meanings(item, typing, fuzzy > 0);
        if (!fits.some(([, fit]) => fit === 1)) fuzzy--;
        const touched = new Map();
        for (const [number, fit] of fits) {
          eachPosting(number, (doc, weight) => touched.set(doc, Math.max(touched.get(doc) || 0, fit * weight)));
        }
        // The parts of an identifier count for it if the whole is not in the index.
        if (!touched.size && item.whole) return;
        counted.add(touched, touched.size);
        addTerms(terms, item.word, fits);
      });
      if (missing.size) return { total: 0, results: [] };
      let ranked = counted
        .rows()
        .map(([doc, part, score]) => ({ doc, part, score }))
        .filter(({ doc }) => keep(narrowAt(doc)))
        .sort((a, b) => b.score - a.score);
      if (missing.size) return { total: 0, results: [] };
      // Pages that share only a common word with the query are noise.
      ranked = ranked.filter(({ part }) => part >= 0.3 * ranked[0].part);
      const phrases = phrasesOf(query);
      const compared = large ? LARGE.phrases : MOST_PHRASES;
      for (const result of ranked.slice(0, compared)) result.score *= phraseFactor(docAt(result.doc), phrases);
      ranked.sort((a, b) => b.score - a.score);
      return {
        total: ranked.length,
        results: ranked.slice(0, most).map(({ doc, score: points }) => {
          const shown = docAt(doc);
          return { ...shown, score: points, line: bestLine(shown, phrases, terms), terms: [...terms] };
        }),
      };
    }

    // Incidents similar to an error that no signature matches, best first. The ranking is that of
    // search(), for the line of the text that fits best; only identical words count, and only in the
    // fields that say what an incident is about.
    function similar(text, most = 3) {
      const best = new Map();
      const lines = [...new Set(text.split("\n").filter((line) => line.trim()).map((line) => cut(line, LINE_MAX)))];
      const tell = lines.map((line) => [line, telling.test(line)]);
      tell.sort((a, b) => b[1] - a[1]);
      for (const [line, isTelling] of tell.slice(0, MOST_LINES)) {
        for (const found of similarTo(line, isTelling ? TELLING : 1)) {
          if (!best.has(found.doc) || best.get(found.doc).score < found.score) best.set(found.doc, found);
        }
      }
      const ranked = [...best.values()].sort((a, b) => b.score - a.score).slice(0, most);
      return ranked.filter(({ score }) => score >= LEAST_OF_BEST * ranked[0].score).map(({ doc, ...rest }) => ({ ...docAt(doc), ...rest }));
    }

    function similarTo(line, factor) {
      const counted = tally(size);
      const shared = new Map();
      for (const item of queryWords(line)) {
        if (common.has(item.word) || !tells(item.word)) continue;
        const touched = new Map();
        let holders = 0;
        if (numbers.has(item.word)) {
          eachPosting(numbers.get(item.word), (doc, weight) => {
            holders++;
            if (weight > WEIGHTS[0]) touched.set(doc, weight);
          });
        }
        // The parts of an identifier count for it here, too.
        if (!holders && item.whole) continue;
        const rarity = counted.add(touched, holders, item.whole ? IDENTIFIER : 1);
        for (const [doc, weight] of touched) {
          if (!shared.has(doc)) shared.set(doc, []);
          shared.get(doc).push({ ...item, worth: rarity * weight });
        }
      }
      if (missing.size) return [];
      return counted
        .rows()
        // In a small knowledge base, no word is rarer than in a large one.
        .map(([doc, , points]) => ({ doc, score: (factor * points) / Math.log(1 + size) }))
        .filter(({ doc, score }) => {
          const { severity, status } = narrowAt(doc);
          return score >= LEAST_SIMILAR && severity && status !== "withdrawn";
        })
        .map(({ doc, score }) => ({ doc, score, shared: inCommon(shared.get(doc)) }));
    }

    // What to highlight: the word itself if it is part of others, else the words that it means.
    function addTerms(terms, word, fits) {
      for (const [number, fit] of fits.slice(0, 10)) {
        terms.add(vocabulary[number].includes(word) ? word : vocabulary[number]);
      }
    }

    // The filters for these pages: only filters that leave some of them.
    const used = new Set(docs ? docs.map(({ severity }) => severity) : [...index.pages.severity].map((n) => index.severities[n]));
    const severities = index.severities.filter((level) => used.has(level));

    // The scripts that the last answer lacks, beside that of the index; none of a small index.
    function needs() {
      const names = [...missing].map((name) => `search/${name}.js`);
      missing.clear();
      return names;
    }

    return { search, similar, needs, large, size, components: index.components, severities };
  }

  function plain(text) {
    return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
  }

  // The lines of a query, longest first, that are worth comparing as a whole.
  function phrasesOf(query) {
    return query
      .split("\n")
      .map(plain)
      .filter((line) => line.length >= 3)
      .sort((a, b) => b.length - a.length)
      .slice(0, 20);
  }

  function phraseFactor(doc, phrases) {
    const title = plain(doc.title);
    if (phrases.some((phrase) => title.includes(phrase))) return PHRASE.title;
    return doc.lines.some((line) => holdsPhrase(plain(line), phrases)) ? PHRASE.line : 1;
  }

  // A shown line may be cut ("…"): the rest may be the beginning of a phrase.
  function holdsPhrase(line, phrases) {
    const begun = line.endsWith("…") ? line.slice(0, -1) : "";
    return phrases.some((phrase) => line.includes(phrase) || (begun.length > 60 && phrase.includes(begun)));
  }

  function bestLine(doc, phrases, terms) {
    let best = doc.lines[0] || "";
    let most = 0;
    for (const line of doc.lines) {
      const text = plain(line);
      let points = holdsPhrase(text, phrases) ? 100 : 0;
      for (const term of terms) if (text.includes(term)) points += term.length;
      if (points > most) {
        most = points;
        best = line;
      }
    }
    return best;
  }

  // Number of typing errors (including two letters swapped) between two words, or more than `most`.
  function distance(one, other, most) {
    let previous = [];
    let current = Array.from({ length: other.length + 1 }, (_, n) => n);
    for (let i = 1; i <= one.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= other.length; j++) {
        const same = one[i - 1] === other[j - 1];
        row[j] = Math.min(current[j] + 1, row[j - 1] + 1, current[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
          row[j] = Math.min(row[j], previous[j - 2] + 1);
        }
        if (row[j] < least) least = row[j];
      }
      if (least > most) return most + 1;
      previous = current;
      current = row;
    }
    return current[other.length];
  }

  // A text cut into [piece, whether it is one of the terms].
  function marked(text, terms) {
    const known = terms.filter(Boolean).sort((a, b) => b.length - a.length);
    if (!known.length) return [[text, false]];
    const pattern = new RegExp(known.map((t) => t.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "giu");
    const pieces = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index > end) pieces.push([text.slice(end, match.index), false]);
      pieces.push([match[0], true]);
      end = match.index + match[0].length;
    }
    if (end < text.length) pieces.push([text.slice(end), false]);
    return pieces;
  }

  return { open, words, marked };
})();
