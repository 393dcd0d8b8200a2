"""Mutations of files: some know YAML and JSON, some only bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

Corpus = Sequence[bytes]

LARGEST = 1 << 17
"""How long an input may become; the limits of the product have their own tests."""

HOSTILE = (
    *("", " ", "\n", "~", "null", "true", "0", "-1", "1e999", "9" * 400, "0x" + "f" * 99, ".nan"),
    *("2026-13-45", "2026-02-30T25:61:61Z", "9999-12-31", "0001-01-01T00:00:00+23:59", "12:30"),
    *("\x1b[31m", "\x1b]8;;http://x\x07", "\x9b31m", "\u202e", "\u2066", "\u200b", "\ufeff", "\x85"),
    *("\u2028", "\x00", "\x07", "\x7f", "\U0001f600", "\U0010ffff", "e\u0301" * 9, "\ud7ff", "\uffff"),
    *("{{ x }}", "{% x %}", "<script>", "&amp;", "]]>", "`" * 9, "$(x)", "${X", "'", '"', "\\", "%"),
    *("{X}", "{_}", "{", "}", "{X}{X}", "[[", "(?:a+)+$", "(a|a)*b", "a{9999}", "(?P<X>.*)", "[z-a]"),
    *("../../etc/passwd", "/dev/zero", "C:\\x", "a/" * 99, "**/*", "!x", "[", "http://[", "http://a:b@c:99999/"),
    *("1s", "99999999999h", "-5m", "P1D", "SEV1", "published", "password=hunter2", "aaaaaaaaaaaaaaaa"),
)  # fmt: skip
YAML_TOKENS = (
    *("&a ", "*a", "*a ", "<<: *a\n", "!!binary ", "!!int ", "!!set ", "!!timestamp ", "!!python/name:os.system "),
    *("!ENV ", "!<tag:x> ", "%YAML 1.1\n", "%TAG ! tag:x,2:\n", "---\n", "...\n", "? ", ": ", "- ", "- - - ", "| \n"),
    *("|2-\n", ">+9\n", "# x\n", "[", "]", "{", "}", ",", "[{", "}]", "\t", "\r", "\r\n", "'", '"', "@", "`", "\\u0000"),
    *("  ", "    ", "\n  ", "a: &a [*a]\n", "x: {y: [z, {w: v}]}\n", "? [a, b]\n: c\n", "'\\", '"\\x', '"\\ud800"'),
)  # fmt: skip
TEXT_TOKENS = (
    *("# ", "## ", "\n\n", "- ", "1. ", "- [ ] ", "| a | b |\n|---|---|\n", "```\n", "~~~sh\n", "> ", "    ", "<!--", "-->"),
    *("---\ntitle: x\n---\n", "**Impact**: ", "# Timeline\n", "## Root cause\n", "![", "](", "<http://x>", "[a]: /x\n", "\\\n"),
    *("2026-11-20 10:00", "10:00 UTC ", "ERROR ", "Error: ", "\tat x (y.js:1:2)\n", '{"message": "', '\\"', "\\n", "{", "}"),
    *('{"alerts": [{"labels": {"alertname": ', "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\xff\xfe", "=" * 20, "***", "| "),
)  # fmt: skip

_NESTS = (("[", "]"), ("{a: ", "}"), ("- ", ""), ("a:\n ", ""), ("> ", ""), ("* ", ""), ("(", ")"), ('{"a":', "}"), ("![", "](x)"), ("<b>", "</b>"))  # fmt: skip
_LENGTHS = (2, 3, 5, 9, 17, 33, 59, 61, 70, 200)
_LONG = (1_000, 5_000, 20_000)


def mutated(rng: random.Random, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    """Return an input: a file of the corpus after a few mutations."""
    content = rng.choice(corpus)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 9))):
        content = rng.choice(_MUTATIONS)(rng, content, corpus, tokens)[:LARGEST]
    return content


def _place(rng: random.Random, content: bytes) -> int:
    """Return a place, often the beginning of a line."""
    at = rng.randrange(len(content) + 1)
    return content.rfind(b"\n", 0, at) + 1 if rng.random() < 0.4 else at


def _span(rng: random.Random, content: bytes) -> tuple[int, int]:
    begin = _place(rng, content)
    if rng.random() < 0.4:
        return begin, content.find(b"\n", begin) + 1 or len(content)
    return begin, min(len(content), begin + rng.choice((1, 2, 4, 16, 64, 256)))


def _text(rng: random.Random, tokens: Sequence[str]) -> bytes:
    text = rng.choice(tokens if rng.random() < 0.6 else HOSTILE)
    return text.encode("latin-1" if text[:1] in "\x1f\x28\xff" and len(text) < 5 else "utf-8")


def _flip(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    changed = bytearray(content or b"x")
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    begin, end = _span(rng, content)
    return content[:begin] + content[end:]


def _truncate(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    return content[: _place(rng, content)]


def _insert(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    at = _place(rng, content)
    return content[:at] + _text(rng, tokens) + content[at:]


def _replace(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    begin, end = _span(rng, content)
    return content[:begin] + _text(rng, tokens) + content[end:]


def _value(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    """Replace what follows a colon or a dash on its line."""
    marks = [at for at in (content.find(mark, _place(rng, content)) for mark in (b": ", b"- ")) if at >= 0]  # fmt: skip
    if not marks:
        return _replace(rng, content, corpus, tokens)
    begin = min(marks) + 2
    end = content.find(b"\n", begin)
    return content[:begin] + _text(rng, tokens) + content[end if end >= 0 else len(content) :]


def _repeat(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    begin, end = _span(rng, content)
    times = rng.choice(_LENGTHS) if rng.random() < 0.97 else rng.choice(_LONG)
    times = min(times, LARGEST // (end - begin + 1) + 1)
    return content[:begin] + content[begin:end] * times + content[end:]


def _long(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    at = _place(rng, content)
    times = rng.choice(_LENGTHS) if rng.random() < 0.95 else rng.choice(_LONG)
    return content[:at] + _text(rng, tokens) * times + content[at:]


def _nest(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    at, (opens, closes), times = _place(rng, content), rng.choice(_NESTS), rng.choice(_LENGTHS)
    closing = closes * (times if rng.random() < 0.7 else 0)
    return content[:at] + f"{opens * times}x{closing}".encode() + content[at:]


def _splice(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    other = rng.choice(corpus)
    begin, end = _span(rng, other)
    if rng.random() < 0.2:
        return content[: _place(rng, content)] + other[begin:]
    at = _place(rng, content)
    return content[:at] + other[begin:end] + content[at:]


def _swap(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _indent(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    at = content.rfind(b"\n", 0, _place(rng, content)) + 1
    if rng.random() < 0.5:
        return content[:at] + rng.choice((b" ", b"  ", b"\t", b"- ")) + content[at:]
    return content[:at] + content[at:].lstrip(b" -")


def _encode(rng: random.Random, content: bytes, corpus: Corpus, tokens: Sequence[str]) -> bytes:
    codec = rng.choice(("utf-16", "utf-32", "utf-8-sig", "latin-1", "cp1252", "cp437"))
    return content.decode("utf-8", "replace").encode(codec, "replace")


_MUTATIONS: tuple[Callable[[random.Random, bytes, Corpus, Sequence[str]], bytes], ...] = (
    *(_flip, _cut, _insert, _replace, _value, _value, _repeat, _long, _nest, _splice, _swap, _indent),
    *(_flip, _cut, _insert, _replace, _value, _value, _repeat, _long, _nest, _splice, _swap, _truncate),
    _encode,
)  # fmt: skip


# -- values ------------------------------------------------------------------------------------


def reshaped(rng: random.Random, documents: Sequence[Any]) -> bytes:
    """Return a document whose values were changed, as JSON, which is YAML, too."""
    document = _copy(rng.choice(documents))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        _reshape(rng, document, documents)
    return json.dumps(document, ensure_ascii=rng.random() < 0.2).encode("utf-8", "replace")


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def _reshape(rng: random.Random, document: Any, documents: Sequence[Any]) -> None:
    """Change one value of a document, in place."""
    holder = _some_holder(rng, document)
    if holder is None:
        return
    key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
    old, what = holder[key], rng.random()
    if what < 0.45:
        holder[key] = _worse(rng, old)
    elif what < 0.55:
        del holder[key]
    elif what < 0.65:
        holder[key] = [old] * rng.choice((0, 1, 2, 40))
    elif what < 0.72:
        holder[key] = {rng.choice(("x", "text", "run", "")): old}
    elif what < 0.82:
        other = _some_holder(rng, rng.choice(documents))
        holder[key] = _copy(other)
    elif isinstance(holder, list):
        holder[:] = holder * rng.choice((2, 2, 30)) if len(holder) < 100 else holder[:1]
    else:
        holder[rng.choice(("id", "text", "x", "paths", "run", rng.choice(HOSTILE)))] = old


def _some_holder(rng: random.Random, value: Any) -> Any:
    """Return a list or a mapping that is not empty, from anywhere in a document."""
    holder = None
    while isinstance(value, dict | list) and value:
        holder = value
        if rng.random() < 0.25:
            break
        value = rng.choice(list(value.values()) if isinstance(value, dict) else value)
    return holder


def _worse(rng: random.Random, old: Any) -> Any:
    """Return a value in place of another."""
    new = rng.choice(HOSTILE)
    if isinstance(old, str) and rng.random() < 0.7:
        at = rng.randrange(len(old) + 1)
        times = rng.choice(_LENGTHS) if rng.random() < 0.1 else 1
        return old[:at] + new * times + (old[at:] if rng.random() < 0.7 else "")
    return rng.choice((new, None, True, 0, -1, 1e308, 10**30, [], {}, [[]], [new], {new: new}))
