"""The simple commands inside a compound one, and their words, as agents take them apart to look up their rules."""

from __future__ import annotations

import shlex
from functools import lru_cache

_OPERATORS = ("&&", "||", "|&", ";", "|", "&", "\n")


@lru_cache(maxsize=16384)
def parts_of(command: str) -> tuple[str, ...]:
    """The simple commands of a compound one, quotes respected."""
    found: list[str] = []
    start = position = 0
    quote = ""
    while position < len(command):
        character = command[position]
        if character == "\\" and quote != "'":
            position += 2
            continue
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif operator := next((each for each in _OPERATORS if command.startswith(each, position)), ""):
            found.append(command[start:position])
            position += len(operator)
            start = position
            continue
        position += 1
    found.append(command[start:])
    return tuple(part.strip() for part in found if part.strip())


@lru_cache(maxsize=16384)
def argv_of(command: str) -> tuple[str, ...]:
    """The words of a simple command, quotes removed; split at spaces where the quotes do not match up."""
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return tuple(command.split())
