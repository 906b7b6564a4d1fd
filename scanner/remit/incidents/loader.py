"""Chain files: the one that comes with Remit, and a directory of a team's own."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterable
from functools import cache
from importlib import resources
from pathlib import Path

from remit.errors import UsageError
from remit.incidents.model import Chain
from remit.incidents.written import read_chains

BUNDLED = "remit:incidents"
MAX_BYTES = 1_000_000
MAX_FILES = 1_000


def load_chains(path: Path | None = None, *, controls: Collection[str] = ()) -> tuple[Chain, ...]:
    """The chains of a file, or the documented incidents that come with Remit where none is given.

    `controls` are the ids of installed checks, which chains may name beside those of the catalogue. Raises UsageError
    naming file, line and key for anything that is no chain file.
    """
    return _bundled() if path is None else read_chains(_read_text(path), str(path), controls)


def load_directory(directory: Path, *, controls: Collection[str] = ()) -> tuple[Chain, ...]:
    """The chains of every `*.toml` in a directory, files in order of their names, without the bundled ones.

    Raises UsageError where there is none, where one cannot be used, and where an id is taken: by a bundled incident or
    by another file.
    """
    chains = tuple(chain for path in _files(directory) for chain in load_chains(path, controls=controls))
    _refuse_clashes((*_bundled(), *chains))
    return chains


@cache
def _bundled() -> tuple[Chain, ...]:
    try:
        text = (resources.files("remit.incidents") / "chains.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError("the documented incidents are not installed with remit; reinstall it") from None
    return read_chains(text, BUNDLED)


def _files(directory: Path) -> list[Path]:
    try:
        found = sorted(
            (path for path in directory.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name
        )
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{directory}: is not a directory; `--incidents` takes one with chain files in it") from None
    except OSError as error:
        raise UsageError(f"{directory}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise UsageError("the directory of `--incidents` is not one that can be opened") from None
    if not found:
        raise UsageError(f"{directory}: holds no chain file; write one that ends in .toml, see docs/incidents.md")
    if len(found) > MAX_FILES:
        raise UsageError(f"{directory}: holds {len(found)} chain files; expected {MAX_FILES} at most")
    return found


def _read_text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path}: is not a file; expected a chain file in TOML")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file; expected a chain file in TOML") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise UsageError("the path of a chain file is not one that can be opened") from None
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path}: is larger than 1 MB; split it into several files")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from None


def _refuse_clashes(chains: Iterable[Chain]) -> None:
    taken: dict[str, Chain] = {}
    for chain in chains:
        first = taken.setdefault(chain.id.casefold(), chain)
        if first is not chain:
            raise UsageError(f"{chain.origin}: id: {chain.id} is taken by {first.origin}; give it another one")
