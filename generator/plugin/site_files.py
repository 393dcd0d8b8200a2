"""Files that are copied to the site: taken from the old site where it has the same."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, InclusionLevel

from generator.cache.fingerprints import digest, stamp
from generator.knowledge.settings import PLUGIN
from generator.plugin.kept_site import KeptSite
from generator.site.page import Asset, LateAsset


class LateFile(File):
    """A file that is written already, so that its content is not held in memory."""

    def __init__(self, asset: Asset | LateAsset, config: MkDocsConfig, kept: KeptSite) -> None:
        super().__init__(
            asset.path,
            None,
            config.site_dir,
            config.use_directory_urls,
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        self.generated_by = PLUGIN
        self.abs_src_path = self.abs_dest_path
        if isinstance(asset, LateAsset):
            kept.put(self.dest_uri, asset.key, asset.make)
        else:
            kept.put(self.dest_uri, digest(asset.content).hex(), lambda: asset.content)

    def copy_file(self, dirty: bool = False) -> None:
        """Do nothing; it is where it belongs."""


def keep_file(file: File, kept: KeptSite) -> None:
    """Let a file that is copied be taken from the old site, if it is there."""
    if type(file) is not File or file.is_documentation_page():
        return

    def place(dirty: bool = False) -> None:  # noqa: ARG001 - MkDocs passes it
        if file.abs_src_path is None:
            content = file.content_bytes
            kept.put(file.dest_uri, digest(content).hex(), lambda: content)
        else:
            source = file.abs_src_path
            kept.copy(file.dest_uri, f"{source} {stamp(source)}", source)

    file.copy_file = place  # type: ignore[method-assign]
