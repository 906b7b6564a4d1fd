"""The destructive verb classes that policies gate and that commands, rules and statements are sorted into."""

from typing import Literal, get_args

VerbClass = Literal[
    "sql-ddl",
    "sql-mass-dml",
    "iac-destroy",
    "orm-force-push",
    "k8s-delete",
    "git-force",
    "fs-delete-outside",
    "cloud-delete",
    "volume-delete",
    "secret-write",
]
VERB_CLASSES: tuple[VerbClass, ...] = get_args(VerbClass)
