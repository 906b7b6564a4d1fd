"""Builders of facts: agents, credentials, servers, modules, scripts and declared copies, and what is linked of them.

Tests are no package, so this module can be imported as `access_facts` from those beside it: tables need the builders
before any fixture is made.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import strategies as st

from remit.access.agent import Access, Agent, Answer, Audit, Egress, McpServer, SandboxState
from remit.access.graph import AccessGraph, Edge
from remit.access.link import link
from remit.access.reach import Destroyed, Reach, reach
from remit.evidence import (
    Command,
    Container,
    Credential,
    CredentialFile,
    DatabaseRole,
    Gap,
    IacModule,
    IacResource,
    Privilege,
    RoleCatalogue,
    ScriptFile,
    Source,
    Subject,
    Unknown,
)
from remit.incidents.model import CONTROLS
from remit.policy.model import Policy

sys.modules["access_facts"] = sys.modules[__name__]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SETTINGS = Source(".claude/settings.json", 1, "agents")
UNREAD = Unknown("nobody could look")
RAILWAY = Credential(
    kind="railway-token", title="Railway token", provider="railway", name="RAILWAY_API_TOKEN", masked="…(36 characters)",
    fingerprint="00", source=Source("tools/domains.sh", 4, "credentials"), damage="D4", abilities=("volume-delete",),
    scope="account", environment="production", resource="railway:volume:*", expires=None, backups_go_with_it=True,
)  # fmt: skip
POSTGRES = replace(
    RAILWAY, kind="postgres-url", title="PostgreSQL URL", provider="postgres", name="DATABASE_URL", damage="D3",
    abilities=("table-drop",), resource="postgres:database:db.acme.com/shop", source=Source(".env", 2, "credentials"),
    backups_go_with_it=False, user="app", host="db.acme.com", database="shop",
)  # fmt: skip
AWS = replace(
    RAILWAY, kind="aws-access-key", title="AWS key", provider="aws", name="AWS_ACCESS_KEY_ID", damage="D3",
    abilities=("database-delete",), resource="aws:account:1", source=Source(".env", 1, "credentials"),
    backups_go_with_it=False, account="1",
)  # fmt: skip
VAULT = replace(
    RAILWAY, kind="vault-token", title="Vault token", provider="vault", name="VAULT_TOKEN", damage="D1",
    abilities=("secrets-read",), resource="vault:cluster:*", source=Source(".env", 3, "credentials"),
    backups_go_with_it=False,
)  # fmt: skip

DATABASE = POSTGRES.resource
VOLUME = RAILWAY.resource
HOME = "machine:home:*"
OFF, ON = SandboxState(False, "none", None, ()), SandboxState(True, "os", True, ())
LEAKY = SandboxState(True, "os", True, ("excluded command: docker",))


def only(*starts: str, otherwise: str = "deny") -> Callable[[str], Answer]:
    """An agent's answers: commands that begin so are allowed, anything else is answered alike."""
    return lambda command: Answer("allow" if command.startswith(starts) else otherwise, "a rule", SETTINGS)  # type: ignore[arg-type]


def agent(decision: str | None = "allow", **changes: Any) -> Agent:
    """An agent whose shell answers every command alike, or as `decide` says."""
    constant = (lambda command: Answer(decision, "its settings", SETTINGS)) if decision else None  # type: ignore[arg-type]
    access = Access(
        approval="each", bypass_requested=False, bypass_reachable=True, shell_without_approval="yes", rules=(),
        sandbox=OFF, read_deny=(), env_files_denied=False, egress=Egress("open"), mcp=(), audit=Audit(False, None),
        decide=constant,
    )  # fmt: skip
    fields: dict[str, Any] = {
        "agent": "cursor", "title": "Cursor", "where": "project", "root": "", "files": (), "inert": (),
        "sources": (SETTINGS,), "bypass": (), "assumed": False,
    }  # fmt: skip
    own = {key: changes.pop(key) for key in [*changes] if key in fields}
    return Agent(access=replace(access, **changes), **(fields | own))


def blind(decision: str | None = "allow", **changes: Any) -> Agent:
    """An agent that no file tool and no shell lets read a credential: what it does, it does without one."""
    return agent(decision, reads=lambda path: False, shell_without_approval="no", **changes)


def holding(*credentials: Credential, path: str = "tools/domains.sh", standing: str = "tracked") -> CredentialFile:
    """A file with credentials, each at the line that it names."""
    placed = tuple(replace(each, source=Source(path, each.source.line, "credentials")) for each in credentials)
    return CredentialFile(path, standing, placed)  # type: ignore[arg-type]


