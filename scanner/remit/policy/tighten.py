"""What a policy inside an audited repository may do: make the auditor's policy stricter, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from remit.credentials.redact import redact_text
from remit.errors import PolicyError
from remit.evidence import RepositoryPolicy, Source
from remit.policy.keys import flatten, nested
from remit.policy.loader import BASELINE
from remit.policy.model import Policy
from remit.policy.orders import Kind
from remit.policy.strength import Weakening, items, leaves, shown, weaker
from remit.policy.written import Written, read_written

COLLECTOR = "repository-policy"
_MOST = 300
_DECLARED: tuple[Kind, ...] = ("subset-once-declared", "fixed-once-declared")
_INERT = ("name", "version", "extends", "owner", "reviewed", "team.budget_usd", "ir.escalation")


def review_repository_policy(text: str, path: str, policy: Policy) -> tuple[RepositoryPolicy, Policy]:
    """Judge a policy found inside an audited repository, and take over what is stricter in it.

    `extends` is never followed there. Every value that is weaker, and everything that only an auditor may state
    (exceptions, attestations, approvers, copies, approved agents), is named in `loosened` and changes nothing.
    """
    try:
        written = read_written(text, path)
    except PolicyError as error:
        return RepositoryPolicy(path, (), _clean(str(error)), Source(path, 1, COLLECTOR)), policy
    tightened, loosened, first = _tightened(written, policy)
    problem = None
    if written.policy.extends not in (None, BASELINE):
        problem = f"line {written.line_of_key('extends')}: extends is not followed inside an audited repository"
    return RepositoryPolicy(path, loosened, problem, Source(path, first, COLLECTOR)), tightened


def _tightened(written: Written, policy: Policy) -> tuple[Policy, tuple[str, ...], int]:
    loosened: list[tuple[int, str]] = []
    for key in leaves():
        if key not in written.keys or key in _INERT:
            continue
        wanted = flatten(written.policy)[key]
        weakening = _refused(policy, key, wanted)
        if weakening is not None:
            line = written.line_of_key(key)
            loosened.append((line, f"line {line}: {_sentence(weakening)}"))
        policy = _stricter(policy, key, wanted)
    lines = [line for line, _ in loosened]
    return policy, tuple(text for _, text in loosened), min(lines, default=1)


def _refused(policy: Policy, key: str, wanted: object) -> Weakening | None:
    """What the wanted value would loosen, if anything."""
    held = flatten(policy)[key]
    if _vouches(key, held, wanted):
        return Weakening(key, held, wanted, "only the auditor's policy may state this")
    return next(iter(weaker(policy, _with(policy, key, wanted))), None)


def _vouches(key: str, held: object, wanted: object) -> bool:
    """Whether the value states something that could turn an unknown into a pass on the repository's own word."""
    kind = leaves()[key].strength.kind
    if kind == "statements" or (kind == "classification" and not _is_production(key)):
        return any(item not in items(held) for item in items(wanted))
    if kind == "superset" and isinstance(held, Mapping) and isinstance(wanted, Mapping):
        return any(name not in held for name in wanted)
    if kind == "superset" or kind in _DECLARED:
        return not held and bool(wanted)
    return kind == "higher" and held is None


def _is_production(key: str) -> bool:
    return key.startswith("environments.production.") or key == "cloud.accounts.prod"


def _stricter(policy: Policy, key: str, wanted: object) -> Policy:
    """The policy with the strictest reading of both values, or unchanged where that cannot be had."""
    held = flatten(policy)[key]
    value = held if _refuses_whole(key, held, wanted) else _strictest(key, held, wanted)
    try:
        changed = _with(policy, key, value)
    except ValidationError:
        return policy
    return policy if weaker(policy, changed) else changed


def _refuses_whole(key: str, held: object, wanted: object) -> bool:
    """Whether nothing of the value can be taken over."""
    kind = leaves()[key].strength.kind
    return kind in ("statements", "descriptive") or (not isinstance(held, Mapping) and _vouches(key, held, wanted))


def _strictest(key: str, held: object, wanted: object) -> object:
    kind = leaves()[key].strength.kind
    if kind == "classification":
        return _union(held, wanted) if _is_production(key) else held
    if kind == "superset" and isinstance(held, Mapping) and isinstance(wanted, Mapping):
        return {name: _union(value, wanted.get(name, ())) for name, value in held.items()}
    if kind == "superset":
        return _union(held, wanted)
    if kind == "subset" or kind in _DECLARED:
        return held if isinstance(held, Mapping) else tuple(item for item in items(held) if item in items(wanted))
    return wanted


def _union(held: object, wanted: object) -> tuple[object, ...]:
    return (*items(held), *(item for item in items(wanted) if item not in items(held)))


def _with(policy: Policy, key: str, value: object) -> Policy:
    return Policy.model_validate(nested(flatten(policy) | {key: value}))


def _sentence(found: Weakening) -> str:
    was, wanted = _clean(shown(found.parent_value)), _clean(shown(found.child_value))
    return f"{found.key} = {wanted} would loosen {was} of the auditor's policy ({_clean(found.why)})"


def _clean(text: str) -> str:
    """Text from an audited file as it may be shown: short, printable, without secrets."""
    plain = "".join(char if char.isprintable() else " " for char in redact_text(text))
    return plain if len(plain) <= _MOST else plain[:_MOST] + "…"
