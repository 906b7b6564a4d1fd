"""Scripts, recipes and pipelines: the commands in them that destroy, deploy or migrate something.

A command counts by what it does, see `remit.commands`: `echo terraform destroy` is not in the facts, the same command
behind five wrappers is. Only files with such a command become subjects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from remit.collect.collector import Collector, Document, Scope
from remit.collect.pipelines import gitlab_scripts, workflow_steps
from remit.collect.recipes import cron_commands, just_recipes, make_recipes, package_scripts, task_commands
from remit.collect.snippets import Snippet
from remit.command_effects import IAC_PROGRAMS, MIGRATION_PROGRAMS, ORM_PROGRAMS
from remit.commands import Effects, ShellCommand, Word, bypass_flags, effects, understand
from remit.credentials.redact import redact_text, redact_value
from remit.errors import CollectError
from remit.evidence import Command, Gap, ScriptFile, Source
from remit.shell.clients import CLIENTS
from remit.shell.command import is_flag
from remit.shell.names import names

NAME = "scripts"
_MOST_WORDS = 60
_LONGEST_WORD = 400
_MOST_COMMANDS = 2_000
_RC_FILES = names(
    ".bashrc .bash_profile .bash_login .bash_aliases .profile .zshrc .zprofile .zshenv .zlogin .aliases "
    ".kshrc .envrc .functions"
)
# What these would do is open in half of all scripts (`rm -rf "$DIR"`, `psql -f "$FILE"`), so that alone is no reason to
# keep a command.
_OFTEN_OPEN = names("rm rimraf find git docker docker-compose podman") | {
    client.program for client in CLIENTS if not client.path
}
_QUOTED = re.compile(r"'[^']*+'")
_SQL_PASSWORD = re.compile(r"\b(?:PASSWORD|IDENTIFIED)\b", re.IGNORECASE)

Reader = Callable[[str, str], Iterator[Snippet]]


def _shell_script(text: str, _path: str) -> Iterator[Snippet]:
    yield Snippet(text, 1, "shell script")


def _git_hook(text: str, path: str) -> Iterator[Snippet]:
    yield Snippet(text, 1, f"git hook {path.rpartition('/')[2]}")


def _start_up_file(text: str, _path: str) -> Iterator[Snippet]:
    yield Snippet(text, 1, "shell start-up file")


def _program_file(text: str, _path: str) -> Iterator[Snippet]:
    """A file without an ending beside programs: a script unless its first line names something else than a shell."""
    first = text.partition("\n")[0]
    if not first.startswith("#!") or re.search(r"\b(?:ba|z|da|k|a)?sh\b", first[:200]):
        yield Snippet(text, 1, "shell script")


def _started_file(text: str, path: str) -> Iterator[Snippet]:
    """A file without an ending anywhere else: a script only where its first line says so."""
    if text.startswith("#!"):
        yield from _program_file(text, path)


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"(?:.*/)?package\.json"), package_scripts),
    (re.compile(r"(?:.*/)?(?:GNUm|M|m)akefile(?:\.[\w-]{1,40})?|.*\.mk"), make_recipes),
    (re.compile(r"(?:.*/)?\.?justfile|.*\.just", re.IGNORECASE), just_recipes),
    (re.compile(r"(?:.*/)?[Tt]askfile(?:\.[\w-]{1,40})?\.ya?ml"), task_commands),
    (
        re.compile(r"(?:.*/)?\.github/workflows/[^/]+\.ya?ml|(?:.*/)?\.github/actions/.*action\.ya?ml|action\.ya?ml"),
        workflow_steps,
    ),
    (re.compile(r"(?:.*/)?(?:[\w.-]{0,80}\.)?\.?gitlab-ci\.ya?ml|(?:.*/)?\.gitlab/ci/.*\.ya?ml"), gitlab_scripts),
    (re.compile(r"(?:.*/)?\.(?:husky|githooks)/(?!_/)[^/.]+"), _git_hook),
    (re.compile(r"(?:.*/)?crontab|.*\.(?:cron|crontab)|(?:.*/)?cron\.d/[^/]+"), cron_commands),
    (re.compile(r".*\.(?:sh|bash|zsh|ksh|command)"), _shell_script),
    (re.compile(r"(?:.*/)?(?:bin|scripts?)/(?:[^/]+/)*[^/.]+"), _program_file),
    (re.compile(r"(?:.*/)?[^/.]+"), _started_file),
)


def _reader(path: str) -> Reader | None:
    if path.rpartition("/")[2] in _RC_FILES:
        return _start_up_file
    return next((reader for pattern, reader in _READERS if pattern.fullmatch(path)), None)


def _wants(path: str) -> bool:
    return "node_modules/" not in path and _reader(path) is not None


def _parse(document: Document) -> Iterator[ScriptFile | Gap]:
    reader = _reader(document.path)
    if reader is None or (reader in {_program_file, _started_file} and b"\0" in document.content):
        return
    found: list[Command] = []
    for snippet in reader(document.text().replace("\r\n", "\n"), document.path):
        try:
            found.extend(_commands(snippet, document.path))
        except CollectError as error:
            line = snippet.line + (error.line or 1) - 1
            yield Gap(NAME, document.path, f"{snippet.context}, line {line}: {error.reason}", (ScriptFile.__name__,))
    if len(found) > _MOST_COMMANDS:
        yield Gap(NAME, document.path, f"holds more than {_MOST_COMMANDS} commands to judge", (ScriptFile.__name__,))
    if found:
        yield ScriptFile(document.path, tuple(found[:_MOST_COMMANDS]))


def _commands(snippet: Snippet, path: str) -> Iterator[Command]:
    known = {name: (Word(value),) for name, value in snippet.variables.items()}
    for command in understand(snippet.text, known):
        done, bypass = effects(command), bypass_flags(command)
        if bypass or _matters(command, done):
            yield Command(
                program=redact_text(command.program)[:_LONGEST_WORD],
                words=masked_words(command),
                effects=done.classes,
                unattended=done.unattended,
                context=redact_text(snippet.context),
                gated=snippet.gated,
                source=Source(path, snippet.line + command.line - 1, NAME),
                bypass=bypass,
                previewed=done.previewed,
                undecided=done.undecided,
            )


def _matters(command: ShellCommand, done: Effects) -> bool:
    if done.classes:
        return True
    if done.undecided is not None:
        return command.program not in _OFTEN_OPEN
    if command.program in IAC_PROGRAMS | ORM_PROGRAMS:
        return bool(command.words) and not command.starter
    return done.previewed and command.program in MIGRATION_PROGRAMS


def masked_words(command: ShellCommand) -> tuple[str, ...]:
    """The words of a command with every secret in them masked, long ones cut."""
    masked: list[str] = []
    for position, word in enumerate(command.words[:_MOST_WORDS]):
        previous = command.words[position - 1] if position else ""
        masked.append(_masked(command.program, previous, word)[:_LONGEST_WORD])
    return tuple(masked)


def _masked(program: str, previous: str, word: str) -> str:
    """One word, read together with what says what it is: `mysql -p…`, `-u user:password`, `--token …`."""
    if _SQL_PASSWORD.search(word):
        word = _QUOTED.sub("'‹text›'", word)
    named = is_flag(previous) and "=" not in previous and not is_flag(word) and not previous.startswith("--no-")
    before = f"{program} {previous} " if named else f"{program} "
    together = redact_text(before + word)
    value = together.removeprefix(before) if together.startswith(before) else redact_text(word)
    return redact_value(previous.lstrip("-"), value) if named else value


def _link(facts: Sequence[ScriptFile], _gaps: Sequence[Gap], _scope: Scope) -> Iterable[ScriptFile]:
    return facts


scripts = Collector(
    name=NAME,
    version=1,
    fact=ScriptFile,
    subjects=(ScriptFile,),
    wants=_wants,
    parse=_parse,
    link=_link,
)
