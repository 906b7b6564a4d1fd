"""LP-034."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.graph import AccessGraph
from remit.access.nodes import destroys
from remit.access.unasked import may_read
from remit.check import check
from remit.evidence import Credential, CredentialFile, IacModule, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.cloud_denials import deny, document
from remit_checks.least_privilege.cloud_policies import measured
from remit_checks.least_privilege.cloud_principals import Principal, is_agents, principals
from remit_checks.terraform import listed

# Kinds whose rights are those of a role that somebody gave: the credential itself does not show them.
_OF_ROLES = frozenset(
    (
        "aws-access-key",
        "aws-temporary-key",
        "aws-session-token",
        "azure-client-secret",
        "azure-login",
        "gcp-access-token",
        "gcp-service-account",
        "gcp-user-login",
    )
)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one principal may do of what is forbidden."""

    principal: Principal
    answer: Literal["may", "open", "clean"]
    told: str


@check(
    "LP-034",
    "cloud-role-no-delete",
    severity="critical",
    parameters=("cloud.forbidden_actions", "agents.approved"),
    frameworks={
        "owasp-agentic": ("ASI03", "ASI02"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.T0053", "AML.M0026", "AML.M0028"),
        "nist-800-53": ("AC-3", "AC-6", "AC-6(5)", "AC-6(10)"),
        "nist-csf": ("PR.AA-05",),
        "iso-27001": ("A.5.15", "A.8.2", "A.8.3"),
        "iso-42001": ("A.9.2", "A.4.5"),
        "soc2": ("CC6.1", "CC6.3"),
        "cis": ("3.3", "6.8"),
        "nist-ai-rmf": ("MANAGE 1.3", "MAP 4.2"),
        "eu-ai-act": ("15", "9"),
        "csa-aicm": ("IAM-05", "IAM-19"),
    },
    incidents=("INC-03", "INC-07", "INC-13", "INC-16"),
    attestable=True,
)
def cloud_role_no_delete(subject: IacModule | CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    """No cloud role or user that an agent can be may delete databases, volumes, buckets, backups or keys.

    An agent with its developer's administrator rights removed a live platform in one run, and the snapshots with it.
    Whoever may delete the backups turns an outage into a loss. Judged is what the code gives to principals that are an
    agent's by their name or by the policy; what a key in the agents' reach may do only its cloud knows.

    Fix:
        Give agents a role of their own, and deny it the actions below. A deny outweighs every allow, so it also holds
        when somebody later adds rights. Name the role under `identity` in `[[agents.approved]]`.
    """
    if isinstance(subject, CredentialFile):
        return _file(subject, policy, graph)
    return _module(subject, policy)


# ------------------------------------------------------------------------------------------------ infrastructure code


def _module(module: IacModule, policy: Policy) -> Verdict:
    everybody = [each for each in principals(module) if each.services_only is not True or _agents(each, policy)]
    if not everybody:
        return skip(f"{module.name} gives no rights to anybody but the cloud's own services", module.source)
    agents = [_judged(each, policy) for each in everybody if _agents(each, policy)]
    others = [] if _all_named(policy) else [_judged(each, policy) for each in everybody if not _agents(each, policy)]
    if not agents and not others:
        return skip(f"{module.name} gives rights to nobody whom the policy names as an agent", module.source)
    able = [each for each in agents if each.answer == "may"]
    if able:
        return fail(
            "an agent may delete: " + listed([f"{each.principal.name} ({each.told})" for each in able], 3),
            *_places(able),
            remedies=tuple(deny(each.principal, policy.cloud.forbidden_actions) for each in able),
        )
    left_open = [each for each in (*agents, *others) if each.answer != "clean"]
    if left_open:
        whys = [f"{each.principal.name}: {_doubt(each, each in agents)}" for each in left_open]
        return unknown(listed(whys, 3), *_places(left_open), remedies=(_name_it(),))
    names = listed([each.principal.name for each in (*agents, *others)])
    return ok(f"nobody here that an agent may be can delete: {names}", *_places((*agents, *others)))


def _agents(principal: Principal, policy: Policy) -> bool:
    return is_agents(principal, [each.identity for each in policy.agents.approved if each.identity])


def _all_named(policy: Policy) -> bool:
    """Whether the policy says for every agent what it acts as, so that all others are somebody else."""
    return bool(policy.agents.approved) and all(each.identity for each in policy.agents.approved)


def _judged(principal: Principal, policy: Policy) -> _Judged:
    forbidden = policy.cloud.forbidden_actions
    rights = measured(principal.statements, forbidden, principal.cloud)
    surely = rights.surely
    if principal.boundary is not None and not isinstance(principal.boundary, Unknown):
        within = measured(principal.boundary, forbidden, principal.cloud)
        surely = tuple(each for each in surely if each in within.surely)
    told = listed(surely, 3)
    hides = _hides(principal)
    if surely and not hides:
        return _Judged(principal, "may", told)
    if surely or rights.perhaps:
        why = hides or "only under conditions that nobody here can weigh"
        return _Judged(principal, "open", f"{listed(surely or rights.perhaps, 3)} is allowed; {why}")
    return _Judged(principal, "open", principal.unread[0]) if principal.unread else _Judged(principal, "clean", "")


def _hides(principal: Principal) -> str:
    """What may take rights away again, and cannot be read; only AWS lets one policy deny what another allows."""
    if isinstance(principal.boundary, Unknown):
        return f"its permissions boundary cannot be read ({principal.boundary.why})"
    if principal.unread and principal.cloud == "aws":
        return f"another policy of it cannot be read ({principal.unread[0]})"
    return ""


def _doubt(judged: _Judged, agents: bool) -> str:
    if judged.answer == "may":
        return f"may do {judged.told}; whether an agent runs as it is not declared"
    return judged.told if agents else f"{judged.told}; and whether an agent runs as it is not declared"


def _places(found: Sequence[_Judged]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in found for source in each.principal.sources))


# ------------------------------------------------------------------------------------------------------ credentials


def _file(file: CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    held = [each for each in file.credentials if each.kind in _OF_ROLES and destroys(each)]
    if not held:
        return skip(f"{file.path} holds no credential of a cloud outside development")
    sources = [each.source for each in held]
    if not any(may_read(agent, file.path) for agent in graph.agents):
        whose = "every agent's rules and sandbox keep it out" if graph.agents else "no agent is used here"
        return ok(f"{file.path} is out of reach: {whose}", *sources)
    for each in held:
        known = _in_code(each, graph)
        judged = _judged(known, policy) if known else None
        if judged and judged.answer == "may":
            return fail(
                f"{file.path} holds {each.title} of {judged.principal.name}, which may do {judged.told}",
                each.source,
                *judged.principal.sources,
                remedies=(deny(judged.principal, policy.cloud.forbidden_actions),),
            )
    named = listed([f"{each.title}{f' of {each.account}' if each.account else ''}" for each in held], 3)
    return unknown(
        f"an agent may read {file.path}, which holds {named}; what that may delete, only its cloud knows",
        *sources,
        remedies=(_look_up(held, policy),),
    )


def _in_code(credential: Credential, graph: AccessGraph) -> Principal | None:
    """The service account that a key file names, where the code says what it may do."""
    if not credential.user:
        return None
    for module in graph.modules:
        for each in principals(module):
            if each.cloud == "gcp" and each.name.rpartition(":")[2] == credential.user:
                return each
    return None


# --------------------------------------------------------------------------------------------------------- remedies


def _name_it() -> Remedy:
    return manual(
        "Say what the agents act as, or look up what these principals may do",
        "1. Declare each agent's own role or user in the auditor's policy:\n\n"
        '[[agents.approved]]\nname = "claude-code"\nowner = "NAME"\n'
        'identity = "THE AGENT\'S OWN ROLE"\n\n'
        "2. Or list what they may do, e.g. `aws iam simulate-principal-policy`, and attest what you saw:\n\n"
        + _ATTESTATION,
    )


def _look_up(held: Sequence[Credential], policy: Policy) -> Remedy:
    steps = "1. Look up the rights of each key in its cloud, and deny it what cannot be undone."
    if any(each.provider == "aws" for each in held):
        steps += f" On AWS attach this policy to its user or role:\n\n{document(policy.cloud.forbidden_actions)}\n"
    return manual("Deny the key's role what cannot be undone", f"{steps}\n2. Attest it:\n\n{_ATTESTATION}", safe=False)


_ATTESTATION = (
    '[[attestations]]\ncontrol = "LP-034"\nby = "NAME"\non = 2026-01-31\nvalid_days = 90\n'
    'evidence = "TICKET, with the policies as listed"'
)