def module(*extra: IacResource, path: str = "infra", **arguments: object) -> IacModule:
    """A Terraform directory with one RDS instance; dots of argument names are written as two underscores."""
    named = {key.replace("__", "."): value for key, value in arguments.items()}
    place = f"{path}/main.tf" if path else "main.tf"
    main = IacResource("aws_db_instance", "main", named, Source(place, 3))
    return IacModule(path, (main, *extra), "s3", {}, Source(place))


def script(
    *effects: str, path: str = "package.json", context: str = "npm script db:push", **changes: Any
) -> ScriptFile:
    """A file with one command."""
    command = Command("drizzle-kit", ("push",), effects, True, context, False, Source(path, 8, "scripts"))
    return ScriptFile(path, (replace(command, **changes),))


def server(
    *classes: str, name: str = "db", line: int = 3, auto: bool = True, path: str = ".mcp.json", **changes: Any
) -> McpServer:
    """An MCP server of some classes."""
    made = McpServer(
        name=name, transport="stdio", command=("npx", name), url=None, package=name, pinned=True, inline_secret=False,
        auto_approved=auto, classes=classes, source=Source(path, line, "agents"),
    )  # fmt: skip
    return replace(made, **changes)


def role(name: str = "app", *rights: str, unresolved: Iterable[Unknown] = (), **via: tuple[str, ...]) -> DatabaseRole:
    """A role with rights of its own and, by name, those that it has through others."""
    held = [Privilege(right, "public.users", Source("db/roles.sql", 4)) for right in rights]
    held += [
        Privilege(right, "public.users", Source("db/roles.sql", 9), other)
        for other, all_ in via.items()
        for right in all_
    ]
    return DatabaseRole(name, True, tuple(held), tuple(unresolved), Source("db/roles.sql", 1))


def catalogue(*roles: DatabaseRole) -> RoleCatalogue:
    """What the SQL declares."""
    return RoleCatalogue(roles)


def container(kind: str = "devcontainer", *, socket: bool = True, agents: tuple[str, ...] = ()) -> Container:
    """A container definition, by default one in which an agent works beside the engine's socket."""
    return Container(
        path=".devcontainer/devcontainer.json", kind=kind, name="work", user=None, mounts=(), env_files=(), env_names=(),  # type: ignore[arg-type]
        privileged=False, socket=socket, host_network=False, agents=agents,
        source=Source(".devcontainer/devcontainer.json", 6, "containers"),
    )  # fmt: skip


def copies(*entries: Mapping[str, object], **backup: object) -> Policy:
    """A policy that declares copies; each is of everything, in a vault elsewhere, unless it says otherwise."""
    base = {"resource": "*", "location": "vault", "provider": "elsewhere"}
    return Policy.model_validate({"backup": {"inventory": [base | dict(entry) for entry in entries], **backup}})


APART = {"reachable_by_agents": False}
"""What makes a declared copy count."""


def linked(*subjects: Subject, policy: Policy | None = None, gaps: Iterable[Gap] = (), **changes: Any) -> AccessGraph:
    """The graph of some subjects with its edges."""
    return link(AccessGraph("acme/shop", policy or Policy(), subjects, tuple(gaps), now=NOW, **changes))


def edges_of(graph: AccessGraph, deed: str = "", **wanted: str) -> list[Edge]:
    """The edges whose deed begins so, and whose start and end are of these kinds."""
    return [
        edge
        for edge in graph.edges
        if edge.deed.startswith(deed)
        and edge.start.kind == wanted.get("start", edge.start.kind)
        and edge.end.kind == wanted.get("end", edge.end.kind)
    ]


def destroyed(
    *subjects: Subject, policy: Policy | None = None, met: Iterable[str] = (), **rest: Any
) -> dict[str, Destroyed]:
    """What the first agent destroys, by resource."""
    found = reach(linked(*subjects, policy=policy, **rest), frozenset(met)).agents[0]
    return {each.resource: each for each in found.destroys}


def stations(found: Destroyed) -> list[str]:
    """The nodes of a path, from the agent to what is destroyed."""
    return [str(edge.start) for edge in found.path] + [str(found.path[-1].end)]


# ------------------------------------------------------------------------------------------------ generated facts

