"""Proofs: programs that show an incident's statements to be true, run for real."""
