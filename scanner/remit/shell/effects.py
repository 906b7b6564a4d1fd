"""What one command does, in the verb classes of the policy's gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from remit.command_effects import (
    BY_PROGRAM,
    DRY,
    DRY_FLAGS,
    HARMLESS_BEGINNINGS,
    HARMLESS_VERBS,
    SHORT_HELP_IS_NOT_HELP,
    VALUED,
    Deed,
)
from remit.evidence import Unknown
from remit.shell.clients import CLIENTS, Client
from remit.shell.command import ShellCommand, is_flag
from remit.shell.matching import find_path, fits, flag_values, has_flag, operands
from remit.shell.places import place_of
from remit.shell.requests import request_of
from remit.shell.sql import mongo_classes, sql_classes
from remit.verbs import VERB_CLASSES, VerbClass

_NONE: frozenset[str] = frozenset()
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Effects:
    """What a command does, as far as its text tells."""

    classes: tuple[VerbClass, ...] = ()
    unattended: bool = False
    """True when nobody would be asked: a flag suppresses the question, or the tool has none."""
    target: str | None = None
    """What it would be done to, as written."""
    previewed: bool = False
    """True when it only shows, applies a stored plan or reviewed migration, or asks after showing what would change."""
    undecided: Unknown | None = None
    """Set when a hidden word decides whether more happens than `classes` says."""


def effects(command: ShellCommand) -> Effects:
    """What a command does. Harmless commands have no classes and nothing undecided."""
    if _dry(command):
        return Effects(previewed=command.program in BY_PROGRAM)
    if command.program == command.starter:
        return _hidden_program(command)
    judge = _JUDGES.get(command.program)
    found = judge(command) if judge else None
    request = request_of(command) if found is None else None
    if request is not None:
        undecided = Unknown(request.undecided) if request.undecided else None
        found = Effects(request.classes, bool(request.classes), request.target, False, undecided)
    if found is None:
        found = _statements(command)
    if found is None:
        found = _deeds(command)
    if command.starter:
        if not found.classes:
            return Effects()
        return Effects(undecided=Unknown(f"it is not known whether {command.starter[:60]} runs {command.program}"))
    return found


def _dry(command: ShellCommand) -> bool:
    flags = DRY.get(command.program, DRY_FLAGS)
    if command.program in DRY and any(has_flag(command, flag) for flag in flags):
        return True
    for position, word in enumerate(command.words):
        if word == "--":
            return False
        name, mark, value = word.partition("=")
        if name not in flags or (mark and value in {"none", "false"}):
            continue
        following = command.words[position + 1 : position + 2]
        if word == "-h" and (command.program in SHORT_HELP_IS_NOT_HELP or following):
            continue
        return True
    return command.program == "aws" and command.words[-1:] == ("help",)


def _hidden_program(command: ShellCommand) -> Effects:
    """A hidden program with words that some tool would take as an order may be that tool."""
    command = replace(
        command, words=command.words[:_LOOKED_AT], open=tuple(at for at in command.open if at < _LOOKED_AT)
    )
    if any(_ordered(command, deed) for deeds in BY_PROGRAM.values() for deed in deeds):
        return Effects(undecided=Unknown(f"the program is hidden in {command.starter[:60]}"))
    return Effects()


def _ordered(command: ShellCommand, deed: Deed) -> bool:
    if not deed.path or not deed.classes or deed.path[0].startswith(("*", "...")):
        return False
    if deed.needs and not any(has_flag(command, flag) for flag in deed.needs):
        return False
    return _reached(command, deed, _NONE) is not None


def _deeds(command: ShellCommand) -> Effects:
    command = _with_settings(command)
    deeds = BY_PROGRAM.get(command.program, ())
    valued = VALUED.get(command.program, _NONE)
    for deed in deeds:
        end = _reached(command, deed, valued)
        if end is not None and _done(command, deed, end, valued):
            return _effects_of(command, deed, end, valued)
    return _could_be(command, deeds, valued)


def _reached(command: ShellCommand, deed: Deed, valued: frozenset[str], *, guess: bool = False) -> int | None:
    return find_path(command.words, deed.path, valued, command.open, guess=guess)


def _done(command: ShellCommand, deed: Deed, end: int, valued: frozenset[str]) -> bool:
    if deed.needs and not any(has_flag(command, flag) for flag in deed.needs):
        return False
    if not deed.operands:
        return True
    given = [command.words[position] for position in operands(command, end, valued) if position not in command.open]
    return any(_operand(word, deed.operands) for word in given)


def _operand(word: str, wanted: tuple[str, ...]) -> bool:
    if wanted == ("*",):
        # Terraform before 0.15 took a directory here, which is no stored plan.
        return word not in {".", ".."} and not word.endswith("/")
    return any(fits(word, step) for step in wanted)


def _effects_of(command: ShellCommand, deed: Deed, end: int, valued: frozenset[str]) -> Effects:
    silenced = any(has_flag(command, flag) for flag in deed.quiet) or _answered(command)
    given = operands(command, end, valued)
    return Effects(
        deed.classes,
        bool(deed.classes) and (silenced or not deed.quiet),
        command.words[given[0]] if given else _directory(command),
        deed.shown and not (silenced and deed.classes),
        None if silenced and deed.classes else _open_flags(command, deed, valued),
    )


def _answered(command: ShellCommand) -> bool:
    return command.stdin is not None and command.stdin.text.strip().lower() in {"y", "yes"}


def _directory(command: ShellCommand) -> str | None:
    return next((word.partition("=")[2] for word in command.words if word.startswith(("-chdir=", "--chdir="))), None)


def _open_flags(command: ShellCommand, deed: Deed, valued: frozenset[str]) -> Unknown | None:
    """Whether a hidden word could be the flag that makes a careful deed a careless one."""
    worse = [
        other
        for other in BY_PROGRAM[command.program]
        if other.classes and (other.needs or other.quiet or other.operands)
    ]
    relevant = [
        other for other in worse if other.path == deed.path or (deed.path and other.path[: len(deed.path)] == deed.path)
    ]
    if not (relevant or deed.quiet):
        return None
    for position in _free(command, valued):
        return Unknown(f"{command.words[position][:60]} may hold a flag that decides what {command.program} does")
    return None


def _free(command: ShellCommand, valued: frozenset[str]) -> tuple[int, ...]:
    """Hidden words that are not the value of a flag; where a program's flags are not known, any flag may take one."""
    return tuple(
        position
        for position in command.open
        if not (position and is_flag(previous := command.words[position - 1]) and (previous in valued or not valued))
    )


