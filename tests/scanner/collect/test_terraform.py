from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from remit.access.iac_guards import backups_outlive, days, deletion_guard, flag, prevents_destroy
from remit.access.iac_types import STATEFUL_TYPES
from remit.collect.collector import Document, Scope
from remit.collect.terraform.facts import TerraformFile
from remit.collect.terraform.files import terraform
from remit.errors import CollectError
from remit.evidence import Gap, IacModule, IacResource, Unknown
from remit.policy.model import Policy

SCOPE = Scope(Policy(), "sample", datetime(2026, 1, 1, tzinfo=UTC))


def read(files: Mapping[str, str | bytes]) -> tuple[dict[str, IacModule], list[Gap]]:
    """The modules by path, and every gap, as a scan would see them: facts go through the cache's encoding."""
    facts: list[TerraformFile] = []
    gaps: list[Gap] = []
    for path, content in files.items():
        assert terraform.wants(path), path
        data = content.encode() if isinstance(content, str) else content
        try:
            for each in terraform.parse(Document(path, data)):
                facts.append(_cached(each)) if isinstance(each, TerraformFile) else gaps.append(each)
        except CollectError as error:
            gaps.append(Gap("terraform", path, error.reason, ("IacModule",)))
    linked = list(terraform.link(facts, gaps, SCOPE))
    return {each.path: each for each in linked if isinstance(each, IacModule)}, gaps


def _cached(fact: TerraformFile) -> TerraformFile:
    decoded = msgspec.msgpack.decode(msgspec.msgpack.encode(fact), type=TerraformFile)
    assert decoded == fact
    return decoded


def resources(module: IacModule) -> dict[str, IacResource]:
    return {each.address: each for each in module.resources}


def one(text: str, **more: str) -> IacResource:
    """The only resource of a directory; further files by name, `_` for the dot."""
    found, _ = read({"main.tf": text, **{name.replace("__", "."): content for name, content in more.items()}})
    (resource,) = found[""].resources
    return resource


def value(expression: str, rest: str = "", **more: str) -> object:
    return one(f'resource "t" "r" {{\n  x = {expression}\n}}\n{rest}', **more).arguments["x"]


def why(found: object) -> str:
    assert isinstance(found, Unknown), found
    return found.why


# ----------------------------------------------------------------------------------------------------------- literals


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("true", True),
        ("null", None),
        ("14", 14),
        ("-1", -1),
        ("1.5", 1.5),
        ('"text"', "text"),
        ('" padded "', " padded "),
        (r'"a\tb\"c\\d\u00e9"', 'a\tb"c\\dé'),
        ('"$${not} %%{this}"', "${not} %{this}"),
        ('["a", 1, true,]', ("a", 1, True)),
        ("[]", ()),
        ('{ a = 1, "b" : 2, c-d = "e" }', {"a": 1, "b": 2, "c-d": "e"}),
        ("{\n a = 1\n # why\n b = [2]\n}", {"a": 1, "b": (2,)}),
        ("(true)", True),
        ("!false", True),
        ("!(true && false)", True),
        ("7 * 2", 14),
        ("1 + 1 == 2 ? 30 : 0", 30),
        ('"a" == "b"', False),
        ('"1" == 1', False),
        ("1 != true", True),
        ("3 >= 3 || nonsense", True),
        ("false && nonsense", False),
        ('lower("ABC")', "abc"),
        ('upper("abc")', "ABC"),
        ('tobool("true")', True),
        ('tonumber("14")', 14),
        ("tostring(7)", "7"),
        ("merge({ a = 1 }, { a = 2, b = 3 })", {"a": 2, "b": 3}),
        ('concat(["a"], ["b"])', ("a", "b")),
        ('lookup({ a = 1 }, "a", 2)', 1),
        ('coalesce("", "x")', "x"),
        ('{ a = ["x", "y"] }.a[1]', "y"),
        ('{ a = { b = 1 } }["a"].b', 1),
        ("<<EOT\nhello\nthere\nEOT", "hello\nthere\n"),
        ("<<-EOT\n    hello\n      there\n  EOT", "hello\n  there\n"),
        ("true /* note */", True),
        ("[ # note\n 1, // two\n 2 ]", (1, 2)),
    ],
)
def test_literals_and_plain_operations_are_evaluated(expression: str, expected: object) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("data.aws_ami.x.id", "data.aws_ami.x.id"),
        ("aws_s3_bucket.b[0].id", "aws_s3_bucket.b[0].id"),
        ("module.db.url", "module.db.url"),
        ("each.value", "each.value"),
        ("count.index", "count.index"),
        ("terraform.workspace", "terraform.workspace"),
        ('file("secret.txt")', "file"),
        ("[for x in y : x]", "for x in y"),
        ("foo[*].bar", "foo[*].bar"),
        ('"%{ if true }a%{ endif }"', "%{ if true }"),
        ('"${data.x.y}-z"', "data.x.y"),
        ("var.nobody", "nobody"),
        ("local.nobody", "nobody"),
        ('"a" + 1', "+"),
        ('"a" ? 1 : 2', "condition"),
        ("[var.nobody]", "nobody"),
        ("{ a = 1 }.b", "names nothing"),
        ('"${[1]}"', "no text"),
        ("merge([1])", "merge"),
        ("lower([1])", "lower"),
        ("lower(data.x.y)", "data.x.y"),
        ("lower()", "lower"),
        ("coalesce(null)", "coalesce"),
        ("provider::x::y(1)", "provider"),
        ("1.0e999", "1.0e999"),
        ("0x1F", "0x1F"),
    ],
)
def test_what_terraform_learns_elsewhere_is_unknown_and_named(expression: str, named: str) -> None:
    assert named in why(value(expression))


