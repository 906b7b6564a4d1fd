"""Container definitions in which an agent could run."""
