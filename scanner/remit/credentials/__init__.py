"""One file a credential kind: how to recognise it and what it can destroy."""
