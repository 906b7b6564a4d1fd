"""What Terraform expressions come to, as far as variables and locals tell.

Everything that Terraform learns elsewhere (data sources, other resources, module outputs, most functions) is an
`Unknown` that names the expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from remit.collect.terraform.facts import MAX_TEXT, Expression
from remit.collect.terraform.functions import COMPARE, FUNCTIONS, as_number, as_text, equal, logic, truth, unary
from remit.evidence import Maybe, Unknown

_MAX_STEPS = 100
_MAX_PARTS = 5000


@dataclass(slots=True)
class Values:
    """The variables and locals of one directory, and the value of any expression in their light."""

    variables: Mapping[str, Maybe[object]] = field(default_factory=dict)
    local: Mapping[str, Maybe[Expression]] = field(default_factory=dict)
    known: dict[str, Maybe[object]] = field(default_factory=dict)
    """Locals evaluated so far."""
    steps: int = 0

    def whole(self, expression: Expression) -> Maybe[object]:
        """The value of an argument; Unknown where it would grow beyond reason."""
        value = self.evaluate(expression)
        return Unknown("the value is too large to keep") if _is_vast(value) else value

    def evaluate(self, expression: Expression) -> Maybe[object]:
        """The value of an expression. Maps may hold Unknown values; lists with an unknown item are Unknown."""
        if self.steps >= _MAX_STEPS:
            return Unknown("values refer to each other through too many steps")
        self.steps += 1
        try:
            return self._evaluate(expression)
        finally:
            self.steps -= 1

    def _evaluate(self, expression: Expression) -> Maybe[object]:
        match expression.op:
            case "literal":
                return expression.value
            case "template":
                return self._template(expression)
            case "list":
                items = [self.evaluate(part) for part in expression.parts]
                return next((item for item in items if isinstance(item, Unknown)), tuple(items))
            case "map":
                return self._map(expression)
            case "path":
                return self._path(expression)
            case "conditional":
                condition = truth(self.evaluate(expression.parts[0]))
                if isinstance(condition, Unknown):
                    return condition
                return self.evaluate(expression.parts[1 if condition else 2])
            case "unary" | "binary":
                return self._operation(expression)
            case "call":
                return self._call(expression)
            case _:
                return Unknown(f"`{expression.value}` is not evaluated")

    def _template(self, expression: Expression) -> Maybe[object]:
        text = ""
        for part in expression.parts:
            value = self.evaluate(part)
            if isinstance(value, Unknown):
                return value
            piece = as_text(value)
            if piece is None or len(text) + len(piece) > MAX_TEXT:
                return Unknown("a text is made of something that is no text")
            text += piece
        return text

    def _map(self, expression: Expression) -> Maybe[object]:
        found: dict[str, object] = {}
        for key, value in zip(expression.parts[::2], expression.parts[1::2], strict=True):
            name = self.evaluate(key)
            if isinstance(name, Unknown):
                return name
            found[as_text(name) or ""] = self.evaluate(value)
        return found

    def _path(self, expression: Expression) -> Maybe[object]:
        root, steps = expression.value, list(expression.parts)
        if root is None:
            value = self.evaluate(steps.pop(0))
        elif root in ("var", "local") and steps and isinstance(steps[0].value, str):
            name = steps.pop(0).value
            value = self._variable(str(name)) if root == "var" else self._local(str(name))
        else:
            return Unknown(f"`{path_text(expression)}` is known only to Terraform")
        for step in steps:
            if isinstance(value, Unknown):
                return value
            value = _step(value, self.evaluate(step), expression)
        return value

    def _variable(self, name: str) -> Maybe[object]:
        if name not in self.variables:
            return Unknown(f"variable `{name}` is not declared in the files that were read")
        return self.variables[name]

    def _local(self, name: str) -> Maybe[object]:
        if name not in self.known:
            expression = self.local.get(name, Unknown(f"local `{name}` is not declared in the files that were read"))
            self.known[name] = Unknown(f"local `{name}` refers to itself")
            self.known[name] = expression if isinstance(expression, Unknown) else self.evaluate(expression)
        return self.known[name]

    def _operation(self, expression: Expression) -> Maybe[object]:
        values = [self.evaluate(part) for part in expression.parts]
        sign = str(expression.value)
        if sign in ("&&", "||"):
            return logic(sign, *map(truth, values))
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if unknown is not None:
            return unknown
        if expression.op == "unary":
            return unary(sign, values[0])
        left, right = values
        if sign in ("==", "!="):
            return equal(left, right, sign == "==")
        first, second = as_number(left), as_number(right)
        if first is None or second is None:
            return Unknown(f"`{sign}` is applied to something that is no number")
        return COMPARE[sign](first, second)

    def _call(self, expression: Expression) -> Maybe[object]:
        function = FUNCTIONS.get(str(expression.value))
        values = [self.evaluate(part) for part in expression.parts]
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if function is None or not values:
            return Unknown(f"the function `{expression.value}` is not evaluated")
        if unknown is not None:
            return unknown
        result = function(*values)
        return Unknown(f"the function `{expression.value}` is not evaluated here") if result is None else result


def path_text(expression: Expression) -> str:
    """A reference as it was written, index expressions shortened."""
    text = str(expression.value or "(…)")
    for part in expression.parts:
        if part.op != "literal":
            text += "[…]"
        else:
            text += f"[{part.value}]" if isinstance(part.value, int) else f".{part.value}"
    return text


_BUILT_IN = frozenset(("var", "local", "data", "module", "each", "count", "self", "path", "terraform", "tofu"))


def addresses(expression: Expression) -> Iterator[str]:
    """The resources that an expression mentions, in order."""
    pending = [expression]
    while pending:
        each = pending.pop()
        first = each.parts[0].value if each.parts else None
        if each.op == "path" and isinstance(each.value, str) and each.value not in _BUILT_IN and isinstance(first, str):
            yield f"{each.value}.{first}"
        pending.extend(reversed(each.parts))


def _step(value: object, key: Maybe[object], expression: Expression) -> Maybe[object]:
    if isinstance(key, Unknown):
        return key
    if isinstance(value, dict) and (name := as_text(key)) in value:
        inner: object = value[name]
        return inner
    if isinstance(value, tuple) and isinstance(key, int) and 0 <= key < len(value):
        item: object = value[key]
        return item
    return Unknown(f"`{path_text(expression)}` names nothing that these files define")


def _is_vast(value: object) -> bool:
    """Whether a value written out in full has too many parts; shared parts count each time."""
    pending, seen = [value], 0
    while pending:
        each = pending.pop()
        seen += 1
        if seen > _MAX_PARTS:
            return True
        if isinstance(each, tuple):
            pending.extend(each)
        elif isinstance(each, dict):
            pending.extend(each.values())
    return False
