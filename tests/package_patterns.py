"""Every regular expression of the package: where it stands, and how it is used."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import generator

ROOT = Path(generator.__file__).parent
# These look at one place; everything else searches the text.
_ANCHORED = {"match", "fullmatch"}
_CALLS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}


class Pattern(NamedTuple):
    """An expression, or what the code says where it is made at run time.

    Attributes:
        where: module and name, or module and the code of the call.
        regex: the expression; None if it is made from what is known only at run time.
        uses: the names of the functions that use it.
    """

    where: str
    regex: re.Pattern[Any] | None
    uses: frozenset[str]

    def run(self, text: str) -> None:
        """Use the expression on a text as the package does."""
        assert self.regex is not None
        data: Any = text if isinstance(self.regex.pattern, str) else text.encode()
        if "fullmatch" in self.uses:
            self.regex.fullmatch(data)
        if "match" in self.uses:
            self.regex.match(data)
        if not self.uses <= _ANCHORED:
            for _ in self.regex.finditer(data):
                pass


def package_patterns() -> list[Pattern]:
    """Return all expressions of the package, those in containers and made by imports included."""
    trees = {
        _module_name(path): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
    }
    uses = _uses(trees)
    found: dict[tuple[Any, int, frozenset[str]], Pattern] = {}
    unknown: list[Pattern] = []
    for name, tree in trees.items():
        module = importlib.import_module(name)
        for pattern in (*_called(name, module, tree), *_held(name, module, uses)):
            if pattern.regex is None:
                unknown.append(pattern)
            elif pattern.uses:
                key = (pattern.regex.pattern, pattern.regex.flags, pattern.uses)
                found.setdefault(key, pattern)
    return [*found.values(), *unknown]


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _called(name: str, module: ModuleType, tree: ast.Module) -> Iterator[Pattern]:
    """Yield the expressions of calls of `re`; those that are compiled and kept come from `_held`."""
    for call in ast.walk(tree):
        if not _is_call_of_re(call):
            continue
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        function = call.func.attr
        where = f"{name}: {ast.unparse(call)}"
        flags = [k.value for k in call.keywords if k.arg == "flags"]
        if function in ("compile", "match", "fullmatch", "search", "findall", "finditer"):
            flags += call.args[1 if function == "compile" else 2 :]
        try:
            value = eval(_code(call.args[0]), vars(module))
            flag = eval(_code(flags[0]), vars(module)) if flags else 0
        except NameError:
            yield Pattern(where, None, frozenset((function,)))
            continue
        regex = re.compile(value, flag)
        yield Pattern(where, regex, frozenset(() if function == "compile" else (function,)))


def _code(node: ast.expr) -> Any:
    return compile(ast.Expression(node), "pattern", "eval")


def _is_call_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _CALLS
    )


def _held(
    name: str, module: ModuleType, uses: dict[tuple[str, str], frozenset[str]]
) -> Iterator[Pattern]:
    for variable, value in vars(module).items():
        if variable.startswith("__"):
            continue
        for regex in _inside(value, 0):
            used = uses.get((name, variable)) if regex is value else None
            yield Pattern(f"{name}.{variable}", regex, used or frozenset(("finditer", "match")))


def _inside(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4:
        if isinstance(value, dict):
            value = [*value.keys(), *value.values()]
        if isinstance(value, (list, tuple, set, frozenset)):
            for item in list(value)[:500]:
                yield from _inside(item, depth + 1)
        elif type(value).__module__.startswith("generator.") and hasattr(value, "__dict__"):
            yield from _inside(list(vars(value).values()), depth + 1)
        elif isinstance(value, type) and value.__module__.startswith("generator."):
            yield from _inside(
                [
                    held
                    for held in vars(value).values()
                    if isinstance(held, (re.Pattern, tuple, dict))
                ],
                depth + 1,
            )


def _uses(trees: dict[str, ast.Module]) -> dict[tuple[str, str], frozenset[str]]:
    """Return which methods of each variable are called, where it is made and where it is imported."""
    found: dict[tuple[str, str], set[str]] = {}
    for name, tree in trees.items():
        home = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        calls = {
            id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
        }
        moving = {
            id(node.func.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and len(node.args) > 1
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                method = calls.get(id(node), "finditer")
                # With a place to begin at, a text is matched from many places.
                if id(node) in moving and method in _ANCHORED:
                    found.setdefault(home.get(node.id, (name, node.id)), set()).add("finditer")
                if method not in ("pattern", "flags", "groupindex"):
                    found.setdefault(home.get(node.id, (name, node.id)), set()).add(method)
    return {key: frozenset(methods) for key, methods in found.items()}
