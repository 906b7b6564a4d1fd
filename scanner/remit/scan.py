"""One scan, from targets to Result."""

from __future__ import annotations

from remit.audit import Request, audit
from remit.outcome import result_of
from remit.result import Result


def scan(request: Request) -> Result:
    """Audit and put what was found into one Result.

    Raises UsageError for a target that cannot be audited, and RegistryError when there is nothing to audit with.
    """
    return result_of(audit(request), request)
