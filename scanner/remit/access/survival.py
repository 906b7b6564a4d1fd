"""Whether a copy of a resource outlives the agent that destroys it.

Only copies that are evidenced count, and only those no credential in the same reach can delete: a copy that the
policy declares in another place, or one that the infrastructure code puts out of the account's own reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Literal

from remit.access.graph import AccessGraph
from remit.access.iac_guards import backups_outlive
from remit.access.iac_types import STATEFUL_TYPES, StatefulType
from remit.access.nodes import HOME, resource_name
from remit.access.providers import names_provider, platform_of
from remit.evidence import Credential, IacModule, IacResource, Maybe, Source, Unknown
from remit.policy.declared import DeclaredCopy

Survives = Literal["survives", "lost", "unknown"]
SEVERITY: dict[Survives, int] = {"survives": 0, "unknown": 1, "lost": 2}


@dataclass(frozen=True, slots=True)
class Survival:
    """The answer for one resource, with the reason in one sentence and the copies that remain."""

    verdict: Survives
    reason: str
    survivors: tuple[str, ...] = ()
    rpo_hours: Maybe[float] | None = None
    """How old the newest surviving copy is at most; None where none survives."""
    restorable: Maybe[bool] | None = None
    """Whether a restore was done lately enough; None where none survives."""
    contradiction: str = ""
    """Two statements about the copies that cannot both be true."""
    cut_by: tuple[str, ...] = ("BK-005",)
    """The controls that would keep a copy; none where nobody knows what there is to copy."""


def survival(graph: AccessGraph, resource: str, held: Sequence[Credential]) -> Survival:
    """What remains when a resource is destroyed by somebody who holds some credentials as well.

    Of several facts about one resource the worst one decides.
    """
    declared = _declared(graph, resource, held)
    if declared:
        return declared
    found = [*_by_credential(graph, resource), *_by_code(graph, resource)]
    if not found:
        return Survival("unknown", _unseen(resource), cut_by=())
    return max(found, key=lambda each: (SEVERITY[each.verdict], each.reason))


def _unseen(resource: str) -> str:
    if resource == HOME:
        return "whether this machine is backed up out of the user's reach is not declared"
    return "what it is was not looked up, so nobody knows of its copies"


# ------------------------------------------------------------------------------------------------ declared copies


def _declared(graph: AccessGraph, resource: str, held: Sequence[Credential]) -> Survival | None:
    copies = graph.policy.declared_copies(resource)
    if ":" not in resource:
        # Code's resources are declared by their address, which must mean one of them alone.
        address = resource.rpartition("/")[2]
        alike = sum(each.address == address for module in graph.modules for each in module.resources)
        by_address = graph.policy.declared_copies(address)
        copies += tuple(each for each in by_address if each not in copies and (alike == 1 or "*" in each.resource))
    safe = sorted((copy for copy in copies if not copy.reachable_by_agents), key=lambda copy: copy.location)
    if not copies:
        return None
    if not safe:
        return Survival("lost", "every declared copy is within the agents' reach", cut_by=("BK-007",))
    doubts = [_contradicted(copy, held) for copy in safe]
    kept = [copy for copy, doubt in zip(safe, doubts, strict=True) if not doubt]
    if not kept:
        doubt = doubts[0]
        told = f"a copy is declared out of the agents' reach, but {doubt}"
        return Survival("unknown", told, contradiction=doubt, cut_by=("BK-007",))
    names = tuple(dict.fromkeys(copy.location for copy in kept))
    return Survival(
        "survives",
        f"the policy declares a copy out of the agents' reach: {', '.join(names)}",
        names,
        _rpo(kept),
        _restorable(graph, kept),
    )


def _contradicted(copy: DeclaredCopy, held: Sequence[Credential]) -> str:
    """A credential in the same reach that may open where the copy lies; empty where there is none."""
    for credential in held:
        same = (
            bool(copy.account and credential.account)
            and copy.account.casefold() == (credential.account or "").casefold()
        )
        apart = bool(copy.account and credential.account) and not same
        if same or (names_provider(copy.provider, credential.provider) and not apart):
            where = "the account" if same else "the provider"
            return f"{credential.source} holds a {credential.title} for {where} where {copy.location} lies"
    return ""


def _rpo(copies: Sequence[DeclaredCopy]) -> Maybe[float]:
    ages = [0.0 for copy in copies if copy.pitr]
    ages += [float(copy.max_age_hours) for copy in copies if copy.max_age_hours is not None]
    return min(ages) if ages else Unknown("no declared copy says how old it may be: set max_age_hours, or pitr")


def _restorable(graph: AccessGraph, copies: Sequence[DeclaredCopy]) -> Maybe[bool]:
    tested = [copy.restore_tested for copy in copies if copy.restore_tested]
    if not tested or graph.now is None:
        return Unknown("no restore from it is recorded: set restore_tested")
    age = (graph.now.astimezone(UTC).date() - max(tested)).days
    limit = graph.policy.backup.restore_test_max_age_days
    if age < 0:
        return Unknown(f"the last restore from it is dated {max(tested)}, which is yet to come")
    if limit is not None and age > limit:
        return Unknown(f"the last restore from it, on {max(tested)}, is not within {limit} days")
    return True


# -------------------------------------------------------------------------------------------------- by credential


def _by_credential(graph: AccessGraph, resource: str) -> Iterator[Survival]:
    for file in graph.credential_files:
        for credential in file.credentials:
            if credential.resource == resource and not credential.placeholder:
                yield _after(graph, credential)


def _after(graph: AccessGraph, credential: Credential) -> Survival:
    if credential.backups_go_with_it:
        return Survival(
            "lost", "the provider deletes its backups together with what they are of, and no other copy is declared"
        )
    if credential.damage == "D4":
        return Survival("lost", "the same credential deletes the backups, and no copy outside its reach is declared")
    if _backed_up(graph, credential) is False:
        return Survival("lost", "its provider makes no backups unasked, says the policy, and no copy is declared")
    return Survival("unknown", "no backup of it is declared, and nobody could look at the provider")


def _backed_up(graph: AccessGraph, credential: Credential) -> bool | None:
    """Whether the policy says that its provider makes backups unasked."""
    name = platform_of(credential.host) or credential.provider
    known = next((each for key, each in graph.policy.providers.items() if key.casefold() == name), None)
    return known.automatic_backups if known else None


# --------------------------------------------------------------------------------------------------------- by code


def _by_code(graph: AccessGraph, name: str) -> Iterator[Survival]:
    for module in graph.modules:
        for resource in module.resources:
            if resource_name(module, resource) == name:
                yield of_resource(graph, module, resource)


def of_resource(graph: AccessGraph, module: IacModule, resource: IacResource) -> Survival:
    """What remains when `terraform destroy` or its credential destroys a resource, as far as the code says."""
    locked = _locked_vault(module)
    if locked:
        return Survival("unknown", f"{locked} locks a backup vault; whether it holds this one's copies was not traced")
    return _by_type(STATEFUL_TYPES.get(resource.type), resource)


def _by_type(kind: StatefulType | None, resource: IacResource) -> Survival:
    if kind is None:
        return Survival("unknown", f"what becomes of the backups of a {resource.type} is not known")
    if kind.backups_go == "always":
        last = backups_outlive(resource)
        if isinstance(last, Unknown) or last:
            return Survival(
                "unknown", "a last copy may be taken, but in the same account, and no other one is declared"
            )
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


def _locked_vault(module: IacModule) -> str | None:
    """A backup vault whose lock nobody can lift: compliance mode, which `changeable_for_days` switches on."""
    for resource in module.resources:
        if resource.type == "aws_backup_vault_lock_configuration":
            days = resource.arguments.get("changeable_for_days")
            if days is not None and not isinstance(days, Unknown):
                return resource.address
    return None


def declared_in(graph: AccessGraph) -> tuple[Source, ...]:
    """Where the policy declares its copies, as far as its source is known."""
    place = graph.origins.get("backup.inventory")
    return (place,) if place else ()
