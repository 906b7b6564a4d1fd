"""Telling a value from a stand-in for one."""

from __future__ import annotations

import math
import re
from collections import Counter

_REFERENCE = re.compile(
    r"""\$\{(?:\{|!?[A-Za-z_]\w{0,100}(?:[}:.?+-]|$)) | \$\([A-Za-z_]  # ${VAR}, ${{ expression }}, $(command)
      | ^\$[A-Za-z_]\w{0,100}$      # $VAR
      | \$[A-Z_][A-Z0-9_]{2,60}(?![a-z])
      | ^\$(?i:env): | ^%[A-Za-z_]\w*%$ | ^%\(\w{1,60}\)s$ | ^%[sdvq]$
      | \{\{[^{}]{0,200}(?:\}\}|$) | \{% | <% | \#\{  # templates
      | ^\{[A-Za-z_][\w.]{0,60}\}$ | ^\{(?:env|file):[^{}]{1,200}\}?$  # {name} of a format string, {env:NAME}
      | ^<[^<>]{1,80}>$             # <your token>
      | ^\[[^\[\]]{1,80}\]$         # [token]
      | ^__\w{1,80}__$ | ^@\w{1,80}@$
      | ^(?:op|vault|sm|secret|ssm|awssm|gcpsm|azkv|doppler|bws|keyring|env|file)://?
      | ^(?:vault|env|secret|file|ref|ssm|process\.env|os\.environ|import\.meta)[:.]
      | ^arn:aws[a-z-]{0,12}:(?:secretsmanager|ssm)
      | ^ENC\[ | ^!vault | ^\$ANSIBLE_VAULT | ^AgA[A-Za-z0-9+/]{200}
      | ^@Microsoft\.KeyVault
      | ^[A-Z][A-Z0-9_]{1,60}(?:,\ ?[A-Z][A-Z0-9_]{1,60}){1,40}$  # a list of names of variables
      | ^(?:var|local|data|module|secrets|vars|inputs|env|github|needs|steps)\.[A-Za-z_]
    """,
    re.VERBOSE,
)
_WORDS = re.compile(
    r"""(?:^|[^a-z])(?:example|sample|placeholder|changeme|change[-_ ]me|replace[-_ ]?(?:me|this|with)|dummy|fake|foobar
      |insert|todo|redacted|masked|hidden|not[-_]?(?:a[-_]?)?real|abc123|xxx+|test[-_]?(?:token|key|secret|password))(?![a-z])
      |^your | [^a-z]your[-_ ] | ^my[-_](?:token|key|secret|password) | (?:^|[^a-z])secret[-_]?(?:key|token)?$
      |\*{3,} | \.{3,} | …""",
    re.VERBOSE | re.IGNORECASE,
)
_LOUD = re.compile(r"^Eby8vdM02xNOcqFlqUwJPLlm|EXAMPLE|PLACEHOLDER|REDACTED|CHANGE_?ME|REPLACE_?ME|YOUR_|x{6,}|X{6,}")
_COMMON = frozenset(
    [
        "password",
        "passwd",
        "pass",
        "pwd",
        "secret",
        "postgres",
        "mysql",
        "root",
        "admin",
        "user",
        "test",
        "testing",
        "guest",
        "changeme",
        "letmein",
        "qwerty",
        "123456",
        "12345678",
        "1234",
        "password123",
        "passw0rd",
        "dev",
        "development",
        "local",
        "redis",
        "mongo",
        "rabbitmq",
        "minio",
        "minioadmin",
        "example",
        "demo",
        "none",
        "null",
        "true",
        "false",
        "undefined",
        "token",
        "key",
        "username",
        "pw",
        "sa",
        "postgrespw",
        "mypassword",
        "dbpassword",
        "supersecret",
        "host",
        "hostname",
        "server",
        "dbhost",
        "yourpassword",
        "db",
        "database",
        "secretpassword",
        "rootpassword",
        "testpassword",
        "password1",
        "mysecretpassword",
        "pass123",
        "admin123",
        "string",
        "hunter2",
        "foo",
        "bar",
        "baz",
        "secret123",
        "topsecret",
        "sekret",
        "passphrase",
    ]
)
_RUN = re.compile(r"(.)\1{7,}")
_SEQUENCE = re.compile(r"(?:0123456789|1234567890|abcdefghij|abcdef1234|a1b2c3d4|deadbeef)", re.IGNORECASE)
_LONG = 200
"""Words turn up by chance in values longer than this: key blocks, certificates."""


def is_reference(value: str) -> bool:
    """Whether the text only points at a secret kept elsewhere: `${VAR}`, `op://…`, `vault:…`, sealed values."""
    return bool(_REFERENCE.search(value.strip()))


def is_placeholder(value: str) -> bool:
    """Whether the text stands in for a secret: a reference, a documented example, a word no one uses as a secret."""
    text = value.strip().strip("'\"")
    if not text or is_reference(text) or text.lower() in _COMMON or _RUN.search(text):
        return True
    return len(text) <= _LONG and any(pattern.search(text) for pattern in (_WORDS, _LOUD, _SEQUENCE))


def entropy(text: str) -> float:
    """Shannon entropy in bits a character, 0 for the empty text."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0
