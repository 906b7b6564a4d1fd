"""HCL text to blocks and arguments, by tree-sitter-hcl.

The grammar recovers from syntax errors, but may then pair a name with the next line's value. So an argument with an
error inside is unknown, its block is marked broken, and so is the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import tree_sitter
import tree_sitter_hcl
from tree_sitter import Node

from remit.collect.nodes import check_depth
from remit.collect.terraform.expressions import read_expression
from remit.collect.terraform.facts import Argument, Block, Expression

KEPT = frozenset(("resource", "module", "variable", "locals", "terraform", "provider"))
"""Block types that say what exists; data sources and outputs decide nothing here."""


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def parse_hcl(text: str) -> tuple[tuple[Block, ...], tuple[Argument, ...], int]:
    """Blocks, top-level arguments, and the line of the first syntax error (0 without one).

    Raises CollectError where blocks nest too deep.
    """
    root = _parser().parse(text.encode(errors="replace")).root_node
    blocks: list[Block] = []
    values: list[Argument] = []
    for node in _statements(root):
        if node.type == "block" and _head(node)[0] in KEPT:
            blocks.append(_block(node))
        elif node.type == "attribute":
            values.append(_argument(node, ""))
    return tuple(blocks), tuple(values), _first_error(root)


def parse_lone_expression(text: str) -> Expression | None:
    """The expression that a text is, or None where it is not one."""
    _, values, error = parse_hcl(f"x = {text}\n")
    return values[0].expression if len(values) == 1 and not error else None


def _statements(root: Node) -> Iterator[Node]:
    """Top-level blocks and arguments, also those that the grammar left inside an error."""
    for child in root.children:
        if child.type == "body":
            yield from child.children
        else:
            yield child


def _first_error(root: Node) -> int:
    """The line of the first error, found by following the first child that has one."""
    if not root.has_error:
        return 0
    cursor = root.walk()
    while cursor.node is not None and not (cursor.node.is_error or cursor.node.is_missing):
        line = cursor.node.start_point.row + 1
        if not cursor.goto_first_child():
            return line
        while cursor.node is not None and not (cursor.node.has_error or cursor.node.is_missing):
            if not cursor.goto_next_sibling():
                return line
    return cursor.node.start_point.row + 1 if cursor.node is not None else 1


def _head(block: Node) -> tuple[str, ...]:
    """A block's type and labels."""
    names: list[str] = []
    for child in block.children:
        if child.type == "block_start":
            break
        if child.type in ("identifier", "string_lit"):
            names.append((child.text or b"").decode(errors="replace").strip('"'))
    return tuple(names) or ("",)


def _block(node: Node) -> Block:
    head = _head(node)
    return Block(head[0], head[1:], node.start_point.row + 1, tuple(_flattened(node)), node.has_error)


def _flattened(block: Node) -> list[Argument]:
    """All arguments below a block under dotted names; a nested block that is repeated has an index in its name."""
    found: list[Argument] = []
    pending = [(block, "", 1)]
    while pending:
        node, prefix, depth = pending.pop()
        inner = [child for body in node.children if body.type == "body" for child in body.children]
        found.extend(_argument(child, prefix) for child in inner if child.type == "attribute")
        blocks = [(child, ".".join(_head(child))) for child in inner if child.type == "block"]
        repeated = Counter(name for _, name in blocks)
        seen: Counter[str] = Counter()
        for child, name in blocks:
            check_depth(depth + 1, child.start_point.row + 1)
            own = prefix + (f"{name}.{seen[name]}" if repeated[name] > 1 else name)
            seen[name] += 1
            if name.startswith("dynamic."):
                found.append(_unknown_block(child, prefix + name.removeprefix("dynamic.")))
            else:
                found.append(Argument(own, child.start_point.row + 1, Expression("map")))
                pending.append((child, own + ".", depth + 1))
    return sorted(found, key=lambda argument: argument.line)


def _unknown_block(node: Node, name: str) -> Argument:
    return Argument(name, node.start_point.row + 1, Expression("unknown", f"dynamic {name}"))


def _argument(node: Node, prefix: str) -> Argument:
    name = node.children[0]
    text = (name.text or b"").decode(errors="replace").strip('"')
    line = node.start_point.row + 1
    expressions = [child for child in node.named_children if child.type == "expression"]
    if node.has_error or len(expressions) != 1:
        return Argument(prefix + text, line, Expression("unknown", "not valid HCL"))
    return Argument(prefix + text, line, read_expression(expressions[0]))
