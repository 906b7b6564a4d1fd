"""SB-007."""

from __future__ import annotations

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Container
from remit.remedy import Remedy, edit
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.sandbox.containers import for_agents, places, starter, unread, ways_out

_FIELDS = ("privileged", "socket", "host_network", "escapes")


@check(
    "SB-007",
    "no-privileged-or-socket",
    severity="critical",
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
    incidents=("INC-18",),
)
def no_privileged_or_socket(container: Container, graph: AccessGraph) -> Verdict:
    """An agent's container gives no way to its host.

    Whoever holds the engine's socket starts a second container with the whole disk in it, and a privileged container
    can do the same without asking the engine. Such a container looks like a wall and is none: the agent is root on
    the machine that it was kept away from.

    Fix:
        Take out the privileges, the socket, the host's namespaces and network, and the dangerous capabilities. Where
        an agent must build images, give it a rootless builder in a virtual machine.
    """
    if not for_agents(container):
        return skip(f"nothing says that an agent runs in {container.name}")
    out = ways_out(container)
    if out:
        return fail(
            f"{container.name} has a way to its host: {', '.join(out)}",
            *places(container, *_FIELDS),
            remedies=(_remedy(container, out),),
        )
    if container.kind == "dockerfile":
        found = starter(container, graph)
        text = f"{found.path}, which starts it, is judged" if found else "they are given when it is started"
        return skip(f"{container.path} gives no rights by itself; {text}")
    if why := unread(container):
        return unknown(f"{container.name}: {why}, and may give more rights", container.source)
    return ok(f"{container.name} is neither privileged nor joined to its host", container.source)


def _remedy(container: Container, out: tuple[str, ...]) -> Remedy:
    lines = []
    for field, phrase in zip(_FIELDS, ("full privileges", "the engine's socket", "the host's network"), strict=False):
        if getattr(container, field):
            line = container.lines.get(field)
            lines.append(f"{f'line {line}: ' if line else ''}remove: {phrase}")
    lines += [f"remove: {phrase}" for phrase in container.escapes]
    body = "\n".join(lines)
    if container.kind == "devcontainer" and container.privileged:
        body += "\nremove: features that need privileges or the socket, such as docker-in-docker"
    return edit(container.path, f"Take out {out[0]}" + (" and the rest" if len(out) > 1 else ""), body, safe=False)
