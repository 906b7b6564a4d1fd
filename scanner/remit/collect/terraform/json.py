"""Terraform's JSON notation (`*.tf.json`, `*.tfvars.json`) to the same blocks as HCL.

In JSON a nested block and a map look alike, so every object below a block is flattened; every string is a template.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.collect.documents import Node, parse_json
from remit.collect.terraform.facts import MAX_TEXT, Argument, Block, Expression
from remit.collect.terraform.syntax import KEPT, parse_lone_expression
from remit.errors import CollectError

_LABELS = {"resource": 2, "module": 1, "variable": 1, "provider": 1}
_COMMENT = "//"


def parse_terraform_json(text: str) -> tuple[tuple[Block, ...], tuple[Argument, ...], int]:
    """Blocks, top-level arguments, and the line of the first fault (0 without one).

    Raises CollectError for text that is not JSON or holds no object.
    """
    parsed = parse_json(text)
    if parsed.root.kind != "object":
        raise CollectError("holds no JSON object", parsed.root.line)
    blocks = [
        block for member in parsed.root.members if member.key in KEPT for block in _blocks(member.key, member.node)
    ]
    values = [Argument(member.key, member.line, expression(member.node)) for member in parsed.root.members]
    line = 0 if parsed.strict_ok else parsed.problems[0][0]
    return tuple(blocks), tuple(values), line


def _blocks(kind: str, node: Node) -> Iterator[Block]:
    """The blocks of one type: objects nested by label, each possibly a list of bodies."""
    pending: list[tuple[Node, tuple[str, ...], int]] = [(node, (), node.line)]
    while pending:
        body, labels, line = pending.pop()
        if body.kind == "array":
            pending.extend((item, labels, item.line) for item in reversed(body.items))
        elif len(labels) == _LABELS.get(kind, 0):
            yield Block(kind, labels, line, tuple(_flattened(body)))
        else:
            inner = [member for member in body.members if member.key != _COMMENT]
            pending.extend((member.node, (*labels, member.key), member.line) for member in reversed(inner))


def _flattened(body: Node) -> Iterator[Argument]:
    pending = [(body, "")]
    while pending:
        node, prefix = pending.pop()
        for member in node.members:
            if member.key == _COMMENT:
                continue
            name = prefix + member.key
            yield Argument(name, member.line, expression(member.node))
            pending.extend(_inner(name, member.node))


def _inner(name: str, node: Node) -> list[tuple[Node, str]]:
    if node.kind == "object":
        return [(node, name + ".")]
    objects = [item for item in node.items if item.kind == "object"]
    if len(objects) == 1:
        return [(objects[0], name + ".")]
    return [(item, f"{name}.{index}.") for index, item in enumerate(objects)]


def expression(node: Node) -> Expression:
    """The expression that a JSON value stands for."""
    if node.kind == "array":
        return Expression("list", None, tuple([expression(item) for item in node.items]))
    if node.kind == "object":
        pairs = [(Expression("literal", member.key), expression(member.node)) for member in node.members]
        return Expression("map", None, tuple([part for pair in pairs for part in pair]))
    if isinstance(node.value, str):
        return _template(node.value)
    return Expression("literal", node.value)


def _template(text: str) -> Expression:
    if len(text) > MAX_TEXT:
        return Expression("unknown", "long text")
    if "${" not in text and "%{" not in text:
        return Expression("literal", text)
    inner = text[2:-1] if text.startswith("${") and text.endswith("}") else ""
    lone = parse_lone_expression(inner) if inner and "\n" not in inner else None
    return lone or Expression("unknown", text[:79])
