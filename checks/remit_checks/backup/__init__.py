"""Backup: whether a copy survives."""