def test_a_map_keeps_what_is_known_of_it() -> None:
    found = value('{ Name = "db", Env = data.x.env }')
    assert isinstance(found, dict)
    assert found["Name"] == "db"
    assert isinstance(found["Env"], Unknown)


def test_nested_blocks_become_dotted_names_and_repeated_ones_are_numbered() -> None:
    resource = one(
        'resource "aws_x" "r" {\n'
        "  lifecycle {\n    prevent_destroy = true\n  }\n"
        "  rule {\n    days = 1\n    filter { prefix = 'a' }\n  }\n"
        "  rule {\n    days = 2\n  }\n"
        '  provisioner "local-exec" {\n    command = "x"\n  }\n'
        "  empty {}\n"
        "}\n".replace("'", '"')
    )
    assert resource.arguments["lifecycle.prevent_destroy"] is True
    assert resource.lines["lifecycle.prevent_destroy"] == 3
    assert [resource.arguments[name] for name in ("rule.0.days", "rule.0.filter.prefix", "rule.1.days")] == [1, "a", 2]
    assert resource.arguments["provisioner.local-exec.command"] == "x"
    assert resource.arguments["empty"] == {}
    assert resource.source.line == 1
    assert str(resource.source) == "main.tf:1"


# ------------------------------------------------------------------------------------------- variables, tfvars, locals

DEFAULT = 'variable "days" {\n  default = 7\n}\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 7),
        ({"terraform__tfvars": "days = 8"}, 8),
        ({"terraform__tfvars": "days = 8", "terraform__tfvars__json": '{"days": 9}'}, 9),
        ({"terraform__tfvars": "days = 8", "a__auto__tfvars": "days = 10"}, 10),
        ({"b__auto__tfvars": "days = 11", "a__auto__tfvars": "days = 10"}, 11),
        ({"b__auto__tfvars__json": '{"days": 12}', "a__auto__tfvars": "days = 10"}, 12),
        ({"prod__tfvars": "days = 7"}, 7),
        ({"prod__tfvars": "days = 30"}, None),
        ({"terraform__tfvars": "other = 8"}, 7),
        ({"terraform__tfvars": "days = upper(1)"}, None),
        ({"terraform__tfvars": "days = \n"}, None),
        ({"variables_override__tf": 'variable "days" {\n  default = 13\n}\n'}, 13),
        ({"more__tf": 'variable "days" {\n  default = 13\n}\n'}, None),
        ({"more__tf": 'variable "days" {\n  default = 7\n}\n'}, 7),
    ],
)
def test_variables_take_their_value_in_terraforms_order(files: dict[str, str], expected: object) -> None:
    found = value("var.days", DEFAULT, **files)
    if expected is None:
        assert isinstance(found, Unknown)
    else:
        assert found == expected


