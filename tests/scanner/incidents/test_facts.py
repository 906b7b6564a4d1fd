"""Every fact of the vocabulary: found, absent and unknown, and what an unread place makes of each."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from remit.access.agent import Access, Agent, Answer, Audit, Egress, Gate, McpServer, SandboxState
from remit.access.assumed import assumed_agent
from remit.access.graph import AccessGraph
from remit.evidence import (
    AlertRule,
    Command,
    Container,
    Credential,
    CredentialFile,
    DatabaseRole,
    Gap,
    IacModule,
    IacResource,
    Monitors,
    Privilege,
    RoleCatalogue,
    ScriptFile,
    Source,
    Unknown,
)
from remit.incidents.facts import FACTS, Absent, Found, decide, known_facts, table
from remit.incidents.facts.answers import ASSUMED, weigh
from remit.incidents.facts.credentials import account_wide
from remit.policy.model import Policy
from remit.verbs import VERB_CLASSES

DOCS = Path(__file__).parents[3] / "docs/incidents.md"
SETTINGS = Source(".claude/settings.json", 1, "agents")
ENV = Source(".env", 2, "credentials")
TF = Source("infra/main.tf", 3, "terraform")
POLICY = Source("policy.toml", 7, "policy")
NOBODY = Unknown("nobody could see it")


# ------------------------------------------------------------------------------------------------ building a target


def agent(decision="ask", **changes):
    """An agent that answers every command alike."""
    gates = () if decision is None else tuple(Gate(each, decision, "x", "its settings", False, SETTINGS) for each in VERB_CLASSES)  # fmt: skip
    access = Access(
        approval="each", bypass_requested=False, bypass_reachable=True, shell_without_approval="no", rules=(),
        sandbox=SandboxState(False, "none", None, ()), read_deny=(), env_files_denied=False, egress=Egress("open"), mcp=(),
        audit=Audit(False, None), gates=gates,
        decide=(lambda command: Answer(decision, "its settings", SETTINGS)) if decision else None,
    )  # fmt: skip
    own = {
        "agent": "cursor", "title": "Cursor", "where": "project", "root": "", "files": (".cursor/cli.json",),
        "inert": (), "sources": (SETTINGS,),
    }  # fmt: skip
    fields = {key: changes.pop(key, value) for key, value in (own | {"bypass": ()}).items()}
    return Agent(access=replace(access, **changes), **fields)


def server(name="postgres", **changes):
    fields = {
        "transport": "stdio", "command": ("npx", "a-server"), "url": None, "package": "a-server", "pinned": True,
        "inline_secret": False, "auto_approved": False, "classes": ("private", "write"), "source": Source(".mcp.json", 3),
    }  # fmt: skip
    return McpServer(name=name, **(fields | changes))


def served(*servers):
    return agent(mcp=servers)


UNREAD_SERVER = server("(whatever .mcp.json defines)", command=(), package=None, pinned=NOBODY, classes=())


def credential(**changes):
    fields = {
        "kind": "postgres-url", "title": "PostgreSQL URL", "provider": "postgres", "name": "DATABASE_URL", "masked": "…",
        "fingerprint": "00", "source": ENV, "damage": "D3", "abilities": ("table-drop",), "scope": "the database",
        "environment": "production", "resource": "postgres:database:db.acme.com/shop", "expires": None, "user": "app",
        "host": "db.acme.com",
    }  # fmt: skip
    return Credential(**(fields | changes))


def railway(**changes):
    fields = {
        "kind": "railway-token", "title": "Railway token", "provider": "railway", "name": "TOKEN", "damage": "D4",
        "scope": "account or workspace", "environment": Unknown("which"), "resource": "railway:volume:*", "host": None,
        "user": None, "backups_go_with_it": True,
    }  # fmt: skip
    return credential(**(fields | changes))


def holding(*credentials, path=".env", standing="tracked"):
    placed = tuple(replace(each, source=Source(path, each.source.line)) for each in credentials)
    return CredentialFile(path, standing, placed)


def database(type_="aws_db_instance", name="main", **arguments):
    return IacResource(type_, name, {key.replace("__", "."): value for key, value in arguments.items()}, TF)


def module(*resources, backend="s3", **changes):
    return IacModule("infra", resources, backend, changes.pop("providers", {}), TF, **changes)


def script(*effects, bypass=(), context="npm script db:push"):
    command = Command("drizzle-kit", ("push",), effects, True, context, False, Source("package.json", 9), bypass)
    return ScriptFile("package.json", (command,))


def role(name="agent_ro", *rights, unresolved=()):
    held = tuple(Privilege(right, "TABLE orders", Source("db/roles.sql", 4)) for right in rights)
    return RoleCatalogue((DatabaseRole(name, True, held, unresolved, Source("db/roles.sql", 1)),))


def alerts(*rules, hooks=()):
    return Monitors(rules, hooks)


def alert(verbs=("DROP",), target="slack", undecided=None):
    return AlertRule("alerts.yaml", "sql", verbs, target, Source("alerts.yaml", 5), undecided=undecided)


def policy(**sections):
    return Policy.model_validate(sections)


def copies(**entry):
    base = {"resource": "*", "location": "vault", "provider": "elsewhere"}
    return policy(backup={"inventory": [base | entry]})


def target(*subjects, policy=None, gaps=(), left_out=()):
    origins = dict.fromkeys(
        ("providers", "backup.inventory", "backup.runbook_path", "freeze.windows", "cloud.accounts.prod"), POLICY
    )
    return AccessGraph("acme/shop", policy or Policy(), subjects, gaps, left_out, origins=origins)


LOOSE = agent("allow", shell_without_approval="yes")
ASKING = agent("ask")
CONTAINER = Container(
    path="Dockerfile", kind="dockerfile", name="dev", user=None, mounts=(), env_files=(), env_names=(),
    privileged=False, socket=False, host_network=False, agents=("cursor",), source=Source("Dockerfile", 1),
)  # fmt: skip
FROZEN = policy(freeze={"windows": [{"name": "year end", "from": "2026-12-20", "until": "2027-01-03"}]})
HELD = replace(LOOSE, access=replace(LOOSE.access, sandbox=SandboxState(True, "os", True, ()), egress=Egress("none")))
BLURRED = agent(
    None, approval=NOBODY, shell_without_approval=NOBODY, sandbox=SandboxState(NOBODY, NOBODY, NOBODY, ()),
    egress=Egress(NOBODY), audit=Audit(NOBODY, None), gate_hook=NOBODY,
)  # fmt: skip
BOUND = agent(reads=lambda path: False)
TOLD = agent("ask", files=("CLAUDE.md",))

# One row a case: the fact, found / absent / unknown, and the target.
CASES = [
    ("agent=present", "found", target(ASKING)),
    ("agent=present", "absent", target()),
    ("agent=present", "unknown", target(assumed_agent())),
    ("agent.shell=unrestricted", "found", target(LOOSE)),
    ("agent.shell=unrestricted", "found", target(agent("ask", bypass=(SETTINGS,)))),
    ("agent.shell=unrestricted", "absent", target(ASKING)),
    ("agent.shell=unrestricted", "absent", target(HELD)),
    ("agent.shell=unrestricted", "unknown", target(agent("classifier"))),
    ("agent.shell=unrestricted", "unknown", target(assumed_agent())),
    ("agent.shell=unrestricted", "unknown", target(BLURRED)),
    ("agent.scripts=unasked", "found", target(LOOSE)),
    ("agent.scripts=unasked", "absent", target(ASKING)),
    ("agent.scripts=unasked", "unknown", target(assumed_agent())),
    ("agent.edits=unasked", "found", target(agent(approval="edits-auto"))),
    ("agent.edits=unasked", "absent", target(ASKING)),
    ("agent.edits=unasked", "unknown", target(BLURRED)),
    ("agent.edits=unasked", "unknown", target(assumed_agent())),
    ("agent.mode=bypass", "found", target(agent(bypass=(SETTINGS,)))),
    ("agent.mode=bypass", "found", target(agent(approval="bypass"))),
    ("agent.mode=bypass", "found", target(ASKING, script(bypass=("--yolo",)))),
    ("agent.mode=bypass", "absent", target(ASKING)),
    ("agent.mode=bypass", "absent", target(assumed_agent())),
    ("agent.mode=bypass", "unknown", target(BLURRED)),
    ("readable=~/.aws", "found", target(ASKING)),
    ("readable=~/.aws", "found", target(assumed_agent())),
    ("readable=~/.aws", "absent", target(BOUND)),
    ("readable=~/.aws", "unknown", target(BLURRED)),
    ("readable=~/.ssh", "absent", target(agent(reads=lambda path: ".ssh" not in path))),
    ("readable=~/.ssh", "found", target(agent(reads=lambda path: ".aws" not in path))),
    ("content=untrusted", "found", target(served(server("github", classes=("untrusted",))))),
    ("content=untrusted", "found", target(LOOSE)),
    ("content=untrusted", "absent", target(ASKING)),
    ("content=untrusted", "unknown", target(assumed_agent())),
    ("gate=none", "found", target(LOOSE)),
    ("gate=none", "found", target(agent("classifier"))),
    ("gate=none", "found", target(agent("ask", bypass=(SETTINGS,)))),
    ("gate=none", "absent", target(ASKING)),
    ("gate=none", "absent", target(agent(None, shell_without_approval="no"))),
    ("gate=none", "unknown", target(agent(None, shell_without_approval="yes"))),
    ("gate=none", "unknown", target(assumed_agent())),
    ("gate=none", "unknown", target(BLURRED)),
    ("gate=none", "unknown", target(replace(LOOSE, access=replace(LOOSE.access, gate_hook=True)))),
    ("gate=none", "unknown", target(replace(LOOSE, access=replace(LOOSE.access, gate_hook=NOBODY)))),
    ("gate=none", "unknown", target(agent(gates=(Gate("sql-ddl", "allow", "x", "defaults", True),)))),
    ("gate=none", "unknown", target(agent(gates=(Gate("sql-ddl", NOBODY, "x", "rules", False),)))),
    ("gate=prose", "found", target(LOOSE)),
    ("gate=prose", "found", target(replace(assumed_agent(), assumed=False, agent="codex", files=("AGENTS.md",)))),
    ("gate=prose", "absent", target(ASKING)),
    ("gate=prose", "unknown", target(assumed_agent())),
    ("unasked=orm-force-push", "found", target(LOOSE)),
    ("unasked=orm-force-push", "found", target(agent("ask", decide=lambda command: Answer("allow" if command == "npm run db:push" else "ask", "npm", SETTINGS)), script("orm-force-push"))),
    ("unasked=orm-force-push", "absent", target(agent("ask"), script("orm-force-push"))),
    ("unasked=orm-force-push", "unknown", target(assumed_agent())),
    ("unasked=fs-delete-outside", "absent", target(agent("sandboxed", sandbox=SandboxState(True, "os", True, ())))),
    ("unasked=cloud-delete", "found", target(agent("sandboxed", sandbox=SandboxState(True, "os", True, ())))),
    ("unasked=cloud-delete", "found", target(agent("sandboxed", sandbox=SandboxState(True, "os", True, ("docker",)), egress=Egress("none")))),
    ("unasked=cloud-delete", "absent", target(agent("sandboxed", sandbox=SandboxState(True, "os", True, ()), egress=Egress("none")))),
    ("unasked=cloud-delete", "unknown", target(agent("sandboxed", sandbox=SandboxState(True, "os", True, ()), egress=Egress("allowlist")))),
    ("unasked=cloud-delete", "unknown", target(agent("sandboxed", sandbox=SandboxState(True, "os", True, ()), egress=Egress(NOBODY)))),
    ("unasked=cloud-delete", "unknown", target(agent("sandboxed", sandbox=SandboxState(NOBODY, "os", True, ())))),
    ("instructions=in-tree", "found", target(TOLD)),
    ("instructions=in-tree", "absent", target(ASKING)),
    ("instructions=in-tree", "unknown", target(ASKING, gaps=(Gap("agents", "CLAUDE.md", "too large", ("Agent",)),))),
    ("freeze=prose", "found", target(LOOSE, policy=FROZEN)),
    ("freeze=prose", "absent", target(ASKING, policy=FROZEN)),
    ("freeze=prose", "unknown", target(LOOSE)),
    ("sandbox=off", "found", target(ASKING)),
    ("sandbox=off", "absent", target(HELD)),
    ("sandbox=off", "absent", target(agent(sandbox=SandboxState(True, "os", True, ("docker",))))),
    ("sandbox=off", "unknown", target(assumed_agent())),
    ("sandbox=off", "unknown", target(BLURRED)),
    ("sandbox=off", "unknown", target(ASKING, CONTAINER)),
    ("sandbox=off", "found", target(agent(agent="codex"), CONTAINER)),
    ("sandbox=escapable", "found", target(ASKING)),
    ("sandbox=escapable", "found", target(agent(sandbox=SandboxState(True, "os", True, ("docker",))))),
    ("sandbox=escapable", "absent", target(HELD)),
    ("sandbox=escapable", "unknown", target(BLURRED)),
    ("egress=open", "found", target(ASKING)),
    ("egress=open", "absent", target(agent(egress=Egress("allowlist", ("github.com",))))),
    ("egress=open", "unknown", target(BLURRED)),
    ("egress=open", "unknown", target(assumed_agent())),
    ("audit=none", "found", target(ASKING)),
    ("audit=none", "found", target(agent(audit=Audit(True, None)))),
    ("audit=none", "absent", target(agent(audit=Audit(True, "otel.acme.com")))),
    ("audit=none", "unknown", target(BLURRED)),
    ("audit=none", "unknown", target(assumed_agent())),
    ("mcp=configured", "found", target(served(server()))),
    ("mcp=configured", "absent", target(ASKING)),
    ("mcp=configured", "absent", target(assumed_agent())),
    ("mcp=configured", "unknown", target(served(UNREAD_SERVER))),
    ("mcp=remote", "found", target(served(server(command=(), url="https://mcp.example", transport="http")))),
    ("mcp=remote", "absent", target(served(server()))),
    ("mcp=remote", "unknown", target(served(UNREAD_SERVER))),
    ("mcp=unpinned", "found", target(served(server(pinned=False)))),
    ("mcp=unpinned", "absent", target(served(server()))),
    ("mcp=unpinned", "unknown", target(served(server(pinned=NOBODY)))),
    ("mcp.class=egress", "found", target(served(server("mail", classes=("egress",))))),
    ("mcp.class=egress", "absent", target(served(server()))),
    ("mcp.class=egress", "unknown", target(served(server("acme", classes=())))),
    ("mcp.class=egress", "unknown", target(served(UNREAD_SERVER))),
    ("mcp.db.write", "found", target(served(server()))),
    ("mcp.db.write", "absent", target(served(server("github", classes=("write",))))),
    ("mcp.db.write", "absent", target(served(server(command=("npx", "a-server", "--read-only"))))),
    ("mcp.db.write", "absent", target(ASKING)),
    ("mcp.db.write", "unknown", target(served(server("acme-db", classes=())))),
    ("mcp.db.write", "unknown", target(served(UNREAD_SERVER))),
    ("mcp.env=production-url", "found", target(served(server()), holding(credential(), path=".mcp.json"))),
    ("mcp.env=production-url", "absent", target(served(server()), holding(credential()))),
    ("mcp.env=production-url", "absent", target(served(server()), holding(credential(environment="staging"), path=".mcp.json"))),
    ("mcp.env=production-url", "absent", target(ASKING, holding(credential(), path=".mcp.json"))),
    ("mcp.env=production-url", "unknown", target(served(server()), holding(credential(environment=NOBODY), path=".mcp.json"))),
    ("mcp.env=production-url", "unknown", target(served(UNREAD_SERVER))),
    ("file-holds-credential", "found", target(ASKING, holding(credential()))),
    ("file-holds-credential", "found", target(assumed_agent(), holding(credential()))),
    ("file-holds-credential", "absent", target(ASKING, holding(credential(placeholder=True)))),
    ("file-holds-credential", "absent", target(ASKING, holding(credential(environment="development")))),
    ("file-holds-credential", "absent", target(BOUND, holding(credential()))),
    ("file-holds-credential", "absent", target(holding(credential()))),
    ("file-holds-credential", "unknown", target(BLURRED, holding(credential()))),
    ("credential.provider=railway", "found", target(ASKING, holding(railway(), path="tools/domains.sh"))),
    ("credential.provider=railway", "absent", target(ASKING, holding(credential()))),
    ("credential.provider=railway", "unknown", target(BLURRED, holding(railway()))),
    ("credential=destructive", "found", target(ASKING, holding(credential()))),
    ("credential=destructive", "absent", target(ASKING, holding(credential(damage="D2")))),
    ("credential=destructive", "unknown", target(BLURRED, holding(credential()))),
    ("token.class=account", "found", target(ASKING, holding(railway()))),
    ("token.class=account", "absent", target(ASKING, holding(railway(scope="project")))),
    ("token.class=account", "absent", target(ASKING, holding(railway(damage="D1")))),
    ("token.class=account", "unknown", target(ASKING, holding(railway(scope=NOBODY)))),
    ("token.class=account", "unknown", target(ASKING, holding(railway(scope="every app, unless narrower (not visible offline)")))),
    ("env.default=production", "found", target(holding(credential()))),
    ("env.default=production", "absent", target(holding(credential(), path=".env.production"))),
    ("env.default=production", "absent", target(holding(credential(), path="deploy/values.yaml"))),
    ("env.default=production", "absent", target(holding(credential(environment="staging")))),
    ("env.default=production", "absent", target(holding(railway()))),
    ("env.default=production", "unknown", target(holding(credential(environment=NOBODY)))),
    ("environments=shared", "found", target(holding(credential()), holding(credential(environment="staging"), path=".env.staging"))),
    ("environments=shared", "found", target(holding(railway()))),
    ("environments=shared", "absent", target(holding(railway(scope="project")))),
    ("environments=shared", "absent", target(holding(credential()))),
    ("environments=shared", "unknown", target(holding(railway(scope=NOBODY)))),
    ("role=owner", "found", target(holding(credential(user="postgres")))),
    ("role=owner", "found", target(holding(credential(kind="supabase-service-role", provider="supabase", user=None)))),
    ("role=owner", "found", target(holding(credential(user="app")), role("app", "OWN"))),
    ("role=owner", "absent", target(holding(credential(user="app")), role("app", "SELECT", "INSERT"))),
    ("role=owner", "absent", target()),
    ("role=owner", "unknown", target(holding(credential()))),
    ("role=owner", "unknown", target(holding(credential(user=None)))),
    ("role=write", "found", target(holding(credential(user="app")), role("app", "INSERT"))),
    ("role=write", "found", target(role("agent_rw", "DELETE"), policy=policy(roles={"agent": ["agent_*"]}))),
    ("role=write", "absent", target(holding(credential(user="app")), role("app", "SELECT"))),
    ("role=write", "unknown", target(holding(credential(user="app")), role("app", "SELECT", unresolved=(NOBODY,)))),
    ("state=local", "found", target(module(backend=None))),
    ("state=local", "found", target(module(backend="local"))),
    ("state=local", "absent", target(module())),
    ("state=local", "absent", target(module(backend=None, root=False))),
    ("state=local", "absent", target()),
    ("state=local", "unknown", target(module(backend=NOBODY))),
    ("state=local", "unknown", target(module(backend=None, root=NOBODY))),
    ("state=covers-production", "found", target(module(database(identifier="shop-prod")))),
    ("state=covers-production", "absent", target(module(database(identifier="shop-staging")))),
    ("state=covers-production", "absent", target(module(database("aws_vpc", name="prod")))),
    ("state=covers-production", "unknown", target(module(database()))),
    ("account=shared", "found", target(module(database(name="prod"), database(name="staging")))),
    ("account=shared", "found", target(module(), policy=policy(cloud={"accounts": {"prod": ["1"], "dev": ["1"]}}))),
    ("account=shared", "absent", target(module(), policy=policy(cloud={"accounts": {"prod": ["1"], "dev": ["2"]}}))),
    ("account=shared", "absent", target()),
    ("account=shared", "unknown", target(module())),
    ("account=shared", "unknown", target(module(database(name="prod"), database(name="staging"), providers={"aws.two": {}}))),
    ("guard=none", "found", target(module(database()))),
    ("guard=none", "absent", target(module(database(deletion_protection=True)))),
    ("guard=none", "absent", target(module(database(lifecycle__prevent_destroy=True)))),
    ("guard=none", "absent", target(module(database("aws_vpc")))),
    ("guard=none", "unknown", target(module(database(deletion_protection=NOBODY)))),
    ("provider.soft_delete=false", "found", target(holding(railway()), policy=policy(providers={"railway": {"soft_delete_hours": 0}}))),
    ("provider.soft_delete=false", "absent", target(holding(railway()), policy=policy(providers={"Railway": {"soft_delete_hours": 48}}))),
    ("provider.soft_delete=false", "absent", target()),
    ("provider.soft_delete=false", "unknown", target(holding(railway()))),
    ("backups=go-along", "found", target(holding(railway()))),
    ("backups=go-along", "found", target(module(database(skip_final_snapshot=True)))),
    ("backups=go-along", "absent", target(holding(railway()), policy=copies(reachable_by_agents=False))),
    ("backups=go-along", "absent", target()),
    ("backups=go-along", "unknown", target(holding(credential()))),
    ("backup=none", "found", target(module(database(backup_retention_period=0)))),
    ("backup=none", "found", target(holding(credential(host="x.proxy.rlwy.net")), policy=policy(providers={"railway": {"automatic_backups": False}}))),
    ("backup=none", "absent", target(module(database(backup_retention_period=7)))),
    ("backup=none", "absent", target(holding(credential()), policy=copies())),
    ("backup=none", "absent", target(holding(railway()), policy=policy(providers={"railway": {"automatic_backups": True}}))),
    ("backup=none", "unknown", target(holding(credential()))),
    ("backup=none", "unknown", target(module(database(backup_retention_period=NOBODY)))),
    ("pitr=off", "found", target(module(database(backup_retention_period=0)))),
    ("pitr=off", "found", target(module(database("aws_dynamodb_table")))),
    ("pitr=off", "found", target(holding(credential()), policy=copies())),
    ("pitr=off", "absent", target(holding(credential()), policy=copies(pitr=True))),
    ("pitr=off", "absent", target(module(database("aws_dynamodb_table", point_in_time_recovery__enabled=True)))),
    ("pitr=off", "unknown", target(module(database("aws_dynamodb_table", point_in_time_recovery__enabled=NOBODY)))),
    ("pitr=off", "unknown", target(holding(credential()))),
    ("retention=short", "found", target(module(database(backup_retention_period=7)))),
    ("retention=short", "found", target(holding(credential()), policy=copies(retention_days=1))),
    ("retention=short", "absent", target(module(database(backup_retention_period=30)))),
    ("retention=short", "absent", target(holding(credential()), policy=copies(retention_days=30))),
    ("retention=short", "unknown", target(holding(credential()))),
    ("retention=short", "unknown", target(module(database()))),
    ("alerts=none", "found", target(alerts(alert(target=None)))),
    ("alerts=none", "found", target(alerts(alert(verbs=())))),
    ("alerts=none", "absent", target(alerts(alert()))),
    ("alerts=none", "unknown", target(alerts())),
    ("alerts=none", "unknown", target(alerts(alert(target=NOBODY)))),
    ("alerts=none", "unknown", target(alerts(alert(verbs=(), undecided=NOBODY)))),
    ("secret-scan=none", "found", target(alerts())),
    ("secret-scan=none", "absent", target(alerts(hooks=("gitleaks",)))),
    ("secret-scan=none", "unknown", target()),
    ("runbook=none", "found", target(policy=policy(backup={"runbook_path": ""}))),
    ("runbook=none", "absent", target(policy=policy(backup={"runbook_path": "docs/restore.md"}))),
    ("runbook=none", "unknown", target()),
]  # fmt: skip
STATES = {Found: "found", Absent: "absent", Unknown: "unknown"}


def names_of(fact):
    return fact.known if fact.values else (fact.name,)


@pytest.mark.parametrize(("name", "state", "graph"), CASES, ids=[f"{i}-{c[0]}-{c[1]}" for i, c in enumerate(CASES)])
def test_what_is_known_of_a_fact(name, state, graph):
    answer = decide(name, graph)
    assert STATES[type(answer)] == state, answer
    assert answer.why


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_every_fact_has_a_case_for_each_answer(fact):
    assert {state for name, state, _ in CASES if name in names_of(fact)} == {"found", "absent", "unknown"}


@pytest.mark.parametrize(("name", "graph"), [(name, graph) for name, state, graph in CASES if state == "found"])
def test_what_is_found_shows_where(name, graph):
    assert decide(name, graph).evidence


@pytest.mark.parametrize(("name", "graph"), [(name, graph) for name, _, graph in CASES])
def test_the_order_in_which_things_were_seen_plays_no_part(name, graph):
    assert decide(name, replace(graph, subjects=graph.subjects[::-1])) == decide(name, graph)


# ------------------------------------------------------------------------------------------------- places unread

ABSENT = [(name, graph) for name, state, graph in CASES if state == "absent"]
DECLARED = {"runbook=none"}


@pytest.mark.parametrize(("name", "graph"), ABSENT)
def test_nothing_is_absent_where_it_may_hide(name, graph):
    fact = known_facts()[name]
    if name in DECLARED:
        assert fact.hides_in == ()
        return
    for kind in fact.hides_in:
        gap = Gap("tree", "deep/inside", "is too large", (kind.__name__,))
        hidden = decide(name, replace(graph, gaps=(gap,)))
        assert isinstance(hidden, Unknown)
        assert "deep/inside was not read" in hidden.why


@pytest.mark.parametrize(("name", "graph"), ABSENT)
def test_nothing_is_absent_where_the_auditor_did_not_look(name, graph):
    hidden = decide(name, replace(graph, left_out=("vendor/", "old/")))
    assert isinstance(hidden, Absent if name in DECLARED else Unknown)


@pytest.mark.parametrize(("name", "graph"), ABSENT)
def test_a_gap_elsewhere_changes_nothing(name, graph):
    kinds = {kind.__name__ for kind in known_facts()[name].hides_in}
    other = next(each for each in ("Monitors", "RoleCatalogue") if each not in kinds)
    assert decide(name, replace(graph, gaps=(Gap("tree", "x", "is too large", (other,)),))) == decide(name, graph)


@pytest.mark.parametrize("name", ["guard=none", "state=local", "backup=none", "pitr=off"])
@pytest.mark.parametrize(
    ("unread", "refutes"),
    [("infra/override.tf", True), ("infra/", True), (".", True), ("other/main.tf", False), ("infrastructure/", False)],
)
def test_what_lies_unread_beside_a_fact_may_refute_it(name, unread, refutes):
    graph = target(module(database(backup_retention_period=0), backend=None))
    gap = Gap("terraform", unread, "has a syntax error", ("IacModule",))
    assert isinstance(decide(name, graph), Found)
    assert isinstance(decide(name, replace(graph, gaps=(gap,))), Unknown if refutes else Found)


@pytest.mark.parametrize(
    ("name", "graph", "kind"),
    [("alerts=none", target(alerts(alert(target=None))), "Monitors"), ("sandbox=off", target(ASKING), "Container")],
)
def test_what_lies_unread_anywhere_may_refute_some_facts(name, graph, kind):
    assert isinstance(decide(name, graph), Found)
    assert isinstance(decide(name, replace(graph, gaps=(Gap("tree", "far/away", "is a pipe", (kind,)),))), Unknown)


# ------------------------------------------------------------------------------------------------------ one by one


def test_evidence_names_the_place():
    assert decide(
        "credential.provider=railway", target(ASKING, holding(railway(), path="tools/domains.sh"))
    ).evidence == (Source("tools/domains.sh", 2),)
    assert decide("runbook=none", target(policy=policy(backup={"runbook_path": ""}))).evidence == (POLICY,)
    assert decide(
        "state=local", target(module(backend=None, states=(Source("infra/terraform.tfstate", 1),)))
    ).evidence == (
        TF,
        Source("infra/terraform.tfstate", 1),
    )


def test_what_an_assumed_agent_does_is_no_fact_but_where_every_default_does_it():
    graph = target(assumed_agent(), holding(railway()))
    assert decide("sandbox=off", graph) == Unknown(ASSUMED)
    assert decide("egress=open", graph) == Unknown(ASSUMED)
    assert decide("unasked=volume-delete", graph) == Unknown(ASSUMED)
    assert isinstance(decide("credential.provider=railway", graph), Found)


def test_a_real_agent_speaks_where_an_assumed_one_cannot():
    assert isinstance(decide("sandbox=off", target(assumed_agent(), ASKING)), Found)


def test_an_attested_runbook_is_one():
    entry = {"control": "BK-019", "by": "Ann", "on": "2026-03-01", "valid_days": 90, "evidence": "wiki"}
    assert isinstance(decide("runbook=none", target(policy=policy(attestations=[entry]))), Absent)


def test_a_freeze_of_another_target_is_none_of_this():
    other = policy(
        freeze={"windows": [{"name": "x", "from": "2026-12-20", "until": "2027-01-03", "targets": ["acme/web"]}]}
    )
    assert isinstance(decide("freeze=prose", target(LOOSE, policy=other)), Unknown)


@pytest.mark.parametrize(
    ("scope", "wide"),
    [
        ("account or workspace", True),
        ("everything the person may do, in every workspace", True),
        ("the whole account", True),
        ("project", False),
        ("one channel", False),
        ("every app of its user, unless it was issued with a narrower scope (not visible offline)", None),
        ("the scopes it was issued for (not visible offline)", None),
    ],
)
def test_how_wide_a_credential_is_by_the_words_of_its_kind(scope, wide):
    answer = account_wide(credential(scope=scope))
    assert isinstance(answer, Unknown) if wide is None else answer is wide


def test_found_anywhere_is_found_and_unknown_outweighs_absent():
    one, other = Found((TF,), "b"), Found((ENV,), "a")
    assert weigh([Absent("no"), NOBODY, one, other], "none") == Found((ENV, TF), "a")
    assert weigh([Absent("no"), NOBODY], "none") == NOBODY
    assert weigh([Absent("no"), Absent("never")], "none") == Absent("never")
    assert weigh([], "none") == Absent("none")


# ---------------------------------------------------------------------------------------------------- the vocabulary


def test_names_are_unique_and_the_values_of_a_fact_stand_in_capitals():
    every = [name for fact in FACTS for name in fact.known]
    assert len(every) == len(set(every))
    for fact in FACTS:
        assert bool(re.fullmatch(r"[a-z.]+=[A-Z]+", fact.name)) == (fact.values is not None)


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        decide("agent.shell=sometimes", target())


def test_the_documentation_shows_the_vocabulary():
    assert table() in DOCS.read_text(encoding="utf-8")


def test_the_documentation_lists_the_values_of_facts_that_take_one():
    text = DOCS.read_text(encoding="utf-8")
    for fact in FACTS:
        if fact.values and fact.name != "credential.provider=PROVIDER":
            for value in fact.values():
                assert f"`{value}`" in text, (fact.name, value)
