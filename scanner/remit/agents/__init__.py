"""One file an agent: where its configuration lies and what it really permits."""