def test_a_variable_without_a_value_is_unknown_unless_all_var_files_agree() -> None:
    declared = 'variable "days" {}\n'
    assert "no value" in why(value("var.days", declared))
    assert value("var.days", declared, prod__tfvars="days = 30") == 30
    assert "-var-file" in why(value("var.days", declared, prod__tfvars="days = 30", dev__tfvars="days = 1"))


def test_var_files_in_directories_below_belong_to_the_configuration_above() -> None:
    found, _ = read(
        {
            "infra/main.tf": DEFAULT + 'resource "t" "r" {\n  x = var.days\n}\n',
            "infra/env/prod.tfvars": "days = 30\n",
            "elsewhere/terraform.tfvars": "days = 1\n",
        }
    )
    assert list(found) == ["infra"]
    assert "-var-file" in why(found["infra"].resources[0].arguments["x"])


@pytest.mark.parametrize(
    ("expression", "rest", "expected"),
    [
        ("local.a", 'locals {\n  a = "x"\n}\n', "x"),
        ("local.a", 'locals {\n  a = "${local.b}-db"\n  b = var.days\n}\n' + DEFAULT, "7-db"),
        ("local.tags.env", 'locals {\n  tags = { env = "prod" }\n}\n', "prod"),
        ('var.env == "prod" ? true : false', 'variable "env" {\n  default = "prod"\n}\n', True),
        ("var.o.keep[0]", 'variable "o" {\n  default = { keep = [3] }\n}\n', 3),
        ("local.a", "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n", None),
        ("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n", None),
        ("local.a", "locals {\n  a = data.x.y\n}\n", None),
        ("local.a", 'variable "null" {\n  default = null\n}\nlocals {\n  a = var.null == null\n}\n', True),
    ],
)
def test_locals_and_conditions(expression: str, rest: str, expected: object) -> None:
    found = value(expression, rest)
    if expected is None:
        assert isinstance(found, Unknown)
    else:
        assert found == expected


def test_chains_and_doublings_end_in_unknown_not_in_time_or_memory() -> None:
    chain = "locals {\n" + "".join(f"  a{n} = local.a{n + 1}\n" for n in range(5000)) + "  a5000 = 1\n}\n"
    assert "too many steps" in why(value("local.a0", chain))
    texts = "locals {\n" + "".join(f'  a{n} = "${{local.a{n + 1}}}${{local.a{n + 1}}}"\n' for n in range(40))
    assert isinstance(value("local.a0", texts + '  a40 = "x"\n}\n'), Unknown)
    lists = "locals {\n" + "".join(f"  a{n} = [local.a{n + 1}, local.a{n + 1}]\n" for n in range(40))
    assert "too large" in why(value("local.a0", lists + "  a40 = 1\n}\n"))
    assert "no plain value" in why(value("local.a0 == local.a0", lists + "  a40 = 1\n}\n"))


# ------------------------------------------------------------------------------------------------- overrides, modules


def test_override_files_replace_arguments_and_whole_nested_blocks() -> None:
    resource = one(
        'resource "aws_db_instance" "main" {\n  a = 1\n  b = 1\n  rule {\n    x = 1\n    y = 1\n  }\n'
        "  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
        z_override__tf='resource "aws_db_instance" "main" {\n  b = 3\n}\n',
        override__tf='resource "aws_db_instance" "main" {\n  b = 2\n  c = 2\n  rule {\n    x = 2\n  }\n'
        "  lifecycle {\n    create_before_destroy = true\n  }\n}\n",
    )
    arguments = resource.arguments
    assert (arguments["a"], arguments["b"], arguments["c"], arguments["rule.x"]) == (1, 3, 2, 2)
    assert "rule.y" not in arguments
    assert arguments["lifecycle.prevent_destroy"] is True
    assert "b" not in resource.lines
    assert resource.lines["a"] == 2


def test_an_override_can_take_protection_away() -> None:
    guarded = 'resource "aws_db_instance" "main" {\n  deletion_protection = true\n}\n'
    resource = one(guarded, override__tf=guarded.replace("true", "false"))
    assert deletion_guard(resource) is False


