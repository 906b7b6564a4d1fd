"""Masking secrets in every text that becomes part of a fact."""

from __future__ import annotations

import re

from remit.credentials.placeholder import entropy, is_reference
from remit.credentials.scan import scan

_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase)?$|passwd|password|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential"
    r"|auth(?:orization)?$|bearer|cookie|dsn$|connection[_-]?string|(?:^|_)pwd$|(?:^|_)key$",
    re.IGNORECASE,
)
_VALUE = r"(?:\"(?P<double>[^\"\n]{3,4000})\"|'(?P<single>[^'\n]{3,4000})'|(?P<plain>[^\s'\"$&|;,<>(){}`]{3,4000}))"
_NAMING = r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API[_-]?KEY|ACCESS[_-]?KEY|PRIVATE[_-]?KEY|PWD|AUTH[_-]?KEY)"
_PATTERNS = (
    # A password may hold a slash; then the last `@` before a blank or quote ends it.
    re.compile(r"://[^\s:@/'\"]{0,200}:(?P<plain>[^\s'\"]{1,400})@"),
    re.compile(r"://(?P<plain>[^\s:@/'\"]{12,200})@"),
    re.compile(
        rf"\bauthorization['\"]?\s{{0,4}}[:=]\s{{0,4}}['\"]?(?:(?:bearer|basic|token)\s{{1,4}})?(?!(?:bearer|basic|token)\b){_VALUE}",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:bearer|basic|token)\s{{1,4}}(?=[^\s\d]{{0,60}}\d|\S{{20}})(?=\S{{8}}){_VALUE}", re.IGNORECASE),
    re.compile(r"\s(?:-u|--user)[ =]{0,2}['\"]?[^\s:'\"]{1,100}:(?P<plain>[^\s'\"$]{3,400})"),
    re.compile(r"\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]{0,300}?\s-p(?P<plain>[^\s'\"$]{3,400})"),
    re.compile(
        r"\b(?:sshpass|mongosh?|(?:docker|podman|helm registry)\s{1,4}login)\b"
        rf"[^\n|;]{{0,300}}?\s-p\s{{0,4}}(?!-){_VALUE}"
    ),
    re.compile(rf"\bredis-cli\b[^\n|;]{{0,300}}?\s-a\s{{0,4}}(?!-){_VALUE}"),
    re.compile(rf"\bsqlcmd\b[^\n|;]{{0,300}}?\s-P\s{{0,4}}(?!-){_VALUE}"),
    re.compile(rf"\b(?:vault|az|gh|railway|npm)\s{{1,4}}login\s{{1,4}}(?!-){_VALUE}"),
    re.compile(rf"\baws\s{{1,4}}configure\s{{1,4}}set\s{{1,4}}\S{{1,60}}\s{{1,4}}(?!-){_VALUE}"),
    re.compile(rf"\b(?:password|passphrase|token|secret|api key)\s{{1,3}}is\s{{1,3}}{_VALUE}", re.IGNORECASE),
    re.compile(rf"{_NAMING}[A-Za-z0-9_]{{0,20}}['\"]?\s{{0,4}}[=:]\s{{0,4}}{_VALUE}", re.IGNORECASE),
    # On a command line, and as two items of a list.
    re.compile(rf"--[A-Za-z-]{{0,40}}?{_NAMING}(?:\s{{1,4}}|['\"]\s{{0,4}},\s{{0,4}})(?!-){_VALUE}", re.IGNORECASE),
    re.compile(r"['\"](?:-u|--user)['\"]\s{0,4},\s{0,4}['\"][^\s:'\"]{1,100}:(?P<plain>[^\s'\"$]{3,400})"),
    re.compile(r"\bPASSWORD\s{1,4}'(?P<single>[^'\n]{1,4000})'", re.IGNORECASE),
)
_IS_MASKED = re.compile(r"‹[^‹›]{1,60}›")
_MASK = "‹secret›"
_NO_KEY = b"\0"
"""Redaction shows no fingerprint, so any key will do."""


def redact_text(text: str) -> str:
    """The text with every recognised credential, URL password, bearer value and secret assignment masked."""
    pieces: list[str] = []
    end = 0
    for match in scan(text, "", _NO_KEY):
        # Secret parts lie within claims that do not overlap, and so do not overlap either.
        pieces += (text[end : match.start], f"‹{match.kind}›")
        end = match.end
    text = "".join([*pieces, text[end:]])
    for pattern in _PATTERNS:
        text = pattern.sub(_masked, text)
    return _OPAQUE.sub(_masked_if_random, text)


# What looks made by a generator: long, of one piece, with both cases and digits. Digests are lower case throughout,
# names and paths have no digits among their letters or hold separators.
_OPAQUE = re.compile(r"(?<![\w‹./@-])(?=[^\W_]{0,400}\d)(?P<run>[A-Za-z0-9_+=-]{20,4000})(?![\w›./-])")


def _masked_if_random(found: re.Match[str]) -> str:
    run = found["run"]
    mixed = any(map(str.islower, run)) and any(map(str.isupper, run)) and sum(map(str.isdigit, run)) > 1
    return _MASK if mixed and entropy(run) >= 3.6 else run


def _masked(found: re.Match[str]) -> str:
    group = next(name for name in ("plain", "double", "single") if found.groupdict().get(name) is not None)
    secret = found[group]
    if _IS_MASKED.fullmatch(secret) or is_reference(secret):
        return found[0]
    left, right = found.start(group) - found.start(), found.end(group) - found.start()
    return f"{found[0][:left]}{_MASK}{found[0][right:]}"


def redact_value(name: str | None, text: str) -> str:
    """Like `redact_text`, and whole when the name of the variable or key says that the value is a secret."""
    if name and _SECRET_NAME.search(name) and text and not is_reference(text):
        return _MASK
    return redact_text(text)


def names_a_secret(name: str) -> bool:
    """Whether a variable or key name says that its value is a secret."""
    return bool(_SECRET_NAME.search(name))
