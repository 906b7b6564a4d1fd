"""`remit reach` as Markdown: every path at full length, then the cheapest cut."""

from __future__ import annotations

from collections.abc import Iterator

from remit.reach_result import AgentReachOut
from remit.reporting import Report, Style
from remit.result import Result
from remit_reports import markdown_parts as parts
from remit_reports import outline
from remit_reports import reach_outline as reach
from remit_reports.markdown import notes, origin, unseen, verdict
from remit_reports.markdown_text import caution, prose


def render(result: Result, style: Style) -> str:
    """Everything that each agent can destroy and leak, the worst agent first."""
    several = len(result.targets) > 1
    agents = [_agent(each, several=several) for each in reach.agents(result)]
    head = (caution(reach.what_if(result)), verdict(result))
    told = (*head, *agents, parts.plan(result, whole=True), unseen(result), notes(result), origin(result))
    return "\n\n".join("\n".join(part) for part in map(list, told) if part) + "\n"


def _agent(agent: AgentReachOut, *, several: bool) -> Iterator[str]:
    where = f" in {agent.target}" * several
    yield f"### {prose(outline.agent_title(agent) + where)}"
    if not agent.destroys and not agent.leaks:
        yield ""
        yield "Nothing to destroy or leak was seen within its reach."
    for loss in reach.destroys(agent):
        yield ""
        yield from parts.loss(loss)
    for leak in reach.leaks_of(agent):
        yield ""
        yield from parts.leak(leak)


REACH = Report("markdown", ".md", render, "reach")
