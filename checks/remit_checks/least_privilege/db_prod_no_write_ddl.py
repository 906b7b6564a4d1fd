"""LP-003."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from remit.check import check
from remit.evidence import DatabaseRole, Privilege, RoleCatalogue, Source, Unknown
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.remedy import Remedy, command, quoted, sql
from remit.verdict import Verdict, fail, ok, skip, unknown

# Powers that void every grant or write past the tables; no policy can allow them to an agent.
_POWERS = frozenset(
    ("SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION", "EXECUTE PROGRAM", "WRITE FILES")
)
_AI_WORDS = frozenset(["ai", "claude", "cursor", "copilot", "codex", "gpt", "llm", "mcp", "gemini", "aider", "devin"])
_AGENT_WORDS = frozenset(("agent", "agents"))
_OTHER_AGENTS = frozenset(
    ["datadog", "dd", "zabbix", "jenkins", "newrelic", "telegraf", "snmp", "monitoring", "backup"]
)
_MEMBER = "MEMBER OF "
_TOLD = 4
_SOURCES = 20


@check(
    "LP-003",
    "db-prod-no-write-ddl",
    severity="critical",
    parameters=("roles.agent", "roles.forbidden_privileges"),
    frameworks={
        "owasp-agentic": ("ASI03", "ASI02"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.T0053", "AML.M0026", "AML.M0028"),
        "nist-800-53": ("AC-3", "AC-6", "AC-6(5)", "AC-6(10)"),
        "nist-csf": ("PR.AA-05",),
        "iso-27001": ("A.5.15", "A.8.2", "A.8.3"),
        "iso-42001": ("A.9.2", "A.4.5"),
        "soc2": ("CC6.1", "CC6.3"),
        "cis": ("3.3", "6.8"),
        "nist-ai-rmf": ("MANAGE 1.3", "MAP 4.2"),
        "eu-ai-act": ("15", "9"),
        "csa-aicm": ("IAM-05", "IAM-19"),
    },
    incidents=("INC-02", "INC-04", "INC-05", "INC-12"),
)
def db_prod_no_write_ddl(catalogue: RoleCatalogue, policy: Policy) -> Verdict:
    """An agent's database role holds no right to write, to change the schema or to own anything.

    Emptying a table takes one statement, and an agent that may send it will, once it takes the table for the
    obstacle. A role's own grants are only part of the answer: what it inherits, what it can become by SET ROLE, what
    PUBLIC holds and what default privileges will add tomorrow count as much, and ownership outlives every REVOKE.

    Judged is what the repository's SQL declares. Which scripts ran, and what was changed by hand, only the database
    knows.

    Fix:
        Revoke what is listed, take the role out of the groups that carry it, and give its objects to another owner.
        For every role that creates tables, set the default privileges too, or the next migration hands the rights
        back.
    """
    roles = [role for role in catalogue.roles if role.name != "PUBLIC"]
    agents = [role for role in roles if _is_agents(role.name, policy.roles.agent)]
    missing = [glob for glob in policy.roles.agent if not any(matches(glob, role.name) for role in agents)]
    forbidden = frozenset(policy.roles.forbidden_privileges) | _POWERS
    bad = {role.name: _forbidden(role, forbidden) for role in agents}
    if any(bad.values()):
        return _fails(catalogue, {name: held for name, held in bad.items() if held})
    sources = [role.source for role in agents]
    if agents and (left_open := [(role.name, each) for role in agents for each in role.unresolved]):
        return unknown(_undecided(agents, left_open), *sources, remedies=(_ask_the_database(),))
    if missing:
        named = f"the SQL here does not mention {', '.join(missing)}, which the policy says are agents' roles"
        return unknown(f"{named}; what they hold is not in these files", *sources, remedies=(_ask_the_database(),))
    return _clean(roles, agents)


def _is_agents(name: str, globs: Iterable[str]) -> bool:
    """Whether the policy names the role, or its name says so."""
    if any(matches(glob, name) for glob in globs):
        return True
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name[:200])}
    return bool(words & _AI_WORDS) or bool(words & _AGENT_WORDS and not words & _OTHER_AGENTS)


def _forbidden(role: DatabaseRole, forbidden: frozenset[str]) -> tuple[Privilege, ...]:
    return tuple(each for each in role.privileges if each.right.partition(" (")[0] in forbidden)


def _clean(roles: list[DatabaseRole], agents: list[DatabaseRole]) -> Verdict:
    if agents:
        names = ", ".join(role.name for role in agents)
        return ok(f"the SQL declares nothing beyond reading for {names}", *(role.source for role in agents))
    templates = [role for role in roles if "<" in role.name]
    if templates:
        names = ", ".join(role.name for role in templates[:_TOLD])
        why = f"roles are named by placeholders ({names}), and one may be an agent's; name the agents' in roles.agent"
        return unknown(why, *(role.source for role in templates), remedies=(_ask_the_database(),))
    return skip("no role in the SQL is an agent's; name the agents' roles in roles.agent if one of them is")


def _undecided(agents: list[DatabaseRole], left_open: list[tuple[str, Unknown]]) -> str:
    names = ", ".join(role.name for role in agents)
    reasons = dict.fromkeys(f"{name}: {each.why}" for name, each in left_open)
    more = f"; and {len(reasons) - _TOLD} more" if len(reasons) > _TOLD else ""
    told = "; ".join(list(reasons)[:_TOLD])
    return f"no right to write is declared for {names}, but the files leave this open: {told}{more}"


def _ask_the_database() -> Remedy:
    return command(
        "Ask the database itself what the role holds: attributes, table grants, default privileges (reads only)",
        "psql \"service=AUDITOR\" -c '\\du+' -c '\\dp *.*' -c '\\ddp'",
        safe=True,
    )


# ------------------------------------------------------------------------------------------------ what is wrong


def _fails(catalogue: RoleCatalogue, bad: Mapping[str, tuple[Privilege, ...]]) -> Verdict:
    told = [f"{name} holds {phrase}" for name, held in bad.items() for phrase in _phrases(held)]
    more = f"; and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    sources = list(dict.fromkeys(each.source for held in bad.values() for each in held))
    remedies = tuple(_remedy(role, bad[role.name], catalogue) for role in catalogue.roles if role.name in bad)
    return fail("; ".join(told[:_TOLD]) + more, *sources[:_SOURCES], remedies=remedies)


def _phrases(privileges: Iterable[Privilege]) -> Iterator[str]:
    """What one statement gave, in one phrase each."""
    grouped: dict[tuple[str, Source], list[Privilege]] = {}
    for each in privileges:
        grouped.setdefault((each.via, each.source), []).append(each)
    for (via, source), held in grouped.items():
        rights = ", ".join(dict.fromkeys("ownership" if each.right == "OWN" else each.right for each in held))
        things = [on for on in dict.fromkeys(each.on for each in held) if on != "SERVER"]
        more = f" and {len(things) - 2} more" if len(things) > 2 else ""
        where = f" on {', '.join(things[:2])}{more}" if things else ""
        yield f"{rights}{where}{f' through {via}' if via else ''} ({source})"


def _remedy(role: DatabaseRole, held: tuple[Privilege, ...], catalogue: RoleCatalogue) -> Remedy:
    name = quoted(role.name)
    creators = [
        each.name
        for each in catalogue.roles
        if each.name != role.name
        and "<" not in each.name
        and any(own.right == "OWN" and own.on.startswith("TABLE") for own in each.privileges)
    ]
    lines = [
        *dict.fromkeys(_undo(role, held)),
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        *(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(creator)} REVOKE ALL ON TABLES FROM {name};"
            for creator in creators
        ),
        "-- For every other role that creates tables:",
        f"--   ALTER DEFAULT PRIVILEGES FOR ROLE it REVOKE ALL ON TABLES FROM {name};",
        "-- What somebody other than the owner granted stays: take it back with REVOKE ... GRANTED BY that role.",
        "-- In each database, once nothing else relies on them:",
        "--   REVOKE TEMPORARY, CONNECT ON DATABASE it FROM PUBLIC;  and GRANT CONNECT to each role that needs it",
        "--   REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) FROM PUBLIC;",
        f"-- Reading, table by table and none with personal data: GRANT SELECT ON TABLE it TO {name};",
    ]
    return sql(f"Leave {role.name} with reading only (run as the owner of the database)", "\n".join(lines) + "\n")


def _undo(role: DatabaseRole, held: Iterable[Privilege]) -> Iterator[str]:
    """A statement for each right, at the place where it is held."""
    name = quoted(role.name)
    for each in held:
        holder = "PUBLIC" if each.via == "PUBLIC" else name
        if each.via not in ("", "PUBLIC"):
            yield from (f"REVOKE {quoted(group)} FROM {name};" for group in _groups_towards(role, each.via))
        elif each.right in _POWERS:
            yield f"ALTER ROLE {name} NO{each.right};"
        elif each.right == "OWN":
            yield f"ALTER {each.on} OWNER TO CURRENT_USER;  -- better: the role that owns the application's objects"
        elif each.on.startswith("DEFAULT PRIVILEGES"):
            scope, _, kind = each.on.rpartition(" ON ")
            yield f"ALTER {scope} REVOKE {each.right} ON {kind} FROM {holder};"
        else:
            yield f"REVOKE {each.right} ON {each.on} FROM {holder};"


def _groups_towards(role: DatabaseRole, carrier: str) -> Iterator[str]:
    """The role's own memberships by which it comes to what another role holds."""
    links = [(each.via, each.right.removeprefix(_MEMBER)) for each in role.privileges if each.right.startswith(_MEMBER)]
    carriers, grown = {carrier}, True
    while grown:
        more = {member for member, group in links if group in carriers and member} - carriers
        grown = bool(more)
        carriers |= more
    yield from dict.fromkeys(group for member, group in links if not member and group in carriers)
