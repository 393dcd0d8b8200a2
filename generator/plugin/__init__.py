"""The plugin `runbooks` for MkDocs and for ProperDocs, which supports the same plugins.

`hooks.py` is the plugin; `building.py` and `serving.py` implement `runbooks build` and `runbooks
serve` with it. Only they import MkDocs; the rest also works for other engines.
"""
