"""LP-003."""

from __future__ import annotations

from remit.check import check
from remit.evidence import RoleCatalogue
from remit.policy.model import Policy
from remit.verdict import Verdict
from remit_checks.least_privilege.agent_roles import POWERS, held_of, judged, reading_only


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
    forbidden = frozenset(policy.roles.forbidden_privileges) | POWERS
    return judged(
        catalogue,
        policy.roles.agent,
        lambda role: held_of(role, forbidden),
        reading_only,
        "the SQL declares nothing beyond reading for",
    )
