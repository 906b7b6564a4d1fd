"""Which database roles belong to agents, what they hold that they should not, and how to take it away.

Several controls read this, each with its own idea of what is too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from remit.evidence import DatabaseRole, Privilege, RoleCatalogue, Source, Unknown
from remit.policy.globs import matches
from remit.remedy import Remedy, command, quoted, sql
from remit.verdict import Verdict, fail, ok, skip, unknown

POWERS = frozenset(
    ("SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION", "EXECUTE PROGRAM", "WRITE FILES")
)
"""Powers that void every grant or write past the tables; no policy can allow them to an agent."""
MEMBER = "MEMBER OF "
_AI_WORDS = frozenset(["ai", "claude", "cursor", "copilot", "codex", "gpt", "llm", "mcp", "gemini", "aider", "devin"])
_AGENT_WORDS = frozenset(("agent", "agents"))
_OTHER_AGENTS = frozenset(
    ["datadog", "dd", "zabbix", "jenkins", "newrelic", "telegraf", "snmp", "monitoring", "backup"]
)
_TOLD = 4
_SOURCES = 20

Held = Mapping[str, tuple[Privilege, ...]]
"""What each role holds that it should not, by its name; roles without are left out."""


def is_agents(name: str, globs: Iterable[str]) -> bool:
    """Whether the policy names the role, or its name says so."""
    if any(matches(glob, name) for glob in globs):
        return True
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name[:200])}
    return bool(words & _AI_WORDS) or bool(words & _AGENT_WORDS and not words & _OTHER_AGENTS)


def right_of(privilege: Privilege) -> str:
    """The right itself, without the column it is limited to."""
    return privilege.right.partition(" (")[0]


def held_of(role: DatabaseRole, forbidden: frozenset[str]) -> tuple[Privilege, ...]:
    """Those of a role's privileges that are among the forbidden rights."""
    return tuple(each for each in role.privileges if right_of(each) in forbidden)


def judged(
    catalogue: RoleCatalogue,
    globs: Sequence[str],
    held: Callable[[DatabaseRole], tuple[Privilege, ...]],
    remedy: Callable[[DatabaseRole, tuple[Privilege, ...], RoleCatalogue], Remedy],
    clean: str,
    *,
    counts: Callable[[DatabaseRole], bool] = lambda role: True,
) -> Verdict:
    """The verdict over every agent's role: the worst one decides, and what nobody can see leaves it open.

    `held` says what a role holds too much of, `clean` what is true where none does, `counts` which roles are meant.
    """
    roles = [role for role in catalogue.roles if role.name != "PUBLIC"]
    every = [role for role in roles if is_agents(role.name, globs)]
    agents = [role for role in every if counts(role)]
    bad = {role.name: found for role in agents if (found := held(role))}
    if bad:
        remedies = tuple(remedy(role, bad[role.name], catalogue) for role in catalogue.roles if role.name in bad)
        return fail(told(bad), *places(bad), remedies=remedies)
    sources = [role.source for role in agents]
    if agents and (left_open := [(role.name, each) for role in agents for each in role.unresolved]):
        return unknown(_undecided(agents, left_open, clean), *sources, remedies=(ask_the_database(),))
    missing = [glob for glob in globs if not any(matches(glob, role.name) for role in every)]
    if missing:
        named = f"the SQL here does not mention {', '.join(missing)}, which the policy says are agents' roles"
        return unknown(f"{named}; what they hold is not in these files", *sources, remedies=(ask_the_database(),))
    if every and not agents:
        names = ", ".join(role.name for role in every)
        return skip(f"by name or path {names} belongs to another environment", *(role.source for role in every))
    return _clean(roles, agents, clean)


def _clean(roles: Sequence[DatabaseRole], agents: Sequence[DatabaseRole], clean: str) -> Verdict:
    if agents:
        names = ", ".join(role.name for role in agents)
        return ok(f"{clean} {names}", *(role.source for role in agents))
    templates = [role for role in roles if "<" in role.name]
    if templates:
        names = ", ".join(role.name for role in templates[:_TOLD])
        why = f"roles are named by placeholders ({names}), and one may be an agent's; name the agents' in roles.agent"
        return unknown(why, *(role.source for role in templates), remedies=(ask_the_database(),))
    return skip("no role in the SQL is an agent's; name the agents' roles in roles.agent if one of them is")


