"""BK-007."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Credential, CredentialFile, IacModule, Source, Unknown
from remit.policy.declared import DeclaredCopy
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.copies import Destroyable, destroyables
from remit_checks.backup.inventory import KEY, NONE_DECLARED, Weight, declare, declared
from remit_checks.backup.openers import Held, in_reach, opens
from remit_checks.terraform import listed


@dataclass(frozen=True, slots=True)
class _Judged:
    """What stands between the credentials in reach and the copies of one thing."""

    original: Destroyable
    weight: Weight
    by: tuple[Credential, ...] = ()


@check(
    "BK-007",
    "creds-cannot-reach-backup",
    severity="critical",
    parameters=("backup.inventory",),
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
    incidents=("INC-01",),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def creds_cannot_reach_backup(graph: AccessGraph, policy: Policy) -> Verdict:
    """No credential that an agent can find opens the copies that must outlive it.

    An agent found a token in a file that had nothing to do with its task; the next one will find the others. A copy
    counts only if none of them opens it: neither the provider's own backups behind the same token, nor a bucket in an
    account whose key lies in the tree. What the policy says of a copy is held against the credentials that are there.

    Fix:
        Keep a copy under a principal of its own, whose credentials lie on no machine on which an agent runs, and lock
        it there. Take credentials that open a backup account out of the tree, and revoke them.
    """
    originals = destroyables(graph)
    if not originals:
        return skip("nothing here can destroy data")
    if not graph.agents:
        return skip("the policy says that no agent is used here")
    held = tuple(in_reach(graph))
    judged = [_judge(each, held) for each in originals]
    bad = [each for each in judged if each.weight[0] == "fail"]
    left = [each for each in judged if each.weight[0] == "unknown"]
    if bad:
        more = f"; not known of {len(left)} more" if left else ""
        text = f"a credential in an agent's reach opens the copies: {_told(bad)}{more}"
        return fail(text, *_places(graph, bad), remedies=tuple(_remedies(bad)))
    if left:
        text = f"whether a copy is out of reach is not known: {_told(left)}"
        return unknown(text, *_places(graph, left), remedies=(_declared(left),))
    return ok(f"no credential that was found opens the copies: {_told(judged)}", *_places(graph, judged))


def _judge(original: Destroyable, held: Sequence[Held]) -> _Judged:
    copies = declared(original)
    doubts: list[str] = []
    apart: list[DeclaredCopy] = []
    for copy in copies:
        if copy.reachable_by_agents:
            doubts.append(f"the copy at {copy.location} is not declared reachable_by_agents = false")
            continue
        answers = [(each, opens(each, copy)) for each in held]
        sure = [each for each, answer in answers if not isinstance(answer, Unknown) and answer]
        if sure:
            why = f"the copy at {copy.location} is declared out of reach, and {sure[0].told} belongs to its account"
            return _Judged(original, ("fail", why), tuple(each.credential for each in sure))
        doubt = next((answer.why for _, answer in answers if isinstance(answer, Unknown)), "")
        if doubt:
            doubts.append(doubt)
        else:
            apart.append(copy)
    if apart:
        return _Judged(original, ("pass", f"the copy at {apart[0].location}"))
    return _without_a_copy_apart(original, held, doubts)


def _without_a_copy_apart(original: Destroyable, held: Sequence[Held], doubts: Sequence[str]) -> _Judged:
    """Only the provider's own backups, or copies of which nobody knows who opens them, are left."""
    worst = [each for each in held if each.credential.damage == "D4" and each.credential.resource == original.name]
    sure = [each for each in worst if each.certainty == "proven"]
    if sure and not doubts:
        why = f"{sure[0].told} deletes its backups as well, and {NONE_DECLARED}"
        return _Judged(original, ("fail", why), tuple(each.credential for each in sure))
    why = doubts[0] if doubts else NONE_DECLARED
    return _Judged(original, ("unknown", why), tuple(each.credential for each in worst))


def _told(found: Sequence[_Judged]) -> str:
    return listed(list(dict.fromkeys(f"{each.original.name} ({each.weight[1]})" for each in found)), 3)


def _places(graph: AccessGraph, found: Sequence[_Judged]) -> tuple[Source, ...]:
    keys = [credential.source for each in found for credential in each.by]
    named = [source for each in found for source in each.original.sources]
    inventory = [graph.origins[KEY]] if KEY in graph.origins and any(declared(each.original) for each in found) else []
    return tuple(dict.fromkeys((*keys, *named, *inventory)))


# -------------------------------------------------------------------------------------------------------- remedies


def _declared(found: Sequence[_Judged]) -> Remedy:
    return declare(
        "Keep a copy under a principal of its own, and declare it",
        list(dict.fromkeys(each.original.name for each in found)),
        'account = "the account that owns the copy"',
        "immutable = true",
        "reachable_by_agents = false",
    )


def _remedies(bad: Sequence[_Judged]) -> Iterator[Remedy]:
    credentials = {each.fingerprint: each for judged in bad for each in judged.by}
    for credential in list(credentials.values())[:5]:
        yield manual(
            f"Take the {credential.title} out of reach ({credential.source})",
            f"1. Issue instead: {credential.narrower or 'a credential that can delete neither data nor backups'}.\n"
            f"2. Put it where {credential.name or 'the old one'} is read.\n"
            f"3. {credential.rotate or 'Revoke the old one at its provider.'}",
            safe=False,
        )
    yield _declared(bad)
