"""Sandbox: what holds an agent in."""
