"""A realistic result, and the same one with something hostile in every string."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from remit.result import Result
from remit.score import scores

_LITERAL = {
    *("schema", "dimension", "severity", "status", "verdict", "certainty", "fail_on"),
    *("grade", "leg", "state", "goal", "verdict_after"),
}
"""Keys that only take a few fixed words; `kind` is one of them for remedies and targets, not for subjects."""


def _at(path: str, line: int = 0) -> dict[str, Any]:
    return {"path": path, "line": line}


_CONTROLS: dict[str, tuple[str, str, str, str, str, str]] = {
    "LP-011": (
        "cred-not-in-unrelated-file",
        "critical",
        "least-privilege",
        "No file an agent can find holds a usable credential",
        "An agent that meets an obstacle searches the tree for a way round it. The token that deleted a company's "
        "volume lay in a file that had nothing to do with the task.\n\nThat nobody uses the file protects nothing.",
        "Rotate the credential first: whoever could read the file has it. Then take it out of the tree and let the "
        "program read it from a secret manager.",
    ),
    "LP-027": (
        "no-bypass-mode",
        "critical",
        "least-privilege",
        "No agent runs in a mode that skips every approval",
        "In such a mode nothing stands between a wrong conclusion and its consequence.",
        "Remove the flag or setting. Where unattended runs are needed, run them in a container without credentials.",
    ),
    "LP-003": (
        "agent-role-readonly",
        "high",
        "least-privilege",
        "The database role that agents use only reads",
        "A role that can write can also drop. Rules in prose do not hold an agent back; missing rights do.",
        "Give the agent a role of its own with SELECT on what it needs.",
    ),
    "BK-005": (
        "backup-outside-blast-radius",
        "critical",
        "backup",
        "A copy lies where no credential in an agent's reach can delete it",
        "A backup that dies with what it is a backup of is none.",
        "Copy to another account or provider, with a lock on deletion.",
    ),
    "SB-001": (
        "agents-in-container",
        "high",
        "sandbox",
        "Agents run in a container",
        "Without one an agent has the whole home directory and the whole network of whoever started it.",
        "Add a devcontainer that mounts the working directory alone.",
    ),
    "SB-010": (
        "home-not-mounted",
        "medium",
        "sandbox",
        "The home directory is not mounted into the sandbox",
        "The keys to everything else lie there.",
        "Mount the working directory, nothing above it.",
    ),
    "MN-002": (
        "alert-on-destructive-statement",
        "high",
        "monitoring",
        "A destructive statement raises an alert",
        "What nobody notices nobody stops.",
        "Log statements of class ddl and alert on DROP, DELETE, TRUNCATE and ALTER.",
    ),
}
_FRAMEWORKS = {"nist-800-53": ("AC-6", "IA-5(7)"), "owasp-agentic": ("ASI02", "ASI03"), "soc2": ("CC6.1",)}


def _finding(
    number: int,
    control: str,
    status: str,
    target: str,
    subject: tuple[str, str],
    message: str,
    *places: dict[str, Any],
    **more: Any,
) -> dict[str, Any]:
    slug, severity, dimension, title, _, _ = _CONTROLS[control]
    return {
        "fingerprint": f"{number:02x}" * 16,
        "control": control,
        "slug": slug,
        "title": title,
        "dimension": dimension,
        "severity": severity,
        "status": status,
        "target": target,
        "subject": {"kind": subject[0], "name": subject[1]},
        "message": message,
        "sources": list(places),
        "frameworks": _FRAMEWORKS,
        "incidents": ["INC-01", "INC-05"] if control == "LP-011" else [],
        **more,
    }


def _remedy(kind: str, title: str, body: str = "", path: str = "", *, safe: bool = True) -> dict[str, Any]:
    return {"kind": kind, "safe": safe, "title": title, "path": path, "body": body}


_ROTATE = _remedy(
    "manual",
    "Rotate it, then remove it",
    "1. Delete the token in the account's settings.\n2. Remove the value from tools/domains.sh.",
)
_WAIVER = {
    "approver": "Ada Example (CTO)",
    "reason": "migration until the new role is rolled out",
    "ticket": "SEC-41",
    "until": "2026-12-15",
}


def _findings() -> list[dict[str, Any]]:
    shop, pay, site = "acme/shop", "acme/payments", "acme/site"
    return [
        _finding(
            1,
            "LP-011",
            "fail",
            shop,
            ("file", "tools/domains.sh"),
            "tools/domains.sh holds a Railway account token (RAILWAY_TOKEN): whoever reads it can delete volumes",
            _at("tools/domains.sh", 4),
            remedies=[_ROTATE, _remedy("edit", "Keep it out of version control", "tools/domains.sh\n", ".gitignore")],
        ),
        _finding(
            2,
            "LP-011",
            "fail",
            pay,
            ("file", ".env.backup"),
            ".env.backup holds a PostgreSQL URL with a password (DATABASE_URL) and 2 more",
            _at(".env.backup", 1),
            _at(".env.backup", 7),
            remedies=[_ROTATE],
        ),
        _finding(3, "LP-011", "pass", site, ("target", site), "none was found in all that was read"),
        _finding(
            4,
            "LP-027",
            "fail",
            pay,
            ("agent", "claude-code"),
            "Claude Code is configured to skip every approval",
            _at(".claude/settings.json", 3),
            remedies=[
                _remedy(
                    "edit",
                    "Ask again, and forbid the mode",
                    '{\n  "permissions": {\n    "defaultMode": "default",\n\n'
                    '    "disableBypassPermissionsMode": "disable"\n  }\n}',
                    ".claude/settings.json",
                )
            ],
        ),
        _finding(
            5,
            "LP-027",
            "pass",
            shop,
            ("agent", "cursor"),
            "Cursor asks, and its settings forbid the mode without approvals",
            _at(".cursor/cli.json", 2),
        ),
        _finding(
            6,
            "LP-003",
            "waived",
            pay,
            ("role-catalogue", "db/roles.sql"),
            "agent_rw may write to billing",
            _at("db/roles.sql", 12),
            waiver=_WAIVER,
            remedies=[
                _remedy(
                    "sql",
                    "Take the right to write away",
                    "REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public FROM agent_rw;",
                    safe=False,
                )
            ],
        ),
        _finding(
            7,
            "LP-003",
            "unknown",
            shop,
            ("file", "db/seed.sql"),
            "could not be read: is larger than 64 MB",
            _at("db/seed.sql"),
        ),
        _finding(
            8,
            "BK-005",
            "fail",
            shop,
            ("resource", "railway:volume:*"),
            "railway:volume:* has no copy out of the agents' reach",
            _at("tools/domains.sh", 4),
            remedies=[
                _remedy(
                    "command",
                    "Copy the volume to another provider every night",
                    "pg_dump --format=custom shop | age -r KEY > shop.dump",
                    safe=False,
                )
            ],
        ),
        _finding(
            9,
            "BK-005",
            "unknown",
            pay,
            ("resource", "postgres:database:billing"),
            "no backup of it is declared, and nobody could look at the provider",
        ),
        _finding(
            10,
            "SB-001",
            "fail",
            shop,
            ("agent", "cursor"),
            "Cursor runs outside any container",
            _at(".cursor/cli.json", 1),
            remedies=[
                _remedy(
                    "edit",
                    "Add a devcontainer",
                    '{"image": "mcr.example/devcontainer@sha256:…"}',
                    ".devcontainer/devcontainer.json",
                )
            ],
        ),
        _finding(
            11,
            "SB-001",
            "pass",
            pay,
            ("container", ".devcontainer/devcontainer.json"),
            "agents run in a container",
            _at(".devcontainer/devcontainer.json", 1),
        ),
        _finding(12, "SB-010", "not-applicable", site, ("target", site), "nothing to judge was found"),
        _finding(
            13,
            "SB-010",
            "pass",
            pay,
            ("container", ".devcontainer/devcontainer.json"),
            "only the working directory is mounted",
            _at(".devcontainer/devcontainer.json", 6),
        ),
        _finding(
            14, "MN-002", "error", shop, ("target", shop), "the check broke on KeyError", detail="alert:31 < engine:96"
        ),
    ]


def _step(node: str, edge: str, *evidence: dict[str, Any], grade: str = "proven", why: str = "") -> dict[str, Any]:
    return {
        "node": node,
        "edge": edge,
        "certainty": "possible" if grade in ("assumed", "unknown") else "proven",
        "grade": grade,
        "why": why,
        "evidence": list(evidence),
        "cut_by": ["SB-001"] if "read" in edge else [],
    }


def _leak() -> dict[str, Any]:
    server = _at(".mcp.json", 4)
    asks = _step("agent:claude-code", "calls it unasked", server, grade="declared")
    rows = [asks, _step("tool:MCP server billing", "reads private data", server)]
    pages = [_step("agent:claude-code", "fetches pages", _at(".claude/settings.json", 3))]
    out = [
        _step(
            "agent:claude-code",
            "sends requests to any host",
            grade="assumed",
            why="no file limits its network, which is the vendor's default",
        )
    ]
    return {
        "what": "tool:MCP server billing",
        "certainty": "possible",
        "cut_by": ["LP-024", "SB-009", "SB-020"],
        "legs": [
            {"leg": "private", "what": "content:private data", "path": rows},
            {"leg": "untrusted", "what": "content:text that strangers write", "path": pages},
            {"leg": "egress", "what": "egress:any host", "path": out},
        ],
    }


def _figure(value: float | None, formula: str = "", *, unknown: str = "", **inputs: float) -> dict[str, Any]:
    return {"value": value, "value_unknown": unknown, "formula": formula, "inputs": inputs, "assumed": []}


def _plan() -> dict[str, Any]:
    def closed(kind: str, target: str, agent: str, what: str, certainty: str) -> dict[str, Any]:
        return {"kind": kind, "target": target, "agent": agent, "what": what, "certainty": certainty}

    def step(number: int, control: str, goal: str, closes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        _, severity, dimension, title, _, _ = _CONTROLS[control]
        head = {"number": number, "control": control, "title": title, "dimension": dimension, "severity": severity}
        return {**head, "goal": goal, "closes": closes, "places": sorted({each["target"] for each in closes}), **more}

    volume = closed("loss", "acme/shop", "Cursor", "railway:volume:*", "proven")
    billing = closed("loss", "acme/payments", "Claude Code", "postgres:database:billing", "possible")
    rows = closed("leak", "acme/payments", "Claude Code", "MCP server billing", "possible")
    return {
        "steps": [
            step(
                1,
                "LP-011",
                "proven",
                [volume],
                monthly_usd=_figure(1.6, "secrets × price", secrets=4, price=0.4),
                hours=_figure(2, "files × 1 h", files=2),
                verdict_after="unknown",
                score_after=41.2,
            ),
            step(
                2,
                "LP-027",
                "possible",
                [billing, rows],
                monthly_usd=_figure(0),
                hours=_figure(0.5),
                verdict_after="survives",
                score_after=55,
            ),
        ],
        "proven": 1,
        "possible": 2,
        "left": [closed("leak", "acme/site", "A local agent", "the secrets in .env", "possible")],
        "method": "exact: a minimum-weight hitting set over all paths (MaxSAT)",
        "tier": "small",
        "people": 4,
        "assumed": ["the size of the team: the policy does not say"],
        "prices_as_of": "2026-02-01",
        "currency": "USD",
        "monthly_usd": _figure(1.6, "sum of the steps"),
        "hours": _figure(2.5, "sum of the steps"),
    }


def _replay() -> list[dict[str, Any]]:
    key = _at("tools/domains.sh", 4)
    steps = [
        {
            "n": 1,
            "link": "capability",
            "does": "meets a mismatch of credentials in a staging task and may run any command",
            "state": "open",
            "why": "none of SB-001, SB-002 is met",
            "controls": [
                {"control": "SB-001", "status": "fail", "message": "Cursor runs outside any container"},
                {"control": "SB-002", "status": "not-audited"},
            ],
            "requires": [
                {"fact": "agent.shell=unrestricted", "state": "found", "evidence": [_at(".cursor/cli.json", 1)]}
            ],
            "evidence": [_at(".cursor/cli.json", 1)],
        },
        {
            "n": 2,
            "link": "credential",
            "does": "searches the tree and finds a token for managing domains",
            "state": "open",
            "why": "LP-011 fails",
            "controls": [{"control": "LP-011", "status": "fail", "message": "tools/domains.sh holds a token"}],
            "evidence": [key, _at(".env.backup", 7), _at("notes.md", 2)],
        },
        {
            "n": 3,
            "link": "backup",
            "does": "the backups of the volume vanish with it",
            "state": "undetermined",
            "why": "nobody could look at the provider",
            "requires": [{"fact": "backup.location==source.volume", "state": "unknown", "why": "not in any file"}],
        },
    ]
    bare = {
        "id": "INC-01",
        "name": "A volume wiped in nine seconds",
        "date": "2026-04-24 or 25",
        "target": "acme/shop",
        "state": "open",
        "first_block": None,
        "depth": 0,
        "open_steps": [1, 2],
        "steps": steps,
        "verified": "several sources",
        "sources": ["S2", "S4"],
    }
    wall = {
        **steps[1],
        "n": 1,
        "state": "blocked",
        "why": "its settings keep it out",
        "blocked_by": ["LP-027"],
        "controls": [{"control": "LP-027", "status": "pass"}],
    }
    stopped = {
        **bare,
        "id": "INC-02",
        "name": "A production database deleted in a freeze",
        "date": "2025-07-18",
        "state": "blocked",
        "first_block": 1,
        "depth": 1,
        "open_steps": [],
        "steps": [wall],
    }
    unsure = {**bare, "id": "TEAM-7", "name": "Our own bad day", "target": "acme/payments", "state": "undetermined"}
    return [bare, stopped, {**unsure, "open_steps": [2], "steps": steps[1:]}]


def _nine_seconds() -> dict[str, Any]:
    key = _at("tools/domains.sh", 4)
    wipe = [
        _step(
            "agent:cursor",
            "can read unasked",
            _at(".cursor/cli.json", 1),
            why="no rule keeps its file tools from this path",
        ),
        _step("file:tools/domains.sh", "holds a Railway account token", key),
        _step("credential:railway-token:tools/domains.sh:4", "can delete volume", key, why="allowed by Shell(curl:*)"),
    ]
    push = [
        _step(
            "agent:claude-code",
            "can run",
            _at(".claude/settings.json", 3),
            why="it is started in a mode without approvals",
        ),
        _step(
            "command:package.json:9",
            "drizzle-kit empties the database that DATABASE_URL names",
            _at("package.json", 9),
            grade="unknown",
        ),
    ]
    lost = {
        "survivors": [],
        "verdict": "lost",
        "certainty": "proven",
        "cut_by": ["BK-005", "LP-011", "SB-001", "SB-010"],
        "path": wipe,
    }
    reason = "the provider deletes its backups together with what they are of, and no other copy is declared"
    open_ = {
        "survivors": [],
        "verdict": "unknown",
        "certainty": "possible",
        "cut_by": ["LP-001", "LP-027"],
        "path": push,
    }
    kept = {
        "survivors": ["s3://acme-vault"],
        "environment": "production",
        "owner": "platform team",
        "rpo_hours": 24,
        "restorable": None,
        "restorable_unknown": "no restore test is attested",
        "verdict": "survives",
        "certainty": "possible",
        "cut_by": ["LP-027"],
        "path": push,
    }
    return {
        "verdict": "lost",
        "reason": f"railway:volume:*: {reason}",
        "agents": [
            {
                "agent": "cursor",
                "title": "Cursor",
                "assumed": False,
                "target": "acme/shop",
                "destroys": [{"resource": "railway:volume:*", "reason": reason, **lost}],
            },
            {
                "agent": "claude-code",
                "title": "Claude Code",
                "assumed": False,
                "target": "acme/payments",
                "destroys": [
                    {
                        "resource": "postgres:database:billing",
                        "reason": "no backup of it is declared, and nobody could look at the provider",
                        **open_,
                    },
                    {
                        "resource": "infra/aws_s3_bucket.invoices",
                        "reason": "the policy declares a copy out of the agents' reach",
                        **kept,
                    },
                ],
                "leaks": [_leak()],
            },
            {
                "agent": "local-agent",
                "title": "A local agent at vendor defaults",
                "assumed": True,
                "target": "acme/site",
                "destroys": [],
            },
        ],
    }


def _target(id: str, kind: str, commit: str | None, files: int, *left: tuple[str, str, int]) -> dict[str, Any]:
    return {
        "id": id,
        "kind": kind,
        "commit": commit,
        "files_read": files,
        "not_searched": [{"path": path, "reason": reason, "files": count} for path, reason, count in left],
    }


def sample_data() -> dict[str, Any]:
    """A result of three targets: a lost volume, an exception, a broken check, places that could not be read."""
    findings = _findings()
    judged = scores((each["dimension"], each["severity"], each["status"]) for each in findings)
    return {
        "schema": "remit.result/1",
        "tool": {"name": "remit", "version": "0.1.0", "checks": 7, "plugins": []},
        "now": "2026-11-21T12:00:00Z",
        "targets": [
            _target(
                "acme/shop",
                "git",
                "4d1f3a9c0b7e62d85f914c3ab06de7788c21f05a",
                412,
                ("node_modules", "vendored", 1893),
                ("dist", "built", 41),
            ),
            _target("acme/payments", "git", "b0c1" * 10, 187, ("vendor", "vendored", 260)),
            _target("acme/site", "directory", None, 36),
        ],
        "policy": {
            "name": "Acme access policy",
            "version": "3",
            "digest": "sha256:" + "9f3c61d2" * 8,
            "sources": ["policy.toml", "remit:baseline"],
        },
        "fail_on": "high",
        "verdict": "fails",
        "scores": {name: asdict(score) for name, score in judged.items()},
        "nine_second_test": _nine_seconds(),
        "findings": findings,
        "gaps": [
            {"collector": "sql", "target": "acme/shop", "path": "db/seed.sql", "reason": "is larger than 64 MB"},
            {
                "collector": "agents",
                "target": "acme/shop",
                "path": ".codex/config.toml",
                "reason": "line 3: expected '=' after a key",
            },
            {
                "collector": "terraform",
                "target": "acme/payments",
                "path": "infra/main.tf",
                "reason": "nested deeper than 200 levels",
            },
            {"collector": "env", "target": "acme/payments", "path": "secrets/", "reason": "permission denied"},
        ],
        "controls": [
            {
                "id": id,
                "slug": slug,
                "severity": severity,
                "dimension": dimension,
                "title": title,
                "why": why,
                "fix": fix,
                "parameters": ["agents.allow_bypass"] if id == "LP-027" else [],
            }
            for id, (slug, severity, dimension, title, why, fix) in _CONTROLS.items()
        ],
        "plan": _plan(),
        "replay": _replay(),
        "assumptions": [],
        "notes": ["no file names an agent; say in the policy which agents are used here, or that none is"],
    }


def poison(value: Any, text: str, key: str = "", owner: str = "") -> Any:
    """The same data with `text` around every string that may hold what was audited, keys of mappings included."""
    if isinstance(value, str):
        fixed = key in _LITERAL or (key == "kind" and owner != "subject")
        return value if fixed else text + value + text
    if isinstance(value, dict):
        free = key in ("scores", "frameworks", "inputs")
        return {(text + name + text if free else name): poison(each, text, name, key) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [poison(each, text, key, owner) for each in value]
    return value


@pytest.fixture
def sample() -> Result:
    """A realistic result."""
    return Result.model_validate(sample_data())


@pytest.fixture(scope="session")
def poisoned() -> Callable[[str], Result]:
    """The realistic result with a hostile text in every string field."""
    return lambda text: Result.model_validate(poison(sample_data(), text))


@pytest.fixture
def supposed() -> Result:
    """The realistic result as it is told under an assumption."""
    return Result.model_validate({**sample_data(), "assumptions": ["SB-001=pass"]})


@pytest.fixture
def bygone() -> Result:
    """The realistic result as a version before plans, replays, leaks and grades stored it."""
    data = sample_data()
    for key in ("plan", "replay", "assumptions"):
        del data[key]
    new = {"grade", "cut_by", "environment", "owner", "rpo_hours", "restorable", "restorable_unknown"}
    for agent in data["nine_second_test"]["agents"]:
        agent.pop("leaks", None)
        for each in agent["destroys"]:
            for key in new - {"cut_by"}:
                each.pop(key, None)
            each["path"] = [{key: value for key, value in step.items() if key not in new} for step in each["path"]]
    return Result.model_validate(data)


@pytest.fixture
def changed() -> Callable[..., Result]:
    """The realistic result with other values at its top level."""
    return lambda **values: Result.model_validate({**sample_data(), **values})
