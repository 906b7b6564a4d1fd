"""LP-004."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.graph import AccessGraph
from remit.access.nodes import usable
from remit.check import check
from remit.evidence import CredentialFile, DatabaseRole, Privilege, RoleCatalogue
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.agent_roles import (
    MEMBER,
    POWERS,
    ask_the_database,
    judged,
    own_role,
    right_of,
    without_powers,
)
from remit_checks.least_privilege.connections import (
    Connection,
    connections,
    is_admin,
    listed,
    out_of_reach,
    reached,
    sql_is_whole,
)

_SERVICE_ROLE = "supabase-service-role"
_BY_NAME = "an administrator's name"


@check(
    "LP-004",
    "db-role-not-privileged",
    severity="critical",
    parameters=("db.admin_role_names", "roles.agent"),
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
    incidents=("INC-02", "INC-04", "INC-05", "INC-16"),
    attestable=True,
    needs=(RoleCatalogue,),
)
def db_role_not_privileged(subject: RoleCatalogue | CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    """No agent reaches a database as an administrator, or as a role that passes its row-level security.

    Grants and row-level security mean nothing to a superuser, an owner of roles or a service key: they are read past
    without an error. A support ticket made an agent copy secret tokens out of a database whose every table was
    protected by rows, because the key it had been given was the one to which the protection does not apply.

    Fix:
        Make a plain role for agents, give it what it needs, and put its connection where the administrator's is now.
        Keep the administrator's with the people who run the database.
    """
    if isinstance(subject, CredentialFile):
        return _file(subject, policy, graph)
    names = policy.db.admin_role_names
    return judged(
        subject,
        policy.roles.agent,
        lambda role: tuple(_powers(role, names)),
        _plain,
        "the SQL gives no power over the server and no administrator's role to",
    )


def _powers(role: DatabaseRole, names: Sequence[str]) -> Iterator[Privilege]:
    for each in role.privileges:
        right = right_of(each)
        if right in POWERS or (right.startswith(MEMBER) and is_admin(right.removeprefix(MEMBER), names)):
            yield each
    if is_admin(role.name, names):
        yield Privilege(_BY_NAME, "SERVER", role.source)


def _plain(role: DatabaseRole, held: tuple[Privilege, ...], catalogue: RoleCatalogue) -> Remedy:
    """A role that is an administrator by its name is not to be mended: agents need another one."""
    by_name = any(each.right == _BY_NAME for each in held)
    return own_role(None) if by_name else without_powers(role, held, catalogue)


# ----------------------------------------------------------------------------------------------------------- files


def _file(file: CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    found = connections(file, graph)
    keys = [each for each in file.credentials if each.kind == _SERVICE_ROLE and usable(each)]
    if not found and not keys:
        return skip(f"{file.path} opens no database outside development")
    sources = [*(each.source for each in found), *(each.source for each in keys)]
    reach = reached(file, graph)
    if reach is None:
        return ok(out_of_reach(file, graph), *sources)
    powerful = [each for each in found if _is_powerful(each, policy)]
    if powerful or keys:
        named = [*([listed(powerful)] if powerful else []), *(each.title for each in keys)]
        text = f"{file.path}, which opens a database with an administrator's rights: {', '.join(named)}"
        places = [*(each.source for each in powerful), *(each.source for each in keys)]
        remedies = tuple(_remedies(file, powerful))
        if reach[0] == "proven":
            return fail(f"{reach[1]} can read {text}", *places, remedies=remedies)
        return unknown(f"nobody can tell whether {reach[1]} reads {text} ({reach[2]})", *places, remedies=remedies)
    left_open = [(each, why) for each in found if (why := _open(each, graph))]
    if left_open:
        whys = "; ".join(f"{each.called}: {why}" for each, why in left_open[:3])
        return unknown(
            f"{file.path} opens a database; {whys}",
            *(each.source for each, _ in left_open),
            remedies=(ask_the_database(),),
        )
    return ok(f"{file.path} opens a database as a plain role: {listed(found)}", *sources)


def _is_powerful(connection: Connection, policy: Policy) -> bool:
    names = policy.db.admin_role_names
    by_role = connection.role is not None and any(_powers(connection.role, names))
    return by_role or is_admin(connection.user, names)


def _open(connection: Connection, graph: AccessGraph) -> str:
    """What keeps anybody from saying that its role is a plain one; empty where nothing does."""
    if connection.user is None:
        return "nothing here names its user"
    if connection.role is None:
        return f"what {connection.user} may do is not in the SQL here"
    if connection.role.unresolved:
        return connection.role.unresolved[0].why
    return "" if sql_is_whole(graph) else "not every SQL file could be read"


def _remedies(file: CredentialFile, powerful: Sequence[Connection]) -> Iterator[Remedy]:
    if powerful:
        yield own_role(powerful[0].credential.database)
    steps = [
        f"1. Take the administrator's connection out of {file.path}, and change its password: whoever read it has it.",
        "2. Put the agents' own role there, or, for Supabase, the publishable key with row-level security.",
    ]
    yield manual("Swap the credential", "\n".join(steps), safe=False)
