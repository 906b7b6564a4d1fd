"""SB-005."""

from __future__ import annotations

import json
from collections.abc import Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Container
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.containers import for_agents, host_side, is_project, places, starter, unread
from remit_checks.terraform import listed

# They hold no data: what is mounted over a file to hide it, and the clock's zone.
_NOTHING = frozenset(("/dev/null", "/etc/localtime", "/etc/timezone"))


@check(
    "SB-005",
    "mount-limited-to-workdir",
    severity="high",
    parameters=("sandbox.allowed_mounts",),
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
    incidents=("INC-09", "INC-23"),
    attestable=True,
)
def mount_limited_to_workdir(container: Container, policy: Policy, graph: AccessGraph) -> Verdict:
    """An agent's container holds nothing of the host but the project.

    A mounted home directory brings every credential back in, and every other project with it. What is mounted can
    also be deleted: a container protects the host from an agent only as far as the host is not in it.

    Fix:
        Mount the working directory and named volumes only. Where one more path is needed, mount that path alone and
        list it in the policy under sandbox.allowed_mounts.
    """
    if not for_agents(container):
        return skip(f"nothing says that an agent runs in {container.name}")
    if container.kind == "dockerfile":
        return _image(container, graph)
    more = [source for source in map(host_side, container.mounts) if not _fits(source, policy)]
    open_ = [source for source in more if "$" in source]
    wide = [source for source in more if "$" not in source]
    if wide:
        return fail(
            f"{container.name} mounts more of the host than the project: {listed(wide)}",
            *places(container, "mounts"),
            remedies=_remedies(container, wide),
        )
    if open_:
        why = f"{container.name} mounts {listed(open_)}, and what that is only the machine knows"
        return unknown(why, *places(container, "mounts"), remedies=_remedies(container, open_))
    if why := unread(container):
        return unknown(f"{container.name}: {why}, and may mount more", container.source)
    return ok(f"{container.name} mounts nothing of the host but the project", *places(container, "mounts"))


def _image(container: Container, graph: AccessGraph) -> Verdict:
    found = starter(container, graph)
    if found is not None:
        return skip(f"{container.path} mounts nothing by itself; {found.path}, which starts it, is judged")
    return unknown(
        f"{container.path} installs {', '.join(container.agents)}; what is mounted when it is started is not in it",
        container.source,
        remedies=(
            attested(
                "SB-005",
                "Write down how it is started, or look and attest",
                "1. Better: describe the start in a compose file or .devcontainer/devcontainer.json with no mount but "
                "the project, so that everybody starts it the same way.\n"
                "2. Or look at the command that starts it (`docker inspect`, Mounts).",
                "TICKET, with the mounts",
            ),
        ),
    )


def _fits(source: str, policy: Policy) -> bool:
    return (
        is_project(source) or source in _NOTHING or any(matches(glob, source) for glob in policy.sandbox.allowed_mounts)
    )


def _remedies(container: Container, mounts: Sequence[str]) -> tuple[Remedy, ...]:
    lines = "\n".join(f"remove: the mount of {source}" for source in mounts)
    allowed = ", ".join(json.dumps(source) for source in mounts)
    return (
        edit(container.path, "Mount nothing but the project", lines, safe=False),
        manual(
            "Or, where the agent cannot do without one of them, allow that one in the auditor's policy",
            f"[sandbox]\nallowed_mounts = [{allowed}]",
            safe=False,
        ),
    )
