"""How a person vouches for what no file shows."""

from __future__ import annotations

from remit.remedy import Remedy, manual


def attested(control: str, title: str, steps: str, evidence: str) -> Remedy:
    """Steps to look at a thing, and the lines of the policy with which somebody then vouches for it."""
    return manual(
        title,
        f"{steps}\n\nThen attest it in the auditor's policy:\n\n"
        f'[[attestations]]\ncontrol = "{control}"\nby = "NAME"\non = 2026-01-31\nvalid_days = 180\n'
        f'evidence = "{evidence}"',
    )
