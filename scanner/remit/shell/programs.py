"""Every program that some table knows."""

from __future__ import annotations

from remit.command_effects import BY_PROGRAM
from remit.shell.bypass import BYPASSES
from remit.shell.clients import CLIENTS

PROGRAMS = (
    frozenset(BY_PROGRAM)
    | frozenset(client.program for client in CLIENTS)
    | frozenset(program for bypass in BYPASSES for program in bypass.programs)
    | frozenset(
        {
            "rm",
            "rimraf",
            "find",
            "dd",
            "shred",
            "wipefs",
            "mkfs",
            "curl",
            "wget",
            "http",
            "https",
            "xh",
            "mkfs.ext4",
            "mkfs.xfs",
            "blkdiscard",
        }
    )
)
"""Every program that the tables know."""
