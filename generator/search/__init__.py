"""Finds pages by words: the index that the browser loads, and the same ranking in Python."""
