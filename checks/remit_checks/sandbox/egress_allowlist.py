"""SB-009."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from remit.access.agent import Agent
from remit.access.deeds import BY_HTTP
from remit.access.graph import AccessGraph
from remit.access.unasked import runs_unasked
from remit.check import check
from remit.evidence import Container, Unknown
from remit.policy.globs import covers, is_literal
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verbs import VerbClass
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.agent_files import known
from remit_checks.least_privilege.control_planes import leads_to
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.containers import meant_for
from remit_checks.sandbox.settings import as_far_as_it_holds, called, out_of_sight, places
from remit_checks.terraform import listed

# Deeds that need an interface of a cloud, a platform or a database; code hosts are what an agent works with.
_INFRASTRUCTURE: tuple[VerbClass, ...] = ("cloud-delete", "volume-delete", "sql-ddl", "iac-destroy", "k8s-delete")
# Ways out of a sandbox that lead to files, not to the network.
_TO_FILES = ("also writable:", "the file-system layer is off")
_EXAMPLES = ("github.com", "api.github.com")


@check(
    "SB-009",
    "egress-allowlist",
    severity="high",
    parameters=("network.allowed_domains",),
    frameworks={
        "owasp-agentic": ("ASI02", "ASI05"),
        "owasp-llm": ("LLM02", "LLM06"),
        "mitre-atlas": ("AML.T0086", "AML.T0025", "AML.M0032"),
        "nist-800-53": ("SC-7(5)", "SC-7(8)", "AC-4"),
        "nist-csf": ("PR.IR-01", "DE.CM-01"),
        "iso-27001": ("A.8.20", "A.8.22", "A.8.23"),
        "iso-42001": ("A.4.5",),
        "soc2": ("CC6.6", "CC6.7"),
        "cis": ("4.5", "13.4", "13.10", "9.3"),
        "nist-ai-rmf": ("MEASURE 2.7",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("IVS-03", "IVS-09"),
    },
    incidents=("INC-01", "INC-14", "INC-17", "INC-19", "INC-21"),
    attestable=True,
    needs=(Container,),
)
def egress_allowlist(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """An agent's commands reach only the hosts on a short list.

    The call that deleted a production volume was one HTTPS request to a host that no coding task needs. The same open
    network carries stolen credentials away. A list of hosts stops both, whatever the agent was talked into, as long
    as no interface of a cloud or a database is on it.

    Fix:
        Let the agent's sandbox refuse every connection but those to the hosts it needs by name. Leave out wildcards
        and the interfaces of clouds, platforms and databases; what is needed beyond, declare in the policy under
        network.allowed_domains.
    """
    egress = agent.access.egress
    if isinstance(egress.mode, Unknown):
        return unknown(egress.mode, *places(agent), remedies=tuple(_remedies(agent, policy)))
    if egress.mode == "open":
        return _open(agent, policy, graph)
    outside = [host for host in egress.hosts if not _fits(host, policy)] if egress.mode == "allowlist" else []
    if outside:
        words = "which the policy does not list" if policy.network.allowed_domains else "a wildcard or control plane"
        text = f"{agent.title} reaches {listed(outside)}, {words}"
        return _failed(agent, text, (*_dropped(agent, outside), *_remedies(agent, policy)))
    hosts = listed(egress.hosts) if egress.hosts else "no host"
    return _closed(agent, policy, f"{agent.title}'s commands reach {hosts} unasked")


def _failed(agent: Agent, text: str, remedies: tuple[Remedy, ...]) -> Verdict:
    why = out_of_sight(agent) or ("" if places(agent) else "no file of it was seen")
    if why:
        return unknown(f"{text}; {why}", *places(agent), remedies=remedies)
    return fail(text, *places(agent), remedies=remedies)


def _open(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    text = f"nothing that was read limits where {called(agent)} connects"
    walled = [each for each in meant_for(agent, graph) if not each.host_network]
    remedies = (*_dropped(agent, ("*",)), *_remedies(agent, policy))
    if walled and not agent.assumed:
        return unknown(
            f"{text}; whether the network of its container {walled[0].path} does is not visible in that file",
            walled[0].source,
            *places(agent),
            remedies=(*remedies, _firewall()),
        )
    return _failed(agent, text, remedies)


def _closed(agent: Agent, policy: Policy, text: str) -> Verdict:
    """Whether a list of hosts holds: a sandbox that leaves a way out takes the list with it."""
    sandbox = agent.access.sandbox
    remedies = tuple(_remedies(agent, policy))
    if isinstance(sandbox.enabled, Unknown):
        return unknown(sandbox.enabled, *places(agent), remedies=remedies)
    leads_out = [each for each in sandbox.escapes if not each.startswith(_TO_FILES)]
    if leads_out:
        found = runs_unasked(agent, BY_HTTP)
        if found is not None and found[0] == "proven":
            return _failed(agent, f"{text}, but it runs commands unasked outside: {found[1]}", remedies)
        why = f"{text}, but the sandbox has a way out: {leads_out[0]}"
        return unknown(why, *places(agent), remedies=remedies)
    if agent.bypass or agent.access.bypass_requested:
        why = f"{text}; but it asks about nothing, so tools of its own that fetch pages may connect anywhere"
        return unknown(why, *places(agent), remedies=remedies)
    return ok(text + as_far_as_it_holds(agent), *places(agent))


def _fits(host: str, policy: Policy) -> bool:
    if policy.network.allowed_domains:
        return any(covers(glob, host) for glob in policy.network.allowed_domains)
    return is_literal(host) and not any(leads_to(host, each) for each in _INFRASTRUCTURE)


# ------------------------------------------------------------------------------------------------------------ remedies


def _remedies(agent: Agent, policy: Policy) -> Iterator[Remedy]:
    hosts = [each for each in policy.network.allowed_domains if is_literal(each)] or list(_EXAMPLES)
    found = known(agent, _settings(hosts))
    if found:
        yield edit(found[0], f"Let its commands reach {listed(hosts)} only", found[1], safe=False)
        return
    if agent.where == "ci":
        steps = "1. Put a step in front of the job that blocks every connection but those on a list.\n"
        yield manual("Limit where the job connects", f"{steps}2. List only {listed(hosts)} and what the job needs.")
        return
    yield _firewall()


def _dropped(agent: Agent, hosts: Sequence[str]) -> Iterator[Remedy]:
    """What lets the hosts through, to be taken out: lists of all layers are joined, so a shorter one adds nothing."""
    for rule in agent.access.rules:
        fetches = rule.effect == "allow" and rule.text.startswith("WebFetch")
        if fetches and (rule.text in ("WebFetch", "WebFetch(*)") or any(f":{host})" in rule.text for host in hosts)):
            line = f"line {rule.source.line}: remove {rule.text}"
            yield edit(rule.source.path, f"Take out {rule.text}", line, safe=False)
    named = [host for host in hosts if host != "*"]
    source = agent.access.sandbox.source
    if named and source:
        lines = "\n".join(f"remove: {host}" for host in named)
        yield edit(source.path, "Take these hosts out of its list", lines, safe=False)


def _settings(hosts: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    claude = {
        "enabled": True,
        "failIfUnavailable": True,
        "allowUnsandboxedCommands": False,
        "network": {"allowedDomains": list(hosts)},
    }
    cursor = {"type": "workspace_readwrite", "networkPolicy": {"default": "deny", "allow": list(hosts)}}
    return {
        "claude-code": (".claude/settings.json", json.dumps({"sandbox": claude}, indent=2)),
        "codex": (
            ".codex/config.toml",
            'sandbox_mode = "workspace-write"\n\n[sandbox_workspace_write]\nnetwork_access = false',
        ),
        "cursor": (".cursor/sandbox.json", json.dumps(cursor, indent=2)),
        "gemini-cli": (
            ".gemini/settings.json",
            json.dumps({"tools": {"sandbox": "docker", "sandboxNetworkAccess": False}}, indent=2),
        ),
    }


def _firewall() -> Remedy:
    return attested(
        "SB-009",
        "Start it in a container whose network goes through a list of hosts",
        "1. Give the container an internal network, and a proxy or firewall that lets named hosts through.\n"
        "2. From inside, see that a host that is not on the list cannot be reached.",
        "TICKET, with the list and the refused connection",
    )
