"""LP-018."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from remit.check import check
from remit.evidence import Credential, CredentialFile, Unknown
from remit.policy.globs import path_matches
from remit.policy.model import Policy
from remit.remedy import Remedy, command, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.usable_credentials import called, listed, places, usable


@check(
    "LP-018",
    "no-prod-conn-string-in-repo",
    severity="critical",
    parameters=("repo.env_globs", "secrets.allowlist"),
    frameworks={
        "owasp-agentic": ("ASI03",),
        "owasp-llm": ("LLM02",),
        "mitre-atlas": ("AML.T0055", "AML.T0083", "AML.T0098"),
        "nist-800-53": ("IA-5", "IA-5(6)", "IA-5(7)"),
        "nist-csf": ("PR.AA-01", "PR.DS-01"),
        "iso-27001": ("A.5.17", "A.8.4"),
        "iso-42001": ("A.4.4",),
        "soc2": ("CC6.1",),
        "cis": ("3.11", "16.12"),
        "nist-ai-rmf": ("MEASURE 2.7",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("IAM-15", "CEK-08"),
    },
    incidents=("INC-04",),
    absent="pass",
)
def no_prod_conn_string_in_repo(file: CredentialFile, policy: Policy) -> Verdict:
    """No environment file with values, and no connection string with a password, is under version control.

    What is committed is in every clone, every fork and every agent's checkout, and stays in the history when the file
    is deleted. A schema push meant for a laptop emptied a live database because its address lay in the file that
    everything reads first.

    Fix:
        Take the file out of version control and let git ignore it, change the password, and commit an example file
        with names and no values in its place.
    """
    if file.standing == "machine":
        return skip(f"{file.path} is no file of the repository")
    environment = any(path_matches(glob, file.path) for glob in policy.repo.env_globs)
    held = usable(file, policy.secrets.allowlist)
    found = tuple(each for each in held if (_matters(each) if environment else _opens_a_database(each)))
    if not found and not environment:
        return skip(f"{file.path} is no environment file, and holds no connection string")
    if not found:
        return ok(
            f"{file.path} holds stand-ins, public values, or what serves development alone", *places(file.credentials)
        )
    if file.standing == "ignored":
        return ok(f"the repository ignores {file.path}", *places(found))
    remedies = tuple(_remedies(file, found, environment))
    text = f"{file.path} holds {_listed(found)}"
    if file.standing == "present":
        return unknown(f"{text}; whether it is under version control cannot be seen", *places(found), remedies=remedies)
    if not environment and all(each.host is None for each in found):
        return unknown(f"{text}; which host that opens is not written there", *places(found), remedies=remedies)
    where = "is under version control" if file.standing == "tracked" else "is not ignored, so the next commit takes it"
    return fail(f"{text}, and {where}", *places(found), remedies=remedies)


def _matters(credential: Credential) -> bool:
    """Whether it opens more than a service that serves development by its name, such as a local store's key."""
    environment = credential.environment
    return credential.damage != "D1" or isinstance(environment, Unknown) or environment != "development"


def _opens_a_database(credential: Credential) -> bool:
    return credential.resource.split(":")[1:2] == ["database"]


def _listed(found: Sequence[Credential]) -> str:
    return listed([f"{called(each)} for {each.host}" if each.host else called(each) for each in found])


def _remedies(file: CredentialFile, found: Sequence[Credential], environment: bool) -> Iterator[Remedy]:
    rotate = next((each.rotate for each in found if each.rotate), "Change the password.")
    if not environment:
        steps = f"1. {rotate}\n2. Let {file.path} read the address from a variable of its process."
        yield manual("Take it out of the file, and rotate it: it stays in the history", steps, safe=False)
        return
    yield edit(".gitignore", f"Keep {file.path} out of version control", f"/{file.path}\n")
    if file.standing == "tracked":
        title = f"Take {file.path} out of version control, and leave it on disk"
        yield command(title, f"git rm --cached -- {shlex.quote(file.path)}")
    names = dict.fromkeys(each.name for each in found if each.name)
    folder, _, name = file.path.rpartition("/")
    if names and name.startswith(".env"):
        example = f"{folder}/.env.example" if folder else ".env.example"
        yield edit(example, "Commit the names in its place", "\n".join(f"{each}=" for each in names))
    steps = f"1. {rotate}\n2. Hand the new one out elsewhere."
    yield manual("Rotate what was committed: it stays in the history", steps, safe=False)