def _settled(command: ShellCommand, position: int) -> bool:
    """Whether a literal sub-command before a hidden word already says what is done."""
    return any(
        word in HARMLESS_VERBS or word.startswith(HARMLESS_BEGINNINGS)
        for word in command.words[:position]
        if not is_flag(word)
    )


def _could_be(command: ShellCommand, deeds: tuple[Deed, ...], valued: frozenset[str]) -> Effects:
    """Whether a hidden word may be the sub-command that destroys."""
    free = _free(command, valued)
    if not free:
        return Effects()
    if any(deed.needs and _reached(command, deed, valued) is not None for deed in deeds):
        why = f"{command.words[free[0]][:60]} may hold a flag that decides what {command.program} does"
        return Effects(undecided=Unknown(why))
    if _settled(command, free[0]):
        return Effects()
    if any(deed.classes and deed.path and _reached(command, deed, valued, guess=True) is not None for deed in deeds):
        return Effects(undecided=Unknown(f"{command.words[free[0]][:60]} decides what {command.program} does"))
    return Effects()


def _with_settings(command: ShellCommand) -> ShellCommand:
    """The command with the flags that environment variables add to it."""
    settings = dict(setting.partition("=")[::2] for setting in command.switches)
    added: list[str] = []
    if command.program in {"terraform", "tofu", "terragrunt"}:
        added += settings.get("TF_CLI_ARGS", "").split()
        for verb in ("apply", "destroy"):
            if verb in command.words:
                added += settings.get(f"TF_CLI_ARGS_{verb}", "").split()
    if command.program == "pulumi" and settings.get("PULUMI_SKIP_CONFIRMATIONS") in {"1", "true"}:
        added.append("--yes")
    if command.program == "terragrunt" and {
        settings.get(f"{kind}_NON_INTERACTIVE") for kind in ("TG", "TERRAGRUNT")
    } & {"1", "true"}:
        added.append("--non-interactive")
    return replace(command, words=(*command.words, *added)) if added else command