_placed = st.sampled_from(["a.env", "b/.env", "~/.aws/credentials", ".github/workflows/deploy.yml"])
credentials = st.builds(
    replace,
    st.sampled_from([RAILWAY, POSTGRES, AWS, VAULT, replace(AWS, account=None), replace(POSTGRES, name="SHADOW_URL")]),
    damage=st.sampled_from(["D1", "D2", "D3", "D4"]),
    environment=st.sampled_from(["production", "staging", "development"]),
    resource=st.sampled_from([VOLUME, DATABASE, AWS.resource, "postgres:database:db.acme.com/other"]),
    backups_go_with_it=st.booleans(),
)
credential_files = st.lists(
    st.builds(lambda path, held: holding(*held, path=path), _placed, st.lists(credentials, min_size=1, max_size=3)),
    max_size=3,
    unique_by=lambda each: each.path,
)
_servers = st.lists(
    st.builds(
        lambda classes, auto: server(*sorted(classes), auto=auto),
        st.sets(st.sampled_from(["private", "untrusted", "egress", "write", "shell"])),
        st.booleans(),
    ),
    max_size=1,
)
_denied: Callable[[str], bool] = lambda path: not path.endswith("env")  # noqa: E731
used_agents = st.builds(
    lambda name, decide, reads, approval, sandbox, mode, bypass, servers: agent(
        agent=name, decide=decide, reads=reads, approval=approval, sandbox=sandbox, egress=Egress(mode), bypass=bypass,
        mcp=tuple(servers),
    ),
    st.sampled_from(["codex", "cursor"]),
    st.sampled_from(
        [
            *(only(otherwise=each) for each in ("allow", "ask", "deny", "classifier", "sandboxed")),
            only("npm run"), only("terraform", "psql"), only("git push", "perl", otherwise="ask"), None,
        ]
    ),
    st.sampled_from([None, _denied]),
    st.sampled_from(["each", "edits-auto", "classifier", "bypass"]),
    st.sampled_from([OFF, ON, LEAKY]),
    st.sampled_from(["open", "allowlist", "none"]),
    st.sampled_from([(), (SETTINGS,)]),
    _servers,
)  # fmt: skip
agent_lists = st.lists(used_agents, min_size=1, max_size=2, unique_by=lambda each: each.name)
modules = st.lists(
    st.builds(
        lambda path, arguments: module(path=path, **arguments),
        st.sampled_from(["infra", "eu"]),
        st.dictionaries(
            st.sampled_from(["deletion_protection", "skip_final_snapshot", "delete_automated_backups"]), st.booleans()
        ),
    ),
    max_size=2,
    unique_by=lambda each: each.path,
)
_rights = st.lists(st.sampled_from(["SELECT", "DELETE", "OWN", "SUPERUSER"]), max_size=2)
catalogues = st.lists(
    st.builds(
        lambda own, others: catalogue(role("app", *own, **({"owner": tuple(others)} if others else {}))),
        _rights,
        _rights,
    ),
    max_size=1,
)
scripts = st.lists(
    st.builds(
        lambda effect, path, gated: script(effect, path=path, gated=gated),
        st.sampled_from(["sql-ddl", "iac-destroy", "orm-force-push"]),
        st.sampled_from(["package.json", ".github/workflows/deploy.yml"]),
        st.booleans(),
    ),
    max_size=2,
    unique_by=lambda each: each.path,
)
containers = st.sampled_from([(), (container(),), (container(socket=False),)])
# A copy at a provider of no known name is doubted for a credential of the very same account, and not for one whose
# account nobody knows: else every such copy would be. So here only copies at known providers have accounts.
_stores = st.sampled_from(
    [("elsewhere", ""), ("AWS Backup", ""), ("AWS Backup", "1"), ("AWS Backup", "9"), ("railway", "9")]
)
declared_copies = st.builds(
    lambda resource, location, store, reachable: {
        "resource": resource, "location": location, "provider": store[0], "account": store[1],
        "reachable_by_agents": reachable,
    },
    st.sampled_from(["*", "railway:*", "postgres:*", "aws_db_instance.main", "machine:home:*"]),
    st.sampled_from(["vault", "tape"]),
    _stores,
    st.booleans(),
)  # fmt: skip
inventories = st.lists(declared_copies, max_size=3)


@dataclass(frozen=True)
class World:
    """Facts of every surface, and a policy with copies."""

    agents: list[Agent]
    files: list[CredentialFile]
    others: list[Subject]
    inventory: list[dict[str, Any]]
    gaps: tuple[Gap, ...] = ()

    @property
    def subjects(self) -> list[Subject]:
        return [*self.agents, *self.files, *self.others]

    def graph(self, subjects: Iterable[Subject] | None = None) -> AccessGraph:
        chosen = self.subjects if subjects is None else list(subjects)
        return linked(*chosen, policy=copies(*self.inventory), gaps=self.gaps)

    def reach(self, met: Iterable[str] = ()) -> Reach:
        return reach(self.graph(), frozenset(met))


worlds = st.builds(
    lambda agents, files, modules, roles, scripts, containers, inventory: World(
        agents, files, [*modules, *roles, *scripts, *containers], inventory
    ),
    agent_lists, credential_files, modules, catalogues, scripts, containers, inventories,
)  # fmt: skip


@pytest.fixture(scope="session")
def control_ids() -> frozenset[str]:
    """The ids of every control of the catalogue, installed or not."""
    return frozenset(CONTROLS)