CHILD = """
variable "protect" {
  default = false
}
resource "aws_db_instance" "db" {
  deletion_protection = var.protect
}
"""


@pytest.mark.parametrize(
    ("callers", "expected"),
    [
        ({"main.tf": 'module "db" {\n  source = "./modules/db"\n  protect = true\n}\n'}, True),
        ({"main.tf": 'module "db" {\n  source = "./modules/db"\n}\n'}, False),
        ({"main.tf": 'module "db" {\n  source = "./modules/db"\n  protect = var.x\n}\n'}, None),
        (
            {
                "a/main.tf": 'module "db" {\n  source = "../modules/db"\n  protect = true\n}\n',
                "b/main.tf": 'module "db" {\n  source = "../modules/db/"\n  protect = false\n}\n',
            },
            None,
        ),
        ({"main.tf": 'module "db" {\n  source = "example/db/aws"\n  protect = true\n}\n'}, False),
        ({"main.tf": 'module "db" {\n  source = "../../outside"\n  protect = true\n}\n'}, False),
        ({"modules/db/x.tf": 'module "me" {\n  source = "./"\n}\n'}, False),
        ({"modules/db/x.tf": 'module "me" {\n  source = "./"\n  protect = var.protect\n}\n'}, None),
    ],
)
def test_a_called_module_takes_what_its_callers_pass(callers: dict[str, str], expected: bool | None) -> None:
    found, _ = read({**callers, "modules/db/main.tf": CHILD})
    guard = deletion_guard(resources(found["modules/db"])["aws_db_instance.db"])
    if expected is None:
        assert isinstance(guard, Unknown)
    else:
        assert guard is expected


def test_module_calls_are_listed_because_they_hide_resources() -> None:
    found, _ = read({"main.tf": 'module "db" {\n  source = "example/db/aws"\n  version = "1.2"\n}\n'})
    (call,) = found[""].resources
    assert (call.type, call.name, call.arguments["source"]) == ("module", "db", "example/db/aws")


def test_a_long_chain_of_modules_is_followed_or_given_up_without_recursion_trouble() -> None:
    files = {
        f"m{n}/main.tf": f'variable "v" {{}}\nmodule "n" {{\n  source = "../m{n + 1}"\n  v = var.v\n}}\n'
        for n in range(300)
    }
    files["m300/main.tf"] = 'variable "v" {}\nresource "t" "r" {\n  x = var.v\n}\n'
    found, _ = read(files)
    assert isinstance(found["m300"].resources[0].arguments["x"], Unknown)


def test_duplicate_resources_are_both_kept() -> None:
    found, _ = read({"a.tf": 'resource "t" "r" {\n  x = 1\n}\n', "b.tofu": 'resource "t" "r" {\n  x = 2\n}\n'})
    assert [(each.source.path, each.arguments["x"]) for each in found[""].resources] == [("a.tf", 1), ("b.tofu", 2)]


def test_an_argument_set_twice_has_no_value() -> None:
    assert "set twice" in why(one('resource "t" "r" {\n  x = true\n  x = false\n}\n').arguments["x"])


def test_references_to_other_resources_are_kept() -> None:
    resource = one(
        'resource "aws_s3_bucket_versioning" "v" {\n'
        '  bucket = aws_s3_bucket.state.id\n  note = "${aws_kms_key.k.arn}-${var.x}"\n}\n'
    )
    assert resource.references == {"bucket": ("aws_s3_bucket.state",), "note": ("aws_kms_key.k",)}


# --------------------------------------------------------------------------------------------------- backend and state


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"main.tf": 'terraform {\n  backend "s3" {\n    bucket = "b"\n  }\n}\n'}, "s3"),
        ({"main.tf": 'terraform {\n  backend "s3" {}\n}\n'}, "s3"),
        ({"main.tf": 'terraform {\n  backend "local" {}\n}\n'}, "local"),
        ({"main.tf": 'terraform {\n  cloud {\n    organization = "o"\n  }\n}\n'}, "cloud"),
        ({"main.tf.json": '{"terraform": {"backend": {"gcs": {"bucket": "b"}}}}'}, "gcs"),
        ({"main.tf": "terraform {}\n"}, None),
        (
            {
                "main.tf": 'terraform {\n  backend "s3" {}\n}\n',
                "o_override.tf": 'terraform {\n  backend "local" {}\n}\n',
            },
            "local",
        ),
        ({"main.tf": 'terraform {\n  backend "s3" {}\n}\n', "override.tf": "terraform {\n  cloud {}\n}\n"}, "cloud"),
        ({"main.tf": '\ufeffterraform {\n  backend "s3" {}\n}\n'}, "s3"),
    ],
)
def test_the_backend_says_where_the_state_is(files: dict[str, str], expected: str | None) -> None:
    found, gaps = read(files)
    assert found[""].backend == expected
    assert gaps == []


