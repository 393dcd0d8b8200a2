"""Templates of a knowledge base print values, and reach nothing more."""

from __future__ import annotations

import ast
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.text.template_sandbox import BadTemplate, TemplateSandbox
from generator.text.templating import new_environment, packaged_templates
from tests.sites import new_base, runbooks

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class View:
    """What a page is given, with more on it than a template needs."""

    name: str
    file: Path
    tags: list[str]

    def write(self) -> str:
        self.file.write_text("written")
        return "done"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


def shown(tmp_path: Path, canary: Path, template: str) -> str:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "a.j2").write_text(template)
    view = View("x", canary, ["a", "b"])
    return new_environment([own, packaged_templates()]).get_template("a.j2").render(view=view)


ATTACKS = {
    "a global": "{{ cycler.__init__.__globals__.os.system('touch CANARY') }}",
    "a class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "the filter attr": "{{ ''|attr('__class__')|attr('__mro__') }}",
    "a text's format": "{{ '{0.__class__.__init__.__globals__}'.format(view) }}",
    "a text's format, by map": "{{ ['{0.__class__}']|map('format', view)|list }}",
    "format_map": "{{ '{v.__class__.__mro__}'.format_map({'v': view}) }}",
    "a method of a view": "{{ view.write() }}",
    "a method of a path": "{{ view.file.write_text('x') }}",
    "a method by name": "{{ view['write']() }}",
    "a method, by call": "{% call view.write() %}{% endcall %}",
    "a macro's function": "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "the context": "{{ self._TemplateReference__context.environment }}",
    "a list that it was given": "{{ view.tags.append('c') }}",
    "lipsum": "{{ lipsum.__globals__['os'].system('touch CANARY') }}",
    "a loop": "{% for a in 'a' %}{{ loop.__class__.__init__.__globals__ }}{% endfor %}",
    "a folder above": "{% include '../outside.j2' %}",
    "an absolute path": "{% include '/etc/hostname' %}",
}


@pytest.mark.parametrize("template", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_an_error_with_its_place(tmp_path: Path, canary: Path, template: str) -> None:
    (tmp_path / "outside.j2").write_text("outside")
    with pytest.raises(BadTemplate, match=r"templates/a\.j2:1: "):
        shown(tmp_path, canary, template.replace("CANARY", str(canary)))
    assert not canary.exists()


ALLOWED = {
    "{{ view.name.upper() }}": "X",
    "{{ '{0} {1:>3}'.format(view.name, 1) }}": "x   1",
    "{% for tag in view.tags %}{{ loop.cycle('-', '+') }}{{ tag }}{% endfor %}": "-a+b",
    "{% macro m(v) %}<{{ v }}{{ caller() if caller is defined }}>{% endmacro %}{{ m(1) }}{% call m(2) %}c{% endcall %}": "<1><2c>",
    "{% set n = namespace(i=0) %}{% for t in view.tags %}{% set n.i = n.i + 1 %}{% endfor %}{{ n.i }}": "2",
    "{% set c = cycler(1, 2) %}{{ c.next() }}{{ c.next() }}{% set j = joiner() %}{{ j() }}{{ j() }}": "12, ",
    "{{ dict(a=1).items()|list }}{{ range(2)|list }}": "[('a', 1)][0, 1]",
    "{% block b %}b{% endblock %}{{ self.b() }}": "bb",
    "{{ view.tags|map('upper')|join }}": "AB",
}


@pytest.mark.parametrize("template", ALLOWED)
def test_what_templates_are_for_works(tmp_path: Path, canary: Path, template: str) -> None:
    assert shown(tmp_path, canary, template) == ALLOWED[template]


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("one\n{{ nothing }}", r"a\.j2:2: 'nothing' is undefined"),
        ("one\n{% if %}", r"a\.j2:2: Expected an expression"),
        ("{{ 1 / 0 }}", r"a\.j2:1: division by zero"),
        ("{% include 'b.j2' %}", r"a\.j2:1: there is no template b\.j2"),
        ("{% include 'a.j2' %}", r"a\.j2:1: maximum recursion depth"),
    ],
)
def test_a_mistake_has_its_place(tmp_path: Path, canary: Path, template: str, says: str) -> None:
    with pytest.raises(BadTemplate, match=says):
        shown(tmp_path, canary, template)


def test_the_package_s_own_templates_need_no_sandbox(tmp_path: Path) -> None:
    assert not isinstance(new_environment([packaged_templates()]), TemplateSandbox)


def test_environments_are_made_in_one_place() -> None:
    """A new room that makes an environment itself would run templates without the sandbox."""
    makes = ("Environment", "SandboxedEnvironment", "NativeEnvironment")
    makers = {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "generator").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in makes
    }
    assert makers == {"generator/text/templating.py"}


COMMANDS = {
    "scaffold/new.yaml.j2": ("new", "--title", "x"),
    "postmortem/document.md.j2": ("export", "case-0"),
    "postmortem/document.html.j2": ("export", "case-0", "--format", "html"),
    "pages/incident.md.j2": ("show", "case-0", "--format", "markdown"),
    "pages/incidents.md.j2": ("render", "out"),
}


@pytest.mark.parametrize(("template", "command"), COMMANDS.items(), ids=[c[0] for c in COMMANDS.values()])  # fmt: skip
def test_every_command_with_templates_runs_them_in_the_sandbox(
    tmp_path: Path, canary: Path, template: str, command: tuple[str, ...]
) -> None:
    root = new_base(tmp_path / "kb")
    own = root / "templates" / template
    own.parent.mkdir(parents=True)
    own.write_text(f"{{{{ cycler.__init__.__globals__.os.system('touch {canary}') }}}}")
    done = runbooks(*command, cwd=root)
    assert not canary.exists()
    assert done.returncode == 2
    assert f"Error: templates/{template}:1: access to attribute '__init__'" in done.stderr
    assert "Traceback" not in done.stderr


def test_all_packaged_templates_work_in_the_sandbox(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    plain = runbooks("render", "plain", cwd=root)
    assert plain.returncode == 0, plain.stderr
    shutil.copytree(packaged_templates(), root / "templates")
    boxed = runbooks("render", "boxed", cwd=root)
    assert boxed.returncode == 0, boxed.stderr
    made = {
        folder: {
            path.relative_to(root / folder): path.read_bytes()
            for path in (root / folder).rglob("*.md")
        }
        for folder in ("plain", "boxed")
    }
    assert made["plain"] == made["boxed"]
    for command in (*COMMANDS.values(), ("new", "--title", "y", "--short")):
        assert runbooks(*command, cwd=root).returncode == 0
