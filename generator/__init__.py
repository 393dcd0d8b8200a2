"""Incident knowledge base and runbook generator."""
