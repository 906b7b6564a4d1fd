"""Monitoring: who would notice."""
