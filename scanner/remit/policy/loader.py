"""From a policy file to a resolved policy: read, inherit, refuse weakening, remember where each value came from."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from remit.errors import PolicyError
from remit.policy.approval import check_exceptions, excused
from remit.policy.digest import digest_of
from remit.policy.keys import flatten, nested
from remit.policy.model import Policy
from remit.policy.strength import leaves, shown, weaker
from remit.policy.written import Written, read_written

BASELINE = "remit:baseline"
MAX_BYTES = 1_000_000
MAX_CHAIN = 16
_TEMPLATES = "remit_templates"
_BUNDLED = re.compile(r"remit:([a-z0-9-]{1,60})")
_NOT_BASELINES = ("starter",)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A resolved policy, its digest, the files it came from (nearest first), and where each value was written."""

    policy: Policy
    digest: str
    sources: tuple[str, ...]
    origins: Mapping[str, Origin]


def load_policy(path: Path | None = None, *, now: datetime | None = None) -> LoadedPolicy:
    """Read a policy file, or the bundled baseline where none is given; never one that merely lies around.

    `now` decides which exceptions to the policy itself are valid. Raises PolicyError for anything that is not a policy
    at least as strict as the one it extends.
    """
    moment = now or datetime.now(UTC)
    return _bundled(BASELINE, "") if path is None else _from_file(path, moment, ())


def template(name: str) -> str:
    """The text of a bundled policy file, such as `baseline.toml` or `starter.toml`.

    Raises PolicyError when it is not installed.
    """
    try:
        return (resources.files(_TEMPLATES) / "policy" / name).read_text(encoding="utf-8")
    except (FileNotFoundError, ModuleNotFoundError):
        raise PolicyError(f"{name} is not installed with remit; reinstall it") from None


def baselines() -> tuple[str, ...]:
    """The names of the bundled policies that others may extend."""
    folder = resources.files(_TEMPLATES) / "policy"
    names = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(f"remit:{name}" for name in names if name not in _NOT_BASELINES)


def _bundled(name: str, where: str) -> LoadedPolicy:
    matched = _BUNDLED.fullmatch(name)
    if matched is None or name not in baselines():
        raise PolicyError(f"{where}extends: there is no bundled policy {name!r}; there is {', '.join(baselines())}")
    written = read_written(template(f"{matched[1]}.toml"), name)
    origins = {key: Origin(name, written.line_of_key(key) if key in written.keys else 0) for key in leaves()}
    return LoadedPolicy(written.policy, digest_of(written.policy), (name,), origins)


def _from_file(path: Path, now: datetime, chain: tuple[Path, ...]) -> LoadedPolicy:
    text = read_text(path)
    real = path.resolve()
    if real in chain:
        names = " -> ".join(step.name for step in (*chain[chain.index(real) :], real))
        raise PolicyError(f"{path}: extends itself in a circle ({names}); remove one `extends`")
    if len(chain) >= MAX_CHAIN:
        raise PolicyError(f"{path}: more than {MAX_CHAIN} policies extend each other; shorten the chain")
    written = read_written(text, str(path))
    parent = _parent(written, path, now, (*chain, real))
    return _inherit(written, parent, now)


def _parent(written: Written, path: Path, now: datetime, chain: tuple[Path, ...]) -> LoadedPolicy:
    extends = written.policy.extends or BASELINE
    where = f"{written.name}:{written.line_of_key('extends')}: "
    if extends.startswith("remit:"):
        return _bundled(extends, where)
    try:
        return _from_file(path.parent / extends, now, chain)
    except PolicyError as error:
        raise PolicyError(f"{error}\n{where}extends it") from None


def read_text(path: Path) -> str:
    """The text of a policy file.

    Raises PolicyError for what is missing, no regular file, unreadable, over 1 MB or not UTF-8.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PolicyError(f"{path}: is not a file; name a policy in TOML (`remit policy init` writes one)")
        if status.st_size > MAX_BYTES:
            raise PolicyError(f"{path}: is larger than 1 MB; a policy is never that long, so it was not read")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise PolicyError(f"{path}: there is no such file; `remit policy init` writes a policy to start from") from None
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise PolicyError("the policy's path is not one that can be opened; check `--policy` and `extends`") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from None


def _inherit(written: Written, parent: LoadedPolicy, now: datetime) -> LoadedPolicy:
    policy = _merged(written, parent.policy)
    check_exceptions(written, parent.policy, policy)
    origins = dict(parent.origins)
    origins |= {key: Origin(written.name, written.line_of_key(key)) for key in written.keys}
    faults = [
        f"{origins[found.key]}: {found.key} = {shown(found.child_value)} is weaker than {shown(found.parent_value)}, "
        f"set in {parent.origins[found.key]} ({found.why}); {reason}"
        for found in weaker(parent.policy, policy)
        if (reason := excused(found.key, written.policy, now)) is not None
    ]
    if faults:
        raise PolicyError("\n".join(faults))
    return LoadedPolicy(policy, digest_of(policy), (written.name, *parent.sources), origins)


def _merged(written: Written, parent: Policy) -> Policy:
    """The child's own values over the parent's; statements of fact add up, knowledge by name adds up."""
    values, own = flatten(parent), flatten(written.policy)
    for key in written.keys:
        kind = leaves()[key].strength.kind
        inherited, value = values[key], own[key]
        if kind == "statements" and isinstance(inherited, tuple) and isinstance(value, tuple):
            values[key] = (*inherited, *(item for item in value if item not in inherited))
        elif (
            kind in ("superset", "fixed-once-declared")
            and isinstance(inherited, Mapping)
            and isinstance(value, Mapping)
        ):
            values[key] = {**inherited, **value}
        else:
            values[key] = value
    values["extends"] = written.policy.extends
    return Policy.model_validate(nested(values))