def test_backend_and_provider_arguments() -> None:
    found, _ = read(
        {
            "main.tf": 'terraform {\n  backend "s3" {\n    bucket = "b"\n    use_lockfile = true\n  }\n}\n'
            'provider "aws" {\n  region = "eu-west-1"\n  allowed_account_ids = ["1"]\n}\n'
            'provider "aws" {\n  alias = "backup"\n  assume_role {\n    role_arn = local.arn\n  }\n}\n'
            'locals {\n  arn = "arn:x"\n}\n'
        }
    )
    module = found[""]
    assert module.backend_arguments == {"bucket": "b", "use_lockfile": True}
    assert module.providers["aws"] == {"region": "eu-west-1", "allowed_account_ids": ("1",)}
    assert module.providers["aws.backup"]["assume_role.role_arn"] == "arn:x"


def test_state_files_are_seen_only_when_they_describe_something() -> None:
    state = '{"version": 4, "resources": [{"type": "t", "instances": [{}]}]}'
    found, _ = read(
        {
            "a/terraform.tfstate": state,
            "b/terraform.tfstate": '{"version": 4, "resources": []}',
            "c/main.tf": "",
            "c/terraform.tfstate.backup": state,
            "d/terraform.tfstate": "",
        }
    )
    assert {path: [each.path for each in module.states] for path, module in found.items()} == {
        "a": ["a/terraform.tfstate"],
        "c": ["c/terraform.tfstate.backup"],
    }


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("main.tf", True),
        ("a/b/c.tofu", True),
        ("x.tf.json", True),
        ("prod.tfvars", True),
        ("x.auto.tfvars.json", True),
        ("terraform.tfstate", True),
        ("a/.terraform/terraform.tfstate", False),
        ("a/.terraform/modules/x/main.tf", False),
        (".terragrunt-cache/x/main.tf", False),
        ("main.tfx", False),
        ("package.json", False),
    ],
)
def test_wanted_files(path: str, wanted: bool) -> None:
    assert terraform.wants(path) is wanted


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    [
        ({"main.tf": ""}, "", True),
        ({"main.tf": 'module "x" {\n  source = "./x"\n}\n', "x/main.tf": ""}, "x", False),
        ({"main.tf": 'module "x" {\n  source = "./x"\n}\n', "x/main.tf": "", "x/terraform.tfvars": "a = 1"}, "x", True),
        ({"modules/x/main.tf": ""}, "modules/x", None),
        ({"modules/x/main.tf": 'provider "aws" {}\n'}, "modules/x", True),
        ({"x/main.tf": 'module "x" {\n  source = "../"\n}\n', "main.tf": ""}, "", False),
        ({"main.tf": 'variable "name" {}\n'}, "", None),
        ({"main.tf": 'variable "name" {}\nprovider "aws" {}\n'}, "", True),
    ],
)
def test_whether_terraform_runs_in_a_directory(files: dict[str, str], path: str, expected: bool | None) -> None:
    module = read(files)[0][path]
    if expected is None:
        assert isinstance(module.root, Unknown)
        assert isinstance(module.backend, Unknown)
    else:
        assert module.root is expected
        assert isinstance(module.backend, Unknown) is not expected


# ------------------------------------------------------------------------------------------------------- JSON notation


