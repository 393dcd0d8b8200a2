"""A pull request is judged by the rules of its target, too: in repositories and clones made for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from generator.checklists.comment_text import read_comment
from generator.checklists.wording import RULE_CHANGES
from generator.cli import runbooks
from generator.knowledge.earlier import write_earlier_files
from generator.knowledge.git_objects import NotInGit
from generator.limits import YAML_BYTES
from tests.forge_clones import Repository, github_variables, pull_request_event
from tests.releases import CONFIG, check, incident, write_base

GATE = {"level": "blocking", "risk": "read-only", "run": "true", "expect": {"exit": 0}}
CONTENT = {
    "one": incident(
        check("cart", **GATE, applies_to={"components": ["cart"]}),
        check("paths", **GATE, applies_to={"paths": ["services/**"]}),
        severity="SEV1",
    ),
    "two": incident(
        check("other", **{**GATE, "run": "echo two"}, applies_to={"kinds": ["migration"]},
              approval="second-person"),
    ),
}  # fmt: skip
STANDING = {"checks": [check("always", **{**GATE, "run": "echo always"})]}

Edit = Callable[[Path], None]


@pytest.fixture
def server(tmp_path: Path) -> Repository:
    """A repository with its knowledge base in a folder of it, and a pull request from `topic`."""
    made = Repository(tmp_path / "server")
    (made.folder / "kb").mkdir()
    write_base(made.folder / "kb", CONTENT, STANDING)
    (made.folder / "kb/docs").mkdir(exist_ok=True)
    made.commit("README.md")
    made.branch("topic")
    made.commit("services/cart/x.js", "app/migrations/1.sql")
    return made


def pull_request(
    server: Repository, edit: Edit, tmp_path: Path
) -> tuple[Repository, dict[str, str]]:
    """Edit the knowledge base in the pull request, and return a clone of its merge, and the variables."""
    edit(server.folder / "kb")
    server.commit()
    merged = server.merge("main", "topic", "refs/pull/7/merge")
    clone = server.cloned(tmp_path / f"clone-{merged[:8]}", "refs/pull/7/merge")
    event = pull_request_event(server.git("rev-parse", "main"), server.git("rev-parse", "topic"))
    return clone, github_variables(
        tmp_path / "github", "pull_request", event,
        GITHUB_SHA=merged, GITHUB_REF="refs/pull/7/merge", GITHUB_BASE_REF="main",
    )  # fmt: skip


def run(clone: Repository, variables: dict[str, str], *more: str, command: str = "") -> Result:
    words = ["checklist", *command.split(), "--root", str(clone.folder / "kb"), "--repo", str(clone.folder)]  # fmt: skip
    return CliRunner(env=variables).invoke(runbooks, [*words, "--changed-since", "auto", *more])


def listed(clone: Repository, variables: dict[str, str], *more: str) -> dict[str, dict[str, Any]]:
    """Return the checks of the list, with what the release does to each, by the id of each reason."""
    done = run(clone, variables, "--format", "json", *more)
    assert done.exit_code == 0, done.output
    found = {}
    for item in json.loads(done.stdout)["checks"]:
        for reason in item["reasons"]:
            notes = [m["value"] for m in reason["matched"] if m["kind"] == "rules"]
            found[reason["id"]] = {**item, "notes": notes}
    return found


def rewritten(root: Path, name: str, change: Callable[[Any], Any]) -> None:
    path = root / name
    content = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(change(content) or content))


def of_check(name: str, **fields: Any) -> Edit:
    """Return an edit of a check, given as `incident/check`; a field that is None is removed."""
    incident_id, check_id = name.split("/")

    def change(content: dict[str, Any]) -> None:
        for one in content["checks"]:
            if one["id"] == check_id:
                one.update(fields)
                for key in [key for key, value in fields.items() if value is None]:
                    del one[key]

    return lambda root: rewritten(root, f"incidents/{incident_id}/incident.yaml", change)


def of_incident(incident_id: str, **fields: Any) -> Edit:
    return lambda root: rewritten(root, f"incidents/{incident_id}/incident.yaml", lambda c: c | fields)  # fmt: skip


def glob_removed(root: Path) -> None:
    (root / "mkdocs.yml").write_text(CONFIG.replace('["services/cart/**"]', "[nothing]"))


def kind_removed(root: Path) -> None:
    (root / "mkdocs.yml").write_text(
        CONFIG.replace('        migration: ["**/migrations/**"]\n', "")
    )


def check_removed(root: Path) -> None:
    rewritten(root, "incidents/one/incident.yaml", lambda c: c | {"checks": c["checks"][:1]})


def incident_removed(root: Path) -> None:
    shutil.rmtree(root / "incidents/two")


def incident_broken(root: Path) -> None:
    (root / "incidents/two/incident.yaml").write_text("title: [")


def incident_linked(root: Path, to: str = "../docs") -> None:
    shutil.rmtree(root / "incidents/two")
    (root / "incidents/two").symlink_to(to)


def standing_removed(root: Path) -> None:
    (root / "incidents/checks.yaml").unlink()


def drafts_left_out(root: Path) -> None:
    of_incident("two", status="draft")(root)
    (root / "mkdocs.yml").write_text(f"{CONFIG}      drafts: false\n")


@pytest.mark.parametrize(
    ("edit", "name", "note"),
    [
        (glob_removed, "one/cart", "narrowed"),
        (kind_removed, "two/other", "narrowed"),
        (of_check("one/paths", applies_to={"paths": ["nothing"]}), "one/paths", "narrowed"),
        (of_incident("one", components=["other"]), "one/cart", ""),
        (check_removed, "one/paths", "removed"),
        (incident_removed, "two/other", "removed"),
        (of_incident("two", status="withdrawn"), "two/other", "removed"),
        (drafts_left_out, "two/other", "removed"),
        (standing_removed, "standing/always", "removed"),
        (incident_broken, "two/other", "broken"),
        (incident_linked, "two/other", "removed"),
        (of_check("one/cart", level="advisory"), "one/cart", "level"),
        (of_check("one/cart", phase="after"), "one/cart", "phase"),
        (of_check("two/other", approval=None), "two/other", "approval"),
        (of_check("one/cart", run="echo fine"), "one/cart", "run"),
        (of_check("one/cart", expect={"exit": 1}), "one/cart", "expect"),
        (of_incident("one", severity="SEV3"), "one/cart", "severity"),
        (of_incident("two", severity="SEV1"), "two/other", ""),
    ],
)  # fmt: skip
def test_what_a_pull_request_weakens_counts_and_is_said(
    edit: Edit, name: str, note: str, server: Repository, tmp_path: Path
) -> None:
    clone, variables = pull_request(server, edit, tmp_path)
    found = listed(clone, variables)
    assert set(found) == {"one/cart", "one/paths", "two/other", "standing/always"}
    assert found[name]["notes"] == ([note] if note else [])
    assert [i for i, one in found.items() if one["notes"]] in (
        [name] if note else [],
        ["one/cart", "one/paths"],  # one line of the list, or one incident
    )
    assert (found[name]["level"], found[name]["phase"]) == ("blocking", "before")
    assert found["two/other"]["approval"]
    if note:
        said = run(clone, variables, "--format", "github")
        assert f"{name}: {RULE_CHANGES[note]}" in said.stderr
        assert RULE_CHANGES[note] in said.stdout
        altered = [line for line in said.stdout.splitlines() if "altered here) <!-- check" in line]
        assert f"**This change alters {len(altered)} check" in said.stdout
        one_line = {"one/paths": "one/cart"}.get(name, name)  # they run the same command
        assert any(f"<!-- check {one_line} " in line for line in altered)
        comment = read_comment(said.stdout)
        assert comment
        assert comment.gates == sum(box.gate for box in comment.boxes.values())


def test_what_identifies_the_repository_is_that_of_the_target(
    server: Repository, tmp_path: Path
) -> None:
    server.git("checkout", "--quiet", "main")
    (server.folder / "package.json").write_text('{"name": "shop"}')
    applies = {"paths": ["services/**"], "repositories": [{"file": "package.json"}]}
    write_base(server.folder / "kb", {"three": incident(check("here", **GATE, applies_to=applies))})
    server.commit()
    server.branch("topic", "main")
    server.commit("services/cart/x.js")
    clone, variables = pull_request(
        server, lambda root: (root.parent / "package.json").unlink(), tmp_path
    )
    assert listed(clone, variables)["three/here"]["notes"] == ["narrowed"]


def test_another_default_is_another_command(server: Repository, tmp_path: Path) -> None:
    def with_default(value: str) -> Edit:
        return of_incident(
            "four",
            checks=[check("x", **{**GATE, "run": 'test "$MOST" -lt 5'}, applies_to={"paths": ["services/**"]})],
            parameters=[{"name": "MOST", "description": "How many", "default": value}],
        )  # fmt: skip

    server.git("checkout", "--quiet", "main")
    write_base(server.folder / "kb", {"four": incident()})
    with_default("7")(server.folder / "kb")
    server.commit()
    server.branch("topic", "main")
    server.commit("services/cart/x.js")
    clone, variables = pull_request(server, with_default("1"), tmp_path)
    assert listed(clone, variables)["four/x"]["notes"] == ["run"]
    assert listed(clone, variables, "--set", "MOST=3")["four/x"]["notes"] == []


def test_the_gate_counts_what_is_removed(server: Repository, tmp_path: Path) -> None:
    """A check that fails is removed in the same pull request; --phase and --level do not hide it."""
    of_check("one/paths", run="false")(server.folder / "kb")
    server.git("checkout", "--quiet", "main")
    of_check("one/paths", run="false")(server.folder / "kb")
    server.commit()
    server.git("checkout", "--quiet", "topic")
    server.git("merge", "--quiet", "--no-edit", "main")
    more = ["--yes", "--trust", "--keep-going", "--record-dir", str(tmp_path)]
    clone, variables = pull_request(server, lambda _: None, tmp_path)
    assert run(clone, variables, *more, command="run").exit_code == 1

    for edit in (check_removed, of_check("one/paths", level="advisory"), of_check("one/paths", phase="after")):  # fmt: skip
        server.git("checkout", "--quiet", "-B", "topic", "HEAD")
        clone, variables = pull_request(server, edit, tmp_path)
        for narrow in ([], ["--phase", "before"], ["--level", "blocking"]):
            done = run(clone, variables, *more, *narrow, command="run")
            assert done.exit_code == 1, done.output
            assert "one/paths" in done.output
        server.git("reset", "--quiet", "--hard", "HEAD^")


def test_a_new_waiver_counts_when_it_is_merged(server: Repository, tmp_path: Path) -> None:
    def waives(**until: str) -> Edit:
        waivers = [
            {
                "check": f"one/{name}",
                "reason": "It is ordered",
                "who": "release manager",
                "until": day,
            }
            for name, day in until.items()
        ]
        return lambda root: (root / "incidents/waivers.yaml").write_text(yaml.safe_dump({"waivers": waivers})) and None  # fmt: skip

    clone, variables = pull_request(server, waives(cart="2999-01-01"), tmp_path)
    found = listed(clone, variables)
    assert found["one/cart"]["notes"] == ["waiver"]
    assert found["one/cart"]["waiver"] is None

    server.git("checkout", "--quiet", "main")
    waives(cart="2998-01-01", paths="2998-01-01")(server.folder / "kb")
    server.commit()
    server.branch("topic", "main")
    server.commit("services/cart/x.js")
    clone, variables = pull_request(server, waives(cart="2999-01-01", paths="2998-01-01"), tmp_path)
    found = listed(clone, variables)
    assert found["one/cart"]["notes"] == ["waiver"]  # it is extended
    assert found["one/cart"]["waiver"] is None
    clone, variables = pull_request(server, waives(cart="2997-01-01", paths="2998-01-01"), tmp_path)
    assert listed(clone, variables)["one/cart"]["waiver"]["until"] == "2997-01-01"


def test_what_is_added_or_made_stricter_is_not_told(server: Repository, tmp_path: Path) -> None:
    def edit(root: Path) -> None:
        write_base(
            root, {"three": incident(check("new", **GATE, applies_to={"paths": ["app/**"]}))}
        )
        of_check("two/other", check="other holds, and more")(root)
        (root / "mkdocs.yml").write_text(CONFIG.replace('["**/migrations/**"]', '["**/migrations/**", "*.js"]'))  # fmt: skip

    clone, variables = pull_request(server, edit, tmp_path)
    found = listed(clone, variables)
    assert "three/new" in found
    assert not any(one["notes"] for one in found.values())


def test_a_knowledge_base_elsewhere_is_not_changed_by_a_release(
    server: Repository, tmp_path: Path
) -> None:
    """It has a repository of its own, which the pull request cannot touch."""
    other = Repository(tmp_path / "other")
    write_base(other.folder, CONTENT, STANDING)
    other.commit()
    check_removed(other.folder)
    clone, variables = pull_request(server, lambda _: None, tmp_path)
    done = run(clone, variables, "--root", str(other.folder), "--format", "json")
    assert done.exit_code == 0
    assert [c["id"] for c in json.loads(done.stdout)["checks"]] == ["one/cart", "two/other", "standing/always"]  # fmt: skip
    # But whoever wants to can name a revision of it.
    named = run(clone, variables, "--root", str(other.folder), "--rules-from", "HEAD")
    assert RULE_CHANGES["removed"] in named.stdout
    wrong = run(clone, variables, "--root", str(other.folder), "--rules-from", "no-such")
    assert wrong.exit_code == 2
    assert "has no revision 'no-such'" in wrong.stderr
    nowhere = tmp_path / "nowhere"
    write_base(nowhere, CONTENT, STANDING)
    assert run(clone, variables, "--root", str(nowhere)).exit_code == 0


def test_a_submodule_that_points_to_a_weaker_commit(tmp_path: Path) -> None:
    base = Repository(tmp_path / "base")
    write_base(base.folder, CONTENT, STANDING)
    base.commit()
    app = Repository(tmp_path / "app")
    app.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(base.folder), "kb")  # fmt: skip
    app.commit("README.md")
    target = app.git("rev-parse", "HEAD")
    check_removed(app.folder / "kb")
    weaker = Repository.__new__(Repository)
    weaker.folder = app.folder / "kb"
    weaker.commit()
    app.branch("topic")
    head = app.commit("services/cart/x.js")
    variables = github_variables(tmp_path / "github", "pull_request", pull_request_event(target, head))  # fmt: skip
    assert listed(app, variables)["one/paths"]["notes"] == ["removed"]


def test_a_push_is_judged_by_its_own_rules(server: Repository, tmp_path: Path) -> None:
    """Whoever merged it has seen it."""
    clone, variables = pull_request(server, check_removed, tmp_path)
    before, head = server.git("rev-parse", "main"), server.git("rev-parse", "topic")
    variables |= github_variables(
        tmp_path / "push", "push", {"before": before},
        GITHUB_REF="refs/heads/main", GITHUB_SHA=head,
    )  # fmt: skip
    assert set(listed(clone, variables)) == {"one/cart", "two/other", "standing/always"}


def test_a_target_that_cannot_be_read_whole_says_so(server: Repository, tmp_path: Path) -> None:
    """Links, large files, and errors in the target: the pull request repairs them."""
    server.git("checkout", "--quiet", "main")
    root = server.folder / "kb"
    incident_linked(root, "one")
    (root / "incidents/one/incident.yaml").write_text("title: [")
    write_base(root, {"large": incident(check("x", **GATE)) | {"notes": "x" * (YAML_BYTES + 1)}})
    (root / "mkdocs.yml").write_text("plugins: 3\n")
    server.commit()
    server.branch("topic", "main")
    server.commit("services/cart/x.js")

    def repaired(root: Path) -> None:
        (root / "incidents/two").unlink()
        write_base(root, {**CONTENT, "large": incident(check("x", **GATE))})

    clone, variables = pull_request(server, repaired, tmp_path)
    done = run(clone, variables)
    assert done.exit_code == 0, done.output
    for part in (
        "incidents/two: it is not a regular file",
        "incidents/one: it has errors there",
        "incidents/large/incident.yaml: it is larger than 1 MiB",
        "mkdocs.yml: plugins is not a list",
    ):
        assert part in done.stderr
    assert "one/cart" in done.stdout


def raw_tree(repository: Repository, entries: list[tuple[str, str, str]]) -> str:
    """Write a tree as git would never write it, and return it; entries are mode, object and name."""
    content = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(blob) for mode, blob, name in entries)  # fmt: skip
    file = repository.folder / ".git/raw"
    file.write_bytes(content)
    return repository.git("hash-object", "-t", "tree", "-w", "--literally", str(file))


def test_a_commit_with_names_that_lead_out_writes_nothing_there(tmp_path: Path) -> None:
    made = Repository(tmp_path / "made")
    write_base(made.folder, CONTENT)
    made.commit()
    file = tmp_path / "evil.yaml"
    file.write_text("title: evil\n")
    blob = made.git("hash-object", "-w", str(file))
    link = made.git("hash-object", "-w", "--stdin-paths") or blob
    inner = raw_tree(made, [("100644", blob, "incident.yaml"), ("120000", link, "proofs.yaml")])
    names = ["..", ".", "x\ny", "-rf", "A", "two"]
    folders = raw_tree(made, [("40000", inner, name) for name in names])
    tree = raw_tree(made, [("100644", blob, "../mkdocs.yml"), ("40000", folders, "incidents")])
    evil = made.git("commit-tree", tree, "-m", "evil")
    target = tmp_path / "deep/target"
    target.mkdir(parents=True)
    found = write_earlier_files(made.folder, evil, target)
    written = [p.relative_to(tmp_path) for p in (tmp_path / "deep").rglob("*") if p.is_file()]
    assert written == [Path("deep/target/incidents/two/incident.yaml")]
    assert found.incidents == {"one", "two"}
    assert found.refused == {"incidents/two/proofs.yaml": "it is not a regular file"}
    assert not list(tmp_path.glob("mkdocs.yml"))


def test_what_git_cannot_tell_is_an_error(server: Repository, tmp_path: Path) -> None:
    with pytest.raises(NotInGit, match="git diff"):
        write_earlier_files(server.folder / "kb", "0" * 40, tmp_path)
    # A clone that gets blobs only when they are needed does not contain those of the target.
    clone, variables = pull_request(server, check_removed, tmp_path)
    blob = clone.git("rev-parse", "HEAD^1:kb/incidents/one/incident.yaml")
    for pack in (clone.folder / ".git/objects/pack").glob("*.pack"):
        moved = tmp_path / pack.name
        shutil.move(pack, moved)
        with moved.open("rb") as stream:
            subprocess.run(
                ["git", "-C", clone.folder, "unpack-objects", "-q"], stdin=stream, check=True
            )
    (clone.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    done = run(clone, variables)
    assert done.exit_code == 2
    assert "does not contain its incidents/one/incident.yaml; clone without a filter" in done.stderr


def test_rules_of_the_target_that_lint_refuses_do_no_harm(
    server: Repository, tmp_path: Path
) -> None:
    """Globs that match nothing, and expressions that could take long; the pull request repairs them."""
    server.git("checkout", "--quiet", "main")
    root = server.folder / "kb"
    kinds = """\
        migration: ["**/migrations/**", "src/@(a|b)/*.ts", "x[", ".\\\\y"]
        slow:
          paths: ["**"]
          when_added: [{ regex: '(a+)+b' }]
        odd: ["{a,b", "!x"]
"""
    (root / "mkdocs.yml").write_text(
        CONFIG.replace('        migration: ["**/migrations/**"]\n', kinds)
    )
    slow = {"paths": ["services/**", "x["], "when_added": [{"regex": "(a+)+b"}]}
    of_check("one/paths", applies_to=slow)(root)
    server.commit()
    server.branch("topic", "main")
    server.commit("services/cart/x.js", "app/migrations/1.sql", content="a" * 5000 + "\n")

    def repaired(root: Path) -> None:
        write_base(root, {"one": CONTENT["one"]})

    clone, variables = pull_request(server, repaired, tmp_path)
    assert {"one/cart", "one/paths", "two/other"} <= set(listed(clone, variables))
