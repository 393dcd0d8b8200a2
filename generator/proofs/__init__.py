"""Runs proofs: programs that show that an incident's statements are true."""
