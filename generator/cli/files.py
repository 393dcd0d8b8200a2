"""Writing a result into a file, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import click


def write_whole(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file whole or not at all: beside it first, then renamed into place.

    Args:
        path: the file.
        content: what it is to hold; text is written as UTF-8.
        mode: who may read and write it.

    Raises:
        click.ClickException: the folder is missing or not writable.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all; its folder is made.

    Raises:
        click.ClickException: the file is there already, or cannot be written.
    """
    made = not path.parent.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            Path(name).chmod(0o644)
            _put(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already, and stays as it is") from None
    except OSError as error:
        if made:
            with contextlib.suppress(OSError):
                path.parent.rmdir()
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None


def _put(written: Path, path: Path) -> None:
    """Give a file its name, unless something has that name.

    Raises:
        FileExistsError: something has.
    """
    try:
        path.hardlink_to(written)  # unlike a rename, fails where somebody was faster
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        written.rename(path)
