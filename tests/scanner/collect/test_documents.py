from __future__ import annotations

import json
import math
import pickle
import sys
from collections.abc import Callable

import hypothesis.strategies as st
import msgspec
import pytest
import tomli
import yaml
from hypothesis import given

from remit.collect.documents import (
    MAX_DEPTH,
    Node,
    map_strings,
    parse_front_matter,
    parse_json,
    parse_toml,
    parse_yaml,
)
from remit.errors import CollectError

PARSERS = [parse_json, parse_toml, parse_yaml, parse_front_matter]
Parser = Callable[[str], object]


def outcome(parse: Parser, text: str) -> object:
    try:
        return parse(text)
    except CollectError as error:
        return error


# ------------------------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    ("text", "value", "problems"),
    [
        ('{"a": 1}', {"a": 1}, []),
        ('{"a": "\\u00e9\\n\\ud83d\\ude00"}', {"a": "é\n😀"}, []),
        ('{"a": [true, false, null, -1.5e3]}', {"a": [True, False, None, -1500.0]}, []),
        ('\ufeff{"a": 1}', {"a": 1}, []),
        ('"lone"', "lone", []),
        ('// why\n{"a": /* so */ 1}', {"a": 1}, ["comment", "comment"]),
        ('{"a": 1, # so\n "b": 2}', {"a": 1, "b": 2}, ["comment"]),
        ('{"a": "http://x"}', {"a": "http://x"}, []),
        ('{"a": 1,}', {"a": 1}, ["trailing comma"]),
        ("[1, 2, ]", [1, 2], ["trailing comma"]),
        ('{"a": {"b": 1}', {"a": {"b": 1}}, ["missing closing bracket"]),
        ('{"a": [1, 2', {"a": [1, 2]}, ["missing closing bracket"] * 2),
        ('{"a": [1, 2}', {"a": [1, 2]}, ["missing closing bracket"]),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}, ["missing comma"]),
        ('{"a" 1}', {"a": 1}, ["missing colon"]),
        ('{"a": , "b": 1}', {"b": 1}, ["key without a value"]),
        ('{"a", "b": 1}', {"b": 1}, ["key without a value"]),
        ('{"a": }', {}, ["key without a value"]),
        ('{"a": tru, "b": 2}', {"a": "tru", "b": 2}, ["word that is no JSON value"]),
        ("{a: 1}", {"a": 1}, ["key without quotes"]),
        ("{'a': 'x'}", {"a": "x"}, ["single quotes"] * 2),
        ('{"a": 1}}', {"a": 1}, ["text after the end of the value"]),
        ('{"a": 1]}', {"a": 1}, ["closing bracket without an opening one"]),
        ("[1,,2]", [1, 2], ["unexpected comma"]),
        ('{"a": "\\x"}', {"a": "x"}, ["unknown escape"]),
        ('{"a": "x\ty"}', {"a": "x\ty"}, ["control character in a string"]),
        ('{"a": "x', {"a": "x"}, ["string that is not closed", "missing closing bracket"]),
        ('{"a": "x\\"', {"a": 'x"'}, ["string that is not closed", "missing closing bracket"]),
        ('{"a": "x,\n "b": 1}', {"a": "x,", "b": 1}, ["string that is not closed", "missing comma"]),
    ],
)
def test_json_reads_what_is_there_and_says_what_was_wrong(text: str, value: object, problems: list[str]) -> None:
    parsed = parse_json(text)
    assert parsed.root.plain() == value
    assert [fault for _, fault in parsed.problems] == problems
    assert parsed.strict_ok is not bool(problems)


def test_json_keeps_duplicate_keys_and_the_last_one_wins() -> None:
    parsed = parse_json('{"a": 1,\n "a": 2}')
    assert [(member.key, member.line) for member in parsed.root.members] == [("a", 1), ("a", 2)]
    assert parsed.root.plain() == {"a": 2}
    assert parsed.problems == ((2, "duplicate key 'a'"),)
    assert parsed.strict_ok


