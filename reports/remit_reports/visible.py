"""Making hostile text harmless and visible.

File names, messages and whatever else comes from an audited repository may hold terminal escapes, bidirectional
overrides or characters that nobody sees. A report that dropped them would hide an attack, one that printed them would
carry it out; here each becomes its escape, such as `\\x1b` or `\\u202e`.
"""

from __future__ import annotations

import re

# Controls, lone surrogates, line separators, bidirectional controls and what Unicode calls default-ignorable. The
# ranges are written out because the tables of `unicodedata` differ between Python versions, and a report must not.
# Source: Unicode Character Database, Default_Ignorable_Code_Point and Bidi_Control.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """The text on one line, with every hidden character written as its escape."""
    return _HIDDEN.sub(_escaped, text)


def visible_lines(text: str) -> tuple[str, ...]:
    """The lines of a text that may have several, tabs as spaces, every other hidden character as its escape."""
    lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    return tuple(visible(line.expandtabs(4)).rstrip() for line in lines)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, each on one line."""
    parts = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    return tuple(visible(" ".join(part.split())) for part in parts if part.strip())


def json_safe(text: str) -> str:
    """JSON text with the hidden characters in its strings as `\\u` escapes: the same value, safe on any terminal."""
    return _HIDDEN.sub(lambda match: match[0] if match[0] in "\n\r\t" else _json_escape(match[0]), text)


def anchor(text: str) -> str:
    """A name for an HTML id: letters, digits, `-` and `_` only."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)[:80] or "-"


def _escaped(match: re.Match[str]) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    code = ord(match[0])
    if match[0] in named:
        return named[match[0]]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
