"""SB-015."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Credential, CredentialFile, Unknown
from remit.policy.environment import is_local
from remit.policy.globs import is_literal
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown

_ENVIRONMENT_FILE = re.compile(
    r"(?:^|/)(?:\.env(?:rc|[.\-_][\w.\-]{1,60})?|[\w.\-]{1,60}\.env|\.dev\.vars|(?:docker-)?compose[\w.\-]{0,60}\.ya?ml"
    r"|local\.settings\.json|appsettings(?:\.development|\.local)?\.json|application(?:-dev|-local)?\.(?:properties|ya?ml))$",
    re.IGNORECASE,
)
_DATABASES = frozenset({"postgres", "mysql", "mongodb", "redis"})


# Loaded by default wherever something is started in the checkout, whatever a policy calls these files.
_DEFAULT = re.compile(r"(?:^|/)\.env(?:\.local|\.dev(?:elopment)?)?$")


@check(
    "SB-015",
    "dev-env-not-pointing-to-prod",
    severity="critical",
    parameters=(
        "environments.production.hosts",
        "environments.production.files",
        "environments.production.names",
        "environments.staging.hosts",
        "environments.development.hosts",
    ),
    frameworks={
        "owasp-agentic": ("ASI08", "ASI02"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0032",),
        "nist-800-53": ("SC-7", "SC-2", "CM-2"),
        "nist-csf": ("PR.IR-01", "PR.PS-06"),
        "iso-27001": ("A.8.31", "A.8.33"),
        "iso-42001": ("A.4.5", "A.6.2.5"),
        "soc2": ("CC8.1", "CC6.1"),
        "cis": ("16.8",),
        "nist-ai-rmf": ("MANAGE 1.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("IVS-06",),
    },
    incidents=("INC-02", "INC-04", "INC-12", "INC-24"),
)
def dev_env_not_pointing_to_prod(file: CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    """The environment files of development lead to nothing of production.

    Whatever is started in a checkout reads `.env` first. In the commonest chain of all, that file holds production's
    DATABASE_URL: a schema push meant for a laptop then empties the live database, and nothing in the command looked
    wrong.

    Fix:
        Let the default files name a local or staging database only. Keep production's values where production runs.
    """
    if not _ENVIRONMENT_FILE.search(file.path):
        return skip(f"{file.path} is no environment file")
    if not _DEFAULT.search(file.path) and _is(policy.environment_of(path=file.path), "production"):
        return skip(f"{file.path} belongs to production by its name")
    pointing = [each for each in file.credentials if not each.placeholder and _leads_somewhere(each)]
    if not pointing:
        return skip(f"{file.path} leads to no database or provider whose environment could be told")
    shared = _production_hosts(pointing, policy, graph)
    wrong = [each for each in pointing if _is(each.environment, "production") or each.host in shared]
    if wrong:
        return fail(
            f"{file.path} leads to production: {_named(wrong)}",
            *(each.source for each in wrong),
            remedies=tuple(_remedies(file, wrong, policy)),
        )
    left_open = [each for each in pointing if isinstance(each.environment, Unknown)]
    if left_open:
        return unknown(
            f"which environment {_named(left_open)} belongs to is not declared; list the host in the policy under"
            " environments.production.hosts, environments.staging.hosts or environments.development.hosts",
            *(each.source for each in left_open),
        )
    return ok(f"{file.path} leads to no production: {_named(pointing)}", *(each.source for each in pointing))


def _is(environment: object, wanted: str) -> bool:
    return not isinstance(environment, Unknown) and environment == wanted


def _leads_somewhere(credential: Credential) -> bool:
    """Whether it names a place, or one is known; a bare token of an unknown environment leads nowhere in particular."""
    return credential.host is not None or not isinstance(credential.environment, Unknown)


def _production_hosts(pointing: Sequence[Credential], policy: Policy, graph: AccessGraph) -> set[str]:
    """Those of the hosts that production's own files name too, this machine and its containers aside."""
    hosts = {each.host for each in pointing if each.host is not None and not is_local(each.host)}
    found: set[str] = set()
    for file in graph.credential_files if hosts else ():
        here = {each.host for each in file.credentials if each.host in hosts and not each.placeholder} - found
        # Looked up last: telling an environment takes longer than all the rest.
        if here and _is(policy.environment_of(path=file.path), "production"):
            found |= {host for host in here if host is not None}
    return found


def _named(found: Sequence[Credential]) -> str:
    names = [f"{each.name or each.title} ({each.host})" if each.host else each.name or each.title for each in found[:4]]
    return ", ".join(names) + (f" and {len(found) - 4} more" if len(found) > 4 else "")


def _remedies(file: CredentialFile, wrong: Sequence[Credential], policy: Policy) -> Iterator[Remedy]:
    host = next((each for each in policy.environments.staging.hosts if is_literal(each)), "localhost")
    urls = [each for each in wrong if each.provider in _DATABASES]
    if urls:
        yield edit(
            file.path, "Name a local or staging database", "\n".join(_line(each, host) for each in urls), safe=False
        )
    others = [each for each in wrong if each not in urls]
    if others:
        yield manual(
            "Replace production's values by those of a project for development",
            "\n".join(
                f"{each.source}: {each.narrower or 'a credential of a non-production project'}" for each in others
            ),
            safe=False,
        )


def _line(credential: Credential, host: str) -> str:
    scheme = {"postgres": "postgresql"}.get(credential.provider, credential.provider)
    return f"{credential.name or 'DATABASE_URL'}={scheme}://{host}/{credential.database or ''}"