def test_json_lines_count_through_comments_and_carriage_returns() -> None:
    root = parse_json('{\r\n/* one\r\ntwo */\r\n"a": [1,\r\n2], "b":\r\n{"c": 3}}').root
    assert [(member.key, member.line, member.node.line) for member in root.members] == [("a", 4, 4), ("b", 5, 6)]
    items = root.at("a")
    assert items is not None
    assert [item.line for item in items.items] == [4, 5]


@pytest.mark.parametrize("text", ["", "  \n", "// only a comment", "/* open", "hello world", ",", ":", "NaN"])
def test_json_refuses_texts_without_a_value(text: str) -> None:
    with pytest.raises(CollectError):
        parse_json(text)


def test_json_reports_a_bounded_number_of_problems() -> None:
    parsed = parse_json("[" + "1 " * 1000 + "]")
    assert len(parsed.problems) == 100
    assert len(parsed.root.items) == 1000


def test_a_long_or_strange_key_is_shortened_in_the_message() -> None:
    key = "k" * 500
    ((_, fault),) = parse_json(f'{{"{key}": 1, "{key}": 2}}').problems
    assert len(fault) < 70


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_json_agrees_with_the_standard_library(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    parsed = parse_json(text)
    assert parsed.root.plain() == json.loads(text)
    assert parsed.strict_ok
    assert parsed.problems == ()


@given(st.text(alphabet="{}[]:,\"'\\/*#\n\r\t a1-.e\x00\ufeff"))
def test_json_calls_strict_exactly_what_the_standard_library_reads(text: str) -> None:
    try:
        parsed = parse_json(text)
    except CollectError:
        with pytest.raises(ValueError):
            json.loads(text.lstrip("\ufeff"))
        return
    if parsed.strict_ok:
        assert parsed.root.plain() == json.loads(text.lstrip("\ufeff"))
    else:
        with pytest.raises(ValueError):
            json.loads(text.lstrip("\ufeff"))


# ------------------------------------------------------------------------------------------------------------- TOML


def test_toml_gives_the_line_of_every_key() -> None:
    root = parse_toml(
        "# a comment\n"
        'top = "x"\n'
        "[mcp.'a.b']\n"
        'args = [ # first\n  "one",\n  "two",\n]\n'
        "inline = { x = 1, y.z = 2 }\n"
        "[[rule]]\nname = 'r0'\n"
        "[rule.sub]\ndeep = true\n"
        "[[rule]]\nname = 'r1'\n"
        "[rule.sub]\ndeep = false\n"
    )
    assert root.plain() == {
        "top": "x",
        "mcp": {"a.b": {"args": ["one", "two"], "inline": {"x": 1, "y": {"z": 2}}}},
        "rule": [{"name": "r0", "sub": {"deep": True}}, {"name": "r1", "sub": {"deep": False}}],
    }
    server = root.at("mcp", "a.b")
    assert server is not None
    assert server.line == 3
    assert server.get("args") is not None
    assert server.at("args").strings() == (("one", 5), ("two", 6))  # type: ignore[union-attr]  # asserted above
    assert [member.line for member in server.members] == [4, 8]
    rules = root.get("rule")
    assert rules is not None
    assert [item.line for item in rules.items] == [9, 13]
    assert [item.at("sub", "deep").line for item in rules.items] == [12, 16]  # type: ignore[union-attr]


def test_toml_dates_become_text() -> None:
    assert parse_toml("a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 07:32:00\n").plain() == {
        "a": "1979-05-27T07:32:00+00:00",
        "b": "1979-05-27",
        "c": "07:32:00",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb =", 2), ("a = 1\na = 2", 2), ("[t\n", 1), ("a = " + "[" * 100_000, None), ("a = " + "9" * 5000, None)],
)
def test_toml_faults_name_the_line(text: str, line: int | None) -> None:
    with pytest.raises(CollectError) as caught:
        parse_toml(text)
    assert line is None or caught.value.line == line


TOML_VALUE = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab. \"'é", max_size=4), inner, max_size=4),
    max_leaves=15,
)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n ".join(map(_toml, value)) + "]"
    return json.dumps(value).replace("\x7f", "\\u007f") if not isinstance(value, str) else _basic(value)


