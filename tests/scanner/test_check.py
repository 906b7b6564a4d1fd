"""Declaring a control: what a check must say about itself, and what it may ask for."""

from __future__ import annotations

from datetime import datetime

import pytest

from remit.access.graph import AccessGraph
from remit.check import PREFIXES, check
from remit.errors import RegistryError
from remit.evidence import CredentialFile, ScriptFile, Source
from remit.policy.model import Policy
from remit.verdict import Verdict, ok


def sound(file: CredentialFile, policy: Policy, now: datetime) -> Verdict:
    """Every file is sound.

    Because an unsound file
    is a trap.

    And traps are bad.

    Fix:
        Mend the file.
        Then look again.
    """
    return ok("sound", Source(file.path))


def test_the_docstring_is_the_documentation():
    found = check("LP-900", "files-sound", severity="high", parameters=("backup.copies",), incidents=("INC-01",))(sound)
    assert found.title == "Every file is sound"
    assert found.why == "Because an unsound file is a trap.\n\nAnd traps are bad."
    assert found.fix == "Mend the file. Then look again."
    assert (found.id, found.slug, found.severity, found.dimension) == (
        "LP-900",
        "files-sound",
        "high",
        "least-privilege",
    )
    assert found.subjects == (CredentialFile,)
    assert found.extras == (("policy", Policy), ("now", datetime))
    assert (found.absent, found.attestable, found.needs) == ("not-applicable", False, ())
    assert found.judge(CredentialFile("a", "tracked", ()), Policy(), datetime.max).answer == "pass"


@pytest.mark.parametrize(("prefix", "dimension"), PREFIXES.items())
def test_the_id_says_the_dimension(prefix, dimension):
    assert check(f"{prefix}-900", "x", severity="low")(sound).dimension == dimension


@pytest.mark.parametrize(
    "identity", ["", "LP", "LP-", "LP-1", "LP-0001", "lp-001", "XX-001", "LP_001", "LP-00A", " LP-001", "LP-001\n"]
)
def test_a_malformed_id_is_refused(identity):
    with pytest.raises(RegistryError, match="three digits"):
        check(identity, "x", severity="low")(sound)


@pytest.mark.parametrize(
    "documentation",
    [
        None,
        "",
        "A title only.",
        "A title.\n\nA reason without a way out.",
        "A title.\n\nFix:\n    Mend it.",
        "A title.\n\nA reason.\n\nFix:\n",
        "\n\nFix:\n    Mend it.",
    ],
)
def test_a_check_without_title_reason_and_fix_is_refused(documentation):
    def bare(file: CredentialFile) -> Verdict:
        return ok("x")

    bare.__doc__ = documentation
    with pytest.raises(RegistryError, match="LP-900: the docstring needs"):
        check("LP-900", "x", severity="low")(bare)


def test_several_kinds_of_subjects_are_a_union():
    def either(subject: CredentialFile | ScriptFile) -> Verdict:
        return ok("x")

    either.__doc__ = sound.__doc__
    assert check("LP-900", "x", severity="low")(either).subjects == (CredentialFile, ScriptFile)


def test_the_whole_picture_is_a_subject_too():
    def whole(graph: AccessGraph) -> Verdict:
        return ok("x")

    whole.__doc__ = sound.__doc__
    assert check("LP-900", "x", severity="low")(whole).subjects == (AccessGraph,)


def test_a_check_that_does_not_say_what_it_judges_is_refused():
    def nothing() -> Verdict:
        return ok("x")

    def untyped(subject) -> Verdict:
        return ok("x")

    def generic(subject: list[CredentialFile]) -> Verdict:
        return ok("x")

    for judge in (nothing, untyped, generic):
        judge.__doc__ = sound.__doc__
        with pytest.raises(RegistryError, match="first parameter"):
            check("LP-900", "x", severity="low")(judge)
