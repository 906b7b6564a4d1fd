"""The access graph at scale: linking, reach, survival and the cheapest cut, for one repository and an organisation.

    python bench/reach.py

An organisation of N repositories has 3 agents (Claude Code, Cursor and Codex with real settings), 4 credentials and 0.4
described resources each. Reported are whole-process CPU seconds and peak memory on one core, and the exponent of growth
from 500 to 5,000 repositories; what an audit reads from disk is not part of it.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

SETTINGS = {
    ".claude/settings.json": json.dumps(
        {"permissions": {"allow": ["Bash(npm run test:*)", "Bash(npx:*)"], "deny": ["Read(./.env)"]}}
    ),
    ".cursor/permissions.json": json.dumps({"terminalAllowlist": ["curl", "git", "node"]}),
    ".codex/config.toml": 'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n',
    "infra/main.tf": 'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}\n',
}


def _sample():
    """The agents and the module of one small tree, read by the real collectors."""
    from remit.audit import Request, audit
    from remit.policy.loader import load_policy

    moment = datetime(2026, 11, 20, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as directory:
        for path, text in SETTINGS.items():
            place = Path(directory) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return audit(Request((Path(directory),), load_policy(None, now=moment), moment, cache=False))[0]


def _graphs(sample, repositories: int):
    from remit.access.graph import AccessGraph
    from remit.access.link import link
    from remit.evidence import Credential, CredentialFile, Source

    for number in range(repositories):
        files = []
        for each in range(4):
            path = f"config/{each}/.env"
            kind = ("railway", "postgres", "aws", "github")[each]
            credential = Credential(
                kind=f"{kind}-token",
                title=f"{kind} token",
                provider=kind,
                name="TOKEN",
                masked="…",
                fingerprint=f"{number}-{each}",
                source=Source(path, 1, "credentials"),
                damage="D4" if each == 0 else "D3",
                abilities=("volume-delete",),
                scope="account",
                environment="production",
                resource=f"{kind}:thing:{number % 2000}",
                expires=None,
                backups_go_with_it=each == 0,
            )
            files.append(CredentialFile(path, "tracked", (credential,)))
        # Objects of their own, as every repository has: nothing may be shared but what is computed from it.
        agents = [replace(agent) for agent in sample.graph.agents]
        modules = sample.graph.modules if number % 5 < 2 else ()
        subjects = (*agents, *files, *modules)
        yield link(AccessGraph(f"org/{number}", sample.graph.policy, subjects))


def _measure(repositories: int) -> None:
    from remit.access.cut import Field, bits, cheapest
    from remit.access.reach import reach

    sample = _sample()
    cheapest([], {})
    start = time.process_time()
    found = [reach(graph) for graph in _graphs(sample, repositories)]
    linked = time.process_time() - start
    weights = {control: 100 for each in found for edge in each.network.edges for control in edge.cut_by}
    numbers = bits(weights)
    problems = [Field(each.network, each.goals, numbers) for each in found]
    proven = cheapest(problems, weights, proven_only=True)
    possible = cheapest(problems, weights, met=frozenset(proven.controls))
    total = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    controls = [*proven.controls, *possible.controls]
    print(json.dumps({"reach": linked, "total": total, "mib": peak, "controls": controls}))


def main() -> None:
    """Measure each size in a process of its own."""
    if len(sys.argv) > 1:
        _measure(int(sys.argv[1]))
        return
    found = {}
    for size in (1, 500, 5000):
        out = subprocess.run([sys.executable, __file__, str(size)], capture_output=True, text=True, check=True)
        found[size] = json.loads(out.stdout)
        reach, total, peak = (found[size][key] for key in ("reach", "total", "mib"))
        print(f"{size:>5} repositories: reach {reach:.3f} s, with the cut {total:.3f} s CPU, {peak:.0f} MiB")
    exponent = math.log10(found[5000]["total"] / found[500]["total"])
    print(f"growth from 500 to 5,000: exponent {exponent:.2f}; cut: {', '.join(found[5000]['controls'])}")


if __name__ == "__main__":
    main()
