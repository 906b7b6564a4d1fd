"""One self-contained page for manager, auditor and engineer: no script, no request, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from remit.reporting import Report, Style, visible
from remit.result import FindingOut, Result
from remit.score import WEIGHTS
from remit_reports import cut_outline, outline, replay_outline
from remit_reports import reach_outline as reach
from remit_reports.picture import leak_picture, loss_picture
from remit_reports.visible import anchor, paragraphs, visible_lines

_PICTURES = 25
"""Paths with a picture, the worst; the others are lists."""
_LEAK_PICTURES = 5
"""Pictures kept for leaks where there are more losses than pictures."""
_PATHS = 250
"""Paths told step by step, and incidents; the others are counted."""

if TYPE_CHECKING:
    from jinja2 import Environment


def render(result: Result, style: Style) -> str:
    """The result as one HTML page."""
    environment = _environment()
    css, judged = _css(), outline.dimensions(result)
    losses, leaks = outline.losses(result), reach.leaks(result)
    drawn = min(len(leaks), max(_PICTURES - len(losses), _LEAK_PICTURES))
    page = environment.get_template("page.html.j2").render(
        result=result,
        outline=outline,
        reach=reach,
        cut=cut_outline,
        replay=replay_outline,
        weights=WEIGHTS,
        dimensions=judged,
        losses=losses,
        leaks=leaks,
        pictures={"losses": _PICTURES - drawn, "leaks": drawn, "most": _PATHS},
        titles={part.control.id: part.control.title for each in judged for part in each.controls},
        ids=_ids(result.findings),
        css=css,
        csp=content_policy(css),
    )
    return page.strip() + "\n"


def content_policy(css: str) -> str:
    """The content security policy of a page whose only active part is this style sheet."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    # Here, not above: every report module is imported to find the formats, and most runs need no template.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("remit_templates", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "anchor": anchor,
        "paragraphs": paragraphs,
        "block": _block,
        "told": _told,
        "place": outline.place,
        "percent": outline.percent,
        "days_until": days_until,
    }
    environment.globals |= {"loss_picture": loss_picture, "leak_picture": leak_picture}
    return environment


def _finalize(value: object) -> object:
    """Every value that a template writes passes here, so none can bring in a character that nobody sees."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _block(text: str) -> Markup:
    """A text of several lines, for `<pre>`."""
    return escape("\n".join(visible_lines(text)))


def _told(text: str) -> Markup:
    """A sentence in which what stands between backticks is code, as our messages write commands."""
    parts = [visible(part) for part in text.split("`")]
    if len(parts) % 2 == 0:
        return escape(visible(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


@cache
def _css() -> Markup:
    text = (resources.files("remit_templates") / "report" / "style.css.j2").read_text(encoding="utf-8")
    return Markup(text.replace("\r\n", "\n").strip())  # noqa: S704 - our own file, not a value


def _ids(findings: Iterable[FindingOut]) -> Callable[[FindingOut], str]:
    """The id of each finding: its fingerprint, numbered where a merged result holds it twice."""
    taken: dict[str, int] = {}
    found: dict[int, str] = {}
    for finding in findings:
        name = f"finding-{anchor(finding.fingerprint)}"
        taken[name] = taken.get(name, 0) + 1
        found[id(finding)] = name if taken[name] == 1 else f"{name}-{taken[name]}"
    return lambda finding: found[id(finding)]


def days_until(until: str, now: str) -> str:
    """How long a waiver still holds, seen from the audit."""
    try:
        days = (date.fromisoformat(until[:10]) - date.fromisoformat(now[:10])).days
    except ValueError:
        return ""
    if days < 0:
        return "has ended"
    return "ends that day" if days == 0 else f"{outline.counted(days, 'day')} left"


HTML = Report("html", ".html", render)
