"""BK-013."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import IacModule, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, iac, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.state_stores import Kept, kept
from remit_checks.terraform import listed


@check(
    "BK-013",
    "tfstate-remote-versioned",
    severity="high",
    parameters=("iac.require_remote_state",),
    frameworks={
        "owasp-agentic": ("ASI08", "ASI02"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CM-2", "CM-3", "CP-9"),
        "nist-csf": ("PR.PS-01", "PR.DS-11"),
        "iso-27001": ("A.8.9", "A.8.13"),
        "iso-42001": ("A.4.4",),
        "soc2": ("CC8.1", "A1.2"),
        "cis": ("4.1", "11.2"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("CCC-07",),
    },
    incidents=("INC-03",),
    attestable=True,
)
def tfstate_remote_versioned(module: IacModule, policy: Policy, graph: AccessGraph) -> Verdict:
    """Terraform's state is kept in one remote place that locks it and keeps its earlier versions.

    The state is Terraform's only memory of what exists. A course platform's had stayed on an old laptop: without it
    the agent created everything a second time, and with the copy it later unpacked it destroyed the live platform. A
    remote state is the same for everybody, and a versioned one can be taken back.

    Fix:
        Add the backend below, run `terraform init -migrate-state`, then delete the local copies. Switch versioning on
        for the bucket before anything else is written to it.
    """
    if not policy.iac.require_remote_state:
        return skip("the policy does not ask for a remote state")
    if module.states:
        return _lies_here(module)
    if not isinstance(module.root, Unknown) and not module.root:
        return skip(f"{module.name} is only called as a module: its state is its caller's", module.source)
    if isinstance(module.backend, Unknown):
        return unknown(module.backend, module.source, remedies=tuple(_backend(module)))
    if module.backend is None or module.backend == "local":
        return _local(module, graph)
    return _remote(module, module.backend, graph)


def _lies_here(module: IacModule) -> Verdict:
    paths = listed([each.path for each in module.states])
    steps = manual(
        "Move the state, then delete the file",
        f"1. In {module.name}: `terraform init -migrate-state`, then `terraform state list` to see that it is all "
        "there.\n"
        f"2. Delete {paths}, from the history of the repository too: a state holds passwords in clear text.",
        safe=False,
    )
    return fail(
        f"a state lies among the files of {module.name}: {paths}",
        *module.states,
        remedies=(
            *(() if _is_remote(module) else _backend(module)),
            edit(".gitignore", "Keep states out of version control", "*.tfstate\n*.tfstate.*\n"),
            steps,
        ),
    )


def _is_remote(module: IacModule) -> bool:
    return isinstance(module.backend, str) and module.backend != "local"


def _local(module: IacModule, graph: AccessGraph) -> Verdict:
    if not module.resources:
        return skip(f"{module.name} describes nothing, so there is no state to keep", module.source)
    if module.backend is None and not module.providers and all(each.type == "module" for each in module.resources):
        text = f"{module.name} only calls other modules and has no provider: nothing shows whether it is run by itself"
        return unknown(text, module.source, remedies=tuple(_backend(module)))
    wrapper = (
        next(
            (each.source for script in graph.scripts for each in script.commands if each.program == "terragrunt"), None
        )
        if module.backend is None
        else None
    )
    if wrapper is not None:
        text = f"{module.name} declares no backend; terragrunt is used here ({wrapper}) and may generate one"
        return unknown(text, module.source, wrapper, remedies=tuple(_backend(module)))
    return fail(
        f"the state of {module.name} is kept in a local file: it declares no remote backend",
        module.source,
        remedies=tuple(_backend(module)),
    )


def _remote(module: IacModule, backend: str, graph: AccessGraph) -> Verdict:
    found = kept(module, backend, graph)
    faults = [each for each in found if not isinstance(each.held, Unknown) and not each.held]
    sources = tuple(dict.fromkeys([module.source, *(each.source for each in found if each.source)]))
    if faults:
        return fail(
            f"the state of {module.name} in {backend} is {' and '.join(each.otherwise for each in faults)}",
            *_first(faults, sources),
            remedies=tuple(_mending(module, faults)),
        )
    left_open = [each.held.why for each in found if isinstance(each.held, Unknown)]
    if left_open:
        return unknown(
            f"the state of {module.name} is in {backend}; {'; '.join(left_open)}", *sources, remedies=(_attest(),)
        )
    return ok(f"the state of {module.name} is in {backend}, locked and with its earlier versions", *sources)


def _first(faults: list[Kept], sources: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys([*(each.source for each in faults if each.source), *sources]))


# ------------------------------------------------------------------------------------------------------- remedies


def _mending(module: IacModule, faults: list[Kept]) -> Iterator[Remedy]:
    for each in faults:
        yield iac(each.source.path if each.source else module.source.path, each.title, each.lines)


_BACKENDS = {
    "google": 'backend "gcs" {\n    bucket = "STATE-BUCKET"\n    prefix = "PLACE"\n  }',
    "azurerm": 'backend "azurerm" {\n    resource_group_name  = "STATE-GROUP"\n'
    '    storage_account_name = "STATEACCOUNT"\n    container_name       = "tfstate"\n'
    '    key                  = "PLACE.tfstate"\n  }',
}
_S3 = (
    'backend "s3" {\n    bucket       = "STATE-BUCKET"\n    key          = "PLACE/terraform.tfstate"\n'
    '    region       = "REGION"\n    encrypt      = true\n    use_lockfile = true\n  }'
)


def _backend(module: IacModule) -> Iterator[Remedy]:
    """A backend of the cloud that most of the module's resources belong to."""
    clouds = Counter(each.type.partition("_")[0] for each in module.resources)
    most = next((name for name, _ in clouds.most_common() if name in (*_BACKENDS, "aws")), "aws")
    place = module.path or "root"
    body = f"terraform {{\n  {_BACKENDS.get(most, _S3).replace('PLACE', place)}\n}}"
    path = f"{module.path}/backend.tf" if module.path else "backend.tf"
    # The next `terraform init` asks whether to move the state.
    yield iac(path, "Keep the state in a remote backend with a lock, in a bucket with versioning", body, safe=False)


def _attest() -> Remedy:
    return manual(
        "Look at the bucket, and attest in the auditor's policy what you saw",
        "1. See that versioning is on: `aws s3api get-bucket-versioning --bucket STATE-BUCKET`, or the like of your "
        "provider.\n"
        "2. Attest it:\n\n"
        '[[attestations]]\ncontrol = "BK-013"\nby = "NAME"\non = 2026-01-31\nvalid_days = 180\n'
        'evidence = "TICKET, with the output of the command"',
    )