def test_json_notation_means_the_same() -> None:
    found, _ = read(
        {
            "main.tf.json": """{
  "//": "a comment",
  "variable": {"days": {"default": 7}},
  "locals": {"name": "db"},
  "resource": {
    "aws_db_instance": {
      "main": {
        "identifier": "${local.name}",
        "backup_retention_period": "${var.days}",
        "lifecycle": {"prevent_destroy": true},
        "rule": [{"a": 1}, {"a": 2}],
        "tags": {"Name": "x"},
        "mixed": "x-${var.days}"
      }
    }
  }
}"""
        }
    )
    (resource,) = found[""].resources
    assert resource.address == "aws_db_instance.main"
    assert resource.source.line == 7
    assert resource.arguments["identifier"] == "db"
    assert resource.arguments["backup_retention_period"] == 7
    assert resource.arguments["lifecycle.prevent_destroy"] is True
    assert (resource.arguments["rule.0.a"], resource.arguments["rule.1.a"]) == (1, 2)
    assert resource.arguments["tags"] == {"Name": "x"}
    assert isinstance(resource.arguments["mixed"], Unknown)
    assert resource.lines["lifecycle.prevent_destroy"] == 10


def test_json_lists_of_blocks_and_faults() -> None:
    found, gaps = read({"main.tf.json": '{"resource": [{"t": {"a": [{"x": 1}]}}, {"t": {"b": {"x": 2,}}}]}'})
    assert {name: each.arguments["x"] for name, each in resources(found[""]).items()} == {"t.a": 1, "t.b": 2}
    assert [gap.path for gap in gaps] == ["main.tf.json"]
    assert isinstance(found[""].backend, Unknown)


@pytest.mark.parametrize("text", ["[]", "x", "", '"x"'])
def test_json_without_an_object_is_a_gap(text: str) -> None:
    found, gaps = read({"main.tf.json": text})
    assert found == {}
    assert len(gaps) == 1


# ----------------------------------------------------------------------------------------------------------- bad input


def test_a_syntax_error_leaves_a_gap_and_what_it_may_hide_is_unknown() -> None:
    text = (
        'resource "aws_db_instance" "a" {\n  deletion_protection =\n  skip_final_snapshot = true\n}\n'
        'resource "aws_db_instance" "b" {\n  deletion_protection = true\n}\n'
    )
    found, gaps = read({"main.tf": text})
    (gap,) = gaps
    assert (gap.path, gap.affects) == ("main.tf", ("IacModule",))
    assert "line 2" in gap.reason or "line 1" in gap.reason
    broken, whole = found[""].resources
    for name in (
        "deletion_protection",
        "lifecycle.prevent_destroy",
        "delete_automated_backups",
        "backup_retention_period",
    ):
        assert isinstance(broken.arguments[name], Unknown), name
    assert whole.arguments["deletion_protection"] is True
    assert "lifecycle.prevent_destroy" not in whole.arguments
    assert isinstance(found[""].backend, Unknown)


def test_an_unreadable_file_leaves_the_backend_of_its_directory_open() -> None:
    found, gaps = read({"a/main.tf": "", "a/backend.tf": b"\0", "b/main.tf": ""})
    assert [gap.path for gap in gaps] == ["a/backend.tf"]
    assert "a/backend.tf" in why(found["a"].backend)
    assert found["b"].backend is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + 'resource "t" "r" {\n  x = 1\n}\n'.encode("utf-16-le"),
        b"\xef\xbb\xbf" + b'resource "t" "r" {\n  x = 1\n}\n',
        b'# \xff\xfe broken bytes\nresource "t" "r" {\n  x = 1 # \xff\n}\n',
        b'resource "t" "r" {\r\n  x = 1\r\n}\r\n',
        b"resource t r {\n  x = 1\n}",
        b'/* open\nresource "no" "no" {}\n*/ resource "t" "r" { x = 1 }',
    ],
)
def test_marks_bytes_and_line_ends_hide_nothing(content: bytes) -> None:
    found, _ = read({"main.tf": content})
    (resource,) = found[""].resources
    assert resource.arguments["x"] == 1


