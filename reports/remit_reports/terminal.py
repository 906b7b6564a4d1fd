"""One screen: what an agent could destroy, the five scores, the worst findings, what was not seen, what to run next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from remit.reporting import Report, Style
from remit.result import FindingOut, Result, ScoreOut
from remit_reports import outline
from remit_reports.outline import Hop, Loss
from remit_reports.pen import Ink, Pen, cells

_BAR = 20
_MARGIN = 10
"""Where the values start beside a label at the left."""
_FATE: dict[str, Ink] = {"lost": "lost", "unknown": "unknown", "survives": "survives", "no-agent": "survives"}
_RUN: dict[str, Ink] = {"meets": "survives", "fails": "lost", "incomplete": "unknown"}


def render(result: Result, style: Style) -> str:
    """The result in about 40 lines; everything in full when the style is verbose."""
    pen = Pen(style)
    parts = (
        [*_test(result, pen)],
        [*_bars(result, pen)],
        [*_findings(result, pen), *_apart(result, pen)],
        [*_next(result, pen)],
    )
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


# ------------------------------------------------------------------------------------------- the nine-second test


def _test(result: Result, pen: Pen) -> Iterator[str]:
    verdict = result.nine_second_test.verdict
    label = f"NINE-SECOND TEST  {verdict.replace('-', ' ').upper()}  "
    lines = _wrapped(pen, outline.headline(result), len(label), 2)
    yield pen.ink(label, _FATE[verdict]) + pen.ink(lines[0], "strong")
    yield from (" " * len(label) + pen.ink(line, "strong") for line in lines[1:])
    losses = outline.losses(result)
    if not losses:
        return
    yield from _chain(losses[0], pen)
    others = losses[1:]
    shown = others if pen.style.verbose else others[:2]
    yield from (_also(loss, pen, several=len(result.targets) > 1) for loss in shown)
    if len(others) > len(shown):
        yield pen.ink(f"  +{len(others) - len(shown)} more within reach; `remit scan --verbose` lists them", "faint")


def _chain(loss: Loss, pen: Pen) -> Iterator[str]:
    hops = loss.hops
    names = [pen.text(hop.node) for hop in hops]
    node = min(max([cells(each) for each in names] + [cells(pen.text(loss.destroyed.resource))]), pen.width * 3 // 10)
    for number, (hop, name) in enumerate(zip(hops, names, strict=True), start=1):
        yield f"  {number}  {pen.pad(pen.clip_middle(name, node), node)}  {_step(hop, pen, pen.width - node - 7)}"
    fate = loss.destroyed.verdict
    sign = pen.pad(pen.glyph(fate), 2)
    resource = pen.pad(pen.clip_middle(pen.text(loss.destroyed.resource), node), node)
    reason = pen.clip(pen.text(f"{fate}: {loss.destroyed.reason}"), pen.width - node - 7)
    yield f"  {pen.ink(sign + ' ' + resource, _FATE[fate])}  {reason}"
    if loss.destroyed.cut_by:
        cut = f"any one of these, met, cuts the path: {', '.join(loss.destroyed.cut_by)}"
        yield "     " + pen.ink(pen.clip(pen.text(cut), pen.width - 5), "faint")


def _step(hop: Hop, pen: Pen, room: int) -> str:
    deed = hop.step.edge + (" (possible)" if hop.step.certainty == "possible" else "")
    places = ", ".join(outline.place(each) for each in hop.step.evidence[:1])
    where = pen.clip_middle(pen.text(places), room // 2)
    return f"{pen.pad(pen.text(deed), room - cells(where) - 2)}  {pen.ink(where, 'faint')}".rstrip()


def _also(loss: Loss, pen: Pen, *, several: bool) -> str:
    fate = loss.destroyed.verdict
    who = ", ".join(outline.agent_title(agent) for agent in (loss.agent, *loss.others))
    where = f" in {loss.agent.target}" if several else ""
    last = loss.destroyed.path[-1].evidence[:1] if loss.destroyed.path else ()
    via = f", via {outline.place(last[0])}" if last else ""
    told = pen.clip(pen.text(f"{loss.destroyed.resource}{where}, by {who}{via}"), pen.width - 17)
    return f"  {pen.ink(pen.pad('also ' + fate, 13), _FATE[fate])}  {told}"


# -------------------------------------------------------------------------------------------------------- scores


def _bars(result: Result, pen: Pen) -> Iterator[str]:
    names = [name for name in result.scores if name != "overall"] + [name for name in result.scores if name == "overall"]
    width = min(max([cells(pen.text(outline.dimension_title(name))) for name in names], default=0), 24)
    for name in names:
        title = pen.pad(pen.text(outline.dimension_title(name)), width)
        line = f"{title}  {_bar(result.scores[name], pen)}  {_numbers(result.scores[name], pen, pen.width - width - _BAR - 4)}"
        yield (pen.ink(title, "strong") + line.removeprefix(title) if name == "overall" else line).rstrip()


def _bar(score: ScoreOut, pen: Pen) -> str:
    """Solid for what is proven, pale for what is still possible; rounded down, so that neither looks better than it is."""
    proven = int((score.proven or 0) * _BAR / 100)
    possible = max(int((score.possible or 0) * _BAR / 100), proven)
    if (score.possible or 0) > (score.proven or 0):
        possible = min(max(possible, proven + 1), _BAR)
    solid, pale = pen.glyph("proven") * proven, pen.glyph("possible") * (possible - proven)
    return pen.ink(solid, "strong") + pale + pen.ink(pen.glyph("rest") * (_BAR - possible), "faint")


def _numbers(score: ScoreOut, pen: Pen, room: int) -> str:
    between = f" {pen.glyph('between')} "
    counts = between.join(f"{number} {status}" for status, number in score.counts.items() if number and status in outline.OPEN)
    if score.proven is None:
        return pen.clip(pen.text("no score: nothing here applies"), room)
    said = f"{outline.percent(score.proven):>6} proven  {outline.percent(score.possible):>6} possible"
    return pen.clip(f"{said}  {outline.seen(score.coverage):>4} seen  {pen.text(counts)}", room)


# ------------------------------------------------------------------------------------------------------ findings


def _findings(result: Result, pen: Pen) -> Iterator[str]:
    yield _verdict(result, pen)
    urgent = outline.by_control(each for each in result.findings if each.status in ("fail", "error"))
    rest = outline.by_control(each for each in result.findings if each.status == "unknown")
    groups = [*urgent, *rest]
    if pen.style.verbose:
        groups = [(finding,) for group in outline.by_control(result.findings) for finding in group]
    shown = groups if pen.style.verbose else groups[:5]
    for group in shown:
        yield from _finding(group, pen)
    if len(groups) > len(shown):
        yield pen.ink(f"  +{outline.counted(len(groups) - len(shown), 'more control')} with open findings", "faint")


def _verdict(result: Result, pen: Pen) -> str:
    between = f" {pen.glyph('between')} "
    failed = [f"{number} {severity}" for severity, number in outline.failed_severities(result.findings).items()]
    others = [f"{number} {status}" for status, number in outline.statuses(result).items() if number and status != "fail"]
    label = outline.run_verdict(result).upper()
    told = pen.clip(between.join([*failed, *others]), pen.width - len(label) - 2)
    return f"{pen.ink(label, _RUN[result.verdict])}  {told}".rstrip()


def _finding(group: Sequence[FindingOut], pen: Pen) -> Iterator[str]:
    worst = group[0]
    label = worst.severity.upper() if worst.status == "fail" else worst.status.upper()
    ink: Ink = "lost" if worst.status == "fail" and worst.severity in ("critical", "high") else "unknown"
    indent = 2 + 14 + 2 + 6 + 2
    yield (
        f"  {pen.ink(pen.pad(label, 14), ink if worst.status in outline.OPEN else 'faint')}  {pen.pad(pen.text(worst.control), 6)}  "
        f"{pen.clip(pen.text(_message(worst)), pen.width - indent)}"
    )
    where = " ".join(outline.place(each) for each in worst.sources[:1])
    fix = f"{pen.glyph('fix')} {pen.text(worst.remedies[0].title)}" if worst.remedies else ""
    more = f"(+{len(group) - 1} more)" if len(group) > 1 else ""
    room = pen.width - indent
    shown = pen.clip_middle(pen.text(where), room // 2)
    second = "  ".join(part for part in (shown, pen.clip(fix, room - cells(shown) - len(more) - 4), more) if part)
    if second:
        yield " " * indent + pen.ink(second, "faint")


def _message(finding: FindingOut) -> str:
    """The message, with the subject in front where it does not say it itself."""
    known = finding.subject.name in finding.message or finding.subject.kind == "target"
    return finding.message if known else f"{finding.subject.name}: {finding.message}"


# ----------------------------------------------------------------------------------------- what is shown apart


def _apart(result: Result, pen: Pen) -> Iterator[str]:
    waived = [each for each in outline.worst_first(result.findings) if each.waiver is not None]
    yield from _listed("WAIVED", [_waived(each) for each in waived], pen, 2)
    gaps = [f"{gap.path}: {gap.reason}" for gap in result.gaps]
    yield from _listed("NOT SEEN", gaps, pen, 3)
    yield from _listed("LEFT OUT", _left_out(result), pen, 1)
    yield from _listed("NOTE", list(result.notes), pen, 1)


def _waived(finding: FindingOut) -> str:
    waiver = finding.waiver
    until = f"until {waiver.until}, by {waiver.approver}: {waiver.reason} ({waiver.ticket})" if waiver else ""
    return f"{finding.control} {finding.subject.name} {until}"


def _left_out(result: Result) -> list[str]:
    found = [f"{outline.counted(files, 'file')}: {reason}" for reason, files in outline.left_out(result)]
    return ["; ".join(found)] if found else []


def _listed(label: str, lines: Sequence[str], pen: Pen, most: int) -> Iterator[str]:
    """A label with what belongs to it beside it; what is not shown is counted."""
    shown = lines if pen.style.verbose else lines[:most]
    for number, line in enumerate(shown):
        more = f" (+{len(lines) - len(shown)} more)" if number == len(shown) - 1 and len(lines) > len(shown) else ""
        head = pen.ink(pen.pad(label if number == 0 else "", _MARGIN), "unknown" if label == "NOT SEEN" else "faint")
        yield f"{head}{pen.clip(pen.text(line), pen.width - _MARGIN - len(more))}{more}"


def _next(result: Result, pen: Pen) -> Iterator[str]:
    found = outline.advice(result)
    width = max(cells(pen.text(each.command)) for each in found)
    for number, each in enumerate(found):
        head = pen.ink(pen.pad("NEXT" if number == 0 else "", _MARGIN), "faint")
        command = pen.pad(pen.text(each.command), min(width, pen.width - _MARGIN - 20))
        purpose = pen.clip(pen.text(each.purpose), pen.width - _MARGIN - cells(command) - 2)
        yield f"{head}{pen.ink(command, 'strong')}  {pen.ink(purpose, 'faint')}"
    yield " " * _MARGIN + pen.ink(pen.clip(_origin(result, pen), pen.width - _MARGIN), "faint")


def _origin(result: Result, pen: Pen) -> str:
    targets = ", ".join(target.id for target in result.targets[:3]) + (", more" if len(result.targets) > 3 else "")
    policy = f"policy {result.policy.name} {result.policy.version}"
    read = outline.counted(sum(target.files_read for target in result.targets), "file")
    parts = (f"{result.tool.name} {result.tool.version}", policy, targets, f"{read} read", result.now)
    return f" {pen.glyph('between')} ".join(pen.text(part) for part in parts)


def _wrapped(pen: Pen, value: str, indent: int, most: int) -> list[str]:
    """A value over at most so many lines."""
    lines, room = [""], pen.width - indent
    for word in _words(pen.text(value), room, pen):
        joined = f"{lines[-1]} {word}".strip()
        if cells(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines if len(lines) <= most else [*lines[: most - 1], pen.clip(" ".join(lines[most - 1 :]), room)]


def _words(text: str, room: int, pen: Pen) -> Iterable[str]:
    return (pen.clip_middle(word, room) for word in text.split(" "))


TERMINAL = Report("terminal", ".txt", render)
