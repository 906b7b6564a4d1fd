"""SB-020."""

from __future__ import annotations

from remit.access.agent import Agent
from remit.access.edges.leaks import goal
from remit.access.graph import AccessGraph, Edge, Node
from remit.access.network import Network
from remit.check import check
from remit.evidence import CredentialFile, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.least_privilege.usable_credentials import out_of_view

_LEGS = ("private data", "text that strangers write", "a way out")


@check(
    "SB-020",
    "no-lethal-trifecta",
    severity="critical",
    parameters=("credentials.paths",),
    frameworks={
        "owasp-agentic": ("ASI01", "ASI06"),
        "owasp-llm": ("LLM01", "LLM02"),
        "mitre-atlas": ("AML.T0051.001", "AML.T0086", "AML.T0093", "AML.M0030", "AML.M0033"),
        "nist-800-53": ("SI-10", "AC-4", "SI-4(4)"),
        "nist-csf": ("PR.DS-10", "DE.CM-09"),
        "iso-27001": ("A.8.12", "A.8.28"),
        "iso-42001": ("A.6.2.4", "A.7.4"),
        "soc2": ("CC6.7", "CC6.8"),
        "cis": ("3.13", "16.10"),
        "nist-ai-rmf": ("MEASURE 2.7", "MEASURE 2.6"),
        "eu-ai-act": ("15",),
        "csa-aicm": ("AIS-11", "UEM-11"),
    },
    incidents=("INC-15", "INC-16", "INC-17"),
    needs=(CredentialFile,),
)
def no_lethal_trifecta(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """No agent has private data, text that strangers write, and a way out at the same time.

    An instruction hidden in a page or a ticket can make an agent do whatever it may do unasked. With all three in one
    hand, what it may do is to send the data away, and nothing else has to go wrong.

    Fix:
        Take one of the three away, most cheaply the way out: an allow list of hosts that the operating system enforces.
    """
    start = Node("agent", agent.name)
    paths = Network(graph.edges).best(start)
    legs = [next((paths[node] for node in leg if node in paths), None) for leg in goal(start).legs]
    missing = [name for name, path in zip(_LEGS, legs, strict=True) if path is None]
    edges = [edge for path in legs if path for edge in path]
    places = tuple(dict.fromkeys(source for edge in edges for source in edge.evidence))[:8]
    why = _unseen(agent, policy, graph, missing)
    if why:
        return unknown(f"{agent.title}: {why}", *(places or agent.sources), remedies=_remedies())
    if missing:
        return ok(f"{agent.title} lacks {missing[0]} unasked, as far as was seen", *(places or agent.sources))
    if all(edge.certainty == "proven" for edge in edges) and places:
        return fail(f"{agent.title} has all three: {_told(edges)}", *places, remedies=_remedies())
    return unknown(
        f"{agent.title} may have all three: {_told(edges)}", *(places or agent.sources), remedies=_remedies()
    )


def _unseen(agent: Agent, policy: Policy, graph: AccessGraph, missing: list[str]) -> str:
    """What may bring a leg that was not found; empty where all of them were, or nothing is left open."""
    access = agent.access
    if not missing:
        return ""
    for fact in (access.shell_without_approval, access.approval):
        if isinstance(fact, Unknown):
            return fact.why
    if access.decide is None:
        return "what it does with commands could not be worked out"
    unclear = [each.name for each in access.mcp if each.auto_approved and not each.classes]
    if unclear:
        return f"what the server {unclear[0]} brings is not known, and it may bring {missing[0]}"
    hidden = [gap.path for gap in graph.gaps if CredentialFile.__name__ in gap.affects]
    # What lies in the home directory is private data too, and without --machine nobody looked there.
    outside = out_of_view(agent, policy, graph) if missing == [_LEGS[0]] else []
    unread = [*hidden, *graph.left_out, *outside]
    return f"{unread[0]} was not read, and may hold {missing[0]}" if unread and _LEGS[0] in missing else ""


def _told(edges: list[Edge]) -> str:
    return "; ".join(dict.fromkeys(f"{edge.deed} ({edge.end.name})" for edge in edges if edge.end.kind != "file"))


def _remedies() -> tuple[Remedy, ...]:
    return (
        manual(
            "Take the way out away",
            "1. Switch on the agent's sandbox with an allow list of the hosts that its tasks need.\n"
            "2. Let it ask before it fetches pages and before it calls servers that send data out.\n"
            "3. Or keep the private data out of its reach: no credentials in the files that it reads.",
            safe=False,
        ),
    )
