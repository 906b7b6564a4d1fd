"""SQL inside DO blocks and in strings that are run: what would be executed, as far as the text decides it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from remit.collect.sql.grammar import Unreadable, grammar, nests_too_deep, parse
from remit.collect.sql.statement import MARK, marker

Tree: TypeAlias = Any
"""PostgreSQL's syntax tree, or the JSON of a PL/pgSQL body; never leaves this module."""

_EXISTENCE = re.compile(
    r"\b(?:pg_(?:roles|user|authid|shadow|group|auth_members|database|class|tables|namespace|views|matviews)"
    r"|information_schema|to_reg(?:class|role|namespace))\b",
    re.IGNORECASE,
)
_SPEAKS_OF_GRANTS = re.compile(r"grant|revoke|_role|\brole", re.IGNORECASE)
_SITUATION = re.compile(r"current_(?:database|setting|user)|session_user|version|inet_|now\s*\(|random", re.IGNORECASE)
_BODIES = {
    "PLpgSQL_stmt_execsql": "sqlstmt",
    "PLpgSQL_stmt_dynexecute": "query",
    "PLpgSQL_stmt_dynfors": "query",
    "PLpgSQL_stmt_perform": "expr",
    "PLpgSQL_stmt_call": "expr",
}
_BRANCHES = ("then_body", "elsif_list", "else_body", "body", "case_when_list", "else_stmts", "action")
_LOOPS = frozenset(
    f"PLpgSQL_stmt_{kind}" for kind in ("if", "case", "loop", "while", "fori", "fors", "forc", "foreach_a", "dynfors")
)


