"""Compares the alerts of Prometheus rule files with the alerts that incidents name."""
