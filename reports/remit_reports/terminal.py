"""One screen: what an agent could destroy and what stops it, the scores, the worst findings, what was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.reach_result import PlanOut
from remit.reporting import Report, Style
from remit.result import FindingOut, Result, ScoreOut
from remit_reports import cut_outline, outline, replay_outline
from remit_reports import reach_outline as reach
from remit_reports.outline import Hop, Loss
from remit_reports.pen import Ink, Pen, cells
from remit_reports.terminal_parts import FATE, banner, origin, verdict_lines

_SCREEN = 40
"""Lines that a report should fit in; the findings get what the rest leaves, yet never fewer than three controls."""
_BAR = 20
_MARGIN = 12
"""Where the values start beside a label at the left."""
_RUN: dict[str, Ink] = {"meets": "survives", "fails": "lost", "incomplete": "unknown"}


def render(result: Result, style: Style) -> str:
    """The result in about 40 lines; everything in full when the style is verbose."""
    pen = Pen(style)
    test, outlook, bars = ([*part(result, pen)] for part in (_test, _outlook, _bars))
    apart, closing = [*_apart(result, pen)], [*_next(result, pen)]
    taken = sum(map(len, (test, outlook, bars, apart, closing))) + 3
    parts = (test, [*bars, *outlook], [*_findings(result, pen, _SCREEN - taken), *apart], closing)
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


# ------------------------------------------------------------------------------------------- the nine-second test


def _test(result: Result, pen: Pen) -> Iterator[str]:
    yield from banner(result, pen)
    yield from verdict_lines(result, pen)
    losses = outline.losses(result)
    if losses:
        yield from _chain(losses[0], pen)
    yield from _leaks(result, pen)
    if losses:
        yield from _others(result, losses[1:], pen)


def _others(result: Result, others: Sequence[Loss], pen: Pen) -> Iterator[str]:
    worst = [each for each in others if each.destroyed.verdict != "survives"]
    shown = others if pen.style.verbose else worst[: 1 if reach.leaks(result) else 2]
    yield from (_also(loss, pen, several=len(result.targets) > 1) for loss in shown)
    if len(others) > len(shown):
        more = f"  +{len(others) - len(shown)} more within reach; `remit reach` draws the worst"
        yield pen.ink(pen.clip(more, pen.width), "faint")


def _leaks(result: Result, pen: Pen) -> Iterator[str]:
    found = reach.leaks(result)
    shown = found if pen.style.verbose else found[:1]
    for number, each in enumerate(shown):
        more = f" (+{len(found) - len(shown)} more)" if number == len(shown) - 1 and len(found) > len(shown) else ""
        where = f" in {each.agent.target}" * (len(result.targets) > 1)
        told = pen.text(f"{outline.spoken(each.leak.what)}{where}, by {outline.agent_title(each.agent)}")
        sure = each.leak.certainty == "proven"
        label = pen.ink(pen.pad("can leak" if sure else "may leak", 13), "lost" if sure else "unknown")
        yield f"  {label}  {pen.clip(told, pen.width - 17 - len(more))}{more}"


def _chain(loss: Loss, pen: Pen) -> Iterator[str]:
    hops = loss.hops
    names = [pen.text(hop.node) for hop in hops]
    node = min(max([cells(each) for each in names] + [cells(pen.text(loss.destroyed.resource))]), pen.width * 3 // 10)
    for number, (hop, name) in enumerate(zip(hops, names, strict=True), start=1):
        yield f"  {number}  {pen.pad(pen.clip_middle(name, node), node)}  {_step(hop, pen, pen.width - node - 7)}"
    fate = loss.destroyed.verdict
    sign = pen.pad(pen.glyph(fate), 2)
    resource = pen.pad(pen.clip_middle(pen.text(loss.destroyed.resource), node), node)
    reason, *rest = pen.wrapped(f"{fate}: {loss.destroyed.reason}", pen.width - node - 7, 2)
    yield f"  {pen.ink(sign + ' ' + resource, FATE[fate])}  {reason}"
    yield from (" " * (node + 7) + line for line in rest)
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
    return f"  {pen.ink(pen.pad('also ' + fate, 13), FATE[fate])}  {told}"


# ------------------------------------------------------------------------------------ the cheapest cut, the replay


def _outlook(result: Result, pen: Pen) -> Iterator[str]:
    """What would stop it, and what would happen again."""
    if result.plan:
        yield from _labelled("CHEAPEST CUT", _cut(result, result.plan, pen), pen, 2)
    if result.replay:
        told, hint = replay_outline.line(result), "; `remit replay`"
        fits = cells(pen.text(told + hint)) <= pen.width - 14
        yield from _labelled("REPLAY", told + hint * fits, pen, 1)


def _cut(result: Result, plan: PlanOut, pen: Pen) -> str:
    controls = [step.control for step in plan.steps]
    if not controls:
        return cut_outline.against(plan)
    named = ", ".join(controls[:6]) + (f" and {len(controls) - 6} more" if len(controls) > 6 else "")
    return f"{named}: {cut_outline.line(result, pen.glyph('fix'))}; {cut_outline.against(plan)}; `remit reach`"


def _labelled(label: str, told: str, pen: Pen, most: int) -> Iterator[str]:
    first, *rest = pen.wrapped(told, pen.width - 14, most)
    yield pen.ink(pen.pad(label, 14), "strong") + first
    yield from (" " * 14 + line for line in rest)


# -------------------------------------------------------------------------------------------------------- scores


def _bars(result: Result, pen: Pen) -> Iterator[str]:
    names = [name for name in result.scores if name != "overall"] + [
        name for name in result.scores if name == "overall"
    ]
    titles = [pen.text(outline.dimension_title(name)) for name in names]
    width = min(max(map(cells, titles), default=0), 24)
    bar = min(_BAR, pen.width - width - 30)
    yield pen.ink(" " * (width + bar + 4) + f"{'proven':>7}{'possible':>10}{'seen':>7}", "faint")
    for name, title in zip(names, titles, strict=True):
        head = pen.ink(pen.pad(title, width), "strong") if name == "overall" else pen.pad(title, width)
        score = result.scores[name]
        yield f"{head}  {_bar(score, bar, pen)}  {_numbers(score, pen, pen.width - width - bar - 4)}".rstrip()


def _bar(score: ScoreOut, width: int, pen: Pen) -> str:
    """Solid for what is proven, pale for what is still possible; rounded down, never better than it is."""
    proven = int((score.proven or 0) * width / 100)
    possible = max(int((score.possible or 0) * width / 100), proven)
    if (score.possible or 0) > (score.proven or 0):
        possible = min(max(possible, proven + 1), width)
    solid, pale = pen.glyph("proven") * proven, pen.glyph("possible") * (possible - proven)
    return pen.ink(solid, "strong") + pale + pen.ink(pen.glyph("rest") * (width - possible), "faint")


def _numbers(score: ScoreOut, pen: Pen, room: int) -> str:
    if score.proven is None:
        return pen.clip(" no score: nothing here applies", room)
    between = f" {pen.glyph('between')} "
    counts = between.join(f"{score.counts[status]} {status}" for status in outline.OPEN if score.counts.get(status))
    numbers = (
        f"{outline.percent(score.proven):>7}{outline.percent(score.possible):>10}{outline.seen(score.coverage):>7}"
    )
    return pen.clip(f"{numbers}   {counts}", room)


# ------------------------------------------------------------------------------------------------------ findings


def _findings(result: Result, pen: Pen, room: int) -> Iterator[str]:
    yield _verdict(result, pen)
    several = len(result.targets) > 1
    if pen.style.verbose:
        for finding in outline.worst_first(result.findings, outline.cuts(result)):
            yield from _finding((finding,), pen, several=several)
        return
    first = outline.cuts(result)
    failed = outline.by_control((each for each in result.findings if each.status == "fail"), first)
    groups = (*failed, *outline.by_control((each for each in result.findings if each.status == "unknown"), first))
    shown = min(len(groups), 8, max((room - 2) // 2, 3))
    for group in groups[:shown]:
        yield from _finding(group, pen, several=several)
    if len(groups) > shown:
        more = f"  +{outline.counted(len(groups) - shown, 'more control')} with open findings; "
        yield pen.ink(pen.clip(f"{more}`remit scan --verbose` lists everything", pen.width), "faint")


def _verdict(result: Result, pen: Pen) -> str:
    between = f" {pen.glyph('between')} "
    failed = [f"{number} {severity}" for severity, number in outline.failed_severities(result.findings).items()]
    others = [
        f"{number} {status}" for status, number in outline.statuses(result).items() if number and status != "fail"
    ]
    label = outline.run_verdict(result).upper()
    told = pen.clip(between.join([*failed, *others]), pen.width - len(label) - 2)
    return f"{pen.ink(label, _RUN[result.verdict])}  {told}".rstrip()


def _finding(group: Sequence[FindingOut], pen: Pen, *, several: bool) -> Iterator[str]:
    worst = group[0]
    label = pen.pad(
        worst.severity.upper() if worst.status == "fail" else worst.status.upper(), 14 if pen.style.verbose else 8
    )
    indent = len(label) + 12
    control, message = pen.pad(pen.text(worst.control), 6), pen.clip(pen.text(_message(worst)), pen.width - indent)
    yield f"  {pen.ink(label, _tone(worst))}  {control}  {message}".rstrip()
    second = _remedy(group, pen, pen.width - indent, several=several)
    if second:
        yield " " * indent + pen.ink(second, "faint")


def _tone(finding: FindingOut) -> Ink:
    if finding.status not in outline.OPEN:
        return "faint"
    return "lost" if finding.status == "fail" and finding.severity in ("critical", "high") else "unknown"


def _remedy(group: Sequence[FindingOut], pen: Pen, room: int, *, several: bool) -> str:
    """Where the worst of a control's findings was seen, the first remedy, and how many more there are."""
    worst = group[0]
    seen = f"{worst.target} " * several + " ".join(
        outline.place(each) for each in worst.sources[:1] if each.path != "."
    )
    where = pen.clip_middle(pen.text(seen.strip()), room // 2)
    more = f"(+{len(group) - 1} more)" if len(group) > 1 else ""
    fix = f"{pen.glyph('fix')} {pen.text(worst.remedies[0].title)}" if worst.remedies else ""
    fix = pen.clip(fix, room - cells(where) - len(more) - 4)
    return "  ".join(part for part in (where, fix, more) if part)


def _message(finding: FindingOut) -> str:
    """The message, with the subject in front where it does not name it itself; agents it names by their title."""
    known = finding.subject.name in finding.message or finding.subject.kind in ("target", "agent")
    return finding.message if known else f"{finding.subject.name}: {finding.message}"


# ----------------------------------------------------------------------------------------- what is shown apart


def _apart(result: Result, pen: Pen) -> Iterator[str]:
    several = len(result.targets) > 1
    broken = [f"{each.control} {each.message} ({each.detail})" for each in result.findings if each.status == "error"]
    yield from _listed(f"BROKEN {len(broken)}", broken, pen, 2)
    waived = [_waived(each, several) for each in outline.worst_first(result.findings) if each.status == "waived"]
    yield from _listed(f"WAIVED {len(waived)}", waived, pen, 2)
    gaps = [f"{gap.target} " * several + f"{gap.path}: {gap.reason}" for gap in result.gaps]
    yield from _listed(f"NOT SEEN {len(gaps)}", gaps, pen, 2)
    yield from _listed("LEFT OUT", _left_out(result), pen, 1)
    yield from _listed("NOTE", list(result.notes), pen, 1)


def _waived(finding: FindingOut, several: bool) -> str:
    waiver = finding.waiver
    until = f"until {waiver.until}, by {waiver.approver}: {waiver.reason} ({waiver.ticket})" if waiver else ""
    return f"{finding.control} " + f"{finding.target} " * several + f"{finding.subject.name} {until}"


def _left_out(result: Result) -> list[str]:
    found = [f"{outline.counted(files, 'file')}: {reason}" for reason, files in outline.left_out(result)]
    return ["; ".join(found)] if found else []


def _listed(label: str, lines: Sequence[str], pen: Pen, most: int) -> Iterator[str]:
    """A label with what belongs to it beside it; what is not shown is counted."""
    shown = lines if pen.style.verbose else lines[:most]
    for number, line in enumerate(shown):
        more = f" (+{len(lines) - len(shown)} more)" if number == len(shown) - 1 and len(lines) > len(shown) else ""
        head = pen.ink(
            pen.pad(label if number == 0 else "", _MARGIN),
            "unknown" if label.startswith(("NOT SEEN", "BROKEN")) else "faint",
        )
        yield f"{head}{pen.clip(pen.text(line), pen.width - _MARGIN - len(more))}{more}"


def _next(result: Result, pen: Pen) -> Iterator[str]:
    found = outline.advice(result)
    width = max(cells(pen.text(each.command)) for each in found)
    for number, each in enumerate(found):
        head = pen.ink(pen.pad("NEXT" if number == 0 else "", _MARGIN), "faint")
        command = pen.pad(pen.text(each.command), min(width, pen.width - _MARGIN - 20))
        purpose = pen.clip(pen.text(each.purpose), pen.width - _MARGIN - cells(command) - 2)
        yield f"{head}{pen.ink(command, 'strong')}  {pen.ink(purpose, 'faint')}"
    yield pen.ink(pen.clip(origin(result, pen), pen.width), "faint")


TERMINAL = Report("terminal", ".txt", render)
