"""LP-030."""

from __future__ import annotations

from collections.abc import Sequence

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Command, ScriptFile, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.agent_commands import by_name, judged
from remit_checks.agent_deny_rules import deny_remedies

_TOOLS = frozenset({"terraform", "tofu", "terragrunt", "pulumi", "cdk", "cdktf", "sam"})
_SAMPLES = {"apply": "apply -auto-approve", "state": "state rm module.database", "import": "import aws_vpc.main vpc-1"}


@check(
    "LP-030",
    "iac-no-unattended-destroy",
    severity="critical",
    parameters=("iac.deny_verbs",),
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
    incidents=("INC-03",),
)
def iac_no_unattended_destroy(subject: Agent | ScriptFile, policy: Policy, graph: AccessGraph) -> Verdict:
    """Infrastructure is neither destroyed nor changed without somebody having read the plan.

    One `terraform destroy`, run by an agent against a state file it had taken for another, removed the network, the
    database and the cluster of a live platform. A script that applies with `-auto-approve`, or that destroys at all,
    puts the same within reach of everything that can run scripts. A stored plan that a person has read does not.

    Fix:
        Split the step in two: `terraform plan -out=tfplan`, and after somebody has read it `terraform apply tfplan`,
        in a job whose environment has required reviewers. Take destroy out of scripts altogether. Let the agent's own
        rules refuse apply, destroy, import and state.
    """
    if isinstance(subject, ScriptFile):
        return _script(subject)
    verbs = policy.iac.deny_verbs
    commands = [f"terraform {_SAMPLES.get(verb, verb)}" for verb in verbs]
    commands += [started for effect, started in by_name(graph.scripts) if effect == "iac-destroy"]
    prefixes = [f"{tool} {verb}" for tool in ("terraform", "tofu") for verb in verbs]
    return judged(subject, "iac-destroy", commands, deny_remedies(subject, prefixes))


def _script(script: ScriptFile) -> Verdict:
    commands = [each for each in script.commands if each.program in _TOOLS or "iac-destroy" in each.effects]
    if not commands:
        return skip(f"{script.path} runs no infrastructure tool")
    careless = [each for each in commands if "iac-destroy" in each.effects and not each.previewed]
    alone = [each for each in careless if not isinstance(each.gated, Unknown) and not each.gated]
    if alone:
        return fail(
            f"{script.path} runs `{_written(alone[0])}` ({alone[0].context}) and nobody has to have read a plan",
            *(each.source for each in alone),
            remedies=_remedies(script, alone),
        )
    for each in careless:
        if isinstance(each.gated, Unknown):
            text = f"{script.path} runs `{_written(each)}`: {each.gated.why}"
            return unknown(text, each.source, remedies=_remedies(script, careless))
    hidden = [each for each in commands if each.undecided is not None]
    if hidden and hidden[0].undecided is not None:
        return unknown(
            f"{script.path} runs `{_written(hidden[0])}`: {hidden[0].undecided.why}",
            *(each.source for each in hidden),
            remedies=(edit(script.path, "Write the sub-command and its flags out", _spelled(hidden), safe=False),),
        )
    how = "a person approves first" if careless else "what would change is shown first"
    return ok(f"{script.path} changes infrastructure only where {how}", *(each.source for each in commands))


def _written(command: Command) -> str:
    return " ".join((command.program, *command.words))[:160]


def _spelled(commands: Sequence[Command]) -> str:
    return "\n".join(f"line {each.source.line}: {_written(each)}" for each in commands)


def _remedies(script: ScriptFile, commands: Sequence[Command]) -> tuple[Remedy, ...]:
    body = "\n".join(f"line {each.source.line}: {_replacement(each)}" for each in commands)
    return (edit(script.path, "Plan first, apply the stored plan, destroy nothing from a script", body, safe=False),)


def _replacement(command: Command) -> str:
    """What to write instead of a command that changes infrastructure without a plan."""
    written = _written(command)
    tool = command.program
    if tool in {"terraform", "tofu", "terragrunt"} and "apply" in command.words:
        return (
            f"replace `{written}` by `{tool} plan -out=tfplan`, and in a later step, behind an approval, by "
            f"`{tool} apply tfplan`"
        )
    if tool == "pulumi" and {"up", "update"} & set(command.words):
        return f"replace `{written}` by `pulumi preview`, and behind an approval by `pulumi up` without --yes"
    if tool in {"cdk", "cdktf"} and "deploy" in command.words:
        return f"replace `{written}` by `{tool} diff`, and behind an approval by `{tool} deploy`, which asks"
    if tool == "aws" and "deploy" in command.words:
        return f"add --no-execute-changeset to `{written}`, and execute the change set behind an approval"
    return f"remove `{written}`; a person runs it by hand where it is really meant"