def _basic(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" if ord(char) < 32 or char in '"\\\x7f' else char for char in text) + '"'


@given(st.dictionaries(st.text("ab.x", min_size=1, max_size=4), TOML_VALUE, max_size=5), st.booleans())
def test_toml_agrees_with_tomli(tables: dict[str, object], as_tables: bool) -> None:
    lines = []
    for key, value in tables.items():
        name = json.dumps(key)
        if as_tables and isinstance(value, dict):
            lines += [f"[[t.{name}]]", *(f"{json.dumps(inner)} = {_toml(each)}" for inner, each in value.items())]
        else:
            lines.insert(0, f"{name} = {_toml(value)}") if name != '"t"' else None
    text = "\n".join(lines)
    assert parse_toml(text).plain() == tomli.loads(text)


# ------------------------------------------------------------------------------------------------------------- YAML


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb: [x, 'y', \"z\"]", {"a": 1, "b": ["x", "y", "z"]}),
        ("a: true\nb: False\nc: yes\nd: on", {"a": True, "b": False, "c": "yes", "d": "on"}),
        ("a: ~\nb:\nc: null\nd: ''", {"a": None, "b": None, "c": None, "d": ""}),
        ("a: 0x1F\nb: 0o17\nc: 010\nd: 1_000", {"a": 31, "b": 15, "c": 10, "d": "1_000"}),
        ("e: 1.5\nf: .5e1", {"e": 1.5, "f": 5.0}),
        ("a: 1000:1000\nb: 22:22", {"a": "1000:1000", "b": "22:22"}),
        ("on:\n  push: x\ntrue: y", {"on": {"push": "x"}, "true": "y"}),
        ("a: !!str 1\nb: !!int '1'\nc: !Ref x\nd: !Sub [y]", {"a": "1", "b": 1, "c": "x", "d": ["y"]}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("a: |\n  one\n  two\nb: >\n  x\n  y\n", {"a": "one\ntwo\n", "b": "x y\n"}),
        ("x: &x {k: 1}\ny: *x", {"x": {"k": 1}, "y": {"k": 1}}),
        ("x: &x {k: 1, l: 2}\ny:\n  <<: *x\n  k: 3", {"x": {"k": 1, "l": 2}, "y": {"k": 3, "l": 2}}),
        ("- &a {k: 1}\n- &b {k: 2, m: 3}\n- {<<: [*a, *b]}", [{"k": 1}, {"k": 2, "m": 3}, {"k": 1, "m": 3}]),
        ("a: {<<: text}", {"a": {"<<": "text"}}),
        ("? [a]\n: 1\n? b\n: 2", {"": 1, "b": 2}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: 1\na: 2", {"a": 2}),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
    ],
)  # fmt: skip
def test_yaml_follows_the_core_schema(text: str, value: object) -> None:
    (document,) = parse_yaml(text)
    assert document.plain() == value


def test_yaml_reads_each_document_and_its_lines() -> None:
    first, second = parse_yaml("a: 1\n---\n# c\nb:\n  - x\n  - y: 2\n")
    assert first.plain() == {"a": 1}
    items = second.get("b")
    assert items is not None
    assert [item.line for item in items.items] == [5, 6]
    assert parse_yaml("") == ()


LAUGHS = [f"l{n}: &l{n} [{f'*l{n - 1}, ' * 9}x]" for n in range(1, 9)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "not valid"),
        ("a: *nobody", "alias"),
        ("&a [*a]", "alias"),
        ("a: &x 1\n---\nb: *x", "alias"),
        ("a: b: c", "not valid"),
        ("a: '\x01'", "not valid"),
        ("%YAML 9.9\n---\na", "not valid"),
        ("\n".join(["l0: &l0 [x, x, x, x, x, x, x, x, x]", *LAUGHS]), "expand"),
        ("a0: &a0 [x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 250)), "nested"),
    ],
)  # fmt: skip
def test_yaml_refuses_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(CollectError, match=reason):
        parse_yaml(text)


