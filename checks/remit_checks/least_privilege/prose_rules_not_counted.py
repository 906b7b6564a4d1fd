"""LP-039."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit.access.agent import Agent, Gate
from remit.access.unasked import contained
from remit.check import check
from remit.evidence import Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verbs import VerbClass
from remit.verdict import Verdict, ok, skip, unknown
from remit_checks.agent_deny_rules import deny_remedies

_PROSE = (".md", ".mdc", ".cursorrules")
_PREFIXES: Mapping[VerbClass, tuple[str, ...]] = {
    "sql-ddl": ("psql", "mysql"),
    "sql-mass-dml": ("psql", "mysql"),
    "iac-destroy": ("terraform destroy", "tofu destroy", "pulumi destroy"),
    "orm-force-push": ("npx drizzle-kit push", "npx prisma db push", "npx prisma migrate reset"),
    "k8s-delete": ("kubectl delete", "helm uninstall"),
    "git-force": ("git push --force", "git push -f"),
    "fs-delete-outside": ("rm -rf", "rm -fr"),
    "cloud-delete": ("aws rds delete-db-instance", "aws s3 rb", "gcloud sql instances delete"),
    "volume-delete": ("railway volume delete", "docker volume rm", "fly volumes destroy"),
    "secret-write": ("gh secret set", "railway variables --set"),
}


@check(
    "LP-039",
    "prose-rules-not-counted",
    severity="low",
    parameters=("gate.classes",),
    frameworks={
        "owasp-agentic": ("ASI02", "ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.M0029", "AML.M0028"),
        "nist-800-53": ("CM-3", "CM-5", "AC-3(2)", "CP-9(7)"),
        "nist-csf": ("PR.PS-01", "PR.AA-05", "ID.RA-07"),
        "iso-27001": ("A.8.32", "A.5.3"),
        "iso-42001": ("A.9.2", "A.6.2.6"),
        "soc2": ("CC8.1", "CC6.3"),
        "cis": ("4.1", "2.7"),
        "nist-ai-rmf": ("MAP 3.5", "MANAGE 2.4"),
        "eu-ai-act": ("14", "26"),
        "csa-aicm": ("CCC-04",),
    },
    incidents=("INC-02", "INC-25"),
    attestable=True,
)
def prose_rules_not_counted(agent: Agent, policy: Policy) -> Verdict:
    """What the text for an agent forbids, a rule that is enforced forbids as well.

    Agents that destroyed something had been told not to, in capitals, and quoted the sentence afterwards. Text steers a
    model; it holds nothing. Worse, it reads like a safeguard to whoever has to judge the risk. What such a text says
    is not read here: it counts as met only where every destructive class is held back by something else.

    Fix:
        For each prohibition in the text write a deny rule in the agent's settings, or let it ask. Leave the text for
        what no rule can say.
    """
    prose = [path for path in agent.files if path.lower().endswith(_PROSE)]
    if not prose:
        return skip(f"no text addressed to {agent.title} was found beside its settings", *agent.sources)
    loose = [each for each in policy.gate.classes if not _held(agent, each)]
    if not loose:
        held = ", ".join(policy.gate.classes)
        return ok(f"whatever {prose[0]} forbids, the settings of {agent.title} hold back: {held}", *agent.sources)
    which = "anything destructive" if len(loose) == len(policy.gate.classes) else f"any of {', '.join(loose)}"
    text = f"if {prose[0]} forbids {which}, it is text alone that does; its content is not judged"
    return unknown(f"{agent.title}: {text}", *agent.sources, remedies=_remedies(agent, loose))


def _held(agent: Agent, verb_class: VerbClass) -> bool:
    """Whether a rule, a person or a sandbox surely stands before a class of commands."""
    gate = agent.access.gate(verb_class)
    if gate is None:
        shell = agent.access.shell_without_approval
        return not isinstance(shell, Unknown) and shell == "no"
    return not agent.bypass and _stops(agent, gate)


def _stops(agent: Agent, gate: Gate) -> bool:
    if isinstance(gate.decision, Unknown) or (gate.assumed and gate.decision != "deny"):
        return False
    return gate.decision in {"deny", "ask"} or (gate.decision == "sandboxed" and contained(agent))


def _remedies(agent: Agent, loose: Sequence[VerbClass]) -> tuple[Remedy, ...]:
    prefixes = list(dict.fromkeys(prefix for each in loose for prefix in _PREFIXES[each]))
    return (
        *deny_remedies(agent, prefixes),
        manual(
            "Or attest that the text forbids nothing that no rule does",
            '[[attestations]]\ncontrol = "LP-039"\nby = "…"\non = 2026-01-31\nvalid_days = 90\nevidence = "…"',
        ),
    )
