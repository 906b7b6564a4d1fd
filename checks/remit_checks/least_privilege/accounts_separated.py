"""LP-035."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.graph import AccessGraph
from remit.access.nodes import destroys
from remit.access.unasked import may_read
from remit.check import check
from remit.evidence import Credential, CredentialFile, IacModule, Source, Unknown
from remit.policy.globs import overlaps
from remit.policy.model import Policy
from remit.remedy import Remedy, iac, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.cloud_sites import Site, mixed, sites
from remit_checks.terraform import listed

_CLOUDS = frozenset({"aws", "gcp", "azure"})
_KEY = "cloud.accounts"
Fault = tuple[str, tuple[Source, ...]]


@check(
    "LP-035",
    "accounts-separated",
    severity="high",
    parameters=(
        "cloud.accounts.dev",
        "cloud.accounts.prod",
        "environments.production.accounts",
        "environments.staging.accounts",
        "environments.development.accounts",
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
    incidents=("INC-01", "INC-03"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def accounts_separated(graph: AccessGraph, policy: Policy) -> Verdict:
    """Production has a cloud account and a state of its own, and agents' credentials belong to another account.

    Two sites shared one account and one state to save a few dollars. The agent was to clean up after one of them, and
    the plan, correct in its own terms, removed both. An account is the one border that a mistaken command does not
    cross.

    Fix:
        Move production to an account of its own, with a state of its own, and let every provider name the account it
        may work in. List the accounts under cloud.accounts. Give agents credentials of the other one only.
    """
    found = sites(graph, policy)
    keys = [
        (file, each)
        for file in graph.credential_files
        if any(may_read(agent, file.path) for agent in graph.agents)
        for each in file.credentials
        if _counts(each)
    ]
    if not found and not keys:
        return skip("no infrastructure code is here, and no credential of a cloud that an agent could read")
    faults = [*_declared(graph, policy), *_shared(found), *_mixed(found, policy), *_held(keys, graph, policy)]
    if faults:
        return fail(
            "production is not kept apart: " + "; ".join(told for told, _ in faults[:3]) + _more(faults),
            *dict.fromkeys(source for _, sources in faults for source in sources),
            remedies=(_split(),),
        )
    left_open = [*_open_sites(found), *_open_keys(keys, policy), *_one_sided(found, policy)]
    if left_open:
        places = dict.fromkeys(source for _, sources in left_open for source in sources)
        whys = listed([told for told, _ in left_open], 3)
        return unknown(
            f"whether production is kept apart is not known: {whys}", *places, remedies=tuple(_declare(found))
        )
    accounts = listed(sorted({account for each in found for account in each.accounts}))
    places = dict.fromkeys((*(each.source for each in found), *(each.source for _, each in keys)))
    return ok(f"production has an account of its own; seen here: {accounts or 'credentials of another one'}", *places)


def _counts(credential: Credential) -> bool:
    return credential.provider in _CLOUDS and credential.damage in ("D3", "D4") and destroys(credential)


def _more(faults: Sequence[Fault]) -> str:
    return f"; and {len(faults) - 3} more" if len(faults) > 3 else ""


# ----------------------------------------------------------------------------------------------------------- faults


def _declared(graph: AccessGraph, policy: Policy) -> Iterator[Fault]:
    accounts = policy.cloud.accounts
    both = [each for each in accounts.prod if any(overlaps(each, other) for other in accounts.dev)]
    if both:
        at = [graph.origins[key] for key in (_KEY, f"{_KEY}.dev", f"{_KEY}.prod") if key in graph.origins]
        where = tuple(dict.fromkeys(at)) or (Source("(policy)", 0, "policy"),)
        yield f"the policy lists {listed(both)} for production and for development", where


def _shared(found: Sequence[Site]) -> Iterator[Fault]:
    for one in (each for each in found if each.production):
        for other in (each for each in found if each.other and each is not one):
            both = set(one.accounts) & set(other.accounts)
            if both:
                text = f"{one.module.name} and {other.module.name} work in one account, {min(both)}"
                yield text, (one.source, other.source)
            if one.state is not None and one.state == other.state:
                yield f"{one.module.name} and {other.module.name} share one state", (one.source, other.source)


def _mixed(found: Sequence[Site], policy: Policy) -> Iterator[Fault]:
    for each in found:
        if each.production and each.other:
            named = " and ".join(sorted(each.environments))
            yield f"one state of {each.module.name} is for {named} by its names and accounts", (each.source,)
        elif (pair := mixed(each, policy)) is not None:
            yield f"one state of {each.module.name} describes {pair[0]} and {pair[1]}", (each.source,)


def _held(keys: Sequence[tuple[CredentialFile, Credential]], graph: AccessGraph, policy: Policy) -> Iterator[Fault]:
    for file, each in keys:
        found = [may_read(agent, file.path) for agent in graph.agents]
        if _production(each, policy) and any(step is not None and step[0] == "proven" for step in found):
            account = f" ({each.account})" if each.account else ""
            yield f"an agent can read {each.title} of production{account} in {file.path}", (each.source,)


def _production(credential: Credential, policy: Policy) -> bool:
    by_account = policy.environment_of(account=credential.account)
    readings = [each for each in (by_account, credential.environment) if not isinstance(each, Unknown)]
    return "production" in readings


# -------------------------------------------------------------------------------------------------------- left open


def _open_sites(found: Sequence[Site]) -> Iterator[Fault]:
    for each in found:
        if each.open:
            yield f"{each.module.name}: {each.open}", (each.source,)
        elif not each.environments:
            text = f"nothing says whether {listed(each.accounts)} of {each.module.name} is production"
            yield text, (each.source,)


def _open_keys(keys: Sequence[tuple[CredentialFile, Credential]], policy: Policy) -> Iterator[Fault]:
    for file, each in keys:
        by_account = policy.environment_of(account=each.account)
        if _production(each, policy):
            yield f"whether an agent can read {file.path}, a key of production, is not known", (each.source,)
        elif isinstance(by_account, Unknown):
            whose = f"account {each.account}" if each.account else "the account"
            yield f"nothing says whether {whose} of {each.title} in {file.path} is production", (each.source,)


def _one_sided(found: Sequence[Site], policy: Policy) -> Iterator[Fault]:
    """Only one side is known: the other may well be in the same account."""
    accounts = policy.cloud.accounts
    places = tuple(each.source for each in found)
    listed_there = policy.environments
    if not (accounts.prod or listed_there.production.accounts or any(each.production for each in found)):
        yield "no account of production is known", places
    others = (*accounts.dev, *listed_there.staging.accounts, *listed_there.development.accounts)
    if not (others or any(each.other for each in found)):
        yield "no account of anything but production is known", places


# --------------------------------------------------------------------------------------------------------- remedies


_LINES = '[cloud.accounts]\nprod = ["ACCOUNT-OF-PRODUCTION"]\ndev = ["ACCOUNT-FOR-EVERYTHING-ELSE"]'
_PROVIDERS = {
    "aws": 'provider "aws" {\n  allowed_account_ids = ["ACCOUNT-ID"]\n}',
    "google": 'provider "google" {\n  project = "PROJECT-ID"\n}',
    "azurerm": 'provider "azurerm" {\n  subscription_id = "SUBSCRIPTION-ID"\n}',
}


def _split() -> Remedy:
    return manual(
        "Give production an account and a state of its own",
        "1. Create an account for production, or for everything else, whichever is the smaller move.\n"
        "2. Give each environment its own directory, backend key and provider with its account named.\n"
        "3. Move the resources, plan both sides, and see that neither plan mentions the other's.\n"
        "4. Replace credentials of production in agents' reach by ones of the other account.\n"
        f"5. List both in the auditor's policy:\n\n{_LINES}",
        safe=False,
    )


def _declare(found: Sequence[Site]) -> Iterator[Remedy]:
    for each in [each for each in found if each.open][:5]:
        clouds = [resource.type.partition("_")[0] for resource in each.module.resources]
        cloud = next((name for name in (*each.module.providers, *clouds) if name in _PROVIDERS), "aws")
        title = f"Name the account that {each.module.name} may work in"
        yield iac(each.source.path, title, _PROVIDERS[cloud])
    yield manual("List the accounts in the auditor's policy", _LINES)
