"""SB-011."""

from __future__ import annotations

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, command
from remit.verdict import Verdict, ok, skip, unknown
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.settings import called
from remit_checks.terraform import listed

_CLONE = "ephemeral-clone"


@check(
    "SB-011",
    "cow-writes",
    severity="medium",
    parameters=("sandbox.cow",),
    frameworks={
        "owasp-agentic": ("ASI05", "ASI08"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("SI-14", "CP-10(2)", "CM-3(2)"),
        "nist-csf": ("PR.DS-10", "PR.PS-06"),
        "iso-27001": ("A.8.32", "A.8.13"),
        "iso-42001": ("A.4.5",),
        "soc2": ("CC8.1",),
        "cis": ("11.2", "16.10"),
        "nist-ai-rmf": ("MANAGE 2.4",),
        "eu-ai-act": ("14", "15"),
        "csa-aicm": ("CCC-04",),
    },
    incidents=("INC-06", "INC-08", "INC-09"),
    attestable=True,
)
def cow_writes(graph: AccessGraph, policy: Policy) -> Verdict:
    """What an agent writes goes into a copy, and a person takes it over.

    Files have been lost that nobody had committed: moved over each other, or deleted with the directory that a wrong
    path named. In a worktree, an overlay or a clone that is thrown away, a bad session costs that session. A worktree
    shares the repository itself, so it is no protection against a forced push.

    Fix:
        Start every session in a worktree or clone of its own, keep work that is not committed out of it, and merge
        after a look at the difference. Attest it: no file of a repository shows how sessions are started.
    """
    if not graph.agents:
        return skip("no agent is used here")
    inside = [agent for agent in graph.agents if _in_a_clone(agent)]
    left = [agent for agent in graph.agents if agent not in inside]
    if inside and not left and _CLONE in policy.sandbox.cow:
        names = listed([agent.title for agent in inside])
        return ok(f"{names}: every session has a clone of its own, which is thrown away", *_places(inside))
    rest = left or inside
    accepted = listed(list(policy.sandbox.cow)) if policy.sandbox.cow else "nothing"
    return unknown(
        f"whether sessions of {listed([called(agent) for agent in rest])} write into a copy is not known: no file "
        f"shows how they are started (the policy accepts {accepted})",
        *_places(rest),
        remedies=_remedies(),
    )


def _in_a_clone(agent: Agent) -> bool:
    """Whether its vendor or the runner checks the project out for each session anew."""
    kind = agent.access.sandbox.kind
    return agent.where == "ci" or (not isinstance(kind, Unknown) and kind == "remote")


def _places(agents: list[Agent]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for agent in agents for source in agent.sources))[:10]


def _remedies() -> tuple[Remedy, ...]:
    return (
        command(
            "Start each session in a worktree of its own",
            "git worktree add ../agent-session -b agent/session\ncd ../agent-session",
            safe=True,
        ),
        attested(
            "SB-011",
            "Make it the way sessions are started, and attest it",
            "1. Put the two commands into the script that starts the agent, so that nobody has to remember them.\n"
            "2. Merge its branch after reading the difference; remove the worktree afterwards.",
            "TICKET, with the script",
        ),
    )
