"""Real files from public repositories, where they are at hand: everything scans, and nothing breaks.

The archive is looked for in `REMIT_CORPUS`, else in `../shared/corpus`; it is no part of the project.
"""

import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remit.audit import Request, audit
from remit.outcome import result_of
from remit.policy.loader import load_policy

CORPUS = Path(os.environ.get("REMIT_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    archive = CORPUS / "real-configs.tar.gz"
    if not archive.exists():
        pytest.skip("the real files are not here: point REMIT_CORPUS at the folder that holds real-configs.tar.gz")
    place = tmp_path_factory.mktemp("corpus")
    with tarfile.open(archive) as packed:
        packed.extractall(place, filter="data")
    return sorted(path for kind in place.iterdir() if kind.is_dir() for path in kind.iterdir() if path.is_dir())


def test_every_real_file_scans_without_an_internal_error(targets, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    requests = [
        Request((target,), load_policy(None), datetime(2026, 11, 21, tzinfo=UTC), cache=False) for target in targets
    ]
    audited = [each for request in requests for each in audit(request)]
    errors = [(finding.target, finding.check.id, finding.detail) for each in audited for finding in each.findings
              if finding.status == "error"]  # fmt: skip
    broken = [
        (each.tree.id, gap.path, gap.reason) for each in audited for gap in each.collected.gaps if "broke" in gap.reason
    ]
    assert errors == []
    assert broken == []
    assert len(audited) > 100


def test_their_results_fit_the_schema(targets, tmp_path, monkeypatch):
    import jsonschema

    from remit.result import schema

    monkeypatch.setenv("HOME", str(tmp_path))
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    for target in targets[:40]:
        request = Request((target,), load_policy(None), moment, cache=False)
        document = result_of(audit(request), request)
        data = document.model_dump(mode="json", by_alias=True)
        assert list(jsonschema.Draft202012Validator(schema()).iter_errors(data)) == []