YAML_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab: -", max_size=4), inner, max_size=4),
    max_leaves=15,
)


@given(YAML_VALUE, st.sampled_from([None, True, False]))
def test_yaml_reads_back_what_pyyaml_writes(value: object, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    (document,) = parse_yaml(text)
    assert document.plain() == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("---\nname: x\n---\n# Title\n", {"name": "x"}),
        ("\ufeff---\r\nname: x\r\n---\r\n", {"name": "x"}),
        ("---\nname: x\n...\nbody", {"name": "x"}),
        ("# Title\n---\nname: x\n---\n", None),
        ("---\nname: x\n", None),
        ("", None),
    ],
)
def test_front_matter_is_the_leading_block_only(text: str, value: object) -> None:
    node = parse_front_matter(text)
    assert (node.plain() if node else None) == value


def test_front_matter_lines_are_those_of_the_file() -> None:
    node = parse_front_matter("---\nname: x\ntools: [a]\n---\n")
    assert node is not None
    assert [member.line for member in node.members] == [2, 3]


def test_broken_front_matter_is_refused() -> None:
    with pytest.raises(CollectError):
        parse_front_matter("---\na: [\n---\n")


# ------------------------------------------------------------------------------------------------- hostile and common

BOMBS = {
    "json arrays": (parse_json, "[" * 100_000),
    "json objects": (parse_json, '{"a":' * 100_000),
    "json closed": (parse_json, "[" * 100_000 + "]" * 100_000),
    "toml arrays": (parse_toml, "a=" + "[" * 100_000),
    "toml within tomli's limit": (parse_toml, "a=" + "[" * 300 + "]" * 300),
    "toml inline tables": (parse_toml, "a=" + "{a=" * 100_000),
    "toml keys": (parse_toml, ".".join("a" * 100_000) + "=1"),
    "toml key within tomli's limit": (parse_toml, ".".join("a" * 900) + "=1"),
    "toml header": (parse_toml, "[" + ".".join("a" * 900) + "]"),
    "yaml flow": (parse_yaml, "[" * 100_000),
    "yaml flow maps": (parse_yaml, "{a: " * 100_000),
    "yaml block": (parse_yaml, "- " * 100_000),
    "yaml keys": (parse_yaml, "? " * 100_000),
    "front matter": (parse_front_matter, "---\n" + "- " * 100_000 + "\n---\n"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_deep_nesting_is_refused_without_recursion(name: str) -> None:
    parse, text = BOMBS[name]
    with pytest.raises(CollectError):
        parse(text)


def test_the_limit_itself_is_readable_and_round_trips() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    root = parse_json(text).root
    assert parse_yaml(text)[0] == root
    assert parse_toml("a = " + text[1:-1]).get("a") is not None
    assert map_strings(root, lambda key, value: value) == root
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(root), type=Node) == root
    assert json.dumps(root.plain()) == text
    with pytest.raises(CollectError, match=f"deeper than {MAX_DEPTH}"):
        parse_json(f"[{text}]")
    with pytest.raises(CollectError, match=f"deeper than {MAX_DEPTH}"):
        parse_toml(f"a = {text}")


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text())
def test_nothing_but_collect_error_escapes(parse: Parser, text: str) -> None:
    result = outcome(parse, text)
    assert not isinstance(result, CollectError) or result.reason


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(alphabet="{}[]()=:,\"'\\/*#-&!|>%@<.?~ \n\tab01\x00\x7f\x85\ud800\ufeff😀", max_size=60))
def test_nothing_but_collect_error_escapes_from_punctuation(parse: Parser, text: str) -> None:
    result = outcome(parse, text)
    assert isinstance(result, CollectError) or msgspec.msgpack.encode(result)


