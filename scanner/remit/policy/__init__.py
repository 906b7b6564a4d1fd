"""The access policy: what is wanted, where it came from, and what may never be weakened."""
