"""Pipelines whose jobs are given secrets or an identity token: GitHub workflows and GitLab's `.gitlab-ci.yml`.

Only the places are kept. What a job is given counts, not what it does with it: whoever may change the file decides what
it does. For the same reason `when: manual` counts as no gate here: the change can take it away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from remit.collect.collector import Collector, Document, Scope
from remit.collect.nodes import Node
from remit.collect.pipelines import GITLAB_RESERVED, environment_gate
from remit.collect.snippets import literal_variables, yaml_line
from remit.collect.yaml_text import parse_yaml
from remit.evidence import Gap, Maybe, Pipeline, Source, Unknown
from remit.shell.names import names

NAME = "pipeline_secrets"
_MOST_SECRETS = 100
_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_GITLAB = re.compile(r"\.gitlab-ci\.ya?ml")
# Texts in an expression come first, so that nothing inside them is taken for a reference.
_REFERENCE = re.compile(
    r"'[^']*+'|(?<![\w.-])(secrets)(?![\w-])(?:\s*+\.\s*+([\w-]++)|\s*+\[\s*+'([^']*+)'\s*+\])?", re.IGNORECASE
)
_VARIABLE = re.compile(r"(?<!\$)\$\{?([A-Z][A-Z0-9_]*+)(?![a-z])")
_ASSIGNED = re.compile(r"(?<![\w$])([A-Z][A-Z0-9_]*+)=(?![\"']?\$\{?\1\b)")
_ASKING_NAME = re.compile(r"(?:TOKEN|KEY|PASSWORD|PASSWD|SECRET|CREDENTIALS)\Z")
_PUBLIC_NAME = re.compile(r"(?:PUBLIC|PUB|CACHE)_KEY\Z")
# What every GitLab job has: like GitHub's own token it is good for the project itself, which is code and releases.
_OF_EVERY_JOB = names("CI_JOB_TOKEN CI_REGISTRY_PASSWORD CI_DEPENDENCY_PROXY_PASSWORD")
_SCRIPTS = ("before_script", "script", "after_script", "variables")
_INHERITED = Unknown("what it extends, or what extends it, may wait in an environment: that was not followed")
_INCLUDED = Unknown("which secrets the files that it includes are given is not written there")

Finder = Callable[[str], Iterator[int]]
"""Where in a text something is asked for, as offsets in rising order."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What one job is given, and whether a person stands before it."""

    lines: tuple[int, ...]
    gated: Maybe[bool]


@dataclass(slots=True)
class _Reading:
    """One file being read. Answers are remembered by node, since aliases lead to the same one again and again."""

    lines: list[str]
    find: Finder
    _known: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _starts: dict[int, int] = field(default_factory=dict)

    def asked(self, *nodes: Node | None) -> tuple[int, ...]:
        """The lines on which the texts below these nodes ask for something."""
        found: dict[int, None] = {}
        stack = [node for node in reversed(nodes) if node is not None]
        while stack:
            node = stack.pop()
            found.update(dict.fromkeys(self._in_text(node)))
            stack += [*reversed(node.items), *(member.node for member in reversed(node.members))]
        return tuple(found)

    def _in_text(self, node: Node) -> tuple[int, ...]:
        text = node.text()
        if text is None:
            return ()
        if id(node) not in self._known:
            self._known[id(node)] = tuple(dict.fromkeys(self._lines_in(text, node)))
        return self._known[id(node)]

    def _lines_in(self, text: str, node: Node) -> Iterator[int]:
        at = passed = 0
        for position in self.find(text):
            if node.line not in self._starts:
                self._starts[node.line] = yaml_line(node, self.lines)
            passed += text.count("\n", at, position)
            at = position
            yield min(self._starts[node.line] + passed, len(self.lines))


# ------------------------------------------------------------------------------------------------ GitHub


def _references(text: str) -> Iterator[int]:
    """Where the expressions of a text reach for secrets: by name, by a computed name, or for all of them."""
    start = text.find("${{")
    while start >= 0 and (end := text.find("}}", start)) >= 0:
        for found in _REFERENCE.finditer(text[start:end]):
            # GITHUB_TOKEN is every job's own, named or not: good for the repository, which clones outlive.
            if found[1] and (found[2] or found[3] or "").upper() != "GITHUB_TOKEN":
                yield start + found.start()
        start = text.find("${{", end)


def _workflow(document: Node, lines: list[str]) -> Iterator[_Given]:
    reading = _Reading(lines, _references)
    shared = reading.asked(document.get("env"))
    jobs = document.get("jobs")
    for member in jobs.members if jobs else ():
        job = member.node
        allowed = job.get("permissions") or document.get("permissions")
        given = (*_inherited(job), *reading.asked(job), *_identity(allowed), *shared)
        yield _Given(given, environment_gate(job.get("environment"), "repository"))


