"""MN-004."""

from __future__ import annotations

from collections.abc import Mapping

from remit.access.agent import Agent
from remit.check import check
from remit.evidence import Source, Unknown
from remit.policy.globs import is_literal, matches
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.agent_files import known

_SETTINGS: Mapping[str, tuple[str, str]] = {
    "claude-code": (
        ".claude/settings.json",
        """\
{
  "env": {
    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
    "OTEL_LOGS_EXPORTER": "otlp",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://SINK",
    "OTEL_LOG_TOOL_DETAILS": "1"
  }
}""",
    ),
    # A project's own file is not asked about telemetry.
    "codex": (
        "~/.codex/config.toml",
        """\
[otel]
exporter = { otlp-http = { endpoint = "https://SINK/v1/logs", protocol = "binary" } }
log_user_prompt = false""",
    ),
    "gemini-cli": (
        ".gemini/settings.json",
        """\
{
  "telemetry": {"enabled": true, "target": "local", "otlpEndpoint": "https://SINK", "logPrompts": false}
}""",
    ),
}
_EXAMPLE = "otel.example.com"


@check(
    "MN-004",
    "toolcall-audit-stream",
    severity="high",
    parameters=("monitoring.sinks",),
    frameworks={
        "owasp-agentic": ("ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0024",),
        "nist-800-53": ("AU-2", "AU-3", "AU-9", "AU-11", "AU-12", "AC-6(9)"),
        "nist-csf": ("PR.PS-04", "DE.CM-09", "DE.CM-03"),
        "iso-27001": ("A.8.15", "A.8.16"),
        "iso-42001": ("A.6.2.8", "A.6.2.6"),
        "soc2": ("CC7.2",),
        "cis": ("8.2", "8.5", "8.8", "8.9", "8.10", "3.14"),
        "nist-ai-rmf": ("MEASURE 2.4", "MEASURE 2.8", "MANAGE 4.1"),
        "eu-ai-act": ("12", "19", "26"),
        "csa-aicm": ("LOG-07", "LOG-08", "LOG-11"),
    },
    incidents=("INC-01", "INC-04", "INC-26"),
    attestable=True,
)
def toolcall_audit_stream(agent: Agent, policy: Policy) -> Verdict:
    """Every tool call of an agent is recorded, with its arguments, where the agent cannot reach.

    A transcript on the machine goes with the home directory that the agent empties. And a stream can itself be the
    leak: a published package once pointed the telemetry of whoever installed it at a stranger's collector. So the
    record must leave the machine, say what was run, and go to a host that the policy names.

    Fix:
        Switch the agent's telemetry on with the details of tool calls, and send it to a collector of your own. List
        that host in the policy under monitoring.sinks.
    """
    audit = agent.access.audit
    places = tuple(dict.fromkeys((*((audit.source,) if audit.source else ()), *agent.sources)))
    if isinstance(audit.enabled, Unknown):
        return unknown(audit.enabled, *places, remedies=_remedies(agent, policy))
    if agent.assumed:
        return unknown(f"whether {agent.title.lower()} is recorded anywhere is not known", *places)
    if not audit.enabled or audit.sink is None:
        why = "sends its record nowhere" if audit.enabled else "keeps no record outside its machine"
        return fail(f"{agent.title} {why}", *places, remedies=_remedies(agent, policy))
    return _stream(agent, audit.sink, audit.tool_details, policy, places)


def _stream(agent: Agent, sink: str, details: bool | Unknown, policy: Policy, places: tuple[Source, ...]) -> Verdict:
    if policy.monitoring.sinks and not any(matches(glob, sink) for glob in policy.monitoring.sinks):
        return fail(
            f"{agent.title} sends its record to {sink}, which is not among the policy's monitoring.sinks",
            *places,
            remedies=_remedies(agent, policy),
        )
    if not isinstance(details, Unknown) and not details:
        return fail(
            f"{agent.title} sends events to {sink} without what was run", *places, remedies=_remedies(agent, policy)
        )
    if not policy.monitoring.sinks:
        return unknown(
            f"whether {sink} may receive the record is not declared; list it under monitoring.sinks", *places
        )
    if isinstance(details, Unknown):
        return unknown(details, *places, remedies=_remedies(agent, policy))
    return ok(f"{agent.title} sends every tool call to {sink}", *places)


def _remedies(agent: Agent, policy: Policy) -> tuple[Remedy, ...]:
    sink = next((each for each in policy.monitoring.sinks if is_literal(each)), _EXAMPLE)
    found = known(agent, _SETTINGS)
    if found:
        return (edit(found[0], f"Stream its tool calls to {sink}", found[1].replace("SINK", sink)),)
    return (
        manual(
            "Stream its tool calls to a collector",
            f"1. Switch on the agent's telemetry, or a hook around its tools, with {sink} as the target.\n"
            "2. Include the command or arguments of each call.\n"
            "3. List the host in the policy under monitoring.sinks; what no file shows, attest there.",
        ),
    )
