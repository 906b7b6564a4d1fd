"""Documented incidents as chains of steps, and what each step would meet in an audited target."""
