"""Markdown for a pull request's comment or a wiki page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from remit.reporting import Report, Style, visible
from remit.result import FindingOut, Result, ScoreOut
from remit_reports import outline
from remit_reports.outline import Loss
from remit_reports.visible import anchor

_SIGNS = {"lost": "❌", "unknown": "❔", "survives": "✅", "no-agent": "✅"}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PUNCTUATION = re.compile(r"[\\`*_\[\]|~$^#]")
_STARTS_BLOCK = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
# An invisible break keeps forges from turning these into mentions, references and links, which a backslash does not:
# they look at the finished text. Source: Renovate and Dependabot write `@&#8203;name` for the same reason.
_LINKED = re.compile(
    r"@(?=\S)|[!%#~$&](?=[\w\"])|(?<=\w):(?=//)|www(?=\.)|(?<=\bmailto):|(?<=\bxmpp):|(?<=\bGH)-(?=\d)", re.IGNORECASE
)


def prose(text: str) -> str:
    """A value as plain text within a line of Markdown: no markup, no mention, no link comes out of it."""
    parts = _LINKED.sub(lambda match: match[0] + "\0", visible(text))
    parts = re.sub("[&<>]", lambda match: _ENTITIES[match[0]], parts)
    parts = _PUNCTUATION.sub(lambda match: "\\" + match[0], parts)
    parts = _STARTS_BLOCK.sub(lambda match: "\\" + match[0] if match[0] in "-+=" else match[0] + "\0", parts)
    return parts.replace("\0", "&#8203;")


def code(text: str) -> str:
    """A value as code: paths, names and commands, to be copied as they are."""
    shown = visible(text)
    if not shown.strip():
        return ""
    if "|" in shown:  # within a table a code span cannot hold every text with a pipe
        return f"<code>{prose(text).replace(chr(92) + '|', '&#124;')}</code>"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    room = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{room}{shown}{room}{fence}"


def render(result: Result, style: Style) -> str:
    """The result in the order of the terminal report, every finding included."""
    parts = (
        _test(result),
        _scores(result),
        _findings(result),
        _waived(result),
        _settled(result),
        _unseen(result),
        _closing(result),
    )
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _test(result: Result) -> Iterator[str]:
    verdict = result.nine_second_test.verdict
    yield f"## {_SIGNS[verdict]} Nine-second test: {verdict.replace('-', ' ')}"
    yield ""
    yield f"**{prose(outline.headline(result))}.**"
    losses = outline.losses(result)
    if losses:
        yield ""
        yield from _chain(losses[0])
    if len(losses) > 1:
        yield ""
        yield from _details(f"{len(losses) - 1} more within an agent's reach", _others(losses[1:]))


def _chain(loss: Loss) -> Iterator[str]:
    for number, hop in enumerate(loss.hops, start=1):
        doubt = " (possible)" if hop.step.certainty == "possible" else ""
        places = ", ".join(code(outline.place(each)) for each in hop.step.evidence)
        yield f"{number}. {code(hop.node)} {prose(hop.step.edge)}{doubt}" + (f": {places}" if places else "")
    fate = loss.destroyed
    yield f"{len(loss.hops) + 1}. {code(fate.resource)} **{fate.verdict}**: {prose(fate.reason)}"
    if fate.cut_by:
        yield ""
        yield f"Any one of these controls, met, cuts the path: {', '.join(map(prose, fate.cut_by))}."


def _others(losses: Sequence[Loss]) -> Iterator[str]:
    rows = (
        (
            each.destroyed.verdict,
            code(each.destroyed.resource),
            prose(", ".join(outline.agent_title(agent) for agent in (each.agent, *each.others))),
            prose(each.agent.target),
            prose(each.destroyed.reason),
            prose(", ".join(each.destroyed.cut_by)),
        )
        for each in losses
    )
    yield from _table(("Fate", "Resource", "Agents", "Target", "Why", "Cut by any of"), rows)


def _scores(result: Result) -> Iterator[str]:
    yield "### Scores"
    yield ""
    rows = ((prose(outline.dimension_title(name)), *_score(score)) for name, score in result.scores.items())
    yield from _table(
        ("Dimension", "Proven", "Possible", "Seen", *(status.replace("-", " ") for status in outline.STATUSES)), rows
    )


def _score(score: ScoreOut) -> tuple[str, ...]:
    counts = tuple(str(score.counts.get(status, 0)) for status in outline.STATUSES)
    numbers = (outline.percent(score.proven), outline.percent(score.possible), outline.seen(score.coverage))
    return (*(numbers if score.proven is not None else ("no score", "", "")), *counts)


def _findings(result: Result) -> Iterator[str]:
    ordered = outline.worst_first(result.findings, outline.cuts(result))
    failed = outline.failed_severities(result.findings)
    yield f"### The target{'s' if len(result.targets) > 1 else ''} {_run(result)}"
    told = ", ".join(f"{number} {severity}" for severity, number in failed.items())
    if told:
        yield ""
        yield f"Failing: {told}."
        yield ""
        yield from _finding_table([each for each in ordered if each.status == "fail"])
    undecided = [each for each in ordered if each.status in ("error", "unknown")]
    if undecided:
        yield ""
        yield from _details(f"{len(undecided)} undecided", _finding_table(undecided))


def _run(result: Result) -> str:
    several = len(result.targets) > 1
    words = {"meets": ("meets", "meet"), "fails": ("fails", "fail")}
    if result.verdict == "incomplete":
        return "could not be judged completely"
    return f"{words[result.verdict][several]} the policy"


def _finding_table(findings: Sequence[FindingOut]) -> Iterator[str]:
    rows = (
        (
            each.severity if each.status == "fail" else f"{each.status} ({each.severity})",
            prose(each.control) + _mark(each),
            code(each.subject.name),
            prose(each.message),
            "<br>".join(code(outline.place(source)) for source in each.sources),
            prose(each.remedies[0].title) if each.remedies else "",
        )
        for each in findings
    )
    yield from _table(("Severity", "Control", "Subject", "Finding", "Where", "First remedy"), rows)


def _waived(result: Result) -> Iterator[str]:
    waived = [each for each in outline.worst_first(result.findings) if each.status == "waived"]
    if not waived:
        return
    yield "### Accepted for a while"
    yield ""
    yield from _table(
        ("Control", "Subject", "Finding", "Where", "Approver", "Reason", "Ticket", "Until"), map(_waiver, waived)
    )


def _waiver(finding: FindingOut) -> tuple[str, ...]:
    waiver = finding.waiver
    terms = (waiver.approver, waiver.reason, waiver.ticket, waiver.until) if waiver else ("", "", "", "")
    return (
        prose(finding.control) + _mark(finding),
        code(finding.subject.name),
        prose(finding.message),
        "<br>".join(code(outline.place(source)) for source in finding.sources),
        *map(prose, terms),
    )


def _settled(result: Result) -> Iterator[str]:
    for status, words in (("pass", "met"), ("not-applicable", "not applicable")):
        found = [each for each in result.findings if each.status == status]
        if found:
            rows = (
                (
                    f"{prose(group[0].control)}",
                    prose(group[0].title),
                    ", ".join(code(each.subject.name) + _mark(each) for each in group),
                )
                for group in outline.by_control(found)
            )
            yield from _details(f"{len(found)} {words}", _table(("Control", "Title", "Subjects"), rows))


def _unseen(result: Result) -> Iterator[str]:
    if result.gaps:
        yield f"### Not seen: {outline.counted(len(result.gaps), 'place')}"
        yield ""
        rows = [(code(gap.path), prose(gap.reason), prose(gap.target)) for gap in result.gaps]
        yield from _table(("Place", "Reason", "Target"), rows[:3])
        if len(rows) > 3:
            yield ""
            yield from _details(f"{len(rows) - 3} more", _table(("Place", "Reason", "Target"), rows[3:]))
        yield ""
    left = outline.left_out(result)
    if left:
        yield (
            "Left out on purpose: "
            + "; ".join(f"{outline.counted(files, 'file')} ({prose(reason)})" for reason, files in left)
            + "."
        )
    for note in result.notes:
        yield ""
        yield f"Note: {prose(note)}."


def _closing(result: Result) -> Iterator[str]:
    yield "Run next:"
    yield ""
    yield from (f"- {code(each.command)}: {prose(each.purpose)}" for each in outline.advice(result))
    yield ""
    targets = ", ".join(prose(target.id) for target in result.targets)
    policy = f"policy {prose(result.policy.name)} {prose(result.policy.version)} ({code(result.policy.digest)})"
    yield f"<sub>{prose(result.tool.name)} {prose(result.tool.version)}, {prose(result.now)}, {policy}, {targets}</sub>"


def _mark(finding: FindingOut) -> str:
    """The fingerprint, for programs that look a finding up; people do not see it."""
    return f"<!-- {anchor(finding.fingerprint).replace('--', '-')} -->"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _details(summary: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"<details><summary>{prose(summary)}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"


MARKDOWN = Report("markdown", ".md", render)
