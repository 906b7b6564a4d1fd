"""Which pipelines are given secrets, where they ask for them, and whether a person could stand between."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from textwrap import dedent, indent

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.collect.collector import Document, Scope
from remit.collect.pipeline_secrets import pipeline_secrets
from remit.collect.run import Payload, collectors, read_chunk, wanted_by_name
from remit.collect.tree import open_target
from remit.errors import CollectError
from remit.evidence import Pipeline, Unknown
from remit.policy.model import Policy

WORKFLOW, GITLAB = ".github/workflows/deploy.yml", ".gitlab-ci.yml"
SCOPE = Scope(Policy(), "acme/shop", datetime(2026, 9, 1, tzinfo=UTC))


def _pipeline(text: str | bytes, path: str = WORKFLOW) -> Pipeline | None:
    assert pipeline_secrets.wants(path)
    content = text if isinstance(text, bytes) else dedent(text).encode()
    found = list(pipeline_secrets.parse(Document(path, content)))
    assert len(found) <= 1
    assert list(pipeline_secrets.link(found, (), SCOPE)) == found
    return found[0] if found else None


def _lines(found: Pipeline | None) -> list[int]:
    if found is None:
        return []
    assert {(each.path, each.collector) for each in found.secrets} == {(found.path, "pipeline_secrets")}
    return [each.line for each in found.secrets]


def _step(value: str) -> str:
    """A workflow whose one step has this value, on line 5."""
    return f"on: push\njobs:\n  build:\n    steps:\n      - run: {value}\n"


def _gate(found: Pipeline | None) -> str:
    assert found is not None
    return "unknown" if isinstance(found.gated, Unknown) else "gated" if found.gated else "open"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (WORKFLOW, True),
        (".github/workflows/deploy.yaml", True),
        (GITLAB, True),
        (".gitlab-ci.yaml", True),
        (".github/workflows/deploy.yml.template", False),
        (".github/workflows/analyst.md", False),
        (".github/workflows/old/deploy.yml", False),  # not a workflow for GitHub either
        ("examples/.github/workflows/deploy.yml", False),
        ("examples/.gitlab-ci.yml", False),
        (".github/actions/deploy/action.yml", False),
    ],
)
def test_files_are_wanted_where_they_run(path, wanted):
    assert pipeline_secrets.wants(path) is wanted


# ------------------------------------------------------------------------------------------------ GitHub: references


@pytest.mark.parametrize(
    ("value", "asks"),
    [
        ("deploy ${{ secrets.DEPLOY }}", True),
        ("deploy ${{secrets.DEPLOY}}", True),
        ("deploy ${{ Secrets.DEPLOY }}", True),
        ("deploy ${{ secrets . DEPLOY }}", True),
        ("deploy ${{ secrets['DEPLOY'] }}", True),
        ("deploy ${{ secrets[inputs.name] }}", True),
        ("deploy ${{ secrets[format('{0}_KEY', inputs.name)] }}", True),
        ("deploy ${{ toJSON(secrets) }}", True),
        ("deploy ${{ secrets.* }}", True),
        ("deploy ${{ inputs.dry && 'no' || secrets.DEPLOY }}", True),
        ("deploy ${{ secrets.GITHUB_TOKEN || secrets.DEPLOY }}", True),
        ("deploy ${{ secrets.GITHUB_TOKEN_OF_BOT }}", True),
        ("deploy ${{ github.sha }} ${{ secrets.DEPLOY }}", True),
        ("deploy ${{ secrets.GITHUB_TOKEN }}", False),  # every job has it: code write, and no more
        ("deploy ${{ secrets['github_token'] }}", False),
        ("deploy ${{ github.token }}", False),
        ("deploy ${{ hashFiles('secrets.lock') }}", False),
        ("deploy ${{ needs.secrets.outputs.DEPLOY }}", False),
        ("deploy ${{ vars.secrets }}", False),
        ("deploy ${{ env.my-secrets }}", False),
        ("deploy secrets.DEPLOY", False),
        ("deploy ${{ github.sha }} secrets.DEPLOY }}", False),
        ("deploy ${{ secrets.DEPLOY", False),
        ("deploy  # ${{ secrets.DEPLOY }}", False),
        ("echo 'permissions id-token write'", False),
    ],
)
def test_an_expression_reaches_for_secrets(value, asks):
    found = _pipeline(_step(value))
    assert _lines(found) == ([5] if asks else [])
    if found is not None:
        assert (found.path, found.name, found.KIND, found.gated) == (WORKFLOW, WORKFLOW, "file", False)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("jobs:\n  a:\n    env:\n      X: ${{ secrets.X }}\n", [4]),
        ("jobs:\n  a:\n    steps:\n      - uses: x/y@v1\n        with:\n          token: ${{ secrets.X }}\n", [6]),
        ("jobs:\n  a:\n    uses: ./x.yml\n    secrets: inherit\n", [4]),
        ("jobs:\n  a:\n    uses: ./x.yml\n    secrets:\n      X: ${{ secrets.X }}\n", [5]),
        ("jobs:\n  a:\n    container:\n      credentials:\n        password: ${{ secrets.X }}\n", [5]),
        ("jobs:\n  a:\n    steps:\n      - run: |\n          one\n          two ${{ secrets.X }}\n", [6]),
        ("jobs:\n  a:\n    steps:\n      - run: |\n          ${{ secrets.X }}${{ secrets.Y }}\n          ${{ secrets.Z }}\n", [5, 6]),
        ("env:\n  X: ${{ secrets.X }}\njobs:\n  a:\n    steps: []\n", [2]),
        ("env:\n  X: ${{ secrets.X }}\n", []),  # no job, so nobody is given it
        ("on:\n  workflow_call:\n    secrets:\n      X:\n        required: true\njobs:\n  a: {}\n", []),
        ("jobs:\n  secrets:\n    needs: secrets\n    secrets: none\n", []),
        ("jobs:\n  a: &a\n    env: {X: '${{ secrets.X }}'}\n  b: *a\n", [3]),
        ("jobs: [a]\n", []),
        ("[]\n", []),
        ("", []),
    ],
)  # fmt: skip
def test_where_secrets_are_given(text, lines):
    assert _lines(_pipeline(text)) == lines


@pytest.mark.parametrize(
    ("top", "job", "line"),
    [
        ("permissions:\n  id-token: write", "steps: []", 2),
        ("permissions: {id-token: write, contents: read}", "steps: []", 1),
        ("permissions: write-all", "steps: []", 1),
        ("permissions: read-all", "permissions:\n  id-token: write", 5),
        ("permissions: write-all", "permissions: {contents: read}", None),  # the job's own replace those of the file
        ("permissions:\n  id-token: write", "permissions: {}", None),
        ("permissions:\n  id-token: none", "steps: []", None),
        ("permissions:\n  id-token: read", "steps: []", None),
        ("permissions:\n  contents: write", "steps: []", None),
        ("name: x", "steps:\n  - uses: x/y@v1\n    with:\n      prompt: 'id-token: write'", None),
    ],
)
def test_an_identity_token_is_as_good_as_a_secret(top, job, line):
    found = _pipeline(f"{top}\njobs:\n  a:\n{indent(job, '    ')}\n")
    assert _lines(found) == ([line] if line else [])


# ------------------------------------------------------------------------------------------------ GitHub: gates


def _jobs(*environments: str, secret: str = "${{ secrets.X }}") -> str:
    """A workflow with a job in each of these environments; each is given a secret on its second line."""
    parts = [
        f"  job{number}:\n    env: {{X: '{secret}'}}\n    environment: {environment}\n"
        for number, environment in enumerate(environments)
    ]
    return "jobs:\n" + "".join(parts)


@pytest.mark.parametrize(
    ("environments", "gate", "lines"),
    [
        (("null",), "open", [3]),
        (("production",), "unknown", [3]),
        (("{name: production, url: x}",), "unknown", [3]),
        (("'${{ inputs.environment }}'",), "unknown", [3]),
        (("production", "staging"), "unknown", [3, 6]),
        (("production", "null"), "open", [6, 3]),  # what nobody is asked about comes first
        (("null", "production"), "open", [3, 6]),
    ],
)
def test_a_pipeline_is_as_guarded_as_its_weakest_job(environments, gate, lines):
    found = _pipeline(_jobs(*environments))
    assert (_gate(found), _lines(found)) == (gate, lines)


def test_jobs_without_secrets_need_no_guard():
    free = "  lint:\n    steps:\n      - run: npm run lint\n"
    assert _gate(_pipeline(_jobs("production") + free)) == "unknown"
    assert _gate(_pipeline("env: {X: '${{ secrets.X }}'}\n" + _jobs("production") + free)) == "open"
    assert _gate(_pipeline("permissions: write-all\n" + _jobs("production") + free)) == "open"


def test_why_a_gate_is_unknown():
    found = _pipeline(_jobs("production"))
    assert found is not None
    assert found.gated == Unknown(
        "whether somebody must approve jobs of production is kept in the repository's settings"
    )


# ------------------------------------------------------------------------------------------------ GitLab


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("deploy $DEPLOY_TOKEN", True),
        ("deploy ${DEPLOY_TOKEN}", True),
        ("deploy \"${DEPLOY_TOKEN:-none}\"", True),
        ("deploy $TOKEN", True),
        ("deploy $AWS_SECRET_ACCESS_KEY", True),
        ("deploy $DB_PASSWORD", True),
        ("deploy $CLIENT_SECRET", True),
        ("API_TOKEN=$API_TOKEN deploy $API_TOKEN", True),  # handed through
        ("export API=$DEPLOY_TOKEN", True),
        ("deploy $CI_JOB_TOKEN", False),  # every job has it
        ("deploy -p $CI_REGISTRY_PASSWORD", False),
        ("deploy $DEPLOY_TOKENS", False),
        ("deploy $SSH_PUBLIC_KEY $CACHE_KEY", False),
        ("deploy $token $TOKENize", False),
        ("deploy $$DEPLOY_TOKEN", False),
        ("deploy DEPLOY_TOKEN", False),
        ("export API_TOKEN=$(curl x) && deploy $API_TOKEN", False),
        ("deploy $POSTGRES_PASSWORD", False),  # set in the file itself
        ("deploy $PROD", False),
    ],
)  # fmt: skip
def test_a_script_uses_what_is_called_as_secrets_are(command, asks):
    text = f"variables:\n  POSTGRES_PASSWORD: postgres\ndeploy:\n  script:\n    - >-\n      {command}\n"
    assert _lines(_pipeline(text, GITLAB)) == ([6] if asks else [])


@pytest.mark.parametrize(
    ("text", "lines", "gate"),
    [
        ("a:\n  id_tokens:\n    AWS:\n      aud: x\n", [2], "open"),
        ("a:\n  secrets:\n    DB:\n      vault: x\n", [2], "open"),
        ("a:\n  id_tokens: {}\n  secrets: null\n", [], ""),
        ("default:\n  id_tokens:\n    AWS: {aud: x}\na:\n  script: x\n", [2], "open"),
        ("variables:\n  X: $X_TOKEN\na:\n  script: x\n", [2], "open"),
        ("variables:\n  X_TOKEN: $X_TOKEN\na:\n  script: x $X_TOKEN\n", [4, 2], "open"),
        ("before_script:\n  - x $X_TOKEN\na:\n  script: x\n", [2], "open"),
        ("before_script:\n  - x $X_TOKEN\n", [], ""),
        ("a:\n  variables: {X: $X_TOKEN}\n  script: x\n", [2], "open"),
        ("a:\n  script:\n    - [x, 'y $X_TOKEN']\n", [3], "open"),
        ("a:\n  after_script: x $X_TOKEN\n", [2], "open"),
        ("a:\n  rules:\n    - if: $X_TOKEN\n", [], ""),
        ("a:\n  environment: prod\n  script: x $X_TOKEN\n", [3], "unknown"),
        ("a:\n  environment: {name: prod}\n  script: x $X_TOKEN\n", [3], "unknown"),
        ("a:\n  when: manual\n  script: x $X_TOKEN\n", [3], "open"),  # a line that the same change takes away
        (".a:\n  script: x $X_TOKEN\n", [2], "unknown"),
        ("a:\n  extends: .b\n  script: x $X_TOKEN\n", [3], "unknown"),
        ("a:\n  extends: .b\n  script: x $X_TOKEN\nb:\n  script: x $X_TOKEN\n", [5, 3], "open"),
        ("include: ci/deploy.yml\na:\n  script: x\n", [1], "unknown"),
        ("include:\n  - local: ci/deploy.yml\n", [1], "unknown"),
        ("include: ci/deploy.yml\na:\n  script: x $X_TOKEN\n", [3], "open"),
        ("a:\n  script: x\n", [], ""),
        ("- a\n", [], ""),
    ],
)
def test_gitlab_jobs(text, lines, gate):
    found = _pipeline(text, GITLAB)
    assert _lines(found) == lines
    assert not lines or _gate(found) == gate


# ------------------------------------------------------------------------------------------------ any input


@pytest.mark.parametrize("path", [WORKFLOW, GITLAB])
@pytest.mark.parametrize(
    "content", [b"a: [", b"\0", b"[" * 100_000, b"a: *b", b"a: &a [*a]", b"a:\n\t- b"], ids=lambda each: repr(each[:9])
)
def test_what_is_no_yaml_is_refused(path, content):
    with pytest.raises(CollectError):
        _pipeline(content, path)


def test_a_pipeline_that_cannot_be_read_hides_one(tmp_path):
    broken = tmp_path / WORKFLOW
    broken.parent.mkdir(parents=True)
    broken.write_text("jobs: [")
    tree = open_target(tmp_path, exclude=(), wanted=wanted_by_name)
    ((_, _, payload),) = read_chunk(tree, tree.entries, "", b"")
    gaps = [gap for gap in msgspec.json.decode(payload, type=Payload).gaps if gap.collector == "pipeline_secrets"]
    assert [(gap.path, gap.affects) for gap in gaps] == [(WORKFLOW, ("Pipeline",))]
    assert "is not valid YAML" in gaps[0].reason


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_notations_of_text(mark, ending):
    assert _lines(_pipeline(_step("x ${{ secrets.X }}").replace("\n", ending).encode(mark))) == [5]


def test_bytes_that_are_no_text_do_not_matter():
    assert _lines(_pipeline(_step("x ${{ secrets.X }} # \\").encode() + b"# \xff\xfe\n")) == [5]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (_step("'" + "${{ secrets" * 100_000 + "'"), WORKFLOW),
        (_step('"' + "${{ secrets['" * 100_000 + '}}"'), WORKFLOW),
        (_step('"' + "${{ secrets" + " " * 1_000_000 + '}}"'), WORKFLOW),
        (_step('"' + "${{ secrets.X }} " * 50_000 + '"'), WORKFLOW),
        ("jobs: {" + ", ".join(f"j{n}: {{env: {{X: '${{{{ secrets.X }}}}'}}}}" for n in range(5_000)) + "}", WORKFLOW),
        ("jobs:\n  x: &x\n    run: '" + "${{ secrets.X }}" * 10_000 + "'\n"
         + "".join(f"  j{n}: *x\n" for n in range(10_000)), WORKFLOW),
        ("a:\n  script: '" + "$A_TOKEN" * 100_000 + "'", GITLAB),
        ("a:\n  script: '" + "A" * 1_000_000 + "'", GITLAB),
        ("a:\n  script: '" + "A=" * 500_000 + "'", GITLAB),
        ("a:\n  script: &x '" + "$A_TOKEN" * 10_000 + "'\n" + "".join(f"j{n}: {{script: *x}}\n" for n in range(5_000)),
         GITLAB),
    ],
    ids=lambda each: each if each in (WORKFLOW, GITLAB) else "",
)  # fmt: skip
def test_hostile_texts_take_no_time(text, path):
    begun = time.monotonic()
    found = _pipeline(text.encode(), path)
    assert time.monotonic() - begun < 20
    assert len(_lines(found)) <= 100


def test_no_more_places_are_kept_than_anybody_reads():
    steps = "".join("      - run: x ${{ secrets.X }}\n" for _ in range(500))
    assert _lines(_pipeline("jobs:\n  a:\n    steps:\n" + steps)) == [*range(4, 104)]


@given(
    st.lists(st.tuples(st.sampled_from(["null", "prod", "test"]), st.booleans()), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_of_jobs_changes_no_gate(jobs, random):
    def told(order):
        parts = [
            f"  j{n}:\n    environment: {where}\n    env: {{X: '{'${{ secrets.X }}' if given_ else 'x'}'}}\n"
            for n, (where, given_) in enumerate(order)
        ]
        return _pipeline("jobs:\n" + "".join(parts))

    found = told(jobs)
    given_in = {where for where, given_ in jobs if given_}
    assert (found is None) is (not given_in)
    if found is not None:
        assert _gate(found) == ("open" if "null" in given_in else "unknown")
        assert len(found.secrets) == sum(given_ for _, given_ in jobs)
        shuffled = told(random.sample(jobs, len(jobs)))
        assert _gate(shuffled) == _gate(found)
        assert len(_lines(shuffled)) == len(_lines(found))


def test_facts_hold_places_and_nothing_else():
    held = "VALUE" + "OF" + "IT"
    found = _pipeline(f"env:\n  A: {held}\n" + _jobs("production", "null"))
    assert found is not None
    encoded = msgspec.json.encode(found)
    assert held.encode() not in encoded
    assert msgspec.json.decode(encoded, type=Pipeline) == found
    assert pipeline_secrets in collectors()