BOMBS = {
    "lists": "x = " + "[" * 100_000,
    "closed lists": "x = " + "[" * 20_000 + "1" + "]" * 20_000,
    "blocks": "a {" * 100_000,
    "closed blocks": "resource {" * 10_000 + "}" * 10_000,
    "templates": 'x = "' + '${"' * 100_000,
    "parentheses": "x = " + "(" * 100_000,
    "closed parentheses": "x = " + "(" * 20_000 + "1" + ")" * 20_000,
    "negations": "x = " + "!" * 100_000 + "y",
    "conditions": "x = " + "y ? " * 100_000,
    "alternatives": "x = " + "y || " * 100_000 + "z",
    "steps": "x = y" + ".z" * 100_000,
    "heredocs": "x = <<E\n" * 10_000,
    "quotes": '"' * 100_000,
    "one word": "a" * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("inside", [False, True])
def test_hostile_nesting_is_survived(name: str, inside: bool) -> None:
    text = f'resource "t" "r" {{\n{BOMBS[name]}\n}}\n' if inside else BOMBS[name]
    found, gaps = read({"main.tf": text})
    assert gaps or all(
        isinstance(each.arguments.get("x", Unknown("")), Unknown | int | tuple) for each in found[""].resources
    )


def test_nesting_beyond_the_limit_is_unknown_not_lost() -> None:
    assert isinstance(value("[" * 150 + "1" + "]" * 150), Unknown)
    assert value("[" * 50 + "1" + "]" * 50) != ()


@given(st.text())
def test_any_text_gives_facts_or_gaps(text: str) -> None:
    found, gaps = read({"main.tf": text, "x.tf.json": text, "terraform.tfvars": text})
    assert all(isinstance(each, IacModule) for each in found.values())
    assert all(gap.reason for gap in gaps)


WORDS = (
    "resource variable locals terraform module dynamic backend default true x 1 var.x local.x ${ { } [ ] ( ) = , . "
    '? : ! - == && # /* */ " "a"'
)
TOKENS = ("\n", "<<E\n", "E\n", *re.split(" ", WORDS))


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_any_sequence_of_tokens_gives_facts_or_gaps(tokens: Sequence[str]) -> None:
    found, gaps = read({"main.tf": " ".join(tokens), "modules/x/y_override.tf": "".join(tokens)})
    assert len(found) + len(gaps) >= 1


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=8)
WRITTEN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(WRITTEN)
def test_values_read_back_as_they_were_written(written: object) -> None:
    read_back = value(_hcl(written))
    assert read_back == _frozen(written)


def _hcl(written: object) -> str:
    if isinstance(written, dict):
        return "{ " + ", ".join(f"{key} = {_hcl(each)}" for key, each in written.items()) + " }"
    if isinstance(written, list):
        return "[" + ", ".join(map(_hcl, written)) + "]"
    if isinstance(written, str):
        text = written.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
        return f'"{text}"'
    return "null" if written is None else str(written).lower()


def _frozen(written: object) -> object:
    if isinstance(written, dict):
        return {key: _frozen(each) for key, each in written.items()}
    return tuple(map(_frozen, written)) if isinstance(written, list) else written


# --------------------------------------------------------------------------------------------------------------- guards


def test_secrets_do_not_leave_the_parser() -> None:
    secret = "hunter2" + "x" * 12
    files = {
        "main.tf": f'resource "t" "r" {{\n  password = "{secret}"\n  url = "postgres://u:{secret}@h/d"\n'
        f'  nested {{\n    token = "{secret}"\n  }}\n  m = {{ API_KEY = "{secret}" }}\n}}\n'
        f'variable "db_password" {{\n  default = "{secret}"\n}}\n',
        "terraform.tfvars": f'db_password = "{secret}"\nlist_of_secret = ["{secret}"]\n',
        "x.tf.json": f'{{"resource": {{"t": {{"j": {{"password": "{secret}", "m": {{"api_key": "{secret}"}}}}}}}}}}',
    }
    facts = [fact for path, text in files.items() for fact in terraform.parse(Document(path, text.encode()))]
    for fact in facts:
        assert secret not in repr(fact)


def test_references_are_no_secrets_whatever_they_are_called() -> None:
    found = value("var.db_password", 'variable "db_password" {}\n')
    assert "db_password" in why(found)
    resource = one('resource "t" "r" {\n  password = random_password.db_secret_value_long_name.result\n}\n')
    assert resource.references["password"] == ("random_password.db_secret_value_long_name",)


def _resource(type: str, **arguments: object) -> IacResource:
    text = "".join(f"  {name} = {_hcl(value)}\n" for name, value in arguments.items())
    return one(f'resource "{type}" "r" {{\n{text}}}\n')