LONG = ['"' * 200_000, "'\\" * 100_000, "/*" * 100_000, "#" * 200_000, "a" * 10**6, "1" * 10**5 + "e", "\\" * 200_000]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
@pytest.mark.parametrize("parse", PARSERS)
def test_huge_lines_are_read_or_refused_briefly(parse: Parser, text: str) -> None:
    result = outcome(parse, text)
    assert not isinstance(result, CollectError) or len(str(result)) < 200


def test_numbers_that_no_encoder_holds_have_no_value() -> None:
    for text in (f"[{'9' * 300}]", f"[{'9' * 5000}]", "[1e999]"):
        (item,) = parse_json(text).root.items
        assert item.kind == "number"
        assert item.value is None or isinstance(item.value, float)
        assert item.value is None or math.isfinite(item.value)
    assert parse_toml("a = inf\nb = nan").plain() == {"a": None, "b": None}


def test_reading_by_path_and_by_type() -> None:
    root = parse_json('{"a": {"b": "x", "n": 1, "f": true}, "l": ["x", 1, "y"]}').root
    assert root.at("a", "b") == Node("string", 1, "x")
    assert root.at("a", "b", "c") is None
    assert root.at("z", "b") is None
    assert root.at() is root
    values = root.get("a")
    assert values is not None
    assert [values.at(key).text() for key in "bnf"] == ["x", None, None]  # type: ignore[union-attr]
    assert [values.at(key).flag() for key in "bnf"] == [None, None, True]  # type: ignore[union-attr]
    assert root.at("l").strings() == (("x", 1), ("y", 1))  # type: ignore[union-attr]
    assert root.at("a", "b").strings() == (("x", 1),)  # type: ignore[union-attr]
    assert values.strings() == ()


def test_map_strings_sees_each_string_with_its_key() -> None:
    root = parse_json('{"a": "x", "l": ["y", {"b": "z"}], "n": 1}').root
    seen: list[tuple[str | None, str]] = []

    def change(key: str | None, text: str) -> str:
        seen.append((key, text))
        return text.upper()

    assert map_strings(root, change).plain() == {"a": "X", "l": ["Y", {"b": "Z"}], "n": 1}
    assert seen == [("a", "x"), ("l", "y"), ("b", "z")]
    assert map_strings(parse_json('"x"').root, lambda key, text: f"{key}").plain() == "None"


def _below(frames: int, action: Callable[[], object]) -> object:
    return _below(frames - 1, action) if frames else action()


def test_the_deepest_tree_can_be_handled_from_within_a_deep_stack() -> None:
    text = '{"a":' * (MAX_DEPTH - 1) + "{}" + "}" * (MAX_DEPTH - 1)
    root = parse_json(text).root
    for action in (
        lambda: root == parse_json(text).root,
        lambda: hash(root) == hash(parse_json(text).root),
        lambda: pickle.loads(pickle.dumps(root)) == root,
        lambda: msgspec.msgpack.decode(msgspec.msgpack.encode(root), type=Node) == root,
        lambda: map_strings(root, lambda key, value: value) == root,
        lambda: root.plain() != {},
        lambda: repr(root) == "Node('object', 1, …)",
    ):
        assert _below(300, action)
    assert sys.getrecursionlimit() <= 1000


def test_nodes_differ_by_line_and_kind() -> None:
    assert parse_json("1").root == Node("number", 1, 1)
    assert parse_json("1").root != Node("number", 2, 1)
    assert parse_json("1").root != Node("string", 1, "1")
    assert parse_json("1").root != 1
