"""In which region a thing lies, as its code, its host or somebody's words tell.

Sources: the clouds' lists of regions, September 2026. Two clouds may each have a region in one city, so that only
regions of one cloud are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.evidence import IacModule, IacResource, Maybe, Unknown
from remit_checks.backup.copies import Destroyable

_POINTS = "northeast|northwest|southeast|southwest|north|south|east|west|central"
_NOTATIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "aws",
        re.compile(rf"(?<![a-z])(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-isob?)?-(?:{_POINTS})-\d(?![\d])", re.I),
    ),
    (
        "gcp",
        re.compile(
            rf"(?<![a-z])(?:us|europe|asia|australia|northamerica|southamerica|me|africa)-(?:{_POINTS})\d{{1,2}}(?!\d)",
            re.I,
        ),
    ),
    (
        "azure",
        re.compile(rf"(?<![a-z])(?:{_POINTS}){{1,2}}(?:us|europe|india|asia|uae|france)\d?(?![a-z\d])", re.I),
    ),
)
_MULTI_REGION = frozenset({"US", "EU", "ASIA", "NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1"})
_GEO = frozenset({"GRS", "RAGRS", "GZRS", "RAGZRS"})
_ELSEWHERE_ALREADY = "its code keeps it in more than one region"
Region = tuple[str, str]


def regions(text: str) -> frozenset[Region]:
    """The regions that a text names, each with its cloud."""
    return frozenset(
        (cloud, found.group().lower()) for cloud, pattern in _NOTATIONS for found in pattern.finditer(text[:2_000])
    )


def apart(home: frozenset[Region], there: frozenset[Region]) -> Maybe[bool]:
    """Whether two places are in different regions."""
    if not home or not there:
        return Unknown("the region of the original is not known" if not home else "no region is named")
    clouds = {cloud for cloud, _ in home} & {cloud for cloud, _ in there}
    if not clouds:
        return Unknown("regions of two clouds may be in one city")
    return not home & there


def home_of(each: Destroyable) -> frozenset[Region]:
    """The region in which something lies; empty where nothing says so."""
    if each.block is None:
        return regions(each.name)
    module, resource = each.block
    return frozenset(region for text in _written(module, resource) for region in regions(text))


def _written(module: IacModule, resource: IacResource) -> Iterator[str]:
    own = [resource.arguments.get(name) for name in ("region", "location", "availability_zone")]
    told = [value for value in own if isinstance(value, str)]
    given = module.providers.get(resource.type.split("_")[0], {}).get("region")
    yield from told or ([given] if isinstance(given, str) else [])


def copied_by_code(each: Destroyable) -> Maybe[str] | None:
    """What in the code puts a copy into another region; None where nothing there tries to."""
    if each.block is None:
        return None
    module, resource = each.block
    if _spread(resource):
        return _ELSEWHERE_ALREADY
    home = home_of(each)
    answers = [*_replicas(resource, home), *_of_other_blocks(module, resource, home)]
    sure = [answer for answer in answers if not isinstance(answer, Unknown)]
    return next(iter(sure or answers), None)


def _spread(resource: IacResource) -> bool:
    location = resource.arguments.get("location")
    if resource.type == "google_storage_bucket":
        return isinstance(location, str) and location.upper() in _MULTI_REGION
    kept = resource.arguments.get("account_replication_type")
    return resource.arguments.get("geo_redundant_backup_enabled") is True or (isinstance(kept, str) and kept in _GEO)


def _replicas(resource: IacResource, home: frozenset[Region]) -> Iterator[Maybe[str]]:
    if resource.type == "aws_dynamodb_table":
        for name, value in resource.arguments.items():
            if name.startswith("replica") and name.endswith("region_name") and isinstance(value, str):
                yield _answer(f"a replica in {value}", apart(home, regions(value)))


def _of_other_blocks(module: IacModule, resource: IacResource, home: frozenset[Region]) -> Iterator[Maybe[str]]:
    for other in module.resources:
        # Amazon RDS replicates automated backups to another region only.
        source = other.references.get("source_db_instance_arn", ())
        if other.type == "aws_db_instance_automated_backups_replication" and resource.address in source:
            yield other.address
        replicated = other.type == "aws_s3_bucket_replication_configuration"
        if replicated and resource.address in other.references.get("bucket", ()):
            yield Unknown(f"the region of the bucket that {other.address} writes to is not known")
        if other.type == "aws_backup_selection" and resource.address in other.references.get("resources", ()):
            yield from _copy_actions(module, other, home)


def _copy_actions(module: IacModule, selection: IacResource, home: frozenset[Region]) -> Iterator[Maybe[str]]:
    for plan in module.resources:
        if plan.type == "aws_backup_plan" and plan.address in selection.references.get("plan_id", ()):
            for name, value in plan.arguments.items():
                if name.endswith("destination_vault_arn"):
                    there = regions(value) if isinstance(value, str) else frozenset()
                    yield _answer(f"the copy action of {plan.address}", apart(home, there))


def _answer(what: str, is_apart: Maybe[bool]) -> Maybe[str]:
    if isinstance(is_apart, Unknown):
        return Unknown(f"{what}: {is_apart.why}")
    return what if is_apart else Unknown(f"{what} lies in the region of the original")
