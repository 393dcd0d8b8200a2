"""Compiled templates, for the lifetime of the process: a knowledge base that is served is built often."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """The code of templates by their place and their source: a changed template is compiled again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template the code that is known, if it is that of its source."""
        checksum, code = self._known.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._known[bucket.key] = bucket.checksum, bucket.bytecode_to_string()


@lru_cache(maxsize=16)
def compiled_with(*options: Hashable) -> CompiledTemplates:  # noqa: ARG001 - the key of what is kept
    """Return what is kept for environments of one kind.

    Args:
        options: all on which the code depends, besides the source: whether it runs in a sandbox, how
            printed values are escaped.
    """
    return CompiledTemplates()
