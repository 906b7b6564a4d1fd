"""Least privilege: what an agent may touch."""
