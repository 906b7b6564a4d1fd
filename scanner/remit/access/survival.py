"""Whether a copy of a resource outlives the agent that destroys it.

Only copies that are evidenced count, and only those no credential in the same reach can delete: a copy that the
policy declares in another place, or one that the infrastructure code puts out of the account's own reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from remit.access.graph import AccessGraph
from remit.access.iac_types import STATEFUL_TYPES, StatefulType
from remit.evidence import Credential, IacModule, IacResource, Unknown

Survives = Literal["survives", "lost", "unknown"]


@dataclass(frozen=True, slots=True)
class Survival:
    """The answer for one resource, with the reason in one sentence and the copies that remain."""

    verdict: Survives
    reason: str
    survivors: tuple[str, ...] = ()


def of_credential(graph: AccessGraph, credential: Credential) -> Survival:
    """What remains when the holder of a credential destroys what it reaches."""
    declared = _declared(graph, credential.resource)
    if declared:
        return declared
    if credential.backups_go_with_it:
        return Survival(
            "lost", "the provider deletes its backups together with what they are of, and no other copy is declared"
        )
    if credential.damage == "D4":
        return Survival("lost", "the same credential deletes the backups, and no copy outside its reach is declared")
    return Survival("unknown", "no backup of it is declared, and nobody could look at the provider")


def of_resource(graph: AccessGraph, module: IacModule, resource: IacResource) -> Survival:
    """What remains when `terraform destroy` or its credential destroys a resource."""
    declared = _declared(graph, resource.address)
    if declared:
        return declared
    locked = _locked_vault(module)
    if locked:
        return Survival("unknown", f"{locked} locks a backup vault; whether it holds this one's copies was not traced")
    return _by_type(STATEFUL_TYPES.get(resource.type), resource)


def _by_type(kind: StatefulType | None, resource: IacResource) -> Survival:
    if kind is None:
        return Survival("unknown", f"what becomes of the backups of a {resource.type} is not known")
    if kind.backups_go == "always":
        return Survival("lost", "its provider deletes the backups with it, and no other copy is declared")
    if kind.backups_go == "unless-kept":
        return _unless_kept(kind, resource)
    if kind.backups_go == "none" and kind.force and resource.arguments.get(kind.force) is True:
        return Survival("lost", f"{kind.force} lets it go with all it holds, and no copy of it is declared")
    return Survival("unknown", "no copy of it is declared, and nobody could look at the provider")


def _unless_kept(kind: StatefulType, resource: IacResource) -> Survival:
    arguments = resource.arguments
    dropped = arguments.get(kind.drop, True) if kind.drop else arguments.get(kind.keep or "", False) is False
    skipped = arguments.get(kind.force, False) if kind.force else True
    if isinstance(dropped, Unknown) or isinstance(skipped, Unknown):
        return Survival("unknown", "whether its backups go with it depends on values that the files leave open")
    if dropped is True and skipped is True:
        return Survival("lost", "its automatic backups go with it, no last copy is taken, and no other one is declared")
    return Survival(
        "unknown", "a copy is kept, but in the same account: whether its credentials can delete it is not declared"
    )


def _declared(graph: AccessGraph, resource: str) -> Survival | None:
    copies = graph.policy.declared_copies(resource)
    safe = tuple(sorted(copy.location for copy in copies if not copy.reachable_by_agents))
    if safe:
        return Survival("survives", f"the policy declares a copy out of the agents' reach: {', '.join(safe)}", safe)
    if copies:
        return Survival("lost", "every declared copy is within the agents' reach")
    return None


def _locked_vault(module: IacModule) -> str | None:
    """A backup vault whose lock nobody can lift: compliance mode, which `changeable_for_days` switches on."""
    for resource in module.resources:
        if resource.type == "aws_backup_vault_lock_configuration":
            days = resource.arguments.get("changeable_for_days")
            if days is not None and not isinstance(days, Unknown):
                return resource.address
    return None
