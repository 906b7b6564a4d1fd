"""A simple command without what wraps it: the command inside, and shell texts that it hands to another shell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from remit.shell.command import Word, is_flag, takes_next
from remit.shell.matching import find_path
from remit.shell.programs import PROGRAMS
from remit.shell.syntax import Simple
from remit.shell.wrappers import BY_PROGRAM, IMAGES, PACKAGES, Wrapper

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,200})=(.*)", re.DOTALL)
_VERSION = re.compile(r"(?<=.)@[^/@]{0,100}$")
_MOST_WRAPPERS = 40


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What is left of a command, and the texts that other shells will read."""

    command: Simple | None
    texts: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    words: tuple[Word, ...] | None
    texts: tuple[Word, ...] = ()
    assignments: tuple[tuple[str, str | None], ...] = field(default=())


def program_name(word: str) -> str:
    """The name of a program as the tables know it: no directory, version, extension or second name."""
    name = word.removeprefix("npm:").removeprefix("\\").removeprefix("@" if word.count("/") == 0 else "")
    name = _VERSION.sub("", name) if not name.startswith("$") else name
    if name in PACKAGES:
        return PACKAGES[name]
    if "$" not in name.rpartition("/")[2]:
        name = re.split(r"[/\\#]", name.rstrip("/"))[-1] or name
    for ending in (".exe", ".cmd", ".bat"):
        name = name.removesuffix(ending)
    return PACKAGES.get(name, name)


def unwrap(command: Simple) -> Unwrapped:
    """Take wrappers off until a command is left that is none."""
    texts: list[Word] = []
    for _ in range(_MOST_WRAPPERS):
        step = _unwrap_once(command)
        if step is None:
            return Unwrapped(command, tuple(texts))
        texts.extend(step.texts)
        if not step.words:
            return Unwrapped(None, tuple(texts))
        command = replace(command, words=step.words, assignments=command.assignments + step.assignments)
    return Unwrapped(command, tuple(texts))


def _unwrap_once(command: Simple) -> _Step | None:
    words = command.words
    if not words:
        return None
    program = program_name(words[0].text)
    if program == "find":
        return _found(words)
    if program == "alias":
        return _Step(
            None, tuple(replace(word, text=word.text.partition("=")[2]) for word in words[1:] if "=" in word.text)
        )
    for wrapper in BY_PROGRAM.get(program, ()):
        step = _apply(wrapper, command)
        if step is not None:
            return step
    return None


def _apply(wrapper: Wrapper, command: Simple) -> _Step | None:
    words = command.words[1:]
    texts = [word.text for word in words]
    hidden = {position for position, word in enumerate(words) if word.open}
    start = find_path(texts, wrapper.path, wrapper.valued, hidden)
    if start is None:
        return None
    options = _options(wrapper, words, start)
    if options is None:
        return None
    start, found, front, run_text = options
    if wrapper.stdin and not wrapper.joined:
        return _shell(command, words[start:], run_text)
    if wrapper.anywhere:
        found = _values(words, wrapper)
        return _Step(None, tuple(found)) if found else None
    if found:
        return _Step(None, tuple(found))
    tail = words[start:]
    if wrapper.behind:
        place = next((at for at, word in enumerate(words) if word.text in wrapper.behind), len(words))
        tail = words[place + 1 :]
    tail = _skipped(wrapper, tail)
    if len(tail) > 1 and tail[0].text in wrapper.texts:
        return _Step(None, tail[1:2])
    return _started(wrapper, command, front + tail)


def _options(
    wrapper: Wrapper, words: tuple[Word, ...], start: int
) -> tuple[int, list[Word], tuple[Word, ...], bool] | None:
    """Walk over the wrapper's own flags: where they end, the shell texts among them, what they put in front."""
    found: list[Word] = []
    front: tuple[Word, ...] = ()
    run_text = False
    position = start
    while position < len(words):
        word = words[position].text
        if word in wrapper.stop:
            return None
        if not is_flag(word) and not (word == "+e" and wrapper.stdin) and word not in wrapper.valued:
            break
        position += 1
        if word == "--":
            break
        name, mark, value = word.partition("=")
        run_text = run_text or (not word.startswith("--") and "c" in word[1:])
        following = words[position] if position < len(words) else None
        if mark and name in wrapper.texts:
            found.append(replace(words[position - 1], text=value))
        elif mark and name == wrapper.prefix:
            front = (replace(words[position - 1], text=value),)
        elif following is not None and (word == wrapper.prefix or word in wrapper.texts):
            if word == wrapper.prefix:
                front = (following,)
            elif not wrapper.stdin:
                found.append(following)
            position += 0 if wrapper.stdin else 1
        elif takes_next(word, wrapper.valued):
            position += 1
    return min(position, len(words)), found, front, run_text


