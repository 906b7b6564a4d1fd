"""Building blocks for the forms of tokens that say by a prefix what they are."""

from __future__ import annotations

import re

from remit.credentials.kind import Form

HEX = "[0-9a-f]"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
WORD_END = r"(?![A-Za-z0-9_-])"


def prefixed(prefix: str, body: str, end: str = WORD_END, at_value: bool = True) -> Form:
    """The form `prefix` + `body`, standing alone: no letter, digit or underscore before it, `end` after it.

    The prefix comes first in the pattern and its surroundings are asked about afterwards, because a pattern that starts
    with a literal is searched many times faster than one that starts with a look-behind. An escaped line break (`\\n`
    inside a JSON string) ends in a letter and still counts as a border. `at_value` is false where a body may lack
    digits by chance and not look like a value from afar.
    """
    literal = re.escape(prefix)
    border = rf"(?:(?<![A-Za-z0-9_]{literal})|(?<=\\[nrt]{literal}))"
    return Form((prefix.lower(),), re.compile(rf"(?P<value>{literal}{border}{body}){end}"), at_value=at_value)


def called(words: str, value: re.Pattern[str] | str, anchors: tuple[str, ...]) -> Form:
    """The form of a value without a mark of its own, assigned to something that `words` (a pattern) names.

    `anchors` are literals of the name, one of which must occur in the file.
    """
    body = value if isinstance(value, str) else value.pattern
    return Form(
        anchors,
        re.compile(rf"(?<![A-Za-z0-9+/_-])(?P<value>{body})(?![A-Za-z0-9+/=_-])"),
        before=re.compile(
            rf"(?:{words})[\w-]{{0,20}}[\s\"'`\\]{{0,6}}(?:=>|:=|[:=,>(]){{1,3}}[\s\"'`\\]{{0,8}}$", re.IGNORECASE
        ),
    )
