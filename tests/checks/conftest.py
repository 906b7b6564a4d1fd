"""Builders of facts, so that a table row names only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from remit.access.agent import Access, Agent, Answer, Audit, Egress, Gate, McpServer, Rule, SandboxState
from remit.access.graph import AccessGraph
from remit.check import Check
from remit.collect.collector import Collector, Document, Scope
from remit.engine import Case, Finding, judge
from remit.evidence import Container, Credential, CredentialFile, Gap, IacModule, IacResource, Source
from remit.policy.keys import nested
from remit.policy.model import Policy
from remit.registry import discover
from remit.verbs import VERB_CLASSES

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Facts:
    """Facts with sound defaults; every builder takes the fields that a test wants to differ."""

    NOW = NOW
    TARGET = "acme/shop"

    # ------------------------------------------------------------------------------------------------ credentials

    def credential(self, **changes: Any) -> Credential:
        base = Credential(
            kind="railway-token",
            title="Railway account or workspace token",
            provider="railway",
            name="RAILWAY_API_TOKEN",
            masked="…(36 characters)",
            fingerprint="0011223344556677",
            source=Source(".env", 1, "credentials"),
            damage="D4",
            abilities=("volume-delete", "volume-backup-delete"),
            scope="account or workspace",
            environment="production",
            resource="railway:volume:*",
            expires=None,
            narrower="a project token",
            rotate="Delete the token in the dashboard.",
        )
        return replace(base, **changes)

    def url(self, host: str | None = "db.acme.com", **changes: Any) -> Credential:
        return self.credential(
            **{
                "kind": "postgres-url",
                "title": "PostgreSQL connection URL",
                "provider": "postgres",
                "name": "DATABASE_URL",
                "damage": "D3",
                "abilities": ("table-drop", "data-read"),
                "scope": "owner or administrator role (postgres)",
                "resource": f"postgres:database:{host}/shop",
                "host": host,
                "database": "shop",
                "user": "postgres",
                **changes,
            }
        )

    def file(self, *credentials: Credential, path: str = ".env", **changes: Any) -> CredentialFile:
        placed = tuple(
            replace(each, source=Source(path, position, "credentials"))
            for position, each in enumerate(credentials, start=1)
        )
        return CredentialFile(**{"path": path, "standing": "untracked", "credentials": placed, **changes})

    # ----------------------------------------------------------------------------------------------------- agents

    def agent(self, access: Mapping[str, Any] | None = None, **changes: Any) -> Agent:
        settings = Source(".claude/settings.json", 1, "agents")
        base = Access(
            approval="each",
            bypass_requested=False,
            bypass_reachable=True,
            shell_without_approval="no",
            rules=(),
            sandbox=SandboxState(False, "none", None, ()),
            read_deny=(),
            env_files_denied=False,
            egress=Egress("open"),
            mcp=(),
            audit=Audit(False, None),
            gates=self.gates("ask"),
            decide=lambda command: Answer("ask", "default"),
        )
        fields = {
            "agent": "claude-code",
            "title": "Claude Code",
            "where": "project",
            "root": "",
            "files": (".claude/settings.json",),
            "inert": (),
            "sources": (settings,),
            **changes,
        }
        return Agent(access=replace(base, **(access or {})), **fields)

    def gates(
        self, decision: Any, *, assumed: bool = False, by: str = "defaultMode: default", **others: Any
    ) -> tuple[Gate, ...]:
        """One gate a class; `others` give single classes (with `_` for `-`) another decision."""
        source = Source(".claude/settings.json", 7, "agents")
        return tuple(
            Gate(each, others.get(each.replace("-", "_"), decision), f"run {each}", by, assumed, source)
            for each in VERB_CLASSES
        )

    def sandbox(self, **changes: Any) -> SandboxState:
        return SandboxState(**{"enabled": True, "kind": "os", "fails_closed": True, "escapes": (), **changes})

    def server(self, name: str = "pg", **changes: Any) -> McpServer:
        base = McpServer(
            name=name,
            transport="stdio",
            command=("npx", "-y", "@modelcontextprotocol/server-postgres"),
            url=None,
            package="@modelcontextprotocol/server-postgres",
            pinned=False,
            inline_secret=False,
            auto_approved=False,
            classes=("private", "write"),
            source=Source(".mcp.json", 3, "agents"),
        )
        return replace(base, **changes)

    def rule(self, text: str, effect: Any = "allow", **changes: Any) -> Rule:
        return replace(Rule(text, effect, "project", Source(".claude/settings.json", 4, "agents")), **changes)

    def container(self, **changes: Any) -> Container:
        fields: dict[str, Any] = {
            "path": ".devcontainer/devcontainer.json",
            "kind": "devcontainer",
            "name": "agent",
            "user": "vscode",
            "mounts": (),
            "env_files": (),
            "env_names": (),
            "privileged": False,
            "socket": False,
            "host_network": False,
            "agents": ("claude-code",),
            "source": Source(".devcontainer/devcontainer.json", 1, "containers"),
            **changes,
        }
        return Container(**fields)

    # --------------------------------------------------------------------------------------------- infrastructure

    def resource(self, address: str, line: int = 1, **changes: Any) -> IacResource:
        """A resource; keywords become arguments, `__` in them a dot; `references` stays what it is."""
        kind, _, name = address.partition(".")
        references = changes.pop("references", {})
        arguments = {name.replace("__", "."): value for name, value in changes.items()}
        return IacResource(kind, name, arguments, Source("infra/main.tf", line, "terraform"), references=references)

    def module(self, *resources: IacResource, path: str = "infra", **changes: Any) -> IacModule:
        fields: dict[str, Any] = {
            "path": path,
            "resources": resources,
            "backend": "s3",
            "providers": {},
            "source": Source(f"{path}/main.tf", 0, "terraform"),
            **changes,
        }
        return IacModule(**fields)

    def collector(self, name: str) -> Collector:
        """An installed collector."""
        return next(
            each for each in discover("remit.collectors", Collector, lambda each: each.name) if each.name == name
        )

    def terraform(self, text: str, path: str = "infra/main.tf", **others: str) -> tuple[IacModule, ...]:
        """The modules that real files describe; `others` are further files of the same directory by their stem."""
        terraform = self.collector("terraform")
        directory = path.rpartition("/")[0]
        files = {path: text} | {f"{directory}/{stem}.tf": content for stem, content in others.items()}
        found = [fact for name, content in files.items() for fact in terraform.parse(Document(name, content.encode()))]
        assert not [each for each in found if isinstance(each, Gap)], found
        return tuple(terraform.link(found, (), Scope(Policy(), self.TARGET, NOW)))

    # ---------------------------------------------------------------------------------------------------- judging

    def policy(self, values: Mapping[str, Any] | None = None) -> Policy:
        """The baseline with some values by dotted key."""
        return Policy.model_validate(nested(dict(values or {})))

    def graph(self, *subjects: Any, policy: Policy | None = None, gaps: tuple[Gap, ...] = ()) -> AccessGraph:
        return AccessGraph(self.TARGET, policy or Policy(), subjects, gaps)

    def judge(
        self, check: Check, *subjects: Any, policy: Mapping[str, Any] | None = None, **case: Any
    ) -> list[Finding]:
        """What the engine says, worst mistakes excluded: no check may break."""
        demanded = self.policy(policy)
        graph = replace(self.graph(*subjects, policy=demanded), **case)
        found = list(judge((check,), Case(graph, demanded, NOW)))
        assert not [finding.detail for finding in found if finding.status == "error"]
        return found

    def one(self, check: Check, *subjects: Any, policy: Mapping[str, Any] | None = None, **case: Any) -> Finding:
        """The finding about the first subject, or about the whole target where the control asks for that.

        The engine tells of several places to which a control does not apply as one; then the check is asked itself.
        """
        demanded = self.policy(policy)
        graph = replace(self.graph(*subjects, policy=demanded), **case)
        subject = graph if issubclass(AccessGraph, check.subjects) else subjects[0]
        findings = self.judge(check, *subjects, policy=policy, **case)
        found = [each for each in findings if (each.subject_kind, each.subject_name) == (subject.KIND, subject.name)]
        if found:
            assert len(found) == 1, found
            return found[0]
        known = {Policy: demanded, AccessGraph: graph, datetime: NOW}
        verdict = check.judge(subject, *(known[kind] for _, kind in check.extras))
        assert verdict.answer == "not-applicable", verdict
        return Finding(check, verdict.answer, subject.KIND, subject.name, verdict, graph.target)


@pytest.fixture(scope="session")
def facts() -> Facts:
    return Facts()
