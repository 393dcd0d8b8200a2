"""The plugin `runbooks` for MkDocs and for ProperDocs, which takes the same plugins.

`hooks.py` is the plugin; `building.py` and `serving.py` are what `runbooks build` and `runbooks
serve` do with it. Only they import MkDocs: the rest also serves other engines.
"""
