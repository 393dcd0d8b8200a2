"""Files that are copied to the site: taken from the old site where it has the same."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, InclusionLevel

from generator.cache.fingerprints import digest, stamp
from generator.knowledge.settings import PLUGIN
from generator.plugin.kept_site import KeptSite
from generator.site.page import LateAsset


class LateFile(File):
    """A file whose content is made when somebody reads it.

    Attributes:
        asset: the file.
    """

    def __init__(self, asset: LateAsset, config: MkDocsConfig) -> None:
        super().__init__(
            asset.path,
            None,
            config.site_dir,
            config.use_directory_urls,
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        self.generated_by = PLUGIN
        self.abs_src_path = None
        self.asset = asset

    @property  # type: ignore[misc]
    def content_bytes(self) -> bytes:
        """What it holds."""
        return self.asset.content

    @property  # type: ignore[misc]
    def content_string(self) -> str:
        """What it holds, as text."""
        return self.content_bytes.decode("utf-8-sig")


def keep_file(file: File, kept: KeptSite) -> None:
    """Let a file that is copied be taken from the old site, if it is there."""
    if type(file) not in (File, LateFile) or file.is_documentation_page():
        return

    def place(dirty: bool = False) -> None:  # noqa: ARG001 - MkDocs passes it
        if isinstance(file, LateFile):
            kept.put(file.dest_uri, file.asset.key, file.asset.make)
        elif file.abs_src_path is None:
            content = file.content_bytes
            kept.put(file.dest_uri, digest(content).hex(), lambda: content)
        else:
            source = file.abs_src_path
            kept.copy(file.dest_uri, f"{source} {stamp(source)}", source)

    file.copy_file = place  # type: ignore[method-assign]
