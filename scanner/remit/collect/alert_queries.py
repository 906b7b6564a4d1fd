"""Which statements an alert's query would catch, found by giving it log lines to match.

One line a verb, in upper and lower case, as PostgreSQL writes it to its text log and to its JSON log. A word in a query
proves nothing: the pattern may be case-sensitive, negated, or commented. Patterns come from audited files, so only
shapes whose matching is cheap are tried; everything else is undecided.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

VERBS = ("DROP", "DELETE", "TRUNCATE", "ALTER", "UPDATE", "INSERT", "GRANT", "REVOKE", "CREATE")
"""The baseline's four verbs first, then others that a policy may add."""

_STATEMENTS = {
    "DROP": "DROP TABLE public.orders;",
    "DELETE": "DELETE FROM public.orders;",
    "TRUNCATE": "TRUNCATE TABLE public.orders;",
    "ALTER": "ALTER TABLE public.orders ADD COLUMN note text;",
    "UPDATE": "UPDATE public.orders SET note = 1;",
    "INSERT": "INSERT INTO public.orders VALUES (1);",
    "GRANT": "GRANT ALL ON public.orders TO agent;",
    "REVOKE": "REVOKE ALL ON public.orders FROM agent;",
    "CREATE": "CREATE TABLE public.orders (id int);",
}
_FORMATS = (
    "2026-01-01 00:00:00.000 UTC [42] agent@shop LOG:  statement: {}",
    '{{"timestamp":"2026-01-01 00:00:00.000 UTC","user":"agent","dbname":"shop","error_severity":"LOG",'
    '"message":"statement: {}"}}',
)
_HARMLESS = "SELECT count(*) FROM public.orders;"
_LONGEST_QUERY = 4_000
_LONGEST_PATTERN = 600
_MOST_REPEATS = 3

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Caught:
    """The verbs that a query catches; `one_case` those of which it misses one spelling; `undecided` says why not."""

    verbs: tuple[str, ...] = ()
    one_case: tuple[str, ...] = ()
    undecided: str = ""


def caught_by(test: Test) -> Caught:
    """Give every log line to a query. One that also catches reading is about something else than statements."""
    verbs, one_case = [], []
    if any(test(line.format(_HARMLESS)) for line in _FORMATS):
        return Caught()
    for verb, statement in _STATEMENTS.items():
        spelled = [(test(line.format(statement)), test(line.format(statement.lower()))) for line in _FORMATS]
        if (True, True) in spelled:
            verbs.append(verb)
        elif any(upper or lower for upper, lower in spelled):
            one_case.append(verb)
    return Caught(tuple(verbs), tuple(one_case))


def mentions_verbs(query: str) -> bool:
    """Whether a query names one of the four destructive verbs at all."""
    return bool(re.search(r"drop|delete|truncate|alter(?!t)", query[:_LONGEST_QUERY], re.IGNORECASE))


# ------------------------------------------------------------------------------------------------------------ LogQL

_SELECTOR = re.compile(r"\{(?:[^\"`{}]++|\"(?:[^\"\\]++|\\.)*+\"|`[^`]*+`)*+\}")
_STRING = r"(?:\"(?:[^\"\\]++|\\.)*+\"|`[^`]*+`)"
_FILTER = re.compile(rf"(\|=|\|~|!=|!~)\s{{0,20}}({_STRING}(?:\s{{1,20}}or\s{{1,20}}{_STRING}){{0,50}})")
_STRINGS = re.compile(_STRING)
_INVERSE = re.compile(r"\babsent(?:_over_time)?\s{0,5}\(|<=?\s{0,5}[\d.]|==\s{0,5}0(?![.\d])")


def logql(query: str) -> Caught:
    """What a Loki query catches, by its line filters."""
    if len(query) > _LONGEST_QUERY:
        return Caught(undecided="the query is too long to be tested")
    rest = _SELECTOR.sub("{}", query)
    tests: list[Test] = []
    for found in _FILTER.finditer(rest):
        if re.search(r"\w\s{0,20}$", rest[max(0, found.start() - 40) : found.start()]):
            continue  # a comparison of a label, not of the line
        test = _line_filter(found[1], [_unquoted(each) for each in _STRINGS.findall(found[2])])
        if test is None:
            return Caught(undecided="the query's pattern is of a kind that is not tried here")
        tests.append(test)
    labels_only = (
        Caught(undecided="the query judges labels, whose values are not in the file")
        if mentions_verbs(query)
        else Caught()
    )
    if not tests:
        return labels_only
    if _INVERSE.search(_STRINGS.sub('""', rest)):
        return Caught(undecided="the query fires when there are few lines") if mentions_verbs(query) else Caught()
    result = caught_by(lambda line: all(test(line) for test in tests))
    return result if result.verbs or result.one_case or not mentions_verbs(_FILTER.sub("", rest)) else labels_only


def _line_filter(sign: str, values: list[str]) -> Test | None:
    negative = sign.startswith("!")
    if sign.endswith("="):
        return lambda line: any(value in line for value in values) is not negative
    patterns = [cheap_pattern(value) for value in values]
    if any(pattern is None for pattern in patterns):
        return None
    return lambda line: any(pattern is not None and pattern.search(line) for pattern in patterns) is not negative


