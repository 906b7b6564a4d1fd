"""BK-009."""

from __future__ import annotations

import re
from collections.abc import Sequence

from remit.access.graph import AccessGraph
from remit.access.providers import names_provider
from remit.check import check
from remit.evidence import CredentialFile, IacModule, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy
from remit.verdict import Verdict
from remit_checks.backup.automatic import keeps_a_log
from remit_checks.backup.copies import Destroyable
from remit_checks.backup.inventory import NONE_DECLARED, Weight, Words, declare, declared, judged
from remit_checks.response.attest import attest

_WORDS = Words("enough copies in enough places", "too few copies", "whether there are enough copies is not known")
_LIKE_BUCKETS = re.compile(r"object|bucket|blob|s3")
_LIKE_DISKS = re.compile(r"volume|disk|block|database|instance")
Tally = tuple[int, int]
"""How many there surely are, and how many there may be."""


@check(
    "BK-009",
    "three-two-one",
    severity="medium",
    parameters=("backup.copies", "backup.media", "backup.offsite", "backup.inventory"),
    frameworks={
        "owasp-agentic": ("ASI08", "ASI03"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-6(1)", "CP-9(3)", "CP-9(5)", "CP-9(7)", "CP-9(8)"),
        "nist-csf": ("PR.DS-11", "PR.IR-03"),
        "iso-27001": ("A.8.13", "A.8.14"),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2",),
        "cis": ("11.3", "11.4"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08",),
    },
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def three_two_one(graph: AccessGraph, policy: Policy) -> Verdict:
    """Whatever can be destroyed exists three times, on two kinds of storage, once elsewhere.

    One copy fails for the reason that the original failed: the same account, the same medium, the same script. The old
    rule of three, two and one asks for so much difference that no single mistake takes them all. The original counts
    as one of the three.

    Fix:
        Add the copy that is missing, on another kind of storage or with another provider, and declare each copy with
        its medium in the policy.
    """
    return judged(graph, lambda each: _weighed(each, policy), _WORDS, _remedies)


def _weighed(each: Destroyable, policy: Policy) -> Weight:
    if not declared(each):
        return "unknown", NONE_DECLARED
    asked: tuple[tuple[Tally, int, str], ...] = (
        (_copies(each), policy.backup.copies, "copies with the original"),
        (_media(each), policy.backup.media, "kinds of storage"),
        (_elsewhere(each), policy.backup.offsite, "elsewhere"),
    )
    short = [f"{sure} of {least} {what}" for (sure, most), least, what in asked if most < least]
    if short:
        return "fail", ", ".join(short)
    left = [f"{sure} of {least} {what} for certain" for (sure, _), least, what in asked if sure < least]
    if left:
        return "unknown", ", ".join(left)
    return "pass", ", ".join(f"{sure} {what}" for (sure, _), _, what in asked)


def _copies(each: Destroyable) -> Tally:
    """The original, what is declared or shown by code, and the backups that the provider is told to make."""
    own = keeps_a_log(each)
    open_ = sum(copy.declared is None and isinstance(copy.elsewhere, Unknown) for copy in each.copies)
    most = 2 + len(each.copies) if isinstance(own, Unknown) else 1 + own + len(each.copies)
    return most - open_ - isinstance(own, Unknown), most


def _media(each: Destroyable) -> Tally:
    """Kinds of storage, or providers where those are more; a copy whose kind nobody names may be one more."""
    said = [copy.declared for copy in each.copies if copy.declared is not None]
    named = {copy.medium.casefold() for copy in said if copy.medium}
    named |= {copy.location.partition(".")[0] for copy in each.copies if copy.declared is None}
    like_original = _LIKE_BUCKETS if "bucket" in each.name else _LIKE_DISKS
    own = bool(named) and not any(like_original.search(kind) for kind in named)
    providers = {_stored_by(each, copy.provider) for copy in said} | ({each.provider} if each.provider else set())
    unnamed = sum(not copy.medium for copy in said)
    return max(len(named) + own, len(providers)), len(named) + unnamed + 1


def _stored_by(each: Destroyable, provider: str) -> str:
    same = each.provider is not None and names_provider(provider, each.provider)
    return each.provider if same and each.provider else provider.casefold()


def _elsewhere(each: Destroyable) -> Tally:
    sure = sum(not isinstance(copy.elsewhere, Unknown) and copy.elsewhere for copy in each.copies)
    return sure, sure + sum(isinstance(copy.elsewhere, Unknown) for copy in each.copies)


def _remedies(names: Sequence[str]) -> tuple[Remedy, ...]:
    lines = ('medium = "what kind of storage"', "reachable_by_agents = false")
    return (
        declare("Add the copy that is missing, and declare each one with its medium", names, *lines),
        attest("BK-009", "Or attest that the copies were counted", "link to the list of copies"),
    )
