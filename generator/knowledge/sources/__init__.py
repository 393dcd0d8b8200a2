"""Incidents of other knowledge bases: where they are, what was taken of them, and how it is copied."""
