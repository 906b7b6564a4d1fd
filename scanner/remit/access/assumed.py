"""The agent that is there although nothing names it.

The company of the nine-second wipe had no agent file in its repository. Where the policy does not say which agents are
used on a target, one local agent at vendor defaults is judged, marked as assumed.
"""

from __future__ import annotations

from remit.access.agent import Access, Agent, Answer, Audit, Egress, Gate, SandboxState
from remit.evidence import Source
from remit.verbs import VERB_CLASSES

NAME = "local-agent"
_SOURCE = Source(".", 0, "assumed")
_BY = "vendor defaults: the widest of them lets a model decide"


def assumed_agent() -> Agent:
    """One local agent at the widest documented vendor defaults.

    Source: the defaults of Claude Code since 2.1.228 and of Cursor (a model approves commands, nothing confines the
    file tools, egress is open, nothing is recorded outside the machine).
    """
    answer = Answer("classifier", _BY, None, True)
    return Agent(
        agent=NAME,
        title="A local agent at vendor defaults",
        where="project",
        root="",
        files=(),
        access=Access(
            approval="classifier",
            bypass_requested=False,
            bypass_reachable=True,
            shell_without_approval="scoped",
            rules=(),
            sandbox=SandboxState(False, "none", None, ()),
            read_deny=(),
            env_files_denied=False,
            egress=Egress("open"),
            mcp=(),
            audit=Audit(False, None),
            gates=tuple(Gate(each, "classifier", "", _BY, True) for each in VERB_CLASSES),
            decide=lambda command: answer,
        ),
        inert=(),
        sources=(_SOURCE,),
        assumed=True,
        notes=("no file names an agent; say in the policy which agents are used here, or that none is",),
    )
