"""Shell text understood as commands, not as text.

`echo terraform destroy` destroys nothing; `sudo -E env X=1 bash -lc 'cd prod && terraform destroy'` does. `understand`
finds every simple command, whatever wraps it; `effects` says what one does; `bypass_flags` whether one starts an agent
without approvals. Nothing is ever run, and a word that only run time decides is never taken for harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.command_effects import SWITCHES
from remit.errors import CollectError
from remit.shell.bypass import bypass_flags
from remit.shell.command import ShellCommand, Word
from remit.shell.effects import Effects, effects
from remit.shell.programs import PROGRAMS
from remit.shell.syntax import Script, Simple, read
from remit.shell.unwrap import program_name, switches, unwrap
from remit.shell.words import Values
from remit.shell.wrappers import BY_PROGRAM, COMMON_WORDS, QUOTING

__all__ = ["Effects", "ShellCommand", "Word", "bypass_flags", "effects", "understand"]

_MOST_LEVELS = 16
_MOST_TEXT = 4_000_000
_STARTED = PROGRAMS - COMMON_WORDS


@dataclass(slots=True)
class _Budget:
    """What may still be read: a text may hold many texts, each of which holds as many."""

    left: int = _MOST_TEXT

    def spend(self, text: str) -> None:
        self.left -= len(text) + 1
        if self.left < 0:
            raise CollectError("holds commands within commands that grow beyond any honest script")


def understand(text: str, known: Values | None = None) -> tuple[ShellCommand, ...]:
    """Every simple command of a shell text, wrappers removed, in the order in which they are written.

    `known` are variables that are set outside the text. Raises CollectError for texts that are too long or too deep.
    """
    return tuple(_understand(text, known or {}, 1, 0, _Budget()))


def _understand(text: str, known: Values, line: int, level: int, budget: _Budget) -> Iterator[ShellCommand]:
    if level > _MOST_LEVELS:
        raise CollectError(f"holds commands within commands, more than {_MOST_LEVELS} levels deep", line)
    budget.spend(text)
    script = read(text, known)
    for simple in script.commands:
        unwrapped = unwrap(simple)
        if unwrapped.command is not None and unwrapped.command.words:
            yield _finished(unwrapped.command, script, line)
        for inner in unwrapped.texts:
            yield from _understand(inner.text, script.values, line + inner.line - 1, level + 1, budget)
    for heredoc in script.expanded:
        if "$(" in heredoc.body or "`" in heredoc.body:
            # Its substitutions run, whatever becomes of the text around them.
            yield from _understand(
                _substitutions(heredoc.body), script.values, line + heredoc.line - 2, level + 1, budget
            )


def _substitutions(body: str) -> str:
    quoted = body.replace('"', "'")
    return f': "\n{quoted}"'


def _finished(simple: Simple, script: Script, line: int) -> ShellCommand:
    settings = {**_given(script.values), **script.exported, **dict(simple.assignments)}
    words = simple.words[1:]
    program, starter = program_name(simple.words[0].text), ""
    hidden = program.startswith(("$", "`"))
    if hidden or not (program in PROGRAMS or program in BY_PROGRAM or program in QUOTING):
        starter = program
        position = _started_by(words)
        if position is not None:
            program, words = program_name(words[position].text), words[position + 1 :]
        elif not hidden:
            starter = ""
    return ShellCommand(
        program=program,
        words=tuple(word.text for word in words),
        assignments=tuple(dict.fromkeys(name for name, _ in simple.assignments)),
        line=line + simple.line - 1,
        hidden=tuple(position for position, word in enumerate(words) if word.hidden),
        open=tuple(position for position, word in enumerate(words) if word.open),
        switches=switches(settings, SWITCHES),
        starter=starter,
        stdin=simple.stdin,
    )


def _given(values: Values) -> dict[str, str | None]:
    """Settings among the variables: a script sets one of these names only to pass it on."""
    return {name: words[0].text for name in SWITCHES if (words := values.get(name))}


def _started_by(words: tuple[Word, ...]) -> int | None:
    """Where an unknown program's words turn into a known command: `./with-env.sh terraform destroy`."""
    for position, word in enumerate(words[:6]):
        if not word.hidden and position + 1 < len(words) and program_name(word.text) in _STARTED:
            return position
    return None
