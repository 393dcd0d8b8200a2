"""Writing a file completely or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import click

from generator.cache.scratch import new_file


def write_whole(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file completely or not at all: to a temporary file, then renamed into place.

    Args:
        path: the file.
        content: its new content; text is written as UTF-8.
        mode: who may read and write it.

    Raises:
        click.ClickException: the folder is missing or not writable.
    """
    try:
        with new_file(path.parent, path.name) as (descriptor, new):
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
            new.chmod(mode)
            new.replace(path)
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


def write_new(path: Path, text: str) -> None:
    """Write a new file completely or not at all; create its folder if it does not exist.

    Raises:
        click.ClickException: the file already exists, or cannot be written.
    """
    made = not path.parent.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path.parent, path.name) as (descriptor, new):
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            new.chmod(0o644)
            _put(new, path)
    except FileExistsError:
        raise click.ClickException(f"{path} already exists and is not overwritten") from None
    except OSError as error:
        if made:
            with contextlib.suppress(OSError):
                path.parent.rmdir()
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


def _put(written: Path, path: Path) -> None:
    """Give a file its name, unless the name is taken.

    Raises:
        FileExistsError: the name is taken.
    """
    try:
        path.hardlink_to(written)  # unlike a rename, fails if another process was faster
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        written.rename(path)