def _shell(command: Simple, rest: tuple[Word, ...], run_text: bool) -> _Step | None:
    """A shell runs the text after `-c`, or what it is fed when it is given no script."""
    if run_text:
        return _Step(None, rest[:1]) if rest and not rest[0].open else None
    if command.stdin is not None and (not rest or is_flag(rest[0].text)) and not command.stdin.open:
        return _Step(None, (command.stdin,))
    if rest and program_name(rest[0].text) in {"busybox", "sh", "bash", "zsh"}:
        return _Step(rest)
    return None


def _values(words: tuple[Word, ...], wrapper: Wrapper) -> list[Word]:
    """Shell texts given to flags that may stand anywhere among the words."""
    found = []
    for position, word in enumerate(words):
        name, mark, value = word.text.partition("=")
        if word.text in wrapper.texts and position + 1 < len(words):
            found.append(words[position + 1])
        elif mark and name in wrapper.texts:
            found.append(replace(word, text=value))
    return found


def _skipped(wrapper: Wrapper, tail: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words behind those that name a container, a host or a duration."""
    if not wrapper.skip:
        return _behind_dashes(tail)
    first, rest = tail[: wrapper.skip], tail[wrapper.skip :]
    rest = _behind_dashes(rest)
    if wrapper.image and first:
        name = re.split(r"[:@]", first[0].text.rpartition("/")[2])[0]
        program = IMAGES.get(name)
        if program and (not rest or program_name(rest[0].text) not in PROGRAMS):
            return (replace(first[0], text=program), *rest)
    return rest


def _behind_dashes(tail: tuple[Word, ...]) -> tuple[Word, ...]:
    """`kubectl exec pod -c web -- cmd` and `ssh -t host -p 22 cmd`: flags may come after the name, too."""
    if not tail or not is_flag(tail[0].text):
        return tail
    texts = [word.text for word in tail]
    return tail[texts.index("--") + 1 :] if "--" in texts[:8] else tail


def _started(wrapper: Wrapper, command: Simple, tail: tuple[Word, ...]) -> _Step | None:
    if wrapper.each or wrapper.first:
        return _Step(None, tail if wrapper.each else tail[:1])
    assignments: list[tuple[str, str | None]] = []
    while tail and (given := _ASSIGNMENT.fullmatch(tail[0].text)) and not tail[0].open:
        assignments.append((given[1], None if tail[0].hidden else given[2]))
        tail = tail[1:]
    if not tail:
        return _fed(wrapper, command)
    name = program_name(tail[0].text)
    if wrapper.known_only and name not in PROGRAMS and name not in BY_PROGRAM:
        return None
    if wrapper.joined:
        whole = Word(
            " ".join(word.text for word in tail), any(word.hidden for word in tail), tail[0].open, tail[0].line
        )
        return _Step(None, (whole,), tuple(assignments))
    if wrapper.again:
        tail = (command.words[0], *tail)
    if wrapper.fed and "-I" not in {word.text[:2] for word in command.words}:
        tail = (*tail, Word("{}", True, True, tail[0].line))
    return _Step(_without_dashes(tail), (), tuple(assignments))


def _fed(wrapper: Wrapper, command: Simple) -> _Step | None:
    if wrapper.joined and wrapper.stdin and command.stdin is not None and not command.stdin.open:
        return _Step(None, (command.stdin,))
    return None


def _without_dashes(tail: tuple[Word, ...]) -> tuple[Word, ...]:
    """`npm run prisma -- db push`: the dashes only end npm's own flags."""
    if len(tail) > 1 and tail[1].text == "--":
        return (tail[0], *tail[2:])
    return tail


def _found(words: tuple[Word, ...]) -> _Step | None:
    """What `find` starts for each file; the file stands for the place where the search begins."""
    roots = list(_before_tests(words[1:]))
    place = roots[0] if roots else Word(".")
    commands: list[Word] = []
    for position, word in enumerate(words):
        if word.text in {"-exec", "-execdir", "-ok", "-okdir"}:
            inside = []
            for each in words[position + 1 :]:
                if each.text in {";", "\\;", "+"}:
                    break
                inside.append(
                    replace(
                        each,
                        text=each.text.replace("{}", place.text),
                        hidden=each.hidden or place.hidden,
                        open=each.open,
                    )
                )
            if inside:
                return _Step(tuple(inside), tuple(commands))
    return None


def _before_tests(words: tuple[Word, ...]) -> Iterator[Word]:
    for word in words:
        if word.text in {"-H", "-L", "-P"}:
            continue
        if is_flag(word.text) or word.text in {"(", "!"}:
            return
        yield word


def switches(assignments: Mapping[str, str | None], names: frozenset[str]) -> tuple[str, ...]:
    """The settings that change what a tool asks, as `NAME=value`."""
    return tuple(
        f"{name}={value}" for name, value in sorted(assignments.items()) if name in names and value is not None
    )