@pytest.mark.parametrize(
    ("type", "arguments", "expected"),
    [
        ("aws_db_instance", {}, False),
        ("aws_db_instance", {"deletion_protection": True}, True),
        ("aws_db_instance", {"deletion_protection": "true"}, True),
        ("aws_db_instance", {"deletion_protection": None}, False),
        ("aws_db_instance", {"deletion_protection": "perhaps"}, None),
        ("google_sql_database_instance", {}, True),
        ("google_sql_database_instance", {"deletion_protection": False}, False),
        ("aws_s3_bucket", {}, False),
        ("aws_unheard_of", {}, False),
    ],
)
def test_the_providers_own_guard(type: str, arguments: dict[str, object], expected: bool | None) -> None:
    guard = deletion_guard(_resource(type, **arguments))
    if expected is None:
        assert isinstance(guard, Unknown)
    else:
        assert guard is expected


@pytest.mark.parametrize(
    ("type", "arguments", "expected"),
    [
        ("aws_db_instance", {}, False),
        ("aws_db_instance", {"skip_final_snapshot": True}, False),
        ("aws_db_instance", {"skip_final_snapshot": False, "final_snapshot_identifier": "last"}, True),
        ("aws_db_instance", {"skip_final_snapshot": True, "final_snapshot_identifier": "last"}, False),
        ("aws_db_instance", {"skip_final_snapshot": True, "delete_automated_backups": False}, True),
        ("aws_dynamodb_table", {}, True),
        ("aws_s3_bucket", {}, False),
        ("aws_ebs_volume", {"final_snapshot": True}, True),
        ("aws_ebs_volume", {}, False),
        ("neon_project", {}, False),
        ("aws_unheard_of", {}, None),
    ],
)
def test_whether_backups_outlive_a_resource(type: str, arguments: dict[str, object], expected: bool | None) -> None:
    outlive = backups_outlive(_resource(type, **arguments))
    if expected is None:
        assert isinstance(outlive, Unknown)
    else:
        assert outlive is expected


def test_an_unread_argument_leaves_the_guards_unknown() -> None:
    names = ("deletion_protection", "skip_final_snapshot", "backup_retention_period")
    text = "".join(f"  {name} = data.x.y\n" for name in names)
    text = f'resource "aws_db_instance" "r" {{\n{text}  lifecycle {{\n    prevent_destroy = data.x.y\n  }}\n}}\n'
    resource = one(text)
    for found in (
        deletion_guard(resource),
        backups_outlive(resource),
        prevents_destroy(resource),
        days(resource, "backup_retention_period"),
    ):
        assert isinstance(found, Unknown)


def test_dynamic_blocks_hide_what_they_may_set() -> None:
    resource = one(
        'resource "aws_dynamodb_table" "r" {\n  dynamic "point_in_time_recovery" {\n    for_each = [1]\n'
        "    content {\n      enabled = true\n    }\n  }\n}\n"
    )
    assert isinstance(flag(resource, "point_in_time_recovery.enabled"), Unknown)
    assert flag(resource, "deletion_protection_enabled") is None


def test_numbers_given_as_text_are_numbers() -> None:
    assert days(_resource("aws_db_instance", backup_retention_period="14"), "backup_retention_period") == 14
    assert days(_resource("aws_db_instance"), "backup_retention_period") is None
    assert isinstance(
        days(_resource("aws_db_instance", backup_retention_period=[1]), "backup_retention_period"), Unknown
    )


def test_prevent_destroy() -> None:
    assert prevents_destroy(_resource("aws_db_instance")) is False
    assert prevents_destroy(one('resource "t" "r" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n')) is True


def test_the_table_names_each_type_once_and_by_its_provider() -> None:
    assert all(name == each.type and "_" in name for name, each in STATEFUL_TYPES.items())
    assert {
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_dynamodb_table",
        "aws_s3_bucket",
        "google_storage_bucket",
    } <= set(STATEFUL_TYPES)
    assert "deletion_protection" in STATEFUL_TYPES["aws_db_instance"].arguments
    assert "lifecycle.prevent_destroy" in STATEFUL_TYPES["aws_efs_file_system"].arguments
