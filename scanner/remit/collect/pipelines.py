"""Commands of CI pipelines: GitHub Actions workflows and actions, GitLab CI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.collect.nodes import Node
from remit.collect.snippets import Snippet, literal_variables, shown, yaml_line
from remit.collect.yaml_text import parse_yaml
from remit.evidence import Maybe, Unknown
from remit.shell.names import names

_EXPRESSION = re.compile(r"\$\{\{([^{}\n]{0,500})\}\}")
_SHELLS = ("bash", "sh", "pwsh", "powershell", "zsh")
GITLAB_RESERVED = names(
    "default include stages variables workflow image services cache before_script after_script spec pages:deploy"
)
"""Keys at the top of a GitLab pipeline that are no jobs."""


def workflow_steps(text: str, _path: str) -> Iterator[Snippet]:
    """The `run` steps of a GitHub workflow or composite action."""
    lines = text.split("\n")
    for document in parse_yaml(text):
        shared = literal_variables(document.get("env"))
        shell = document.at("defaults", "run", "shell")
        trigger = _trigger(document.get("on"))
        runs = document.get("runs")
        if runs is not None:
            yield from _steps(runs, lines, "action step", False, shared, shell)
        jobs = document.get("jobs")
        for member in jobs.members if jobs else ():
            job = member.node
            condition = job.get("if")
            guard = f"; if: {shown(condition.text() or '')}" if condition is not None and condition.text() else ""
            context = f"workflow job {shown(member.key)}{trigger[:-1] + guard + ')' if trigger else ''}"
            variables = {**shared, **literal_variables(job.get("env"))}
            gated = environment_gate(job.get("environment"), "repository")
            yield from _steps(job, lines, context, gated, variables, job.at("defaults", "run", "shell") or shell)


def _steps(
    job: Node, lines: list[str], context: str, gated: Maybe[bool], variables: dict[str, str], shell: Node | None
) -> Iterator[Snippet]:
    steps = job.get("steps")
    for step in steps.items if steps else ():
        run = step.get("run")
        named = step.get("shell") or shell
        if run is None or not run.text() or not _is_shell(named):
            continue
        own = {**variables, **literal_variables(step.get("env"))}
        yield Snippet(_EXPRESSION.sub(_as_variable, run.text() or ""), yaml_line(run, lines), context, gated, own)


def _is_shell(named: Node | None) -> bool:
    text = named.text() if named is not None else None
    return text is None or text.split(" ")[0].rpartition("/")[2] in _SHELLS


def _as_variable(found: re.Match[str]) -> str:
    """An expression as a shell variable: its value is decided at run time unless `env` sets it here."""
    inner = found[1].strip()
    if inner == "github.workspace":
        return "${GITHUB_WORKSPACE}"
    if inner.startswith("env.") and re.fullmatch(r"[A-Za-z_]\w*", inner[4:]):
        return "${" + inner[4:] + "}"
    return "${" + re.sub(r"\W+", "_", inner)[:60].strip("_") + "_given}"


def _trigger(on: Node | None) -> str:
    if on is None:
        return ""
    names = [member.key for member in on.members] if on.kind == "object" else [name for name, _ in on.strings()]
    return f" (on {shown(', '.join(names))})" if names else ""


def environment_gate(environment: Node | None, settings: str) -> Maybe[bool]:
    """Whether a person approves a job: who reviews an environment is kept in settings, not in files."""
    if environment is None or environment.kind == "null":
        return False
    name = environment.text() or (environment.get("name") or environment).text() or "the job's environment"
    return Unknown(f"whether somebody must approve jobs of {shown(name)} is kept in the {settings}'s settings")


def gitlab_scripts(text: str, _path: str) -> Iterator[Snippet]:
    """The scripts of a GitLab pipeline."""
    lines = text.split("\n")
    for document in parse_yaml(text):
        shared = literal_variables(document.get("variables"))
        for member in document.members:
            job = member.node
            if member.key in {"before_script", "after_script"}:
                yield from _gitlab(job, lines, f"pipeline {member.key}", False, shared)
            if job.kind != "object" or member.key in GITLAB_RESERVED - {"default"}:
                continue
            variables = {**shared, **literal_variables(job.get("variables"))}
            for key in ("before_script", "script", "after_script"):
                if (script := job.get(key)) is not None:
                    yield from _gitlab(script, lines, f"pipeline job {shown(member.key)}", _gate(job), variables)


def _gitlab(
    script: Node, lines: list[str], context: str, gated: Maybe[bool], variables: dict[str, str]
) -> Iterator[Snippet]:
    nested = [part for item in script.items for part in (item.items if item.kind == "array" else (item,))] or [script]
    for item in nested:
        if item.text():
            yield Snippet(item.text() or "", yaml_line(item, lines), context, gated, variables)


def _gate(job: Node) -> Maybe[bool]:
    when = job.get("when")
    if when is not None and when.text() == "manual":
        return True
    rules = job.get("rules")
    for rule in rules.items if rules else ():
        if (rule_when := rule.get("when")) is not None and rule_when.text() == "manual":
            return Unknown("some of the job's rules wait for a person and others do not")
    return environment_gate(job.get("environment"), "project")
