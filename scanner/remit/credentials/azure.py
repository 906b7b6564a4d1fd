"""Azure credentials: client secrets, storage keys, shared access signatures, DevOps tokens.

Source: Microsoft Learn (storage connection strings, service and account SAS parameters), gitleaks, trufflehog and
kingfisher (2026). A SAS is readable offline: `sp` holds its rights by letter, `se` its end, `sr`/`ss` what it covers.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from remit.credentials.kind import CredentialKind, Damage, Detail, Form, Found

_TENANT_ROTATE = "Delete the secret under App registrations, Certificates and secrets, and use a federated credential."
_ACCOUNT = re.compile(r"AccountName=(?P<name>[a-z0-9]{3,24})", re.IGNORECASE)
_BLOB_HOST = re.compile(
    r"(?P<host>(?P<name>[a-z0-9]{3,24})\.(?:blob|file|queue|table|dfs)\.core\.windows\.net)", re.IGNORECASE
)
_DELIMITER = re.compile(r"[\s\"'`<>\\]")
_DAY = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?:T(?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?Z?)?")


def _storage(found: Found) -> Detail:
    account = _ACCOUNT.search(found.around)
    name = account["name"].lower() if account else None
    return Detail(
        # The emulator's key is printed in its documentation.
        placeholder=name == "devstoreaccount1",
        account=name,
        host=f"{name}.blob.core.windows.net" if name else None,
        resource=f"azure:storage-account:{name}" if name else None,
    )


def _query(found: Found) -> dict[str, str]:
    """The parameters of the URL or query in which the signature stands."""
    at = found.around.find(found.value)
    left = list(_DELIMITER.finditer(found.around, 0, max(at, 0)))
    right = _DELIMITER.search(found.around, max(at, 0))
    text = found.around[left[-1].end() if left else 0 : right.start() if right else len(found.around)]
    return {key: values[0] for key, values in parse_qs(text.replace("&amp;", "&").partition("?")[2] or text).items()}


def _rights(letters: str) -> Damage:
    if set(letters) & set("dwyo"):
        return "D3"
    return "D2" if set(letters) & set("acup") else "D1"


def _end(text: str) -> str | None:
    end = _DAY.fullmatch(text)
    if end is None:
        return None
    time = end["time"] or "00:00:00"
    return f"{end['day']}T{time if len(time) == 8 else time + ':00'}Z"


def _shared_access(found: Found) -> Detail | None:
    query = _query(found)
    if "sv" not in query and "se" not in query and "si" not in query:
        return None
    host = _BLOB_HOST.search(found.around)
    letters = query.get("sp", "")
    covers = (
        "account"
        if "ss" in query or "srt" in query
        else {"b": "blob", "c": "container"}.get(query.get("sr", ""), "resource")
    )
    return Detail(
        # Without letters a stored access policy decides, which is not in the URL.
        damage=_rights(letters) if letters else None,
        scope=f"{covers} signature with rights {letters[:20]}"
        if letters.isalpha()
        else f"{covers} signature under a stored policy",
        expires=_end(query["se"]) if "se" in query else None,
        host=host["host"].lower() if host else None,
        account=host["name"].lower() if host else None,
        resource=f"azure:storage-account:{host['name'].lower()}" if host else None,
    )


AZURE_CLIENT_SECRET = CredentialKind(
    name="azure-client-secret",
    title="Azure (Entra) client secret",
    provider="azure",
    damage="D4",
    abilities=("resource-group-delete", "database-delete", "storage-delete", "data-read"),
    resource="azure:subscription:*",
    scope="the roles of its application (not visible offline)",
    forms=(
        Form(
            ("q~",),
            re.compile(
                r"(?<![A-Za-z0-9_~.-])(?P<value>[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34})(?![A-Za-z0-9_~.-])"
            ),
        ),
    ),
    names=("AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET", "AZURE_AD_CLIENT_SECRET", "ENTRA_CLIENT_SECRET"),
    value=re.compile(r"[A-Za-z0-9_~.=+/?:@\[\]!-]{30,64}"),
    backups_go_with_it=True,
    backups_note="with Contributor it deletes resource groups, and the backups kept inside them",
    narrower="a federated credential with a custom role that cannot delete, and resource locks",
    rotate=_TENANT_ROTATE,
    rank=12,
)

AZURE_STORAGE_KEY = CredentialKind(
    name="azure-storage-key",
    title="Azure storage account key",
    provider="azure",
    damage="D3",
    abilities=("blob-delete", "container-delete", "data-write", "data-read"),
    resource="azure:storage-account:*",
    scope="the whole storage account",
    forms=(
        Form(
            ("accountkey",),
            re.compile(r"(?i:AccountKey)\s{0,4}=\s{0,4}(?P<value>[A-Za-z0-9+/]{86}==)(?![A-Za-z0-9+/=])"),
        ),
    ),
    names=("STORAGE_KEY", "STORAGE_ACCOUNT_KEY", "STORAGE_ACCESS_KEY", "AZURE_STORAGE_KEY"),
    value=re.compile(r"[A-Za-z0-9+/]{86}=="),
    refine=_storage,
    never_expires=True,
    narrower="a user-delegation SAS for one container without the letter d; then disable shared-key access",
    rotate="Regenerate key1 or key2 (whichever it is) under Access keys, after moving clients to the other one.",
    rank=12,
)

AZURE_SAS = CredentialKind(
    name="azure-sas",
    title="Azure shared access signature",
    provider="azure",
    damage="D3",
    abilities=("blob-delete", "data-write", "data-read"),
    resource="azure:storage-account:*",
    scope="",
    forms=(
        Form(
            ("sig=",),
            re.compile(r"(?<=[?&;]sig=)(?P<value>(?:[A-Za-z0-9+/]|%[0-9A-Fa-f]{2}){40,90}={0,2})(?![A-Za-z0-9+/%])"),
        ),
    ),
    refine=_shared_access,
    narrower="a signature with only r and l, for hours instead of years, bound to an address (sip)",
    rotate="Regenerate the account key that signed it, or delete its stored access policy.",
    rank=12,
)

AZURE_DEVOPS_TOKEN = CredentialKind(
    name="azure-devops-token",
    title="Azure DevOps personal access token",
    provider="azure",
    damage="D2",
    abilities=("repository-delete", "pipeline-run", "code-read"),
    resource="azure-devops:organization:*",
    scope="the scopes it was issued for (not visible offline)",
    names=("AZURE_DEVOPS_EXT_PAT", "AZURE_DEVOPS_PAT", "AZURE_DEVOPS_TOKEN", "AZDO_PERSONAL_ACCESS_TOKEN", "AZDO_PAT"),
    value=re.compile(r"[a-z2-7]{52}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
    narrower="a token with the scope Code (read) of one organisation",
    rotate="Revoke it under User settings, Personal access tokens.",
    rank=20,
)

AZURE_LOGIN = CredentialKind(
    name="azure-login",
    title="Azure login of a person (token cache)",
    provider="azure",
    damage="D4",
    abilities=("resource-group-delete", "database-delete", "storage-delete", "data-read"),
    resource="azure:subscription:*",
    scope="everything the person may do, in every subscription",
    forms=(Form(("secret",), re.compile(r"\"secret\"\s{0,8}:\s{0,8}\"(?P<value>[A-Za-z0-9._~+/=-]{40,8000})\"")),),
    paths=re.compile(r"(?:^|/)(?:msal_token_cache|accessTokens)[^/]{0,40}\.json$"),
    backups_go_with_it=True,
    backups_note="the person's own rights reach backups as well",
    narrower="a service principal with a federated credential and a custom role that cannot delete",
    rotate="Run `az logout`, and revoke the account's sessions in Entra.",
    rank=12,
)
