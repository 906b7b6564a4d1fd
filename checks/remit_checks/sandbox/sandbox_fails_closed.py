"""SB-003."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.agent import Agent
from remit.check import check
from remit.evidence import Unknown
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.settings import out_of_sight, places, sandbox_on


@check(
    "SB-003",
    "sandbox-fails-closed",
    severity="high",
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
    incidents=("INC-22",),
    attestable=True,
)
def sandbox_fails_closed(agent: Agent) -> Verdict:
    """A sandbox that cannot hold a command refuses it, and nothing leads out.

    An agent means to be helpful. When a command fails in the sandbox it looks for another way, and a retry outside is
    the first it finds. By default some sandboxes only warn where the system offers no isolation, and then run
    everything in the open.

    Fix:
        Let the agent refuse to run where its sandbox cannot start, forbid the retry outside, and empty the list of
        commands that are left out of it.
    """
    sandbox = agent.access.sandbox
    if isinstance(sandbox.enabled, Unknown):
        return unknown(sandbox.enabled, *places(agent), remedies=sandbox_on(agent))
    if agent.assumed:
        return unknown(out_of_sight(agent), *places(agent))
    if not sandbox.enabled:
        return skip(f"{agent.title} has no sandbox switched on that could fail (SB-002)", *places(agent))
    closed = sandbox.fails_closed
    faults = list(sandbox.escapes)
    if closed is False:
        faults.insert(0, "where the system offers no isolation it only warns and runs everything")
    if faults:
        more = f"; and {len(faults) - 4} more" if len(faults) > 4 else ""
        text = f"{agent.title}'s sandbox leaves a way out: {'; '.join(faults[:4])}{more}"
        why = out_of_sight(agent)
        remedies = tuple(_remedies(agent, sandbox.escapes))
        if why or not places(agent):
            return unknown(f"{text}; {why or 'no file of it was seen'}", *places(agent), remedies=remedies)
        return fail(text, *places(agent), remedies=remedies)
    if closed is None or isinstance(closed, Unknown):
        why = closed.why if isinstance(closed, Unknown) else "whether it refuses to run without isolation is not known"
        return unknown(f"{agent.title}: {why}", *places(agent), remedies=(_try_it(agent),))
    return ok(f"{agent.title}'s sandbox refuses what it cannot hold, and has no way out", *places(agent))


def _remedies(agent: Agent, escapes: Sequence[str]) -> Iterator[Remedy]:
    yield from sandbox_on(agent)
    listed = [each for each in escapes if each != "the model may retry a command unsandboxed"]
    path = agent.access.sandbox.source.path if agent.access.sandbox.source else ""
    if not listed:
        return
    # Lists of all layers are joined, so an empty one in one file takes nothing away from the others.
    lines = "\n".join(f"remove: {each}" for each in listed)
    if path:
        yield edit(path, "Take out what leads out of the sandbox, here or in the file that adds it", lines, safe=False)
    else:
        yield manual("Take out what leads out of the sandbox", lines, safe=False)


def _try_it(agent: Agent) -> Remedy:
    return attested(
        "SB-003",
        "Try it, and attest what you saw",
        f"1. Start {agent.title} where its isolation cannot work, e.g. as a user without namespaces.\n"
        "2. See that it refuses to run commands instead of running them in the open.",
        "TICKET, with the version and what it answered",
    )
