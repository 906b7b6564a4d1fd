"""Remit audits what AI coding agents can reach, destroy and leak, against a policy."""

__version__ = "0.1.0"
