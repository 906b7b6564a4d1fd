"""A second audit by another policy, or supposing something, reads no file again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from remit.demo import write_demo

# Python tells of every file it opens (PEP 578), so that nothing has to be replaced to count them.
COUNTED = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path

target, policies = Path(sys.argv[1]), sys.argv[2:]
opened = []
def heard(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        name = arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()
        if name.startswith(str(target)) and ".git/" not in name:
            opened.append(name)
sys.addaudithook(heard)

from remit.audit import Request, audit
from remit.outcome import result_of
from remit.policy.loader import load_policy

now, rounds = datetime(2026, 11, 21, tzinfo=UTC), []
for policy in policies:
    opened.clear()
    assumed = frozenset({"LP-022"}) if policy == "assume" else frozenset()
    loaded = load_policy(None if policy in ("none", "assume") else Path(policy), now=now)
    request = Request((target,), loaded, now, assume=assumed)
    result = result_of(audit(request), request)
    rounds.append([len(set(opened)), result.scores["overall"].proven, len(result.assumptions)])
print(json.dumps(rounds))
"""


def test_another_policy_and_a_supposition_read_nothing_again(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo")
    target, policy = tmp_path / "demo" / "course-site", tmp_path / "demo" / "policy.toml"
    places = {name: str(tmp_path / name) for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, str(target), "none", "none", str(policy), "assume"],
        env=os.environ | places,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, same, other, supposed = json.loads(done.stdout)
    assert first[0] >= 5
    assert (same[0], other[0], supposed[0]) == (0, 0, 0)
    assert same[1] == first[1]
    assert supposed[1] > first[1]
    assert supposed[2] == 1
