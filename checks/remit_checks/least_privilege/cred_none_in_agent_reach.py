"""LP-010."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.agent import Agent
from remit.access.graph import AccessGraph, Certainty
from remit.access.unasked import may_read
from remit.check import check
from remit.evidence import Credential, CredentialFile
from remit.policy.globs import path_matches
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.least_privilege.read_denials import deny_reading
from remit_checks.least_privilege.usable_credentials import by_danger, called, listed, out_of_view, places, usable


@dataclass(frozen=True, slots=True)
class _Readable:
    """A credential within an agent's reach, and what puts it there."""

    credential: Credential
    path: str
    certainty: Certainty
    why: str


@check(
    "LP-010",
    "cred-none-in-agent-reach",
    severity="critical",
    parameters=("credentials.paths", "credentials.ignore", "secrets.allowlist"),
    frameworks={
        "owasp-agentic": ("ASI03",),
        "owasp-llm": ("LLM02",),
        "mitre-atlas": ("AML.T0055", "AML.T0083", "AML.T0098"),
        "nist-800-53": ("IA-5", "IA-5(6)", "IA-5(7)"),
        "nist-csf": ("PR.AA-01", "PR.DS-01"),
        "iso-27001": ("A.5.17", "A.8.4"),
        "iso-42001": ("A.4.4",),
        "soc2": ("CC6.1",),
        "cis": ("3.11", "16.12"),
        "nist-ai-rmf": ("MEASURE 2.7",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("IAM-15", "CEK-08"),
    },
    incidents=("INC-01", "INC-03", "INC-04", "INC-14", "INC-17", "INC-22"),
    needs=(CredentialFile,),
)
def cred_none_in_agent_reach(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """No agent can read a usable credential without a person being asked.

    The chain that ended at a wiped volume began with a token that the agent found by searching. Whatever it can read it
    can also use, and whoever gets words to it can have it read. Rules of its file tools are not enough: its shell
    prints the same file by twenty other programs, unless each is asked about or the operating system refuses.

    Fix:
        Take the credential out of the agent's reach: hand it, from a secret manager, to the process that needs it.
        What must stay in the tree or the home directory, keep from the agent by a sandbox that denies reading it.
    """
    found = sorted(_readable(agent, policy, graph), key=lambda each: by_danger(each.credential))
    sure = [each for each in found if each.certainty == "proven"]
    if sure:
        text = f"{agent.title} reads unasked: {_listed(sure)} ({_why(sure)})"
        return fail(text, *places([each.credential for each in sure]), remedies=tuple(_remedies(agent, sure)))
    if found:
        text = f"whether {agent.title} can read {_listed(found)} is not known: {_why(found)}"
        return unknown(text, *places([each.credential for each in found]), remedies=tuple(_remedies(agent, found)))
    unseen = out_of_view(agent, policy, graph)
    if unseen:
        text = f"nothing usable was found in its reach, but {agent.title} may also read {', '.join(unseen[:4])}"
        return unknown(
            f"{text}, where nobody looked (--machine)",
            *agent.sources,
            remedies=(*deny_reading(agent, unseen), manual("Look there too: scan with --machine where the agent runs")),
        )
    if graph.left_out:
        return unknown(
            f"nothing usable was found in reach of {agent.title}, but {graph.left_out[0]} was not read", *agent.sources
        )
    return ok(f"{agent.title} reads no usable credential unasked", *agent.sources)


def _readable(agent: Agent, policy: Policy, graph: AccessGraph) -> Iterator[_Readable]:
    for file in graph.credential_files:
        if any(path_matches(glob, file.path) for glob in policy.credentials.ignore):
            continue
        held = usable(file, policy.secrets.allowlist)
        reach = may_read(agent, file.path) if held else None
        if reach:
            yield from (_Readable(each, file.path, *reach) for each in held)


def _listed(found: Sequence[_Readable]) -> str:
    return listed([f"{called(each.credential)} in {each.path}" for each in found])


def _why(found: Sequence[_Readable]) -> str:
    """What puts the worst of them in reach, and that it is only one reason where there are others."""
    same = len({each.why for each in found}) == 1
    return found[0].why if same else f"{found[0].path}: {found[0].why}"


def _remedies(agent: Agent, found: Sequence[_Readable]) -> Iterator[Remedy]:
    paths = list(dict.fromkeys(each.path for each in found))
    yield from deny_reading(agent, paths)
    yield manual(
        "Take it out of the agent's reach",
        f"1. {found[0].credential.rotate or 'Revoke it at its provider.'}\n"
        "2. Keep the new one in a secret manager, and hand it only to the process that needs it.\n"
        f"3. Remove it from {', '.join(paths[:5])}{' and the other files' if len(paths) > 5 else ''}.",
        safe=False,
    )
