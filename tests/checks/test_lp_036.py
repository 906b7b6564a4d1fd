"""LP-036: it is known how every provider deletes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from remit.evidence import Gap, Source
from remit_checks.least_privilege.provider_delete_protection_known import provider_delete_protection_known as lp_036

SOUND = {"soft_delete_hours": 48, "confirms_deletion": False, "scoped_tokens": True}


def _profile(**changes: Any) -> dict[str, Any]:
    return {"providers": {"railway": {**SOUND, **changes}}}


def _copy(**changes: Any) -> dict[str, Any]:
    copy = {"resource": "railway:volume:*", "location": "eu", "provider": "backblaze", **changes}
    return {"backup.inventory": (copy,)}


AT_ONCE = _profile(soft_delete_hours=0)
TABLE: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("not declared", {}, "unknown", "how railway deletes is not declared"),
    ("declared", _profile(), "pass", "railway restores for 48 hours"),
    ("in other letters", {"providers": {"Railway": SOUND}}, "pass", "48 hours"),
    ("of another provider", {"providers": {"neon": SOUND}}, "unknown", "railway deletes is not declared"),
    ("how long is not", _profile(soft_delete_hours=None), "unknown", "how long railway keeps"),
    ("whether it asks is not", _profile(confirms_deletion=None), "unknown", "confirms_deletion of railway"),
    (
        "nor its tokens",
        _profile(confirms_deletion=None, scoped_tokens=None),
        "unknown",
        "confirms_deletion and scoped_tokens of railway",
    ),
    ("at once", AT_ONCE, "fail", "railway deletes at once, and no copy of railway:volume:* lies elsewhere"),
    ("at once, backups stay", {**AT_ONCE, **_profile(soft_delete_hours=0, backups_survive_deletion=True)}, "pass", ""),
    ("at once, a copy elsewhere", {**AT_ONCE, **_copy()}, "pass", "copies lie elsewhere"),
    ("at once, a copy beside it", {**AT_ONCE, **_copy(provider="Railway")}, "fail", "deletes at once"),
    (
        "at once, a copy out of reach",
        {**AT_ONCE, **_copy(provider="railway", reachable_by_agents=False)},
        "pass",
        "copies lie elsewhere",
    ),
    ("at once, a copy of something else", {**AT_ONCE, **_copy(resource="aws_*")}, "fail", "deletes at once"),
)


@pytest.mark.parametrize(("name", "policy", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_profile(facts: Any, name: str, policy: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(lp_036, facts.file(facts.credential()), policy=policy)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_documentation_weighs_against_the_policys_word(facts: Any) -> None:
    file = facts.file(facts.credential(backups_go_with_it=True))
    assert "whose backups go with what is deleted" in facts.one(lp_036, file).verdict.message
    stays = _profile(soft_delete_hours=0, backups_survive_deletion=True)
    found = facts.one(lp_036, file, policy=stays)
    assert (found.status, "documentation denies it" in found.verdict.message) == ("unknown", True)


IN_REACH: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("a token of a provider", lambda f: f.file(f.credential()), "unknown"),
    ("one that deletes code", lambda f: f.file(f.credential(damage="D2")), "not-applicable"),
    ("a stand-in", lambda f: f.file(f.credential(placeholder=True)), "not-applicable"),
    ("a database's own address", lambda f: f.file(f.url()), "not-applicable"),
    ("a key to a host", lambda f: f.file(f.credential(provider="ssh")), "not-applicable"),
    ("code with a database", lambda f: f.module(f.resource("aws_db_instance.main")), "unknown"),
    ("code without", lambda f: f.module(f.resource("aws_iam_role.main")), "not-applicable"),
    ("nothing", lambda f: f.module(), "not-applicable"),
)


@pytest.mark.parametrize(("name", "build", "answer"), IN_REACH, ids=[row[0] for row in IN_REACH])
def test_what_counts_as_a_provider_in_reach(facts: Any, name: str, build: Callable[[Any], Any], answer: str) -> None:
    assert facts.one(lp_036, build(facts)).status == answer


def test_code_names_providers_as_credentials_do(facts: Any) -> None:
    module = facts.module(facts.resource("google_sql_database_instance.main", line=7))
    found = facts.one(lp_036, module, policy={"providers": {"gcp": SOUND}})
    assert (found.status, [str(each) for each in found.verdict.sources]) == ("pass", ["infra/main.tf:7"])
    bare = facts.one(lp_036, module, policy={"providers": {"gcp": {**SOUND, "soft_delete_hours": 0}}})
    assert "no copy of google_sql_database_instance.main" in bare.verdict.message
    copied = {"resource": "google_sql_*", "location": "eu", "provider": "aws"}
    policy = {"providers": {"gcp": {**SOUND, "soft_delete_hours": 0}}, "backup.inventory": (copied,)}
    assert facts.one(lp_036, module, policy=policy).status == "pass"


def test_the_worst_provider_decides(facts: Any) -> None:
    aws = facts.credential(provider="aws", resource="aws:account:123456789012")
    file = facts.file(facts.credential(), aws)
    assert facts.one(lp_036, file, policy=_profile()).status == "unknown"
    both = {"providers": {"railway": SOUND, "aws": {**SOUND, "soft_delete_hours": 0}}}
    origin = Source("policy.toml", 3, "policy")
    found = facts.one(lp_036, file, policy=both, origins={"providers": origin})
    assert (found.status, [str(each) for each in found.verdict.sources]) == ("fail", [".env:2", "policy.toml:3"])
    entry = found.verdict.remedies[0].body
    assert tomllib.loads(entry[entry.index("[[") :])["backup"]["inventory"][0]["resource"] == "aws:account:123456789012"


def test_an_unread_place_is_no_pass(facts: Any) -> None:
    gap = Gap("terraform", "infra/a.tf", "is broken", ("IacModule",))
    assert facts.one(lp_036, gaps=(gap,)).status == "unknown"
    assert facts.one(lp_036, facts.file(facts.credential()), policy=_profile(), gaps=(gap,)).status == "unknown"
    assert facts.one(lp_036, facts.file(facts.credential()), policy=AT_ONCE, gaps=(gap,)).status == "fail"


def test_what_to_look_up_is_toml(facts: Any) -> None:
    aws = facts.credential(provider="aws", resource="aws:account:123456789012")
    body = facts.one(lp_036, facts.file(facts.credential(), aws)).verdict.remedies[0].body
    declared = tomllib.loads(body)["providers"]
    assert declared["railway"]["soft_delete_hours"] == 48
    assert declared["aws"] == {}
    assert facts.one(lp_036, facts.file(aws), policy={"providers": declared}).status == "unknown"


def test_an_attestation_decides_what_is_not_declared(facts: Any) -> None:
    attested = {"control": "LP-036", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file = facts.file(facts.credential())
    assert facts.one(lp_036, file, policy={"attestations": (attested,)}).status == "pass"
    assert facts.one(lp_036, file, policy={**AT_ONCE, "attestations": (attested,)}).status == "fail"
