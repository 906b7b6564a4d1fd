"""Whether exceptions are approved: by whom, for how long, and which weakening they let through."""

from __future__ import annotations

from datetime import datetime

from remit.errors import PolicyError
from remit.policy.model import Policy
from remit.policy.records import POLICY_CONTROL, PolicyException
from remit.policy.written import Written


def check_exceptions(written: Written, parent: Policy, policy: Policy) -> None:
    """Refuse a file's own exceptions and approvers that the parent's rules do not allow.

    Raises PolicyError naming the file, the line and the entry.
    """
    authority = _authority(parent, policy)
    for name, role in written.policy.approvers.items():
        if role not in policy.approver_roles:
            line = written.line("approvers", name)
            raise PolicyError(
                f"{written.name}:{line}: approvers: {name} has the role {role!r}, which may not approve; "
                f"expected one of {_listed(policy.approver_roles)}"
            )
    for place, exception in enumerate(written.policy.exceptions):
        longest = parent.exception_max_days if exception.key else policy.exception_max_days
        why = _fault(exception, authority, longest)
        if why is not None:
            field, text = why
            line = written.line("exceptions", place, field)
            raise PolicyError(f"{written.name}:{line}: exceptions[{place}].{field}: {text}")


def excused(key: str, child: Policy, now: datetime) -> str | None:
    """None where an exception of the child lets it weaken a key now; otherwise what to do."""
    held = [exception for exception in child.exceptions if exception.key == key]
    if any(exception.active(now) for exception in held):
        return None
    if held:
        last = max(held, key=lambda exception: exception.until)
        state = "has ended on" if last.expired(now) else "does not begin before"
        return (
            f"its exception {state} {last.until if last.expired(now) else last.starts}: renew it or restore the value"
        )
    return f'restore it, or add an approved exception with control = "{POLICY_CONTROL}{key}"'


def _authority(parent: Policy, policy: Policy) -> Policy:
    """The parent, whose roles decide; the people may be named by the child where the parent names none."""
    return parent if parent.approvers else parent.model_copy(update={"approvers": policy.approvers})


def _fault(exception: PolicyException, authority: Policy, longest: int) -> tuple[str, str] | None:
    role = authority.approver_role(exception.approver)
    if role is None:
        people = tuple(f"{name} ({held})" for name, held in authority.approvers.items())
        return "approver", (
            f"{exception.approver!r} may not approve; expected one of {_listed((*people, *authority.approver_roles))}"
        )
    asked = exception.requested_by
    if asked is not None and asked.casefold() in (role.casefold(), exception.approver.casefold()):
        return "requested_by", f"{asked!r} asked and approved; another approver must sign"
    if exception.days > longest:
        return "until", f"runs for {exception.days} days, longer than exception_max_days = {longest}; shorten it"
    return None


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nobody"
