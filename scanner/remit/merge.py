"""Several results as one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from remit.errors import ReportError
from remit.reach_result import NineSeconds
from remit.result import Result, scores_out
from remit.score import Judged, Threshold, run_verdict


def merge(results: Sequence[Result], fail_on: Threshold | None = None) -> Result:
    """One result over the targets of several, scored anew, with its verdict at another threshold where one is given.

    Raises ReportError when two hold the same target, or when they were judged by different policies or thresholds:
    their verdicts could not be put side by side.
    """
    _comparable(results, fail_on)
    # The order in which they are given must not show.
    results = sorted(results, key=lambda each: min((target.id for target in each.targets), default=""))
    threshold = fail_on or results[0].fail_on
    findings = tuple(
        sorted(chain.from_iterable(each.findings for each in results), key=lambda each: (each.target, each.control))
    )
    gaps = tuple(sorted(chain.from_iterable(each.gaps for each in results), key=lambda each: each.target))
    judged: list[Judged] = [(each.dimension, each.severity, each.status) for each in findings]
    controls = {each.id: each for result in results for each in result.controls}
    return results[0].model_copy(
        update={
            "now": max(each.now for each in results),
            "targets": tuple(sorted(chain.from_iterable(each.targets for each in results), key=lambda each: each.id)),
            "fail_on": threshold,
            "verdict": run_verdict(judged, len(gaps), threshold),
            "scores": scores_out(judged),
            "nine_second_test": _nine_seconds([each.nine_second_test for each in results]),
            "findings": findings,
            "gaps": gaps,
            # The cheapest cut of several is not the sum of theirs, and the facts for it are not in a result.
            "plan": results[0].plan if len(results) == 1 else None,
            "replay": tuple(
                sorted(chain.from_iterable(each.replay for each in results), key=lambda each: (each.target, each.id))
            ),
            "controls": tuple(controls[identity] for identity in sorted(controls)),
            "notes": tuple(sorted(set(chain.from_iterable(each.notes for each in results)))),
        }
    )


def _comparable(results: Sequence[Result], fail_on: Threshold | None) -> None:
    names = [target.id for each in results for target in each.targets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ReportError(f"{twice[0]} is in more than one of the results; give one result for each target")
    if len({each.policy.digest for each in results}) > 1:
        raise ReportError("the results were judged by different policies; scan again by one policy, then merge")
    if len({each.assumptions for each in results}) > 1:
        raise ReportError("the results take different controls as met (--assume); audit again with the same ones")
    if fail_on is None and len({each.fail_on for each in results}) > 1:
        raise ReportError("the results were judged with different --fail-on; give the one that shall hold")


def _nine_seconds(tests: Sequence[NineSeconds]) -> NineSeconds:
    order = {"lost": 0, "unknown": 1, "survives": 2, "no-agent": 3}
    worst = min(tests, key=lambda each: order[each.verdict])
    agents = sorted(chain.from_iterable(each.agents for each in tests), key=lambda each: each.target)
    return worst.model_copy(update={"agents": tuple(agents)})
