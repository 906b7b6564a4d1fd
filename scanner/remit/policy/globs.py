"""Name patterns of policies: `*` for any run of characters, `?` for one, everything else itself, in any case.

`fnmatch` is not used: its brackets surprise in paths, and overlap and cover need the pattern's structure.
"""

from __future__ import annotations


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches the pattern."""
    return _absorbs(pattern.casefold(), text.casefold(), literal_star=False)


def covers(wide: str, narrow: str) -> bool:
    """Whether everything that matches `narrow` certainly matches `wide`."""
    return _absorbs(wide.casefold(), narrow.casefold(), literal_star=True)


def overlaps(one: str, other: str) -> bool:
    """Whether some text could match both patterns."""
    left, right = one.casefold(), other.casefold()
    # row[j]: the first i characters of `left` and the first j of `right` can stand for the same text.
    row = [True] + [False] * len(right)
    for j, char in enumerate(right, start=1):
        row[j] = row[j - 1] and char == "*"
    for char in left:
        previous, row = row, [row[0] and char == "*"] + [False] * len(right)
        for j, against in enumerate(right, start=1):
            if "*" in (char, against):
                row[j] = previous[j] or row[j - 1]
            else:
                row[j] = previous[j - 1] and (char == against or "?" in (char, against))
    return row[-1]


def path_matches(pattern: str, path: str) -> bool:
    """Whether a path matches: a pattern without `/` looks at the file's name alone, `**/` also means "here"."""
    if "/" not in pattern:
        return matches(pattern, path.rpartition("/")[2])
    return any(matches(form, path) for form in _path_forms(pattern))


def path_overlaps(one: str, other: str) -> bool:
    """Whether some path could match both patterns; errs towards yes."""
    return any(overlaps(left, right) for left in _path_forms(one) for right in _path_forms(other))


def path_covers(wide: str, narrow: str) -> bool:
    """Whether every path that matches `narrow` certainly matches `wide`."""
    if "/" not in wide and "/" not in narrow:
        return covers(wide, narrow)
    if "/" not in wide:
        # What follows the last slash of `narrow` is the file's name, unless a wildcard there could stand for a slash.
        name = narrow.rpartition("/")[2]
        return set(wide) == {"*"} or (is_literal(name) and covers(wide, name))
    return all(any(covers(form, part) for form in _path_forms(wide)) for part in _path_forms(narrow))


def _path_forms(pattern: str) -> tuple[str, ...]:
    if pattern.startswith("**/"):
        return (pattern, pattern[3:])
    return (pattern,) if "/" in pattern else (pattern, "*/" + pattern)


def is_literal(pattern: str) -> bool:
    """Whether the pattern names one thing exactly."""
    return "*" not in pattern and "?" not in pattern


def _absorbs(pattern: str, text: str, *, literal_star: bool) -> bool:
    """Greedy matching with one remembered star, linear but for backtracking to it.

    With `literal_star` the text is itself a pattern: its `*` is only absorbed by a `*`.
    """
    at = place = 0
    star, mark = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, place
            at += 1
        elif at < len(pattern) and _same(pattern[at], text[place], literal_star):
            at += 1
            place += 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return all(char == "*" for char in pattern[at:])


def _same(wanted: str, seen: str, literal_star: bool) -> bool:
    if literal_star and seen == "*":
        return False
    return wanted in ("?", seen)
