"""Renderers: one a file, each reading a Result and nothing else."""