def _undecided(agents: Sequence[DatabaseRole], left_open: Sequence[tuple[str, Unknown]], clean: str) -> str:
    names = ", ".join(role.name for role in agents)
    reasons = dict.fromkeys(f"{name}: {each.why}" for name, each in left_open)
    more = f"; and {len(reasons) - _TOLD} more" if len(reasons) > _TOLD else ""
    listed = "; ".join(list(reasons)[:_TOLD])
    return f"{clean} {names}, but the files leave this open: {listed}{more}"


def ask_the_database() -> Remedy:
    """The question that only a live database can answer."""
    return command(
        "Ask the database itself what the role holds: attributes, table grants, default privileges (reads only)",
        "psql \"service=AUDITOR\" -c '\\du+' -c '\\dp *.*' -c '\\ddp'",
        safe=True,
    )


# ------------------------------------------------------------------------------------------------ what is wrong


def told(bad: Held) -> str:
    """What is held too much, in as many phrases as a finding can show."""
    phrases = [f"{name} holds {phrase}" for name, held in bad.items() for phrase in _phrases(held)]
    more = f"; and {len(phrases) - _TOLD} more" if len(phrases) > _TOLD else ""
    return "; ".join(phrases[:_TOLD]) + more


def places(bad: Held) -> tuple[Source, ...]:
    """The statements that gave it, as many as a finding can show."""
    return tuple(dict.fromkeys(each.source for held in bad.values() for each in held))[:_SOURCES]


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


# ------------------------------------------------------------------------------------------------------ remedies


def own_role(database: str | None) -> Remedy:
    """A role that an agent alone uses and that only reads."""
    name = quoted(database) if database else "current_database_name"
    lines = (
        "CREATE ROLE agent_ro LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5;",
        "ALTER ROLE agent_ro SET default_transaction_read_only = on;",
        f"GRANT CONNECT ON DATABASE {name} TO agent_ro;",
        "GRANT USAGE ON SCHEMA public TO agent_ro;",
        "-- Table by table, and none with personal data: GRANT SELECT ON TABLE it TO agent_ro;",
        "-- Then name the role under roles.agent in the auditor's policy.",
    )
    return sql("Make a role that only agents use and that only reads", "\n".join(lines) + "\n")


def without_powers(role: DatabaseRole, held: tuple[Privilege, ...], catalogue: RoleCatalogue) -> Remedy:
    """Take from a role what makes it more than a plain one."""
    lines = dict.fromkeys(undo(role, held))
    return sql(f"Make {role.name} a plain role (run as an administrator)", "\n".join(lines) + "\n")


def reading_only(role: DatabaseRole, held: tuple[Privilege, ...], catalogue: RoleCatalogue) -> Remedy:
    """Leave a role with reading, today and for whatever is created tomorrow."""
    name = quoted(role.name)
    creators = [
        each.name
        for each in catalogue.roles
        if each.name != role.name
        and "<" not in each.name
        and any(own.right == "OWN" and own.on.startswith("TABLE") for own in each.privileges)
    ]
    lines = [
        *dict.fromkeys(undo(role, held)),
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


def undo(role: DatabaseRole, held: Iterable[Privilege]) -> Iterator[str]:
    """A statement for each right, at the place where it is held."""
    name = quoted(role.name)
    for each in held:
        holder = "PUBLIC" if each.via == "PUBLIC" else name
        if right_of(each).startswith(MEMBER) and not each.via:
            yield f"REVOKE {quoted(each.right.removeprefix(MEMBER))} FROM {name};"
        elif each.via not in ("", "PUBLIC"):
            yield from (f"REVOKE {quoted(group)} FROM {name};" for group in _groups_towards(role, each.via))
        elif each.right in POWERS:
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
    links = [(each.via, each.right.removeprefix(MEMBER)) for each in role.privileges if each.right.startswith(MEMBER)]
    carriers, grown = {carrier}, True
    while grown:
        more = {member for member, group in links if group in carriers and member} - carriers
        grown = bool(more)
        carriers |= more
    yield from dict.fromkeys(group for member, group in links if not member and group in carriers)
