"""Codex's configuration after merging: which approval policy and which sandbox a session starts with.

Source: codex-cli 0.169.0 run offline (`config/read` of its app server): tables merge, anything else is replaced by
the higher file; project files come above the user's and lose some keys; one value that is no member of its set
makes the whole configuration unusable. `requirements.toml` restricts whatever the others say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from remit.access.agent import InertRule
from remit.agents.layers import Found, Layers
from remit.agents.reader import AgentFile
from remit.collect.documents import Node
from remit.evidence import Source, Unknown

IGNORED_IN_PROJECTS = (
    "chatgpt_base_url",
    "model_provider",
    "model_providers",
    "notify",
    "openai_base_url",
    "otel",
    "profile",
    "profiles",
)
APPROVALS = ("untrusted", "on-request", "granular", "never")
"""Narrowest first."""
SANDBOXES = ("read-only", "workspace-write", "danger-full-access")
"""Narrowest first."""
_REVIEWERS = ("user", "auto_review", "guardian_subagent")
_BUILT_IN = {":read-only": SANDBOXES[0], ":workspace": SANDBOXES[1], ":danger-full-access": SANDBOXES[2]}


@dataclass(frozen=True, slots=True)
class Stance:
    """How a session starts: what it asks about, who answers, and what confines it."""

    approval: str
    sandbox: str
    model_reviews: bool = False
    permissions: str = ""
    """The permission profile in force, empty where `sandbox_mode` decides."""
    approval_source: Source | None = None
    sandbox_source: Source | None = None

    @property
    def unattended(self) -> bool:
        """Whether every command runs unasked and unconfined.

        Codex asks under `on-request` only to leave a sandbox; where there is none, it never asks.
        """
        return self.sandbox == "danger-full-access" and self.approval != "untrusted"


Lookup = Callable[[str], Found | None]


@dataclass(frozen=True, slots=True)
class Config:
    """The merged files. `requirements` stands above all of them; each file of `profiles` can be put on top."""

    layers: Layers
    requirements: Layers
    profiles: Layers

    @classmethod
    def of(cls, files: Sequence[AgentFile]) -> Config:
        """Sort an agent's files."""
        return cls(
            Layers.of(files, "system", "user", "project"), Layers.of(files, "requirements"), Layers.of(files, "profile")
        )

    @property
    def personal(self) -> Layers:
        """The files whose every key counts."""
        return self.layers.without("project")

    def asked(self) -> Stance | Unknown:
        """How sessions would start here by the files, whatever the requirements say."""
        name = self.personal.text("profile")
        return self._stance(self._in_profile(name) if name else self.layers.highest)

    def selectable(self) -> Iterator[tuple[str, Stance, Source]]:
        """Every profile a person may select, within the requirements."""
        found: list[tuple[str, Lookup, Source]] = []
        for name, node, file in self.personal.members("profiles"):
            found.append((name, self._in_profile(name), file.source(node.line)))
        for file in self.profiles.files:
            name = file.path.rpartition("/")[2].removesuffix(".config.toml")
            found.append((name, self._in_file(file), file.source(1)))
        for name, lookup, source in found:
            stance = self._stance(lookup)
            if isinstance(stance, Stance):
                yield name, self.required(stance), source

    def required(self, asked: Stance) -> Stance:
        """The same stance where the requirements allow it, else the widest they allow."""
        approvals = [text for text, _, _ in self.requirements.strings("allowed_approval_policies")]
        modes = [text for text, _, _ in self.requirements.strings("allowed_sandbox_modes")]
        approval, sandbox = _within(asked.approval, approvals, APPROVALS), _within(asked.sandbox, modes, SANDBOXES)
        return replace(asked, approval=approval, sandbox=sandbox)

    def sandbox_off_allowed(self) -> bool:
        """Whether a flag or profile could still switch the sandbox off."""
        found = self.requirements.highest("allowed_sandbox_modes")
        return found is None or any(text == "danger-full-access" for text, _ in found.node.strings())

    def unused(self) -> Iterator[InertRule]:
        """Settings that look like protection, or like anything, and have no effect."""
        for file in self.layers.only("project").files:
            for member in file.document.members if file.document else ():
                if member.key in IGNORED_IN_PROJECTS:
                    yield InertRule(member.key, "is ignored in a project's file", file.source(member.line))
        permissions = self.layers.highest("default_permissions")
        if permissions and self.layers.highest("sandbox_mode"):
            reason = "counts only where no file sets sandbox_mode"
            yield InertRule(f"default_permissions = {permissions.node.text()}", reason, permissions.source)
        if not self.layers.flag("features", "network_proxy"):
            for name, node, file in self.layers.members("permissions"):
                if domains := node.at("network", "domains"):
                    reason = "hosts are enforced only with features.network_proxy"
                    yield InertRule(f"permissions.{name}.network.domains", reason, file.source(domains.line))

    def chain(self, permissions: str) -> tuple[str, ...]:
        """A permission profile and those it extends, nearest first, ending in a built-in one if it does."""
        names = [permissions]
        for _ in range(20):
            extended = self.layers.text("permissions", names[-1], "extends")
            if extended is None or extended in names:
                break
            names.append(extended)
        return tuple(names)

    def _in_profile(self, name: str) -> Lookup:
        return lambda key: self.personal.highest("profiles", name, key) or self.layers.highest(key)

    def _in_file(self, file: AgentFile) -> Lookup:
        return lambda key: Layers((file,)).highest(key) or self.layers.highest(key)

    def _stance(self, lookup: Lookup) -> Stance | Unknown:
        approval, sandbox = lookup("approval_policy"), lookup("sandbox_mode")
        reviewer, permissions = lookup("approvals_reviewer"), lookup("default_permissions")
        for found, allowed in ((approval, (*APPROVALS, "on-failure")), (sandbox, SANDBOXES), (reviewer, _REVIEWERS)):
            if found and _word(found.node) not in allowed:
                why = "holds a value that Codex does not know, which makes its whole configuration unusable"
                return Unknown(f"{found.source} {why}")
        policy = _word(approval.node) if approval else "on-request"
        name = permissions.node.text() if permissions and not sandbox else None
        decisive = sandbox or permissions
        return Stance(
            approval="on-request" if policy == "on-failure" else policy,
            sandbox=_word(sandbox.node) if sandbox else self._base(name),
            model_reviews=bool(reviewer and _word(reviewer.node) != "user"),
            permissions=name or "",
            approval_source=approval.source if approval else None,
            sandbox_source=decisive.source if decisive else None,
        )

    def _base(self, permissions: str | None) -> str:
        """The built-in profile below a permission profile; a trusted folder's default where there is none."""
        last = self.chain(permissions)[-1] if permissions else ""
        return _BUILT_IN.get(last, SANDBOXES[1])


def _word(node: Node) -> str:
    """A setting that is a word, or a table named after its kind (`{granular = {…}}`)."""
    if node.kind == "object" and len(node.members) == 1:
        return node.members[0].key
    return node.text() or ""


def _within(asked: str, allowed: Sequence[str], order: Sequence[str]) -> str:
    known = [each for each in order if each in allowed]
    return asked if not known or asked in known else known[-1]
