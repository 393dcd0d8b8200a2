"""Post-mortems in plain Markdown: what every write-up is that fits no other format."""

from __future__ import annotations

from generator.importers.base import WriteUpFormat

FORMAT = WriteUpFormat(about="a post-mortem or any other write-up in Markdown", fits=lambda _: True)
