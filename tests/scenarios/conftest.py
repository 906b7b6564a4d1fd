"""The documented incidents as small repositories: before, after the remedies, and with the remedies only assumed.

What looks like a secret in a tree is a mark such as `@@uuid:domains@@`, and is made here from its seed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

from remit.audit import Audited, Request, audit
from remit.costs.prices import load_prices
from remit.incidents.loader import load_chains
from remit.incidents.replay import replay
from remit.plan import Plan, plan
from remit.policy.loader import load_policy
from remit.reach_result import IncidentOut

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
_MARK = re.compile(r"@@(?P<kind>uuid|alnum|base32|base64)(?::(?P<length>\d{1,3}))?:(?P<seed>[a-z-]{1,40})@@")
_ALPHABETS = {
    "alnum": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
}
Repository = Callable[[Path, Mapping[str, str | bytes]], Path]


def _made_up(mark: re.Match[str]) -> str:
    kind, length = mark["kind"], int(mark["length"] or 36)
    digest = hashlib.shake_256(f"remit scenario {mark['seed']}".encode()).digest(64)
    if kind == "uuid":
        text = digest.hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-9{text[17:20]}-{text[20:32]}"
    if kind == "base64":
        return base64.b64encode(digest).decode()[:length]
    alphabet = _ALPHABETS[kind]
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:length])


def files_of(incident: str, part: str) -> dict[str, str]:
    """The files of one part of a scenario by the paths that they have in its repository."""
    root = HERE / incident / part
    found = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        # Kept under another name, so that no tool takes a scenario for somebody's settings.
        parts = ("." + each[4:] if each.startswith("dot-") else each for each in path.relative_to(root).parts)
        found["/".join(parts)] = _MARK.sub(_made_up, path.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class State:
    """One state of a scenario's repository, audited."""

    incident: str
    files: Mapping[str, str]
    policy: Path
    audited: Audited
    plan: Plan = field(repr=False)

    @cached_property
    def replay(self) -> IncidentOut:
        """This scenario's own incident against it."""
        chains = [chain for chain in load_chains() if chain.id == self.incident]
        return replay(chains, self.audited.graph, self.audited.findings)[0]

    def line(self, path: str, number: int) -> str:
        """A line that something points at; the whole text for line 0."""
        text = self.policy.read_text(encoding="utf-8") if path == str(self.policy) else self.files[path]
        return text.splitlines()[number - 1] if number else text


@dataclass(frozen=True)
class Scenario:
    """An incident's repository before and after the remedies of the cheapest cut."""

    before: State
    after: State
    overlay: Mapping[str, str]
    """The files that the remedies change."""
    assumed: Audited
    """The repository as it was, with the controls of the cheapest cut taken as met."""


def _build(incident: str, root: Path, repository: Repository) -> Scenario:
    before, overlay = files_of(incident, "before"), files_of(incident, "after")
    first = _state(incident, repository(root / "before" / incident.lower(), before), before, _policy(incident, ""))
    after = {**before, **overlay}
    second = _state(incident, repository(root / "after" / incident.lower(), after), after, _policy(incident, "-after"))
    met = frozenset(step.control for step in first.plan.steps)
    assumed = _audited(root / "before" / incident.lower(), first.policy, met)
    return Scenario(first, second, overlay, assumed)


def _policy(incident: str, suffix: str) -> Path:
    own = HERE / incident / f"policy{suffix}.toml"
    return own if own.exists() else HERE / incident / "policy.toml"


def _state(incident: str, place: Path, files: Mapping[str, str], policy: Path) -> State:
    audited = _audited(place, policy)
    return State(incident, files, policy, audited, plan([audited], load_prices(None)))


def _audited(place: Path, policy: Path, assume: frozenset[str] = frozenset()) -> Audited:
    request = Request((place,), load_policy(policy, now=NOW), NOW, cache=False, assume=assume)
    (audited,) = audit(request)
    return audited


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory, repository: Repository) -> Callable[[str], Scenario]:
    """Builds the scenario of an incident, once."""
    built: dict[str, Scenario] = {}

    def look(incident: str) -> Scenario:
        if incident not in built:
            built[incident] = _build(incident, tmp_path_factory.mktemp(incident), repository)
        return built[incident]

    return look
