"""Knowing less never makes a pass, and never makes a check break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from remit.access.agent import DECISIONS, Audit, Egress
from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import Unknown
from remit.verbs import VERB_CLASSES
from remit_checks.backup.backups_survive_instance import backups_survive_instance
from remit_checks.backup.deletion_protection_iac import deletion_protection_iac
from remit_checks.backup.off_blast_radius_location import off_blast_radius_location
from remit_checks.backup.pitr_enabled import pitr_enabled
from remit_checks.backup.separate_account import separate_account
from remit_checks.least_privilege.cred_scope_minimal import cred_scope_minimal
from remit_checks.least_privilege.db_prod_zero_access import db_prod_zero_access
from remit_checks.least_privilege.gate_irreversible import gate_irreversible
from remit_checks.monitoring.toolcall_audit_stream import toolcall_audit_stream
from remit_checks.sandbox.dev_env_not_pointing_to_prod import dev_env_not_pointing_to_prod
from remit_checks.sandbox.sessions_containerized import sessions_containerized

HIDDEN = Unknown("hidden")
ON_CODE = (backups_survive_instance, deletion_protection_iac, off_blast_radius_location, pitr_enabled, separate_account)
ON_AGENTS = (gate_irreversible, sessions_containerized, toolcall_audit_stream, db_prod_zero_access)
ON_FILES = (cred_scope_minimal, db_prod_zero_access, dev_env_not_pointing_to_prod)

flags = st.sampled_from([True, False])
whether = st.booleans()


@st.composite
def resources(draw: Callable[..., Any]) -> tuple[str, dict[str, Any], frozenset[str]]:
    """A stateful resource with some of the arguments that decide, and those of them that will be hidden."""
    known = STATEFUL_TYPES[draw(st.sampled_from(sorted(STATEFUL_TYPES)))]
    given_: dict[str, Any] = {}
    for name in known.arguments:
        if name == known.days:
            given_[name] = draw(st.sampled_from([None, 0, 1, 14]))
        elif name == known.snapshot:
            given_[name] = draw(st.sampled_from([None, "", "last"]))
        else:
            given_[name] = draw(st.sampled_from([None, True, False]))
    return known.type, given_, draw(st.frozensets(st.sampled_from(known.arguments)))


@given(resources())
def test_hidden_arguments(facts: Any, drawn: tuple[str, dict[str, Any], frozenset[str]]) -> None:
    kind, arguments, hide = drawn
    seen = {name: value for name, value in arguments.items() if value is not None}
    for check in ON_CODE:
        known = facts.one(check, facts.module(replace(facts.resource(f"{kind}.x"), arguments=seen))).status
        partly = {**seen, **dict.fromkeys(hide, HIDDEN)}
        less = facts.one(check, facts.module(replace(facts.resource(f"{kind}.x"), arguments=partly))).status
        assert less != "pass" or known == "pass", (check.id, arguments, hide)
        assert less != "not-applicable" or known == "not-applicable", (check.id, arguments, hide)


@st.composite
def accesses(draw: Callable[..., Any], facts: Any) -> dict[str, Any]:
    decisions = {each.replace("-", "_"): draw(st.sampled_from(DECISIONS)) for each in VERB_CLASSES}
    return {
        "gates": facts.gates("ask", assumed=draw(whether), **decisions),
        "gate_hook": draw(whether),
        "sandbox": facts.sandbox(
            enabled=draw(whether),
            kind=draw(st.sampled_from(["none", "os", "vm"])),
            escapes=draw(st.sampled_from([(), ("a way out",)])),
        ),
        "egress": Egress(draw(st.sampled_from(["open", "none", "allowlist"])), ("github.com",)),
        "audit": Audit(draw(whether), draw(st.sampled_from([None, "otel.acme.com", "other.net"])), draw(whether)),
    }


def _hide(access: dict[str, Any], what: str) -> dict[str, Any]:
    match what:
        case "gates":
            return {**access, "gates": tuple(replace(each, decision=HIDDEN) for each in access["gates"])}
        case "gate_hook":
            return {**access, "gate_hook": HIDDEN}
        case "sandbox":
            return {**access, "sandbox": replace(access["sandbox"], enabled=HIDDEN, kind=HIDDEN)}
        case "egress":
            return {**access, "egress": Egress(HIDDEN)}
        case "audit":
            return {**access, "audit": replace(access["audit"], enabled=HIDDEN)}
        case _:
            return {**access, "audit": replace(access["audit"], tool_details=HIDDEN)}


@given(st.data(), st.sampled_from(["gates", "gate_hook", "sandbox", "egress", "audit", "details"]), whether)
def test_hidden_settings(facts: Any, data: st.DataObject, what: str, contained: bool) -> None:
    access = data.draw(accesses(facts))
    containers = (facts.container(),) if contained else ()
    policy = {"monitoring.sinks": ("otel.acme.com",)}
    for check in ON_AGENTS:
        known = facts.one(check, facts.agent(access), *containers, policy=policy).status
        less = facts.one(check, facts.agent(_hide(access, what)), *containers, policy=policy).status
        assert less != "pass" or known == "pass", (check.id, what)


environments = st.sampled_from(["production", "staging", "development"])
scopes = st.sampled_from(["account or workspace", "project", "role app", "every app of its user, unless narrower"])


@given(
    environments, scopes, st.sampled_from(["D1", "D2", "D3", "D4"]), st.sampled_from(["environment", "scope"]), whether
)
def test_hidden_credentials(facts: Any, environment: str, scope: str, damage: str, hide: str, url: bool) -> None:
    make = facts.url if url else facts.credential
    credential = make(environment=environment, scope=scope, damage=damage)
    hidden = replace(credential, **{hide: HIDDEN})
    for check in ON_FILES:
        known = facts.one(check, facts.file(credential), facts.agent()).status
        less = facts.one(check, facts.file(hidden), facts.agent()).status
        assert less != "pass" or known == "pass", (check.id, hide)


@given(environments, whether)
def test_an_unread_place_never_makes_a_pass(facts: Any, environment: str, goes: bool) -> None:
    from remit.evidence import Gap

    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule", "CredentialFile"))
    file = facts.file(facts.url(environment=environment, backups_go_with_it=goes))
    for check in (pitr_enabled, off_blast_radius_location, separate_account):
        known = facts.one(check, file).status
        less = facts.one(check, file, gaps=(gap,)).status
        assert less in ("unknown", "fail")
        assert (less == "fail") == (known == "fail")
