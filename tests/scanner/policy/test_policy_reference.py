from __future__ import annotations

from pathlib import Path

import pytest

from remit.policy.model import Policy
from remit.policy.reference import reference, type_name
from remit.policy.render import toml_value
from remit.policy.strength import leaves

PAGE = Path(__file__).parents[3] / "docs" / "policy.md"


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: python -m remit.policy.reference docs/policy.md"


@pytest.mark.parametrize("key", list(leaves()))
def test_every_key_has_its_entry(key: str) -> None:
    entry = reference().partition(f"### `{key}`\n")[2].partition("\n### ")[0]
    assert all(f"- {part}: " in entry for part in ("Type", "Default", "Strength", "Read by"))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("backup.copies", "whole number"),
        ("model_api.monthly_cap_usd", "number"),
        ("staging.allow_write", "true or false"),
        ("roles.agent", "list of text"),
        ("approvers", "table of text"),
        ("reviewed", "day"),
        ("backup.inventory", "list of DeclaredCopy"),
        ("tools.classes", "table of list of one of `private`, `untrusted`, `egress`"),
    ],
)
def test_types_in_words(key: str, words: str) -> None:
    assert type_name(leaves()[key].annotation) == words


def test_toml_has_no_notation_for_nothing() -> None:
    with pytest.raises(TypeError):
        toml_value(None)
    assert toml_value('a"\\\n') == '"a\\"\\\\\\n"'
    assert toml_value(Policy().providers) == "{}"
