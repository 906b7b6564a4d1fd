"""What one command is, once everything around it has been taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command, quotes removed."""

    text: str
    hidden: bool = False
    """True when some part of it is decided only at run time."""
    open: bool = False
    """True when it could turn out to be any word, or several, or none."""
    line: int = 1


@dataclass(frozen=True)
class ShellCommand:
    """A command with its wrappers removed: `sudo env A=1 bash -c 'terraform destroy'` is `terraform destroy`.

    `words` are all its arguments in order, flags among them, so that a flag keeps its value; `flags` are the names of
    the flags alone, without values.
    """

    program: str
    words: tuple[str, ...]
    assignments: tuple[str, ...] = ()
    """Names of variables set for this command alone; their values are nobody's business."""
    line: int = 1
    hidden: tuple[int, ...] = ()
    """Positions in `words` that hold something decided only at run time."""
    open: tuple[int, ...] = ()
    """Those of them that could be any word, or several, or none."""
    switches: tuple[str, ...] = ()
    """Settings in force that change what a tool asks, as `NAME=value`, e.g. `GOOSE_MODE=auto`."""
    starter: str = ""
    """The unknown program that seems to start this one, or `$NAME` where the program itself is hidden."""
    stdin: Word | None = field(default=None, repr=False)
    """What is piped into it, where that is written in the same text."""

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """The names of its flags, up to a lone `--`."""
        found = []
        for word in self.words:
            if word == "--":
                break
            if word.startswith("-") and len(word) > 1:
                found.append(word.partition("=")[0])
        return tuple(found)

    @property
    def argv(self) -> tuple[str, ...]:
        """Program and words together."""
        return (self.program, *self.words)


def is_flag(word: str) -> bool:
    """Whether a word is written as a flag; a lone `-` is not."""
    return len(word) > 1 and word.startswith("-")


def takes_next(word: str, valued: Iterable[str]) -> bool:
    """Whether a flag's value is the next word, given the flags that take one.

    A cluster takes one for its last letter (`-itu root`); a value written to its letter (`-uroot`) takes none.
    """
    if word in valued:
        return True
    if "=" in word or word.startswith("--") or len(word) < 3 or word[:2] in valued:
        return False
    return "-" + word[-1] in valued