def _inherited(job: Node) -> tuple[int, ...]:
    """`secrets: inherit`, by which a called workflow gets them all."""
    secrets = job.get("secrets")
    return (secrets.line,) if secrets is not None and secrets.text() == "inherit" else ()


def _identity(permissions: Node | None) -> tuple[int, ...]:
    """Where a job asks for a token that clouds take as its identity."""
    if permissions is None:
        return ()
    token = permissions.get("id-token")
    if permissions.text() == "write-all":
        return (permissions.line,)
    return (token.line,) if token is not None and token.text() == "write" else ()


# ------------------------------------------------------------------------------------------------ GitLab


def _gitlab(document: Node, lines: list[str]) -> Iterator[_Given]:
    default = document.get("default")
    heads = [document, *([default] if default else [])]
    jobs = [(each.key, each.node) for each in document.members if _is_job(each.key, each.node)]
    own = _OF_EVERY_JOB.union(_set_here([*heads, *(job for _, job in jobs)]))
    reading = _Reading(lines, lambda text: _variables(text, own))
    shared = tuple(line for head in heads for line in _asked_by(head, reading))
    found = [_Given((*_asked_by(job, reading), *shared), _gate(key, job)) for key, job in jobs]
    yield from found
    include = next((each for each in document.members if each.key == "include"), None)
    if include is not None and not any(each.lines for each in found):
        yield _Given((include.line,), _INCLUDED)


def _is_job(key: str, node: Node) -> bool:
    return node.kind == "object" and key not in GITLAB_RESERVED


def _asked_by(job: Node, reading: _Reading) -> tuple[int, ...]:
    """What a job is handed by keyword, and the variables in its scripts that are called as secrets are."""
    handed = [each.line for each in job.members if each.key in ("id_tokens", "secrets") and each.node.members]
    return (*handed, *reading.asked(*(job.get(key) for key in _SCRIPTS)))


def _gate(key: str, job: Node) -> Maybe[bool]:
    gate = environment_gate(job.get("environment"), "project")
    if isinstance(gate, Unknown) or not (key.startswith(".") or job.get("extends")):
        return gate
    return _INHERITED


def _variables(text: str, own: frozenset[str]) -> Iterator[int]:
    """Where a text uses a variable that is called as secrets are and that no value is known of."""
    # Whether a variable is a masked one is kept in the project's settings; its name is all that a file shows.
    for found in _VARIABLE.finditer(text):
        name = found[1]
        if name not in own and _ASKING_NAME.search(name) and not _PUBLIC_NAME.search(name):
            yield found.start()


def _set_here(jobs: Sequence[Node]) -> Iterator[str]:
    """Variables to which the file gives a value of its own: in `variables`, or in a script."""
    texts: dict[int, str] = {}
    for job in jobs:
        values = literal_variables(job.get("variables"))
        yield from (name for name, value in values.items() if value and "$" not in value)
        for key in ("before_script", "script", "after_script"):
            script = job.get(key)
            nested = [part for item in script.items for part in (item, *item.items)] if script else []
            texts |= {id(node): node.text() or "" for node in (script, *nested) if node is not None}
    for text in texts.values():
        yield from (found[1] for found in _ASSIGNED.finditer(text))


# ------------------------------------------------------------------------------------------------ the collector


def _wants(path: str) -> bool:
    return bool(_WORKFLOW.fullmatch(path) or _GITLAB.fullmatch(path))


def _parse(document: Document) -> Iterator[Pipeline]:
    text = document.text().replace("\r\n", "\n")
    lines = text.split("\n")
    read = _workflow if _WORKFLOW.fullmatch(document.path) else _gitlab
    given = [each for node in parse_yaml(text) for each in read(node, lines) if each.lines]
    if given:
        given.sort(key=lambda each: _rank(each.gated))
        asked = dict.fromkeys(line for each in given for line in each.lines)
        places = tuple(Source(document.path, line, NAME) for line in islice(asked, _MOST_SECRETS))
        yield Pipeline(document.path, places, given[0].gated)


def _rank(gated: Maybe[bool]) -> int:
    """The weakest gate is the pipeline's: an open one, then one that nobody could see, then a closed one."""
    return 1 if isinstance(gated, Unknown) else 2 if gated else 0


def _link(facts: Sequence[Pipeline], _gaps: Sequence[Gap], _scope: Scope) -> Iterable[Pipeline]:
    return facts


pipeline_secrets = Collector(
    name=NAME,
    version=1,
    fact=Pipeline,
    subjects=(Pipeline,),
    wants=_wants,
    parse=_parse,
    link=_link,
)
