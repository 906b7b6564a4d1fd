"""LP-024."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from remit.access.agent import Agent, McpServer
from remit.check import check
from remit.evidence import Unknown
from remit.policy.declared import ReviewedServer
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.policy.records import end_of, start_of
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.database_servers import is_unread
from remit_checks.least_privilege.server_addresses import host_of
from remit_checks.least_privilege.usable_credentials import listed

_VERSION = re.compile(r"(?P<name>.[^@=:]{0,300})(?:@|==|:)(?P<version>.{1,100})")


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """What the policy's list of reviewed servers says of one."""

    server: McpServer
    answer: Literal["reviewed", "not", "unknown"]
    why: str


@check(
    "LP-024",
    "mcp-inventory-reviewed",
    severity="high",
    parameters=("mcp.registry", "mcp.review_days"),
    frameworks={
        "owasp-agentic": ("ASI04",),
        "owasp-llm": ("LLM03",),
        "mitre-atlas": ("AML.T0010.005", "AML.T0109", "AML.T0110", "AML.M0014", "AML.M0023"),
        "nist-800-53": ("SR-3", "SR-5", "CM-11", "SI-7"),
        "nist-csf": ("GV.SC-07", "ID.RA-09", "PR.PS-02"),
        "iso-27001": ("A.5.19", "A.5.21", "A.8.19"),
        "iso-42001": ("A.10.3", "A.4.4"),
        "soc2": ("CC9.2", "CC6.8"),
        "cis": ("2.6", "16.4", "16.5"),
        "nist-ai-rmf": ("GOVERN 6.1", "MAP 4.1", "MANAGE 3.1"),
        "eu-ai-act": ("15",),
        "csa-aicm": ("TVM-05",),
    },
    incidents=("INC-05", "INC-15", "INC-19", "INC-21", "INC-26"),
    attestable=True,
)
def mcp_inventory_reviewed(agent: Agent, policy: Policy, now: datetime) -> Verdict:
    """Every MCP server of an agent has been looked at by somebody, not long ago.

    A server runs with all rights of the person who starts the agent, and its descriptions are read as instructions.
    One sent a copy of every mail to a stranger from one release on; another read the keys in the home
    directory by what its tool said of itself. Nobody had looked.

    Fix:
        Read what the server's tools do and what they are told to say, pin the version that you read, and list it with
        your name in the policy. Take out servers that no task needs.
    """
    judged = [_judged(each, policy, now) for each in agent.access.mcp]
    wrong = [each for each in judged if each.answer == "not"]
    if wrong:
        text = f"{agent.title} has servers that are not reviewed: {_listed(wrong)}"
        return fail(text, *(each.server.source for each in wrong), remedies=_remedies(wrong, now))
    left_open = [each for each in judged if each.answer == "unknown"]
    if left_open:
        text = f"{agent.title}: {_listed(left_open)}"
        return unknown(text, *(each.server.source for each in left_open), remedies=_remedies(left_open, now))
    if agent.access.decide is None and isinstance(agent.access.approval, Unknown):
        return unknown(agent.access.approval, *agent.sources)
    if not judged:
        return skip(f"{agent.title} has no server here", *agent.sources)
    return ok(f"every server of {agent.title} is reviewed: {_listed(judged)}", *(each.server.source for each in judged))


# -------------------------------------------------------------------------------------------------------- judging


def _judged(server: McpServer, policy: Policy, now: datetime) -> _Reviewed:
    if is_unread(server):
        return _Reviewed(server, "unknown", "could not be read")
    if not policy.mcp.registry:
        return _Reviewed(server, "unknown", "the policy lists no reviewed servers")
    named = [each for each in policy.mcp.registry if matches(each.name, server.name)]
    if not named:
        return _Reviewed(server, "not", "is not among the policy's reviewed servers")
    answers = [_by_entry(server, each, policy.mcp.review_days, now) for each in named]
    order = ("reviewed", "unknown", "not")
    return min(answers, key=lambda each: order.index(each.answer))


def _by_entry(server: McpServer, entry: ReviewedServer, days: int | None, now: datetime) -> _Reviewed:
    if now < start_of(entry.reviewed):
        return _Reviewed(server, "not", f"its review is dated {entry.reviewed}, which has not come yet")
    if days is not None and now >= end_of(entry.reviewed + timedelta(days=days)):
        return _Reviewed(server, "not", f"its review of {entry.reviewed} is older than {days} days")
    if entry.package and not _is_package(server, entry.package):
        return _Reviewed(server, "not", f"runs {_what(server)}, and {entry.package} was reviewed")
    version = _split(server.package or "")[1]
    if entry.version and version != entry.version:
        if server.package is None:
            return _Reviewed(server, "unknown", f"whether it is version {entry.version}, as reviewed, is not written")
        return _Reviewed(server, "not", f"runs {version or 'whatever is newest'}, and {entry.version} was reviewed")
    return _Reviewed(server, "reviewed", f"by {entry.reviewer} on {entry.reviewed}")


def _is_package(server: McpServer, reviewed: str) -> bool:
    """Whether a server is what was reviewed: its package, the host of its address, or the program it starts."""
    if server.url is not None:
        return host_of(server.url) == host_of(reviewed)
    own = server.package or (server.command[0] if server.command else "")
    return matches(_split(reviewed)[0], _split(own)[0]) or matches(reviewed, own)


def _split(package: str) -> tuple[str, str]:
    """Name and version of a package or image; an empty version where it names none."""
    found = _VERSION.fullmatch(package)
    return (found["name"], found["version"]) if found else (package, "")


def _what(server: McpServer) -> str:
    return server.url or server.package or " ".join(server.command)[:80]


def _listed(found: Sequence[_Reviewed]) -> str:
    return listed([f"{each.server.name} ({each.why})" for each in found])


# ------------------------------------------------------------------------------------------------------- remedies


def _remedies(found: Sequence[_Reviewed], now: datetime) -> tuple[Remedy, ...]:
    written = [each.server for each in found if not is_unread(each.server)]
    entries = "\n\n".join(_entry(each, now) for each in written[:10])
    review = manual(
        "Review them, and list them in the auditor's policy",
        "1. Read the source of each server, and the descriptions of its tools.\n"
        f"2. Pin the version you read, and put your name to it:\n\n{entries}",
    )
    removals = tuple(
        edit(
            each.source.path,
            f"Or take {each.name} out",
            f"line {each.source.line}: remove the entry {each.name!r} from the servers",
            safe=False,
        )
        for each in written[:5]
    )
    return (review, *removals) if written else ()


def _entry(server: McpServer, now: datetime) -> str:
    name, version = _split(server.package or "")
    lines = ["[[mcp.registry]]", f"name = {json.dumps(server.name)}"]
    lines += [f"package = {json.dumps(name or server.url)}"] if name or server.url else []
    lines += [f"version = {json.dumps(version)}"] if version else []
    return "\n".join([*lines, 'reviewer = "…"', f"reviewed = {now.date()}"])
