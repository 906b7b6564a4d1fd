"""SB-006."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.nodes import destroys
from remit.check import check
from remit.evidence import Container, Credential, CredentialFile
from remit.remedy import Remedy, edit
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.sandbox.containers import (
    for_agents,
    host_side,
    inside,
    is_project,
    masks,
    places,
    starter,
    unread,
)
from remit_checks.sandbox.stores import opens
from remit_checks.terraform import listed

_ENVIRONMENT_FILE = re.compile(r"(?:^|/)\.env(?:rc|[._-][\w.-]{1,60})?$", re.IGNORECASE)
_SAMPLE = re.compile(r"[._-](?:example|sample|template|dist|tmpl)$", re.IGNORECASE)
_CREDENTIAL_PLACE = re.compile(
    r"(?:^|/)(?:\.(?:aws|ssh|kube|gnupg|azure|docker|railway|supabase|config/gcloud|config/gh|netrc|npmrc|pypirc|pgpass"
    r"|git-credentials|vault-token|terraform\.d|env(?:[._-][\w.-]{1,60})?)|gcloud|credentials(?:\.json)?|kubeconfig"
    r"|[^/]{0,80}\.(?:pem|key|tfvars|tfstate|kubeconfig))(?:/|$)",
    re.IGNORECASE,
)
"""Files and directories that by their name hold credentials."""
_WHOLE_HOME = re.compile(
    r"~|/|/(?:home|Users|root)(?:/[^/]{1,100})?|[A-Za-z]:[\\/]{1,2}(?:Users(?:[\\/][^\\/]{1,100})?)?"
)
_WORKSPACE = re.compile(r"\$\{containerWorkspaceFolder\}|/workspace|/workspaces/[^/]{1,200}")
"""Where tools put the project when nothing says where."""
_NAMES_A_SECRET = re.compile(
    r"(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?|dsn|connection_?string"
    r"|(?:^|_)pwd)$",
    re.IGNORECASE,
)
# What an agent needs to reach its own model.
_OWN_KEYS = frozenset(
    (
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CODEX_API_KEY",
        "CURSOR_API_KEY",
        "GEMINI_API_KEY",
        "GOOGLE_API_KEY",
        "OPENAI_API_KEY",
    )
)


@dataclass(frozen=True, slots=True)
class _Handed:
    """Something that the container is given, and whether it surely opens anything."""

    what: str
    field: str
    sure: bool
    hide: str = ""
    """For a file that comes with the project: its path in there."""


@check(
    "SB-006",
    "no-secret-mounts",
    severity="critical",
    frameworks={
        "owasp-agentic": ("ASI05", "ASI02"),
        "owasp-llm": ("LLM06", "LLM05"),
        "mitre-atlas": ("AML.T0105", "AML.T0112.000", "AML.M0032"),
        "nist-800-53": ("SC-39", "SC-7", "SC-44", "SI-14", "CM-7"),
        "nist-csf": ("PR.PS-01", "PR.PS-05", "PR.IR-01"),
        "iso-27001": ("A.8.22", "A.8.27", "A.8.1"),
        "iso-42001": ("A.4.5",),
        "soc2": ("CC6.1", "CC6.8"),
        "cis": ("4.1", "16.10"),
        "nist-ai-rmf": ("MEASURE 2.7", "MANAGE 1.3"),
        "eu-ai-act": ("15",),
        "csa-aicm": ("AIS-11", "IVS-04"),
    },
    needs=(CredentialFile,),
)
def no_secret_mounts(container: Container, graph: AccessGraph) -> Verdict:
    """An agent's container is handed no secret.

    A container with production's environment file in it is no container: the walls stand, and the key is inside. What
    is needed to develop can be had with a local database and credentials that open nothing else.

    Fix:
        Take out the environment files, secrets and credential directories. Hide an environment file that lies in the
        project by mounting /dev/null over it, or keep it elsewhere.
    """
    if not for_agents(container):
        return skip(f"nothing says that an agent runs in {container.name}")
    handed = [*_files(container, graph), *_mounted(container, graph), *_variables(container, graph)]
    secrets = [each for each in handed if each.sure]
    perhaps = [each for each in handed if not each.sure]
    if secrets:
        return fail(
            f"{container.name} is handed secrets: {listed([each.what for each in secrets])}",
            *places(container, *(each.field for each in secrets)),
            remedies=tuple(_remedies(container, secrets)),
        )
    if perhaps:
        return unknown(
            f"whether {container.name} is handed secrets is not known: {listed([each.what for each in perhaps])}",
            *places(container, *(each.field for each in perhaps)),
            remedies=tuple(_remedies(container, perhaps)),
        )
    return _clean(container, graph)


def _clean(container: Container, graph: AccessGraph) -> Verdict:
    if why := unread(container):
        return unknown(f"{container.name}: {why}, and may hand it more", container.source)
    if container.kind != "dockerfile":
        return ok(f"{container.name} is handed no secret", container.source)
    found = starter(container, graph)
    if found is not None:
        return ok(
            f"no secret is built into {container.path}; what it is handed is judged at {found.path}", container.source
        )
    return unknown(
        f"no secret is built into {container.path}; what it is handed when it is started is not in it", container.source
    )


# --------------------------------------------------------------------------------------------------- what is handed in


def _files(container: Container, graph: AccessGraph) -> Iterator[_Handed]:
    for path in container.env_files:
        yield from _file(f"the environment file {path}", "env_files", path, graph)
    for path in container.secret_files:
        yield from _file(f"the credential file {path}", "secret_files", path, graph)


def _file(what: str, field: str, path: str, graph: AccessGraph) -> Iterator[_Handed]:
    """A file by what is in it, where that was seen; one outside the tree that is named for credentials has some."""
    found = _holds(path, graph)
    if found or (found is None and path.startswith(("~", "/")) and _CREDENTIAL_PLACE.search(path[-300:])):
        yield _Handed(what, field, True)
    elif found is None and not _SAMPLE.search(path):
        yield _Handed(f"{what}, in which no credential was seen", field, False)


def _mounted(container: Container, graph: AccessGraph) -> Iterator[_Handed]:
    for source in map(host_side, container.mounts):
        if source == "/dev/null" or _SAMPLE.search(source):
            continue
        if _WHOLE_HOME.fullmatch(source):
            yield _Handed(f"the mount of {source}, with every credential in it", "mounts", True)
        elif _CREDENTIAL_PLACE.search(source[-300:]):
            yield from _file(f"the mount of {source}", "mounts", source, graph)
    hidden = masks(container)
    for root, target in _workspaces(container):
        for file in graph.credential_files:
            place = file.path.removeprefix(root)
            if _lies_in(file, root) and not any(_hides(path, target, place) for path in hidden):
                yield _Handed(f"the project with {file.path} in it", "mounts", True, place)


def _workspaces(container: Container) -> Iterator[tuple[str, str]]:
    """The directories of the tree that it holds, with a slash at their end, and where; empty for the usual places."""
    mounted = [(host_side(mount), inside(mount)) for mount in container.mounts if is_project(host_side(mount))]
    for source, target in mounted:
        below = source.removeprefix(".").strip("/")
        yield f"{below}/" if below else "", target.rstrip("/")
    if container.kind == "devcontainer" and not mounted:
        above = container.path.rpartition("/")[0].partition(".devcontainer")[0].rstrip("/")
        yield f"{above}/" if above else "", ""


def _hides(mask: str, target: str, place: str) -> bool:
    """Whether what is mounted at `mask` covers a file of the project."""
    directory = mask.removesuffix(f"/{place}")
    return directory != mask and (directory == target if target else bool(_WORKSPACE.fullmatch(directory)))


def _lies_in(file: CredentialFile, root: str) -> bool:
    """Whether it is an environment file in this directory that opens something outside development."""
    inner = file.standing != "machine" and file.path.startswith(root) and _ENVIRONMENT_FILE.search(file.path)
    return bool(inner) and any(destroys(each) for each in file.credentials)


def _variables(container: Container, graph: AccessGraph) -> Iterator[_Handed]:
    known = _values(container, graph)
    for name in dict.fromkeys((*container.secret_names, *container.env_names)):
        if name in known:
            if any(map(opens, known[name])):
                yield _Handed(f"the value of {name}", "secret_names", True)
        elif name in _OWN_KEYS:
            continue
        elif name in container.secret_names:
            yield _Handed(f"a value of {name} that is no known kind of credential", "secret_names", False)
        elif _NAMES_A_SECRET.search(name):
            yield _Handed(f"{name}, whose value comes from elsewhere", "env_names", False)


def _values(container: Container, graph: AccessGraph) -> Mapping[str, Sequence[Credential]]:
    """What was recognised in the definition and in those beside it that it may build on, by variable."""
    directory = container.path.rpartition("/")[0]
    beside = {each.path for each in graph.containers if each.path.rpartition("/")[0] == directory}
    found: dict[str, list[Credential]] = {}
    for path in (container.path, *sorted(beside - {container.path})):
        for file in graph.credential_files:
            here = [each for each in file.credentials if file.path == path and each.name not in found]
            for each in here:
                found.setdefault(each.name, []).append(each)
    return found


def _holds(path: str, graph: AccessGraph) -> bool | None:
    """Whether a file of the tree opens something; None where nothing was recognised in it, or where it is not there."""
    name = path.removeprefix("./")
    files = [file for file in graph.credential_files if file.path == name]
    return any(map(opens, files[0].credentials)) if files else None


# ------------------------------------------------------------------------------------------------------------ remedies


def _remedies(container: Container, handed: Sequence[_Handed]) -> Iterator[Remedy]:
    named = [each for each in handed if not each.hide]
    if named:
        lines = "\n".join(f"remove: {each.what}" for each in named)
        yield edit(container.path, "Hand it no secret", lines, safe=False)
    files = [each.hide for each in handed if each.hide]
    if files:
        yield edit(container.path, "Hide the environment files from it", _hiding(container, files), safe=False)


def _hiding(container: Container, files: Sequence[str]) -> str:
    if container.kind != "devcontainer":
        return "\n".join(["volumes:", *(f"  - /dev/null:/workspace/{file}:ro" for file in files)])
    mounts = ",\n".join(
        f'    "source=/dev/null,target=${{containerWorkspaceFolder}}/{file},type=bind,readonly"' for file in files
    )
    return f'{{\n  "mounts": [\n{mounts}\n  ]\n}}'
