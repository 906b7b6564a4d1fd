"""Finding sub-commands among flags and their values."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from remit.shell.command import ShellCommand, is_flag, takes_next

ANY = "..."
"""A step of a path that stands for any words, or none."""


def fits(word: str, step: str) -> bool:
    """Whether a word is what a step of a path asks for: `a|b` for either, `delete-*` for a beginning."""
    for choice in step.split("|"):
        if choice.endswith("*"):
            if word.startswith(choice[:-1]):
                return True
        elif word == choice:
            return True
    return False


def find_path(
    words: Sequence[str],
    path: Sequence[str],
    valued: Collection[str] = (),
    hidden: Collection[int] = (),
    *,
    guess: bool = False,
) -> int | None:
    """The position behind the last word of a path; None where the words do not follow it.

    Between the steps only flags may stand, each perhaps with a value: which flags take one is known for few programs,
    so both readings are followed. A hidden word is passed over as if it were a flag; with `guess` it may also stand for
    any steps of the path, so that a match then says only "could be".
    """
    if not path:
        return 0
    states = _closed({0}, path)
    for position, word in enumerate(words):
        following: set[int] = set()
        value = (
            position > 0
            and is_flag(words[position - 1])
            and "=" not in words[position - 1]
            and words[position - 1] != "--"
        )
        sure = value and words[position - 1] in valued
        for state in states:
            if position in hidden:
                following.update(range(state, len(path) + 1) if guess else (state,))
            elif is_flag(word) and not path[state].startswith("-"):
                following.add(state)
            else:
                following.update(_steps(state, word, path, value=value, sure=sure))
        states = _closed(following, path)
        if len(path) in states:
            return position + 1
        if not states:
            return None
    return None


def _steps(state: int, word: str, path: Sequence[str], *, value: bool, sure: bool) -> set[int]:
    found = {state} if path[state] == ANY or value else set()
    if not sure and path[state] != ANY and fits(word, path[state]):
        found.add(state + 1)
    return found


def _closed(states: set[int], path: Sequence[str]) -> set[int]:
    return states | {state + 1 for state in states if state < len(path) and path[state] == ANY}


def operands(command: ShellCommand, start: int, valued: Collection[str]) -> tuple[int, ...]:
    """Positions of the words from `start` on that are neither flags nor known to be the value of one."""
    found = []
    plain = False
    for position in range(start, len(command.words)):
        word = command.words[position]
        previous = command.words[position - 1] if position > start else ""
        if word == "--" and not plain:
            plain = True
        elif plain or not (is_flag(word) or (is_flag(previous) and takes_next(previous, valued))):
            found.append(position)
    return tuple(found)


def has_flag(command: ShellCommand, flag: str) -> bool:
    """Whether a flag is given: `--x`, `-x` inside a cluster, `--x=value` for a flag written with its value."""
    name, _, wanted = flag.partition("=")
    for position, word in enumerate(command.words):
        if word == "--":
            return False
        if not is_flag(word):
            continue
        given, mark, value = word.partition("=")
        if not _same_flag(given, name):
            continue
        if wanted:
            following = command.words[position + 1] if position + 1 < len(command.words) else ""
            if (value if mark else following) == wanted:
                return True
        elif value.lower() not in {"false", "0", "no"} or not mark:
            return True
    return False


def _same_flag(given: str, name: str) -> bool:
    if given == name:
        return True
    if len(name) == 2:
        return not given.startswith("--") and given.lstrip("-").isalpha() and len(given) <= 8 and name[1] in given[1:]
    # Terraform and Go programs take one hyphen or two.
    return given.lstrip("-") == name.lstrip("-") and len(given) > 2


def flag_values(command: ShellCommand, flags: Collection[str]) -> tuple[int | tuple[int, str], ...]:
    """The values of some flags: a position in the words, or position and text where both are one word."""
    found: list[int | tuple[int, str]] = []
    for position, word in enumerate(command.words):
        if not is_flag(word):
            continue
        name, mark, value = word.partition("=")
        if word in flags or (takes_next(word, flags) and word[1:].isalpha()):
            if position + 1 < len(command.words):
                found.append(position + 1)
        elif mark and name in flags:
            found.append((position, value))
        elif not word.startswith("--") and (attached := _attached(word, flags)):
            found.append((position, attached))
    return tuple(found)


def _attached(word: str, flags: Collection[str]) -> str:
    """The value written to its letter, perhaps behind other letters: `-XDELETE`, `-sXDELETE`."""
    for place, letter in enumerate(word[1:9], 1):
        if "-" + letter in flags:
            return word[place + 1 :]
        if not letter.isalpha():
            break
    return ""
