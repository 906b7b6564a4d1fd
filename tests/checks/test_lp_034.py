"""LP-034: no cloud principal of an agent's may delete what matters."""

from __future__ import annotations

import json
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence import Gap, Unknown
from remit_checks.least_privilege.cloud_policies import Statement, measured
from remit_checks.least_privilege.cloud_role_no_delete import cloud_role_no_delete as lp_034

PEOPLE = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
SERVICE = (
    '{"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
AGENTS = {"agents.approved": ({"name": "claude-code", "owner": "Ada", "identity": "shop-helper"},)}


def _role(name: str = "claude", trust: str = PEOPLE, more: str = "") -> str:
    return (
        f'resource "aws_iam_role" "{name}" {{\n  name = "{name}"\n  assume_role_policy = <<-EOT\n  {trust}\n  EOT\n'
        f"  {more}\n}}\n"
    )


def _policy(*statements: dict[str, Any], name: str = "claude", label: str = "p") -> str:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return (
        f'resource "aws_iam_role_policy" "{label}" {{\n  role = aws_iam_role.{name}.id\n'
        f"  policy = <<-EOT\n  {text}\n  EOT\n}}\n"
    )


def _allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def _deny(*actions: str, **more: Any) -> dict[str, Any]:
    return {**_allow(*actions, **more), "Effect": "Deny"}


def _attached(arn: str, kind: str = "role", holder: str = "aws_iam_role.claude.name") -> str:
    return (
        f'resource "aws_iam_{kind}_policy_attachment" "a" {{\n  {kind} = {holder}\n'
        f'  policy_arn = "arn:aws:iam::aws:policy/{arn}"\n}}\n'
    )


OWN = 'resource "aws_iam_policy" "own" {\n  policy = <<-EOT\n  %s\n  EOT\n}\n'
BOUNDED = _role(more="permissions_boundary = aws_iam_policy.own.arn")
READS = json.dumps({"Statement": _allow("s3:Get*")})
RULES = json.dumps({"Statement": _allow("*")})

TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("deletes", _role() + _policy(_allow("rds:*")), "fail", "claude (rds:Delete*)"),
    ("one action", _role() + _policy(_allow("kms:ScheduleKeyDeletion")), "fail", "kms:ScheduleKeyDeletion"),
    ("any case", _role() + _policy(_allow("S3:deleteBUCKET")), "fail", "s3:DeleteBucket"),
    (
        "one action as text",
        _role() + _policy({"Effect": "Allow", "Action": "*", "Resource": "*"}),
        "fail",
        "rds:Delete",
    ),
    ("reads", _role() + _policy(_allow("rds:Describe*", "s3:Get*")), "pass", "nobody here that an agent may be"),
    ("denied", _role() + _policy(_allow("*"), _deny("*:Delete*", "kms:*")), "pass", "claude"),
    (
        "denied here, allowed there",
        _role() + _policy(_allow("rds:*")) + _policy(_deny("rds:Delete*"), label="q"),
        "pass",
        "",
    ),
    ("one of two denied", _role() + _policy(_allow("rds:*", "s3:*"), _deny("rds:*")), "fail", "s3:DeleteBucket"),
    (
        "denied on one thing",
        _role() + _policy(_allow("rds:*"), _deny("rds:*", Resource="arn:x")),
        "fail",
        "rds:Delete*",
    ),
    (
        "denied at times",
        _role() + _policy(_allow("rds:*"), _deny("rds:*", Condition={"Bool": {}})),
        "fail",
        "rds:Delete*",
    ),
    (
        "allowed at times",
        _role() + _policy(_allow("rds:*", Condition={"Bool": {}})),
        "unknown",
        "only under conditions",
    ),
    (
        "all but",
        _role() + _policy({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}),
        "fail",
        "rds:Delete*",
    ),
    (
        "all but deletion denied",
        _role() + _policy(_allow("*"), {"Effect": "Deny", "NotAction": ["s3:Get*"], "Resource": "*"}),
        "pass",
        "claude",
    ),
    ("administrator", _role() + _attached("AdministratorAccess"), "fail", "claude (rds:Delete*"),
    ("power user", _role() + _attached("PowerUserAccess"), "fail", "claude (rds:Delete*"),
    ("read only", _role() + _attached("ReadOnlyAccess"), "pass", "claude"),
    (
        "another vendor policy",
        _role() + _attached("job-function/SystemAdministrator"),
        "unknown",
        "SystemAdministrator",
    ),
    (
        "its own policy",
        _role() + OWN % RULES + _attached("x").replace('"arn:aws:iam::aws:policy/x"', "aws_iam_policy.own.arn"),
        "fail",
        "claude",
    ),
    ("inline", _role(more=f"inline_policy {{\n    policy = <<-EOT\n    {RULES}\n    EOT\n  }}"), "fail", "claude"),
    (
        "listed",
        _role(more='managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonRDSFullAccess"]'),
        "fail",
        "rds:Delete*",
    ),
    ("within a boundary", BOUNDED + OWN % READS + _policy(_allow("*")), "pass", "claude"),
    ("a boundary without bounds", BOUNDED + OWN % RULES + _policy(_allow("rds:*")), "fail", "rds:Delete*"),
    (
        "a boundary nobody can read",
        _role(more="permissions_boundary = var.bound") + _policy(_allow("*")),
        "unknown",
        "permissions boundary",
    ),
    ("no JSON", _role() + _policy(_allow("*")).replace('{"Version"', "{Version"), "unknown", "no JSON"),
    ("for a service", _role("worker", SERVICE) + _policy(_allow("*"), name="worker"), "not-applicable", "own services"),
    ("an agent's service", _role("claude", SERVICE) + _policy(_allow("*")), "fail", "claude"),
    ("somebody's", _role("deploy") + _policy(_allow("*"), name="deploy"), "unknown", "whether an agent runs as it"),
    ("somebody who reads", _role("deploy") + _policy(_allow("s3:Get*"), name="deploy"), "pass", "deploy"),
    ("a user by name", _attached("AdministratorAccess", "user", '"cursor"'), "fail", "cursor (rds:Delete*"),
    ("a group", _attached("PowerUserAccess", "group", '"developers"'), "unknown", "developers: may do"),
    (
        "several at once",
        'resource "aws_iam_policy_attachment" "a" {\n  users = ["ada", "codex"]\n'
        '  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"\n}\n',
        "fail",
        "codex",
    ),
    (
        "Google",
        'resource "google_project_iam_member" "m" {\n  role = "roles/editor"\n'
        '  member = "serviceAccount:claude@shop.iam.gserviceaccount.com"\n}\n',
        "fail",
        "cloudsql.instances.delete",
    ),
    (
        "Google, by reference",
        'resource "google_project_iam_member" "m" {\n  role = "roles/cloudsql.admin"\n'
        '  member = "serviceAccount:${google_service_account.claude.email}"\n}\n',
        "fail",
        "cloudsql.instances.delete",
    ),
    (
        "Google, who reads",
        'resource "google_project_iam_binding" "m" {\n  role = "roles/viewer"\n  members = ["group:agents@acme.com"]\n}\n',
        "pass",
        "agents@acme.com",
    ),
    (
        "Google, a role of its own",
        'resource "google_project_iam_custom_role" "r" {\n  permissions = ["storage.buckets.delete"]\n}\n'
        'resource "google_project_iam_member" "m" {\n  role = google_project_iam_custom_role.r.id\n'
        '  member = "user:claude@acme.com"\n}\n',
        "fail",
        "storage.buckets.delete",
    ),
    (
        "Azure",
        'resource "azurerm_role_assignment" "claude" {\n  role_definition_name = "Contributor"\n'
        '  principal_id = "0000"\n}\n',
        "fail",
        "Microsoft.Sql/servers/databases/delete",
    ),
    (
        "Azure, a role nobody knows",
        'resource "azurerm_role_assignment" "claude" {\n  role_definition_id = "x"\n  principal_id = "0000"\n}\n',
        "unknown",
        "role is not named",
    ),
    ("no rights at all", 'resource "aws_s3_bucket" "b" {}', "not-applicable", "gives no rights"),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_module(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(lp_034, *facts.terraform('variable "bound" {}\n' + text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("name", "agents"),
    [
        ("claude", True),
        ("ClaudeCode", True),
        ("coding-agent", True),
        ("agents_readonly", True),
        ("mcp-server", True),
        ("ecs-agent", False),
        ("cloudwatch-agent-role", False),
        ("buildkite-agent", False),
        ("management", False),
        ("deploy", False),
    ],
)
def test_agents_are_told_by_whole_words(facts: Any, name: str, agents: bool) -> None:
    found = facts.one(lp_034, *facts.terraform(_role(name) + _policy(_allow("rds:*"), name=name)))
    assert found.status == ("fail" if agents else "unknown")


def test_the_policy_says_whom_agents_are(facts: Any) -> None:
    text = _role("shop-helper") + _policy(_allow("rds:*"), name="shop-helper")
    assert facts.one(lp_034, *facts.terraform(text)).status == "unknown"
    assert facts.one(lp_034, *facts.terraform(text), policy=AGENTS).status == "fail"
    other = _role("deploy") + _policy(_allow("rds:*"), name="deploy")
    named = facts.one(lp_034, *facts.terraform(other), policy=AGENTS)
    assert (named.status, "nobody whom the policy names" in named.verdict.message) == ("not-applicable", True)
    nameless = {"agents.approved": ({"name": "claude-code", "owner": "Ada"},)}
    assert facts.one(lp_034, *facts.terraform(other), policy=nameless).status == "unknown"


def test_the_policy_says_what_is_forbidden(facts: Any) -> None:
    modules = facts.terraform(_role() + _policy(_allow("sqs:DeleteQueue")))
    assert facts.one(lp_034, *modules).status == "pass"
    more = (*facts.policy().cloud.forbidden_actions, "sqs:Delete*")
    found = facts.one(lp_034, *modules, policy={"cloud.forbidden_actions": more})
    assert (found.status, "sqs:Delete*" in found.verdict.message) == ("fail", True)


@pytest.mark.parametrize(
    "text",
    [
        _role() + _policy(_allow("rds:*", "kms:*")),
        _role() + _attached("AdministratorAccess"),
        _attached("PowerUserAccess", "user", '"claude"'),
    ],
)
def test_the_lines_of_the_remedy_mend_it(facts: Any, text: str) -> None:
    found = facts.one(lp_034, *facts.terraform(text)).verdict
    (remedy,) = found.remedies
    assert (remedy.kind, remedy.path, remedy.safe) == ("iac", "infra/main.tf", False)
    assert [source.path for source in found.sources] == ["infra/main.tf"]
    assert facts.one(lp_034, *facts.terraform(text + remedy.body)).status == "pass"


def test_a_document_that_a_function_makes_is_not_read(facts: Any) -> None:
    made = (
        'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.claude.id\n  policy = jsonencode(var.bound)\n}\n'
    )
    found = facts.one(lp_034, *facts.terraform('variable "bound" {}\n' + _role() + made))
    assert found.status == "unknown"
    assert found.verdict.remedies[0].kind == "manual"


def test_a_policy_nobody_can_read_may_deny_what_another_allows(facts: Any) -> None:
    text = _role() + _policy(_allow("rds:*"))
    hidden = 'resource "aws_iam_role_policy" "q" {\n  role = aws_iam_role.claude.id\n  policy = var.bound\n}\n'
    found = facts.one(lp_034, *facts.terraform('variable "bound" {}\n' + text + hidden))
    assert (found.status, "another policy of it" in found.verdict.message) == ("unknown", True)


@pytest.mark.parametrize("document", ["[" * 5000, '{"Statement": 3}', '"x"', "{}", "null"])
def test_documents_that_are_none(facts: Any, document: str) -> None:
    text = _role() + _policy(label="q").replace('{"Version": "2012-10-17", "Statement": []}', document)
    assert document in text
    assert facts.one(lp_034, *facts.terraform(text)).status == "unknown"


# ------------------------------------------------------------------------------------------------------ credentials


def _key(facts: Any, **changes: Any) -> Any:
    fields = {
        "kind": "aws-access-key",
        "title": "AWS long-lived access key",
        "provider": "aws",
        "resource": "aws:account:111111111111",
        "account": "111111111111",
        "abilities": ("database-delete",),
        **changes,
    }
    return facts.credential(**fields)


def test_what_a_key_may_do_only_its_cloud_knows(facts: Any) -> None:
    found = facts.one(lp_034, facts.file(_key(facts)), facts.agent())
    assert (found.status, "of 111111111111" in found.verdict.message) == ("unknown", True)
    assert '"rds:Delete*"' in found.verdict.remedies[0].body
    assert "[[attestations]]" in found.verdict.remedies[0].body
    said = {"control": "LP-034", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(lp_034, facts.file(_key(facts)), facts.agent(), policy={"attestations": (said,)}).status == "pass"


def test_a_key_that_no_agent_can_read(facts: Any) -> None:
    found = facts.one(lp_034, facts.file(_key(facts)), facts.agent({"reads": lambda path: False}))
    assert (found.status, "out of reach" in found.verdict.message) == ("pass", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": "development"},
        {"placeholder": True},
        {"damage": "D0", "kind": "aws-access-key-id"},
        {"kind": "railway-token", "provider": "railway"},
    ],
)
def test_other_credentials_are_judged_elsewhere(facts: Any, changes: dict[str, Any]) -> None:
    found = facts.one(lp_034, facts.file(_key(facts, **changes)), facts.agent())
    assert found.status == "not-applicable"


@pytest.mark.parametrize(("role", "answer"), [("roles/owner", "fail"), ("roles/viewer", "unknown")])
def test_a_service_account_whose_rights_are_in_the_code(facts: Any, role: str, answer: str) -> None:
    user = "ci@shop.iam.gserviceaccount.com"
    key = _key(facts, kind="gcp-service-account", title="Google key", provider="gcp", user=user, account="shop")
    code = facts.terraform(
        f'resource "google_project_iam_member" "m" {{\n  role = "{role}"\n  member = "serviceAccount:{user}"\n}}\n'
    )
    found = facts.one(lp_034, facts.file(key), facts.agent(), *code)
    assert found.status == answer
    if answer == "fail":
        assert [source.path for source in found.verdict.sources] == [".env", "infra/main.tf"]
        assert found.verdict.remedies[0].kind == "manual"


def test_places_nobody_could_read(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule",))
    assert [each.status for each in facts.judge(lp_034, gaps=(gap,))] == ["unknown"]
    assert [each.status for each in facts.judge(lp_034)] == ["not-applicable"]


@pytest.mark.parametrize("text", [row[1] for row in TABLE if row[2] != "pass"])
def test_hiding_an_argument_never_makes_a_pass(facts: Any, text: str) -> None:
    modules = list(facts.terraform('variable "bound" {}\n' + text))
    for at, module in enumerate(modules):
        for place, resource in enumerate(module.resources):
            for name in resource.arguments:
                hidden = replace(resource, arguments={**resource.arguments, name: Unknown("hidden")})
                resources = (*module.resources[:place], hidden, *module.resources[place + 1 :])
                rest = [*modules[:at], replace(module, resources=resources), *modules[at + 1 :]]
                assert facts.one(lp_034, *rest).status != "pass", (resource.address, name)


# ------------------------------------------------------------------------------------- laws of the measured rights

ACTIONS = tuple(f"{service}:{verb}{thing}" for service in ("rds", "s3") for verb in ("Delete", "Get") for thing in "AB")
PATTERNS = ("*", "rds:*", "s3:*", "rds:Delete*", "*:Get*", "s3:DeleteA", "RDS:deleteb", "s3:Get?", "ec2:*")
statements = st.builds(
    Statement,
    allows=st.booleans(),
    actions=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2).map(tuple),
    conditional=st.booleans(),
    everywhere=st.booleans(),
)
others = st.builds(
    Statement,
    allows=st.booleans(),
    others_than=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2).map(tuple),
    conditional=st.booleans(),
    everywhere=st.booleans(),
)
some = st.lists(statements | others, max_size=4)


def _means(statement: Statement, action: str) -> bool:
    """Whether a statement speaks of one single action, by another matcher than ours."""
    named = statement.others_than or statement.actions
    hit = any(fnmatchcase(action.lower(), each.lower()) for each in named)
    return not hit if statement.others_than else hit


@given(some)
def test_single_actions_are_judged_as_the_cloud_does(found: list[Statement]) -> None:
    denies = [each for each in found if not each.allows and not each.conditional and each.everywhere]
    sure, perhaps = set(), set()
    for action in ACTIONS:
        allowing = [each for each in found if each.allows and _means(each, action)]
        if allowing and not any(_means(each, action) for each in denies):
            (perhaps if all(each.conditional for each in allowing) else sure).add(action)
    rights = measured(found, ACTIONS, "aws")
    assert (set(rights.surely), set(rights.perhaps)) == (sure, perhaps)


@given(some, statements | others)
def test_a_denial_adds_no_right_and_an_allowance_takes_none(found: list[Statement], more: Statement) -> None:
    wanted = (*ACTIONS, "rds:Delete*", "s3:*")
    before = measured(found, wanted, "aws")
    after = measured([*found, more], wanted, "aws")
    fewer, larger = (before, after) if more.allows else (after, before)
    assert set(fewer.surely) <= set(larger.surely)
    assert {*fewer.surely, *fewer.perhaps} <= {*larger.surely, *larger.perhaps}


@given(some)
def test_what_any_single_action_gives_its_pattern_gives(found: list[Statement]) -> None:
    single = measured(found, [each for each in ACTIONS if each.startswith("rds:Delete")], "aws")
    if single.surely:
        assert measured(found, ("rds:Delete*",), "aws").surely == ("rds:Delete*",)