def _unquoted(text: str) -> str:
    if text.startswith("`"):
        return text[1:-1]
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text[1:-1], flags=re.DOTALL)


_PIECE = re.compile(
    r"(?P<flags>\(\?[is]{1,2}\))|(?P<open>\((?:\?:|\?i:)?)|(?P<close>\))|(?P<bar>\|)|(?P<repeat>[*+?]\??)|(?P<count>\{\d{1,2}(?:,\d{0,2})?\})"
    r"|(?P<atom>\\[bBsSwWdD.\\/\"'*+?()\[\]{}|^$:;,_ -]|\[\^?[^\[\]\\]{1,60}\]|[^\\()\[\]{}*+?|])",
    re.DOTALL,
)


def cheap_pattern(pattern: str) -> re.Pattern[str] | None:
    """A regular expression compiled, if no text can make its matching slow; None otherwise.

    No repeated groups, and few repetitions, so that the work is bounded by a small power of one short line's length.
    """
    if len(pattern) > _LONGEST_PATTERN:
        return None
    position = repeats = options = 0
    previous = ""
    while position < len(pattern):
        piece = _PIECE.match(pattern, position)
        if piece is None or (piece["flags"] and position):
            return None
        kind = piece.lastgroup or ""
        if kind in {"repeat", "count"}:
            optional = piece[0].startswith("?")
            if previous not in {"atom", "close"} or (previous == "close" and not optional):
                return None
            repeats, options = repeats + (not optional), options + optional
        previous, position = kind, piece.end()
    if repeats > _MOST_REPEATS or options > 2 * _MOST_REPEATS:
        return None
    try:
        return re.compile(pattern, re.ASCII)
    except (re.error, OverflowError):
        return None


# ---------------------------------------------------------------------------------------------------------- Datadog

_LOGS = re.compile(r"logs\(\s{0,10}\"((?:[^\"\\]++|\\.)*+)\"")
_TERM = re.compile(
    r"\(|\)|(?P<not>-|\bNOT\b)|(?P<and>\bAND\b)|(?P<or>\bOR\b)|(?P<word>(?:[\w@.*/-]{1,100}:)?(?:\"[^\"]{0,200}\"|[^\s()\"]{1,200})?)\s{0,5}"
)
_TEXT_FACETS = re.compile(r"statement|query|sql|message|msg|content", re.IGNORECASE)
_MOST_TERMS = 200


def datadog(query: str) -> Caught:
    """What a Datadog log monitor catches: its search is tried, facets that tell services apart taken as given."""
    found = _LOGS.search(query[:_LONGEST_QUERY])
    if found is None:
        return Caught()
    tokens = _search_tokens(found[1].replace('\\"', '"'))
    if tokens is None:
        return (
            Caught(undecided="the search is of a kind that is not tried here") if mentions_verbs(found[1]) else Caught()
        )
    return caught_by(lambda line: _matches(tokens, line))


def _search_tokens(search: str) -> list[tuple[str, str]] | None:
    tokens: list[tuple[str, str]] = []
    position, depth = 0, 0
    search = search.strip()
    while position < len(search) and len(tokens) <= _MOST_TERMS:
        found = _TERM.match(search, position)
        if found is None or found.end() == position:
            return None
        kind = found.lastgroup or found[0].strip()
        depth += (found[0].strip() == "(") - (found[0].strip() == ")")
        if depth < 0 or depth > 20:
            return None
        tokens.append((kind, found[0].strip()))
        position = found.end()
        while position < len(search) and search[position].isspace():
            position += 1
    return tokens if depth == 0 and position >= len(search) else None


@dataclass(slots=True)
class _Frame:
    """An open bracket of a search: groups joined by OR, and the facet that its terms are about."""

    negated: bool = False
    facet: str = ""
    groups: list[list[bool]] = field(default_factory=lambda: [[]])

    def add(self, value: bool) -> None:
        self.groups[-1].append(value)


def _matches(tokens: list[tuple[str, str]], line: str) -> bool:
    """Evaluate a search: terms side by side are joined by AND, OR binds weakest, `-` negates what follows."""
    stack = [_Frame()]
    negate, facet = False, ""
    for kind, text in tokens:
        if kind == "not":
            negate = not negate
        elif kind == "(":
            stack.append(_Frame(negate, facet or stack[-1].facet))
            negate, facet = False, ""
        elif kind == ")":
            closed = stack.pop()
            stack[-1].add(_any(closed.groups) is not closed.negated)
        elif kind == "or":
            stack[-1].groups.append([])
        elif kind == "word" and text.endswith(":"):
            facet = text
        elif kind == "word":
            stack[-1].add(_term(facet or stack[-1].facet, text, line) is not negate)
            negate, facet = False, ""
    return _any(stack[0].groups)


def _any(groups: list[list[bool]]) -> bool:
    return any(all(group) for group in groups if group)


def _term(facet: str, text: str, line: str) -> bool:
    if not facet and not text.startswith('"'):
        name, mark, text = text.rpartition(":")
        facet = name + mark
    if facet and not _TEXT_FACETS.search(facet):
        return True
    wanted = text.strip('"').strip("*")
    if facet:
        return wanted in line  # a facet's value is compared with regard to case, free text without
    if "*" in text:
        return wanted.lower() in line.lower()
    return bool(re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", line, re.IGNORECASE))
