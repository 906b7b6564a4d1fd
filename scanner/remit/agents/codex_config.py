"""Codex's configuration after merging: which approval policy and which sandbox a session starts with.

Source: codex-cli 0.169.0 run offline (`config/read` of its app server): tables merge, anything else is replaced by the higher file;
project files come above the user's and lose some keys; one value that is no member of its set makes the whole configuration
unusable. `requirements.toml` restricts whatever the others say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Config:
    """The merged files. `requirements` stands above all of them."""

    layers: Layers
    requirements: Layers

    @classmethod
    def of(cls, files: Sequence[AgentFile]) -> Config:
        """Sort an agent's files."""
        return cls(Layers.of(files, "system", "user", "project"), Layers.of(files, "requirements"))

    @property
    def personal(self) -> Layers:
        """The files whose every key counts."""
        return self.layers.without("project")

    def stance(self) -> Stance | Unknown:
        """How sessions start here, within the requirements."""
        name = self.personal.text("profile")
        found = self._asked(self.personal, "profiles", name) if name else self._asked(self.layers)
        return found if isinstance(found, Unknown) else self._required(found)

    def profiles(self) -> Iterator[tuple[str, Stance, Source]]:
        """Every profile a person may select, within the requirements."""
        for name, node, file in self.personal.members("profiles"):
            found = self._asked(self.personal, "profiles", name)
            if isinstance(found, Stance):
                yield name, self._required(found), file.source(node.line)
        for file in self.requirements.files:
            del file

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

    def _asked(self, chosen: Layers, *prefix: str | None) -> Stance | Unknown:
        approval = self._value("approval_policy", prefix, chosen)
        sandbox = self._value("sandbox_mode", prefix, chosen)
        reviewer = self._value("approvals_reviewer", prefix, chosen)
        for found, allowed in ((approval, (*APPROVALS, "on-failure")), (sandbox, SANDBOXES), (reviewer, _REVIEWERS)):
            if found and _word(found.node) not in allowed:
                return Unknown(f"{found.source} holds a value that Codex does not know, which makes its configuration unusable")
        policy = _word(approval.node) if approval else "on-request"
        permissions = None if sandbox else self.layers.highest("default_permissions")
        name = permissions.node.text() if permissions else None
        mode = _word(sandbox.node) if sandbox else self._base(name)
        source = sandbox or permissions
        return Stance(
            approval="on-request" if policy == "on-failure" else policy,
            sandbox=mode,
            model_reviews=bool(reviewer and _word(reviewer.node) != "user"),
            permissions=name or "",
            approval_source=approval.source if approval else None,
            sandbox_source=source.source if source else None,
        )

    def _value(self, key: str, prefix: Sequence[str | None], chosen: Layers) -> Found | None:
        path = [part for part in prefix if part]
        return (chosen.highest(*path, key) if path else None) or self.layers.highest(key)

    def _base(self, permissions: str | None) -> str:
        """The built-in profile at the end of a chain of `extends`; a trusted folder's default where there is none."""
        for _ in range(20):
            if permissions is None or permissions in _BUILT_IN:
                break
            permissions = self.layers.text("permissions", permissions, "extends")
        return _BUILT_IN.get(permissions or "", SANDBOXES[1])

    def _required(self, asked: Stance) -> Stance:
        """The same stance where the requirements allow it, else the widest they allow."""
        approvals = [text for text, _, _ in self.requirements.strings("allowed_approval_policies")]
        modes = [text for text, _, _ in self.requirements.strings("allowed_sandbox_modes")]
        approval, sandbox = _within(asked.approval, approvals, APPROVALS), _within(asked.sandbox, modes, SANDBOXES)
        return replace(asked, approval=approval, sandbox=sandbox)

    def sandbox_off_allowed(self) -> bool:
        """Whether a flag or profile could still switch the sandbox off."""
        found = self.requirements.highest("allowed_sandbox_modes")
        return found is None or any(text == "danger-full-access" for text, _ in found.node.strings())

    def refused(self, asked: str, key: str) -> bool:
        """Whether the requirements refuse a value."""
        allowed = [text for text, _, _ in self.requirements.strings(key)]
        return bool(allowed) and asked not in allowed


def _word(node: Node) -> str:
    """A setting that is a word, or a table named after its kind (`{granular = {…}}`)."""
    if node.kind == "object" and len(node.members) == 1:
        return node.members[0].key
    return node.text() or ""


def _within(asked: str, allowed: Sequence[str], order: Sequence[str]) -> str:
    known = [each for each in order if each in allowed]
    return asked if not known or asked in known else known[-1]