def _statements(command: ShellCommand) -> Effects | None:
    """What a database client's statements do; None for programs that are none."""
    for client in CLIENTS:
        if client.program == command.program:
            end = find_path(command.words, client.path, VALUED.get(command.program, _NONE), command.open)
            if end is not None:
                return _client_effects(command, client, end)
    return None


def _client_effects(command: ShellCommand, client: Client, end: int) -> Effects | None:
    texts, hidden = _client_texts(command, client, end)
    if client.program == "mongosh":
        classes = mongo_classes(" ".join(texts))
    else:
        classes = tuple(dict.fromkeys(each for text in texts for each in sql_classes(text)))
    ordered = tuple(each for each in VERB_CLASSES if each in classes)
    undecided = Unknown(f"the statements of {command.program} are not in the text") if hidden and not ordered else None
    return Effects(ordered, bool(ordered), None, False, undecided)


def _client_texts(command: ShellCommand, client: Client, end: int) -> tuple[list[str], bool]:
    texts: list[str] = []
    hidden = bool(flag_values(command, client.files))
    for each in flag_values(command, client.texts):
        position = each if isinstance(each, int) else each[0]
        texts.append(command.words[each] if isinstance(each, int) else each[1])
        hidden = hidden or position in command.open
    if client.operand is not None:
        given = operands(command, end, client.texts | client.files)[client.operand :][:1]
        texts.extend(command.words[position] for position in given)
        hidden = hidden or any(position in command.open for position in given)
    if command.stdin is not None and not texts:
        texts.append("" if command.stdin.open and command.stdin.text.startswith("$(pipe)") else command.stdin.text)
        hidden = hidden or command.stdin.open
    return texts, hidden


def _deletes_files(command: ShellCommand) -> Effects:
    """`rm -r` and `rimraf`, by where their targets lie."""
    if command.program == "rm" and not any(
        has_flag(command, flag) for flag in ("-r", "-R", "--recursive", "-rf", "-fr")
    ):
        return Effects()
    given = operands(command, 0, _NONE)
    return _by_place(command, given)


def _by_place(command: ShellCommand, given: tuple[int, ...]) -> Effects:
    places = {position: place_of(command.words[position], hidden=position in command.hidden) for position in given}
    for position, place in places.items():
        if place == "outside":
            return Effects(("fs-delete-outside",), True, command.words[position])
    for position, place in places.items():
        if place == "unsure":
            return Effects(undecided=Unknown(f"where {command.words[position][:60]} lies is decided at run time"))
    return Effects()


def _finds(command: ShellCommand) -> Effects:
    """`find … -delete`, by where it begins."""
    if "-delete" not in command.words:
        return Effects()
    given = []
    for position, word in enumerate(command.words):
        if is_flag(word) and word not in {"-H", "-L", "-P"}:
            break
        given.append(position)
    return _by_place(command, tuple(given))


def _overwrites(command: ShellCommand) -> Effects:
    """`dd`, `mkfs`, `wipefs` and `shred` on a device."""
    harmless = {"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"}
    for word in command.words:
        target = word.removeprefix("of=")
        written = word.startswith("of=") or command.program != "dd"
        if written and target.startswith("/dev/") and target not in harmless:
            return Effects(("fs-delete-outside",), True, target)
    return Effects()


_JUDGES: Mapping[str, Callable[[ShellCommand], Effects]] = {
    "rm": _deletes_files,
    "rimraf": _deletes_files,
    "find": _finds,
    "dd": _overwrites,
    "shred": _overwrites,
    "wipefs": _overwrites,
    "blkdiscard": _overwrites,
    **dict.fromkeys(("mkfs", "mkfs.ext4", "mkfs.ext3", "mkfs.xfs", "mkfs.btrfs", "mkfs.vfat", "mke2fs"), _overwrites),
}
