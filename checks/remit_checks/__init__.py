"""The controls: one a file, found by the registry."""