MAX_BLOCKS = 300
_EDGE = re.compile(
    r"\bend\b(?:\s+(?:if|loop|case)\b)?|\b(?:begin|loop|case)\b|\bif\b(?!\s+(?:not\s+)?exists\s*[^\s(])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Inner:
    """A statement that a DO block runs."""

    line: int
    """Counted from the block's first line, which is 1."""
    text: str | None
    """None where it is put together at run time from what the file does not hold."""
    conditional: bool


def inner_statements(block: str) -> Iterator[Inner]:
    """The statements that a DO block would run, in order. Raises Unreadable."""
    if nests_too_deep(_body(block)) or _blocks_too_deep(block):
        raise Unreadable("nests too deep to be read")
    try:
        functions = grammar().parse_plpgsql(block)
    except grammar().PgQueryError as error:
        raise Unreadable("is not PL/pgSQL") from error
    except (RecursionError, ValueError) as error:
        raise Unreadable("nests too deep to be read") from error
    # A body in another language comes back as a function without any action.
    if not all("action" in function.get("PLpgSQL_function", {}) for function in functions) or not functions:
        raise Unreadable("is in another language than PL/pgSQL")
    for function in functions:
        yield from _walk(function)


def _blocks_too_deep(block: str) -> bool:
    depth = deepest = 0
    for match in _EDGE.finditer(block):
        depth = max(0, depth - 1) if match[0][:3].lower() == "end" else depth + 1
        deepest = max(deepest, depth)
    return deepest > MAX_BLOCKS


def _body(block: str) -> str:
    """The block's text without the quotes around its body, so that its depth can be judged."""
    return block.replace("$", " ").replace("'", " ")


def _walk(function: Tree) -> Iterator[Inner]:
    """Document order, without recursion."""
    stack: list[tuple[Tree, bool]] = [(function, False)]
    while stack:
        node, conditional = stack.pop()
        if isinstance(node, list):
            stack.extend((item, conditional) for item in reversed(node))
            continue
        if not isinstance(node, dict):
            continue
        for key, value in reversed(node.items()):
            inside = conditional or key == "exceptions" or (key in _LOOPS and not _only_looks_for_roles(value))
            if key in _BODIES:
                stack.append((_rest(value), inside))
                yield from _inner(key, value, conditional)
            elif key not in ("datums",):
                stack.append((value, inside))


def _rest(value: Tree) -> Tree:
    return {name: part for name, part in value.items() if name in _BRANCHES}


def _inner(key: str, value: Tree, conditional: bool) -> Iterator[Inner]:
    written = value.get(_BODIES[key], {}).get("PLpgSQL_expr", {}).get("query", "")
    line = int(value.get("lineno", 1))
    if key in ("PLpgSQL_stmt_perform", "PLpgSQL_stmt_call"):
        if _SPEAKS_OF_GRANTS.search(written):
            yield Inner(line, None, conditional)
    else:
        yield Inner(line, written if key == "PLpgSQL_stmt_execsql" else constant(written), conditional)


def _only_looks_for_roles(value: Tree) -> bool:
    """Whether an IF merely asks if the role or object is there, as scripts do to be run twice."""
    condition = value.get("cond", {}).get("PLpgSQL_expr", {}).get("query", "")
    return bool(_EXISTENCE.search(condition)) and not _SITUATION.search(condition)


def constant(expression: str) -> str | None:
    """The text that an expression gives, with stand-ins for its variables; None where even its start is one."""
    try:
        statements = parse(f"SELECT {expression}").stmts
    except Unreadable:
        return None
    if len(statements) != 1:
        return None
    return first_value(statements[0].stmt.select_stmt)[0]


def first_value(select: Tree) -> tuple[str | None, bool]:
    """The text of a SELECT's first value, and whether its WHERE decides more than whether something exists."""
    if not select.target_list:
        return None, True
    text = _value(select.target_list[0].res_target.val)
    starts_open = text is None or text.lstrip().startswith(MARK)
    where = str(select.where_clause) if select.HasField("where_clause") else ""
    conditional = bool(where) and (not _EXISTENCE.search(where) or bool(_SITUATION.search(where)))
    return (None if starts_open else text), conditional


def _value(node: Tree) -> str | None:
    """The text of an expression. Its depth is bounded: the tree's decoder refuses more than a hundred levels."""
    which = node.WhichOneof("node")
    if which == "a_const":
        return str(node.a_const.sval.sval) if node.a_const.HasField("sval") else None
    if which == "type_cast":
        return _value(node.type_cast.arg)
    if which == "a_expr" and [part.string.sval for part in node.a_expr.name] == ["||"]:
        return _or_marker(node.a_expr.lexpr) + _or_marker(node.a_expr.rexpr)
    if which == "func_call":
        return _call(node.func_call)
    if which == "column_ref":
        return marker(".".join(part.string.sval for part in node.column_ref.fields))
    return None


def _or_marker(node: Tree) -> str:
    text = _value(node)
    return marker("") if text is None else text


_SLOT = re.compile(r"%(?:(?P<place>\d{1,3})\$)?-?\d{0,3}(?P<kind>[sIL%])")


def _call(node: Tree) -> str | None:
    name = node.funcname[-1].string.sval
    if name in ("quote_ident", "quote_literal", "quote_nullable") and node.args:
        text = _or_marker(node.args[0])
        return _identifier(text) if name == "quote_ident" else _literal(text)
    if name == "concat":
        return "".join(_or_marker(each) for each in node.args)
    if name != "format" or not node.args:
        return marker(name)
    template = _value(node.args[0])
    if template is None:
        return None
    values = [_or_marker(each) for each in node.args[1:]]
    following = iter(range(len(values)))

    def fill(match: re.Match[str]) -> str:
        if match["kind"] == "%":
            return "%"
        place = int(match["place"]) - 1 if match["place"] else next(following, -1)
        value = values[place] if 0 <= place < len(values) else marker("")
        return {"I": _identifier, "L": _literal}.get(match["kind"], str)(value)

    return _SLOT.sub(fill, template)


def _identifier(text: str) -> str:
    return text if re.fullmatch(r"[a-z_][a-z0-9_$]*", text) else '"' + text.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
