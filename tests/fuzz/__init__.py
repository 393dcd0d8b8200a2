"""Fuzzers of what reads untrusted input, and kills of what writes: `python -m tests.fuzz --help`."""
