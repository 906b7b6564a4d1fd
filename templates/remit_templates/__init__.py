"""Templates for pages, policies and remedies."""
