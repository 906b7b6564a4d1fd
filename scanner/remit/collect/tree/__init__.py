"""The files of a target: every one an agent would find there, and none outside it.

In a git work tree an agent reads untracked and ignored files as well, so they are listed too. Symbolic links are
followed only to places inside the target. What is left out on purpose (installed dependencies) is counted and said;
what cannot be listed is a Gap.
"""

from remit.collect.tree.entries import EXCLUDED, MAX_BYTES, Entry, Tree, read_file, shown
from remit.collect.tree.target import open_target

__all__ = ["EXCLUDED", "MAX_BYTES", "Entry", "Tree", "open_target", "read_file", "shown"]
