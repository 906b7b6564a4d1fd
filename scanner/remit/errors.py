"""The one tree of errors.

RemitError
├── UsageError      the command was called wrongly, or there is nothing to audit
├── PolicyError     the policy cannot be used as written
├── CollectError    a place could not be read; becomes a Gap, the run goes on
├── RegistryError   an installed plug-in is broken or clashes with another
└── ReportError     a result cannot be rendered or written

Every message says what is wrong, where, and what to do next, and never holds a value read from an audited file.
"""


class RemitError(Exception):
    """A failure with a message meant for the person who ran the command."""

    exit_code = 2


class UsageError(RemitError):
    """The command was called wrongly, or there is nothing to audit."""


class PolicyError(RemitError):
    """The policy cannot be used as written."""


class CollectError(RemitError):
    """A place could not be read or understood.

    `reason` becomes a Gap; collectors raise this and nothing else for bad input.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        """Keep the reason, and the line where reading stopped if there is one."""
        super().__init__(reason)
        self.reason = reason
        self.line = line


class RegistryError(RemitError):
    """An installed check, agent, credential kind or report is broken or clashes with another."""


class ReportError(RemitError):
    """A result cannot be rendered or written."""
