"""Markdown for a pull request's comment or a wiki page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.reporting import Report, Style
from remit.result import FindingOut, Result, ScoreOut
from remit_reports import markdown_parts as parts
from remit_reports import outline
from remit_reports import reach_outline as reach
from remit_reports.markdown_text import ALL, caution, code, details, prose, table
from remit_reports.outline import Loss
from remit_reports.reach_outline import Leak
from remit_reports.visible import anchor

_COMMENT = 60_000
"""Characters that a forge takes as a comment, with some to spare; GitHub takes 65,536."""
_ROWS = (ALL, 400, 200, 100, 50, 25, 12, 4)
"""Rows of the longest table, tried in this order."""


def render(result: Result, style: Style) -> str:
    """The result in the order of the terminal report.

    Every finding is in it as long as a forge takes that much as a comment; beyond that, and unless the style is
    verbose, its tables are cut short and say by how much.
    """
    for most in _ROWS:
        text = _whole(result, most)
        if style.verbose or len(text) <= _COMMENT:
            break
    return text


def _whole(result: Result, most: int) -> str:
    told = (
        caution(reach.what_if(result)),
        _test(result, most // 4),
        parts.plan(result, whole=False),
        parts.replay(result),
        _scores(result),
        _findings(result, most),
        _waived(result, most),
        _settled(result, most // 4),
        unseen(result, most // 4),
        _left_out(result),
        notes(result),
        _closing(result),
        origin(result),
    )
    return "\n\n".join("\n".join(part) for part in map(list, told) if part) + "\n"


def verdict(result: Result) -> Iterator[str]:
    """The answer to the nine-second test."""
    said = result.nine_second_test.verdict
    yield f"## {parts.SIGNS[said]} Nine-second test: {said.replace('-', ' ')}"
    yield ""
    yield f"**{prose(outline.headline(result))}.**"


def _test(result: Result, most: int) -> Iterator[str]:
    yield from verdict(result)
    losses = outline.losses(result)
    if losses:
        yield ""
        yield from _chain(losses[0])
    if len(losses) > 1:
        yield ""
        yield from details(f"{len(losses) - 1} more within an agent's reach", _others(losses[1:], most))
    leaks = reach.leaks(result)
    if leaks:
        yield ""
        yield from _leaks(leaks, most, several=len(result.targets) > 1)


def _chain(loss: Loss) -> Iterator[str]:
    for number, hop in enumerate(loss.hops, start=1):
        doubt = " (possible)" if hop.step.certainty == "possible" else ""
        places = ", ".join(code(outline.place(each)) for each in hop.step.evidence)
        yield f"{number}. {code(hop.node)} {prose(hop.step.edge)}{doubt}" + (f": {places}" if places else "")
    fate = loss.destroyed
    yield f"{len(loss.hops) + 1}. {code(fate.resource)} **{fate.verdict}**: {prose(fate.reason)}"
    if fate.cut_by:
        yield ""
        yield parts.cut(fate.cut_by)


def _leaks(found: Sequence[Leak], most: int, *, several: bool) -> Iterator[str]:
    yield f"**{prose(reach.leak_headline(found[0], several=several))}.** {parts.cut(found[0].leak.cut_by)}"
    if len(found) > 1:
        rows = [
            (prose(reach.leak_headline(each, several=several)), prose(", ".join(each.leak.cut_by))) for each in found
        ]
        yield ""
        yield from details(
            f"{len(found) - 1} more that can be leaked", table(("Leak", "Cut by any of"), rows[1:], most)
        )


def _others(losses: Sequence[Loss], most: int) -> Iterator[str]:
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
    yield from table(("Fate", "Resource", "Agents", "Target", "Why", "Cut by any of"), rows, most)


def _scores(result: Result) -> Iterator[str]:
    yield "### Scores"
    yield ""
    rows = ((prose(outline.dimension_title(name)), *_score(score)) for name, score in result.scores.items())
    yield from table(
        ("Dimension", "Proven", "Possible", "Seen", *(status.replace("-", " ") for status in outline.STATUSES)), rows
    )


def _score(score: ScoreOut) -> tuple[str, ...]:
    counts = tuple(str(score.counts.get(status, 0)) for status in outline.STATUSES)
    numbers = (outline.percent(score.proven), outline.percent(score.possible), outline.seen(score.coverage))
    return (*(numbers if score.proven is not None else ("no score", "", "")), *counts)


def _findings(result: Result, most: int) -> Iterator[str]:
    ordered = outline.worst_first(result.findings, outline.cuts(result))
    failed = outline.failed_severities(result.findings)
    yield f"### The target{'s' if len(result.targets) > 1 else ''} {_run(result)}"
    told = ", ".join(f"{number} {severity}" for severity, number in failed.items())
    if told:
        yield ""
        yield f"Failing: {told}."
        yield ""
        yield from _finding_table([each for each in ordered if each.status == "fail"], most)
    undecided = [each for each in ordered if each.status in ("error", "unknown")]
    if undecided:
        yield ""
        yield from details(f"{len(undecided)} undecided", _finding_table(undecided, most // 2))


def _run(result: Result) -> str:
    several = len(result.targets) > 1
    words = {"meets": ("meets", "meet"), "fails": ("fails", "fail")}
    if result.verdict == "incomplete":
        return "could not be judged completely"
    return f"{words[result.verdict][several]} the policy"


def _finding_table(findings: Sequence[FindingOut], most: int) -> Iterator[str]:
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
    yield from table(("Severity", "Control", "Subject", "Finding", "Where", "First remedy"), rows, most)


def _waived(result: Result, most: int) -> Iterator[str]:
    waived = [each for each in outline.worst_first(result.findings) if each.status == "waived"]
    if not waived:
        return
    yield "### Accepted for a while"
    yield ""
    head = ("Control", "Subject", "Finding", "Where", "Approver", "Reason", "Ticket", "Until")
    yield from table(head, map(_waiver, waived), most)


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


def _settled(result: Result, most: int) -> Iterator[str]:
    for status, words in (("pass", "met"), ("not-applicable", "not applicable")):
        found = [each for each in result.findings if each.status == status]
        if found:
            rows = (
                (prose(group[0].control), prose(group[0].title), ", ".join(_subjects(group, most)))
                for group in outline.by_control(found)
            )
            yield from details(f"{len(found)} {words}", table(("Control", "Title", "Subjects"), rows, most))


def _subjects(group: Sequence[FindingOut], most: int) -> Iterator[str]:
    yield from (code(each.subject.name) + _mark(each) for each in group[:most])
    if len(group) > most:
        yield f"and {len(group) - most} more"


def unseen(result: Result, most: int = ALL) -> Iterator[str]:
    """The places that could not be read."""
    if not result.gaps:
        return
    yield f"### Not seen: {outline.counted(len(result.gaps), 'place')}"
    yield ""
    rows = [(code(gap.path), prose(gap.reason), prose(gap.target)) for gap in result.gaps]
    yield from table(("Place", "Reason", "Target"), rows[:3])
    if len(rows) > 3:
        yield ""
        yield from details(f"{len(rows) - 3} more", table(("Place", "Reason", "Target"), rows[3:], most))


def _left_out(result: Result) -> Iterator[str]:
    left = outline.left_out(result)
    if left:
        told = "; ".join(f"{outline.counted(files, 'file')} ({prose(reason)})" for reason, files in left)
        yield f"Left out on purpose: {told}."


def notes(result: Result) -> Iterator[str]:
    """What the reader should know about the run."""
    for number, note in enumerate(result.notes):
        yield from [""] * bool(number)
        yield f"Note: {prose(note)}."


def _closing(result: Result) -> Iterator[str]:
    yield "Run next:"
    yield ""
    yield from (f"- {code(each.command)}: {prose(each.purpose)}" for each in outline.advice(result))


def origin(result: Result) -> Iterator[str]:
    """Which tool told what of which targets, by which policy, and when."""
    targets = ", ".join(prose(target.id) for target in result.targets)
    policy = f"policy {prose(result.policy.name)} {prose(result.policy.version)} ({code(result.policy.digest)})"
    yield f"<sub>{prose(result.tool.name)} {prose(result.tool.version)}, {prose(result.now)}, {policy}, {targets}</sub>"


def _mark(finding: FindingOut) -> str:
    """The fingerprint, for programs that look a finding up; people do not see it."""
    return f"<!-- {anchor(finding.fingerprint).replace('--', '-')} -->"


MARKDOWN = Report("markdown", ".md", render)
