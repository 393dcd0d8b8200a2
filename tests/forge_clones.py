"""Repositories as forges keep them, and clones of them as their runners make them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

_WHO = {
    f"GIT_{role}_{what}": "x@x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


class Repository:
    """A git repository in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Make it, with the branch main and without a commit."""
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        """Run git in it, and return what it prints."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **_WHO},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, *names: str, content: str = "changed\n") -> str:
        """Append to files, commit everything, and return the commit."""
        for name in names:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((path.read_text() if path.exists() else "") + content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change " + " ".join(names))
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, start: str = "main") -> None:
        """Begin a branch."""
        self.git("checkout", "--quiet", "-B", name, start)

    def merge(self, into: str, branch: str, ref: str) -> str:
        """Merge a branch as a forge does: into a ref of its own, the target first."""
        here = self.git("rev-parse", "--abbrev-ref", "HEAD")
        self.git("checkout", "--quiet", "--detach", into)
        self.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        self.git("update-ref", ref, "HEAD")
        merged = self.git("rev-parse", "HEAD")
        self.git("checkout", "--quiet", here)
        return merged

    def cloned(self, folder: Path, ref: str, *, depth: int = 0) -> Repository:
        """Clone it as a runner does: one ref, detached, and with depth 0 all branches and tags."""
        clone = Repository(folder)
        clone.git("remote", "add", "origin", f"file://{self.folder}")
        more = (
            [f"--depth={depth}"]
            if depth
            else ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
        )
        clone.git("fetch", "--quiet", "origin", *more, f"+{ref}:refs/runner/this")
        clone.git("checkout", "--quiet", "--detach", "refs/runner/this")
        return clone


def github_variables(folder: Path, name: str, event: dict[str, Any], **more: str) -> dict[str, str]:
    """Return the variables of GitHub Actions for an event, which is written to a file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "event.json"
    file.write_text(json.dumps({"repository": {"default_branch": "main"}, **event}))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_REPOSITORY": "shop/app",
        "GITHUB_WORKFLOW": "deploy",
        "GITHUB_JOB": "checklist",
        **more,
    }


def pull_request_event(base: str, head: str, *, fork: bool = False) -> dict[str, Any]:
    """Return the event of pull request 7, of which the base may be out of date."""
    return {
        "pull_request": {
            "number": 7,
            "base": {"sha": base, "ref": "main", "repo": {"full_name": "shop/app"}},
            "head": {"sha": head, "repo": {"full_name": "me/app" if fork else "shop/app"}},
        }
    }
