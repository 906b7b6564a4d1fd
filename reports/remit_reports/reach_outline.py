"""What every report for people says of paths, losses and leaks, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from remit.reach_result import AgentReachOut, DestroyedOut, LeakOut, LegOut, StepOut
from remit.result import Result
from remit_reports import outline

LEGS: Mapping[str, str] = {"private": "private data", "untrusted": "untrusted content", "egress": "a way out"}
_FATES = ("lost", "unknown", "survives")
_LINKS = ("proven", "declared", "attested", "assumed", "unknown")


@dataclass(frozen=True, slots=True)
class Leak:
    """Private data that an agent can be talked into sending away."""

    agent: AgentReachOut
    leak: LeakOut


# ---------------------------------------------------------------------------------------------------------- paths


def basis(step: StepOut) -> str:
    """What a step rests on. Results stored before there were grades say of a doubtful step only that it is possible."""
    return "unknown" if step.certainty == "possible" and step.grade == "proven" else step.grade


def weakest(steps: Iterable[StepOut]) -> str:
    """The least that any step of a path rests on."""
    return max((basis(step) for step in steps), key=_LINKS.index, default="unknown")


def agents(result: Result) -> tuple[AgentReachOut, ...]:
    """The agents, the one with the worst losses first."""
    return tuple(sorted(result.nine_second_test.agents, key=_danger))


def _danger(agent: AgentReachOut) -> tuple[tuple[int, ...], str, str]:
    proven = Counter(each.verdict for each in agent.destroys if each.certainty == "proven")
    every = Counter(each.verdict for each in agent.destroys)
    sure = sum(each.certainty == "proven" for each in agent.leaks)
    numbers = (proven["lost"], every["lost"], proven["unknown"], every["unknown"], sure, len(agent.leaks))
    return (*(-number for number in (*numbers, len(agent.destroys))), int(agent.assumed)), agent.target, agent.agent


def destroys(agent: AgentReachOut) -> tuple[DestroyedOut, ...]:
    """What an agent can destroy, the worst first."""
    return tuple(sorted(agent.destroys, key=_gravity))


def _gravity(each: DestroyedOut) -> tuple[int, bool]:
    # Among equals the order of the audit holds, which knows what the losses are about.
    return _FATES.index(each.verdict), each.certainty == "possible"


def leaks_of(agent: AgentReachOut) -> tuple[LeakOut, ...]:
    """What an agent can leak, the most certain first."""
    return tuple(sorted(agent.leaks, key=lambda each: (each.certainty == "possible", each.what)))


def leaks(result: Result) -> tuple[Leak, ...]:
    """Every leak, the most certain first; those of agents that nobody named come last."""
    every = [Leak(agent, each) for agent in result.nine_second_test.agents for each in agent.leaks]
    return tuple(sorted(every, key=_alarm))


def _alarm(each: Leak) -> tuple[bool, bool, str, str, str]:
    doubt = each.leak.certainty == "possible"
    return doubt, each.agent.assumed, each.agent.target, each.agent.agent, each.leak.what


def leak_headline(each: Leak, *, several: bool) -> str:
    """A leak in one sentence without its full stop."""
    can = "can" if each.leak.certainty == "proven" else "may"
    where = f" in {each.agent.target}" * several
    return (
        f"{outline.agent_title(each.agent)} {can} be talked into sending {outline.spoken(each.leak.what)} away{where}"
    )


def leg_title(leg: LegOut) -> str:
    """One of the three things that a leak needs, and what it is here."""
    title, what = LEGS.get(leg.leg, leg.leg), outline.spoken(leg.what)
    return title if what in ("", title) else f"{title}: {what}"


def told_fate(each: DestroyedOut) -> str:
    """What becomes of the copies, in one sentence without its full stop."""
    return f"{each.verdict}: {why_fate(each)}"


def why_fate(each: DestroyedOut) -> str:
    """Why a resource is lost or survives, how old the copy is and whether it restores."""
    more = [_age(each), _restore(each)] if each.survivors or each.verdict == "survives" else []
    return "; ".join([each.reason, *(part for part in more if part)])


def _age(each: DestroyedOut) -> str:
    if each.rpo_hours is None:
        return f"how old the copy is nobody knows ({each.rpo_hours_unknown})" if each.rpo_hours_unknown else ""
    return f"the newest copy is at most {span(each.rpo_hours)} old" if each.rpo_hours else "any moment can be restored"


def _restore(each: DestroyedOut) -> str:
    if each.restorable is None:
        return f"whether it restores is unknown ({each.restorable_unknown})" if each.restorable_unknown else ""
    return "a restore from it was done lately" if each.restorable else "no restore from it was done lately"


def span(hours: float) -> str:
    """A time as people say it."""
    if hours < 1:
        return outline.counted(round(hours * 60), "minute")
    if hours < 72:
        return f"{hours:g} hour" + "s" * (hours != 1)
    return f"{hours / 24:.3g} days"


def what_if(result: Result) -> str:
    """What a reader must know first of a result that rests on assumptions; empty where it rests on none."""
    if not result.assumptions:
        return ""
    told = f"WHAT IF: {', '.join(result.assumptions)}; nothing below describes a real state"
    real = result.as_found
    if real is None:
        return told
    counts = (
        outline.counted(real.lost, "loss", "losses"),
        f"{real.unknown} unknown",
        outline.counted(real.leaks, "leak"),
    )
    return f"{told}. As it is: {real.verdict}, score {outline.percent(real.score)}, {', '.join(counts)}"
