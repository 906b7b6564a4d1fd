"""How a person vouches for what no file can prove."""

from __future__ import annotations

import json

from remit.policy.records import MAX_ATTESTATION_DAYS
from remit.remedy import Remedy, manual

_DAYS = 90


def attest(control: str, title: str, evidence: str, days: int | None = None) -> Remedy:
    """An attestation as the auditor's policy takes it; `days` is what the policy lets it stand at most."""
    stands = max(1, min(_DAYS if days is None else days, MAX_ATTESTATION_DAYS))
    return manual(
        title,
        "\n".join(
            (
                "[[attestations]]",
                f"control = {json.dumps(control)}",
                'by = "who did it"',
                "on = 2000-01-01  # the day it was done",
                f"valid_days = {stands}",
                f"evidence = {json.dumps(evidence)}",
            )
        ),
    )
