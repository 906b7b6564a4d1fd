"""IR-001."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import ScriptFile, Source
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, quoted
from remit.verdict import Verdict, skip, unknown
from remit_checks.response.attest import attest

_PATH = "scripts/agent-kill-switch.sh"
_NAMED = re.compile(
    r"kill[-_ ]?switch|(?:stop|halt|revoke|disable)[-_ ](?:all[-_ ])?(?:ai[-_ ])?agents?\b", re.IGNORECASE
)
_SCRIPT = """\
#!/bin/sh
# Stops every agent and takes its database role away. Run: ADMIN_DATABASE_URL=... {path}
set -u
psql "$ADMIN_DATABASE_URL" <<'SQL'
{sql}
SQL
for agent in claude codex cursor-agent gemini opencode goose; do
  pkill -TERM -x "$agent"
done
echo "Now revoke the agents' tokens and API keys at each provider."
"""
_ROLE = """\
ALTER ROLE {role} NOLOGIN;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {text};
SELECT format('REVOKE CONNECT ON DATABASE %I FROM %I', datname, {text}) FROM pg_database WHERE datallowconn \\gexec
SELECT format('REVOKE %s FROM %I', roleid::regrole, {text}) FROM pg_auth_members
  WHERE member = (SELECT oid FROM pg_roles WHERE rolname = {text}) \\gexec"""


@check(
    "IR-001",
    "kill-switch-exists",
    severity="high",
    parameters=("ir.kill_switch_test_max_age_days", "roles.agent"),
    frameworks={
        "owasp-agentic": ("ASI10", "ASI08"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0026",),
        "nist-800-53": ("IR-4", "IR-4(1)", "AC-2"),
        "nist-csf": ("RS.MI-01", "RS.MA-01"),
        "iso-27001": ("A.5.26", "A.5.18"),
        "iso-42001": ("A.8.4", "A.9.2"),
        "soc2": ("CC7.4", "CC6.2"),
        "cis": ("6.2", "17.4"),
        "nist-ai-rmf": ("MANAGE 2.4",),
        "eu-ai-act": ("14",),
        "csa-aicm": ("SEF-03", "IAM-07"),
    },
    incidents=("INC-01",),
    attestable=True,
    needs=(ScriptFile,),
)
def kill_switch_exists(graph: AccessGraph, policy: Policy) -> Verdict:
    """One command that every developer can run stops all agents, and was lately tried.

    A volume was gone nine seconds after the agent had decided to delete it, and an agent that goes on does not stop at
    one. Whoever sees it must be able to stop it at once, without looking for the administrator; and a switch that
    nobody has pressed for a year may no longer be connected to anything.

    Fix:
        Put a script or an alias where every developer has it, let it take the agents' logins, sessions, tokens and
        processes away, press it every quarter, and attest the day.
    """
    if not graph.agents:
        return skip("the policy says that no agent is used here")
    found = tuple(dict.fromkeys(_switches(graph)))
    days = policy.ir.kill_switch_test_max_age_days
    tried = attest("IR-001", "Try it, and attest the day", "who pressed it, what stopped, and after how long", days)
    if found:
        text = f"{found[0]} looks like a kill switch; who can run it and when it was last tried only a person can tell"
        return unknown(text, *found, remedies=(tried,))
    text = "no kill switch was seen; an alias or a managed profile may hold one"
    return unknown(text, *graph.agents[0].sources[:1], remedies=(_install(policy), tried))


def _switches(graph: AccessGraph) -> Iterator[Source]:
    for script in graph.scripts:
        for command in script.commands:
            if _NAMED.search(script.path) or _NAMED.search(command.context):
                yield command.source


def _install(policy: Policy) -> Remedy:
    roles = policy.roles.agent or ("agent_ro",)
    blocks = (_ROLE.format(role=quoted(role), text="'" + role.replace("'", "''") + "'") for role in roles)
    body = _SCRIPT.format(path=_PATH, sql="\n".join(blocks))
    return edit(_PATH, "Install a kill switch, with the roles and agents in use here", body)
