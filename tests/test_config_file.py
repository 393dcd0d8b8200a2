"""A broken `mkdocs.yml` is a finding with its place; what needs no site goes on with defaults."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.knowledge.config_file import read_config
from generator.knowledge.settings import Settings, load_settings
from generator.limits import YAML_CHARACTERS, YAML_VALUES
from tests.rule_examples import incident_text, write_base
from tests.sites import new_base

START = "site_name: Test\nsite_url: https://kb.example.com/\nplugins: [runbooks]\n"
DIGITS = "9" * 5_000
ALIASES = "".join(f"  {c}: &{c} [{','.join(['*' + p] * 10)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))  # fmt: skip

# What stands in the file, where it is reported, and what the message holds.
BROKEN: dict[str, tuple[str, tuple[int, int], str]] = {
    "plugins: a number": ("site_name: x\nplugins: 5\n", (2, 10), "plugins is not a list"),
    "plugins: true": ("site_name: x\nplugins: true\n", (2, 10), "plugins is not a list"),
    "plugins: text": ("site_name: x\nplugins: runbooks\n", (2, 10), "plugins is not a list"),
    "month 13": (f"{START}extra: {{d: 2026-13-45}}\n", (4, 12), "'2026-13-45' cannot be read as timestamp"),
    "no int": (f"{START}extra: {{n: !!int abc}}\n", (4, 12), "'abc' cannot be read as int"),
    "an empty int": (f"{START}extra: {{n: !!int ''}}\n", (4, 12), "cannot be read as int"),
    "no bool": (f"{START}extra: {{n: !!bool maybe}}\n", (4, 12), "cannot be read as bool"),
    "no time": (f"{START}extra: {{n: !!timestamp soon}}\n", (4, 12), "cannot be read as timestamp"),
    "no binary": (f"{START}extra: {{n: !!binary a}}\n", (4, 12), "cannot be read as binary"),
    "5,000 digits": (f"{START}extra: {{n: {DIGITS}}}\n", (4, 12), "cannot be read as int"),
    "3,000 brackets": (f"{START}extra: {'[' * 3000}{']' * 3000}\n", (4, 67), "nested deeper than 60 levels"),
    "aliases of aliases": (f"{START}extra:\n  a: &a [x, x, x]\n{ALIASES}", (5, 6), f"more than {YAML_VALUES:,} values"),
    "one long alias": (f"{START}extra:\n  a: &a {'x' * 9_000}\n  b: [{','.join(['*a'] * 200)}]\n", (5, 6), f"more than {YAML_CHARACTERS:,} characters"),
    "a circle": (f"{START}extra: &a [*a]\n", (4, 8), "an alias refers to itself"),
    "a key that is a list": (f"{START}? [a, b]\n: c\n", (4, 3), "a key must be plain text"),
    "a list": ("- a\n", (1, 1), "not a mapping"),
    "not YAML": ("site_name: [\n", (2, 1), "not YAML"),
    "binary": ("a: \0\n", (1, 1), "binary"),
    "an option": ("plugins:\n  - search\n  - runbooks:\n      newest: many\n", (4, 15), "plugins: runbooks: newest"),
    "an option of a mapping": ("plugins:\n  search:\n  runbooks: {nonsense: 1}\n", (3, 24), "plugins: runbooks: nonsense"),
}  # fmt: skip


def run(*arguments: str | Path, text: str = "") -> Result:
    return CliRunner().invoke(runbooks, [*map(str, arguments)], input=text)


def broken_base(root: Path, text: str) -> Path:
    write_base(root, incident_text(""))
    (root / "mkdocs.yml").write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("case", BROKEN)
def test_lint_says_where(case: str, tmp_path: Path) -> None:
    text, (line, column), message = BROKEN[case]
    result = run("lint", "--root", broken_base(tmp_path, text))
    assert result.exit_code == 1, result.output
    (found,) = [told for told in result.output.splitlines() if told.startswith("mkdocs.yml:")]
    assert found.startswith(f"mkdocs.yml:{line}:{column}: error[KB010] ")
    assert message in found


@pytest.mark.parametrize("case", BROKEN)
def test_match_goes_on_and_says_so(case: str, tmp_path: Path) -> None:
    root = broken_base(tmp_path, BROKEN[case][0])
    for _ in range(2):  # the second time from the catalog that is kept
        result = run("match", "--root", root, text="No space left on device\n")
        assert result.exit_code == 0, result.output
        assert "disk-full" in result.stdout
        assert "mkdocs.yml has errors" in result.stderr


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("command", ["render", pytest.param("build", marks=pytest.mark.slow)])
def test_no_site_is_made_of_it(case: str, command: str, tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", 1)
    (root / "mkdocs.yml").write_text(BROKEN[case][0], "utf-8")
    words = ["render", str(tmp_path / "pages")] if command == "render" else ["build"]
    result = run(*words, "--root", root)
    assert result.exit_code == 1, result.output
    assert "error[KB010]" in result.output
    assert "Internal error" not in result.output


def test_our_own_keys_are_read_whatever_else_is_broken(tmp_path: Path) -> None:
    text = "site_url: https://kb.example.com\nplugins:\n  - runbooks: {newest: 3}\nextra: {d: 2026-13-45}\n"  # fmt: skip
    settings, problems = load_settings(broken_base(tmp_path, text))
    assert len(problems) == 1
    assert (settings.site_url, settings.newest) == ("https://kb.example.com/", 3)
    text = "site_url: https://kb.example.com\nplugins:\n  - runbooks: {newest: many}\n"
    settings, problems = load_settings(broken_base(tmp_path, text))
    assert len(problems) == 1
    assert (settings.site_url, settings.newest) == ("https://kb.example.com/", Settings().newest)


@pytest.mark.parametrize(
    ("options", "said", "hint"),
    [
        ("{newest: many}", "newest: expected a whole number", "see the reference of settings"),
        ("{newst: 3}", "newst: it is not known", "did you mean `newest`?"),
        (
            "{sources: [a]}",
            "sources[1]: expected fields, found something else",
            "see the reference",
        ),
        ("{sources: [{name: a, foldr: b}]}", "sources[1].foldr: it is not known", "`folder`"),
        (
            "{sources: [{name: a, site: 'http://x'}]}",
            "sources[1].site: the URL of the site does not begin with https://",
            "see the reference of settings",
        ),
    ],
)
def test_a_wrong_option_is_told_in_our_words(
    options: str, said: str, hint: str, tmp_path: Path
) -> None:
    _, problems = load_settings(broken_base(tmp_path, f"plugins:\n  - runbooks: {options}\n"))
    assert [p.message for p in problems][:1] == [f"plugins: runbooks: {said}"]
    assert hint in problems[0].hint


def test_what_mkdocs_reads_is_read(tmp_path: Path) -> None:
    """Tags of MkDocs and merged keys are right there."""
    text = """\
defaults: &defaults {newest: 3, drafts: no}
site_name: !ENV [NAME, x]
markdown_extensions:
  - pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji }
  - x: !relative $config_dir
plugins:
  - runbooks:
      <<: *defaults
      newest: 4
"""
    settings, problems = load_settings(broken_base(tmp_path, text))
    assert problems == []
    assert (settings.newest, settings.drafts) == (4, False)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
)  # fmt: skip


@given(VALUES)
def test_values_are_those_of_yaml(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    root = tmp_path_factory.mktemp("kb")
    text = yaml.safe_dump({"extra": value}, allow_unicode=True)
    (root / "mkdocs.yml").write_text(text, "utf-8", newline="\n")
    source, problems = read_config(root)
    assert problems == []
    assert source is not None
    assert source.data == yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@given(st.text(st.sampled_from("ab:-?[]{}&*!|>'\"#%@`, \n\t0159.~<="), max_size=60))
def test_any_text_is_read_or_reported(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.mktemp("kb")
    (root / "mkdocs.yml").write_text(text, "utf-8")
    load_settings(root)
