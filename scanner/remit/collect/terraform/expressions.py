"""HCL expressions from tree-sitter's tree to our own, without recursion.

Whatever is not a literal, a template, a collection, a reference or a plain operation becomes `unknown` with its own
text, to be named in a verdict: an expression is never guessed at.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from remit.collect.terraform.facts import MAX_TEXT, Expression, Operation

MAX_NESTING = 100
"""An expression nested deeper is unknown. Real ones stay below twenty."""

_WRAPPERS = frozenset(("expression", "operation", "literal_value", "template_expr", "collection_value"))
_TEMPLATES = frozenset(("string_lit", "quoted_template", "heredoc_template"))
_SUFFIXES = frozenset(("get_attr", "index", "new_index", "legacy_index"))
_OPERATORS = frozenset(("==", "!=", "&&", "||", "<", ">", "<=", ">=", "+", "-", "*"))
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

Nodes = Sequence[Node]


@dataclass(slots=True)
class _Plan:
    """An expression in the making: its own share, and the trees of its parts (or parts that are ready)."""

    op: Operation
    value: str | int | float | bool | None = None
    parts: list[Nodes | Expression] = field(default_factory=list)


def read_expression(node: Node) -> Expression:
    """The expression that a tree stands for."""
    done: list[Expression] = []
    todo: list[tuple[Nodes | Expression | _Plan, int]] = [([node], 0)]
    while todo:
        task, depth = todo.pop()
        if isinstance(task, Expression):
            done.append(task)
        elif isinstance(task, _Plan):
            split = len(done) - len(task.parts)
            parts = tuple(done[split:])
            del done[split:]
            done.append(Expression(task.op, task.value, parts))
        else:
            plan = _plan(task) if depth <= MAX_NESTING else _unknown(task)
            todo.append((plan, depth))
            todo.extend((part, depth + 1) for part in reversed(plan.parts))
    return done[0]


def source_text(nodes: Nodes) -> str:
    """The source of an expression on one line, short enough for a message."""
    raw = (nodes[0].text or b"") if len(nodes) == 1 else b"".join(node.text or b"" for node in nodes[:8])
    text = " ".join(raw[:400].decode(errors="replace").split())
    return text if len(text) <= 80 else text[:79] + "…"


def _unknown(nodes: Nodes) -> _Plan:
    return _Plan("unknown", source_text(nodes))


def _plan(nodes: Nodes) -> _Plan:
    """How to read an operand: a head, then attribute and index steps."""
    while True:
        nodes = [node for node in nodes if node.type != "comment"]
        if not nodes or any(node.is_error or node.is_missing for node in nodes):
            return _unknown(nodes) if nodes else _Plan("unknown", "")
        if nodes[0].type == "(" and len(nodes) >= 3 and nodes[2].type == ")":
            nodes = nodes[1:2] + nodes[3:]
        elif len(nodes) == 1 and nodes[0].type in _WRAPPERS:
            nodes = nodes[0].children
        else:
            break
    head, suffixes = nodes[0], nodes[1:]
    if head.type == "variable_expr" or suffixes:
        return _path(head, suffixes, nodes)
    return _single(head)


def _path(head: Node, suffixes: Nodes, nodes: Nodes) -> _Plan:
    if any(node.type not in _SUFFIXES for node in suffixes):
        return _unknown(nodes)
    root = _text(head) if head.type == "variable_expr" else None
    parts: list[Nodes | Expression] = [] if root is not None else [[head]]
    for suffix in suffixes:
        step = suffix.named_children[0] if suffix.type == "index" and suffix.named_children else suffix
        if step.type == "new_index":
            parts.append(step.named_children)
        else:
            name = _text(step).lstrip(".").strip()
            parts.append(Expression("literal", int(name) if name.isascii() and name.isdigit() else name))
    return _Plan("path", root, parts)


def _single(node: Node) -> _Plan:
    kind, children = node.type, node.named_children
    if kind in _TEMPLATES:
        return _template(node)
    if kind in ("numeric_lit", "bool_lit", "null_lit"):
        return _literal(node)
    if kind == "tuple":
        return _Plan("list", None, [[child] for child in children if child.type == "expression"])
    if kind == "object":
        return _map(node)
    if kind == "conditional":
        branches = [child for child in children if child.type != "comment"]
        return _Plan("conditional", None, [[child] for child in branches]) if len(branches) == 3 else _unknown([node])
    if kind in ("binary_operation", "unary_operation"):
        return _operation(node)
    return _call(node) if kind == "function_call" else _unknown([node])


def _literal(node: Node) -> _Plan:
    text = _text(node)
    if node.type != "numeric_lit":
        return _Plan("literal", None if text == "null" else text == "true")
    try:
        number = float(text)
    except ValueError:
        return _unknown([node])
    if not math.isfinite(number):
        return _unknown([node])
    return _Plan("literal", int(number) if number.is_integer() and abs(number) < 2**53 else number)


def _map(node: Node) -> _Plan:
    plan = _Plan("map")
    for element in (child for child in node.named_children if child.type != "comment"):
        pair = [child for child in element.named_children if child.type == "expression"]
        if element.type != "object_elem" or len(pair) != 2 or element.has_error:
            if element.type.endswith(("_start", "_end")):
                continue
            return _unknown([node])
        bare = _text(pair[0])
        plan.parts += (Expression("literal", bare) if bare.replace("-", "_").isidentifier() else pair[:1], pair[1:])
    return plan


def _operation(node: Node) -> _Plan:
    children = [child for child in node.children if child.type != "comment"]
    if node.type == "unary_operation":
        return _Plan("unary", children[0].type, [children[1:]])
    for position, child in enumerate(children):
        if child.type in _OPERATORS and not child.is_named and 0 < position < len(children) - 1:
            return _Plan("binary", child.type, [children[:position], children[position + 1 :]])
    return _unknown([node])


def _call(node: Node) -> _Plan:
    name, arguments = node.named_children[0], node.named_children[1:]
    given = [child for each in arguments if each.type == "function_arguments" for child in each.named_children]
    given = [child for child in given if child.type != "comment"]
    if node.has_error or any(child.type != "expression" for child in given):
        return _unknown([node])
    return _Plan("call", _text(name), [[child] for child in given])


def _template(node: Node) -> _Plan:
    """A quoted string or heredoc: what lies between its interpolations is text, byte for byte."""
    raw, offset = node.text or b"", node.start_byte
    heredoc = node.type == "heredoc_template"
    holes = [child for child in node.named_children if child.type in ("template_interpolation", "template_directive")]
    if len(raw) > MAX_TEXT or node.has_error or any(not _is_plain_hole(hole) for hole in holes):
        return _unknown([node])
    start, end = _inside(raw, heredoc)
    if not holes:
        text = _unescape(raw[start:end], heredoc)
        return _Plan("literal", textwrap.dedent(text) if raw.startswith(b"<<-") else text)
    plan = _Plan("template")
    for hole in holes:
        plan.parts.append(Expression("literal", _unescape(raw[start : hole.start_byte - offset], heredoc)))
        plan.parts.append(hole.named_children[1:2])
        start = hole.end_byte - offset
    plan.parts.append(Expression("literal", _unescape(raw[start:end], heredoc)))
    return plan


def _is_plain_hole(hole: Node) -> bool:
    kinds = [child.type for child in hole.named_children]
    return kinds == ["template_interpolation_start", "expression", "template_interpolation_end"]


def _inside(raw: bytes, heredoc: bool) -> tuple[int, int]:
    if not heredoc:
        return 1, max(1, len(raw) - 1)
    return raw.find(b"\n") + 1, raw.rstrip().rfind(b"\n") + 1


def _unescape(raw: bytes, heredoc: bool) -> str:
    text = raw.decode(errors="replace")
    if not heredoc and "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    return text.replace("$${", "${").replace("%%{", "%{")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if not code:
        return _ESCAPES[match[3]]
    point = int(code, 16)
    return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\ufffd"


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")
