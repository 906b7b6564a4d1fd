"""SB-010."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.access.agent import Agent
from remit.access.graph import AccessGraph, Certainty
from remit.access.unasked import may_read
from remit.check import check
from remit.evidence import Container, CredentialFile, Source
from remit.policy.model import Policy
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.sandbox.containers import host_side, is_project, meant_for, unread, ways_out
from remit_checks.sandbox.read_rules import deny_reads, lies_in, samples
from remit_checks.sandbox.settings import as_far_as_it_holds, called, out_of_sight, places
from remit_checks.sandbox.stores import opens
from remit_checks.terraform import listed


@dataclass(frozen=True, slots=True)
class _Readable:
    """A place that nothing surely keeps the agent from."""

    path: str
    certainty: Certainty
    why: str
    source: Source | None = None
    """The file itself, where it was seen."""


@check(
    "SB-010",
    "sensitive-reads-denied",
    severity="high",
    parameters=("credentials.paths",),
    frameworks={
        "owasp-agentic": ("ASI05", "ASI02"),
        "owasp-llm": ("LLM06", "LLM05"),
        "mitre-atlas": ("AML.T0105", "AML.T0112.000", "AML.M0032"),
        "nist-800-53": ("SC-39", "SC-7", "SC-44", "SI-14", "CM-7"),
        "nist-csf": ("PR.PS-01", "PR.PS-05", "PR.IR-01"),
        "iso-27001": ("A.8.22", "A.8.27", "A.8.1"),
        "iso-42001": ("A.4.5",),
        "soc2": ("CC6.1", "CC6.8"),
        "cis": ("4.1", "16.10"),
        "nist-ai-rmf": ("MEASURE 2.7", "MANAGE 1.3"),
        "eu-ai-act": ("15",),
        "csa-aicm": ("AIS-11", "IVS-04"),
    },
    incidents=("INC-01", "INC-03", "INC-14", "INC-21"),
    attestable=True,
    needs=(CredentialFile, Container),
)
def sensitive_reads_denied(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """The places where credentials lie are closed to an agent, to its shell as well as to its tools.

    Every chain that ends in a deletion goes through a credential that the agent found: a token in a file that had
    nothing to do with its task, the cloud login in the home directory. No agent refuses such reads by itself, and a
    rule for its file tools is worth nothing beside a shell that prints the same file.

    Fix:
        Deny reading these places in the agent's settings, and switch on the sandbox that enforces it on every
        command. Or start the agent in a container that has none of them.
    """
    found = tuple(_existing(agent, policy, graph))
    proven = [each for each in found if each.certainty == "proven"]
    remedies = deny_reads(agent, policy.credentials.paths)
    if proven:
        text = f"{called(agent)} reads {listed([each.path for each in proven])} unasked: {proven[0].why}"
        why = out_of_sight(agent)
        sources = (*(each.source for each in proven[:5] if each.source), *places(agent))
        if why:
            return unknown(f"{text}; {why}", *sources, remedies=remedies)
        return fail(text, *sources, remedies=remedies)
    if found:
        text = f"whether {called(agent)} reads {listed([each.path for each in found])} is not known: {found[0].why}"
        return unknown(text, *(each.source for each in found[:5] if each.source), *places(agent), remedies=remedies)
    return _elsewhere(agent, policy, graph)


def _elsewhere(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """The places of the policy in which no credential was seen: people's machines may well have them."""
    left = {place: each for place in policy.credentials.paths if (each := _uncovered(agent, place, graph))}
    remedies = deny_reads(agent, policy.credentials.paths)
    if left:
        first = next(iter(left.values()))
        return unknown(
            f"nothing keeps {called(agent)} from {listed(list(left))} ({first.why}), and whether credentials lie there "
            "was not seen",
            *places(agent),
            remedies=remedies,
        )
    text = f"{agent.title} is kept from every place where the policy expects credentials"
    return ok(text + as_far_as_it_holds(agent), *places(agent))


def _existing(agent: Agent, policy: Policy, graph: AccessGraph) -> Iterator[_Readable]:
    for file in graph.credential_files:
        if not any(map(opens, file.credentials)) or not any(
            lies_in(file.path, place) for place in policy.credentials.paths
        ):
            continue
        readable = None if _sheltered(agent, file.path, graph) else may_read(agent, file.path)
        if readable is not None:
            yield _Readable(file.path, *readable, Source(file.path, 0, "credentials"))


def _uncovered(agent: Agent, place: str, graph: AccessGraph) -> _Readable | None:
    for path in samples(place):
        readable = None if _sheltered(agent, path, graph) else may_read(agent, path)
        if readable is not None:
            return _Readable(path, *readable)
    return None


def _sheltered(agent: Agent, path: str, graph: AccessGraph) -> bool:
    """Whether a place outside the project is missing from the container that is meant for the agent."""
    if not path.startswith(("~", "/")) or agent.assumed:
        return False
    meant = meant_for(agent, graph)
    return bool(meant) and not any(_brings(each, path) for each in meant)


def _brings(container: Container, path: str) -> bool:
    """Whether a container may hold a place of the host; what is mounted at the start of an image is not known."""
    if ways_out(container) or unread(container) or container.kind == "dockerfile":
        return True
    outside = [source for source in map(host_side, container.mounts) if not is_project(source)]
    return any(lies_in(path, source) if source.startswith("~/") else source != "/dev/null" for source in outside)
