"""Response: what happens next."""
