"""What an agent does without asking anybody: which files it reads and which commands it runs.

Every answer is the weakest one over several ways to the same end: an agent that is asked about `cat` and not about
`python3` is not asked.
"""

from __future__ import annotations

from collections.abc import Callable

from remit.access.agent import DECISIONS, Agent, Answer, SandboxState
from remit.access.deeds import BY_HTTP, CODE_OF_THE_TREE, READERS
from remit.access.graph import Certainty
from remit.evidence import Source, Unknown


def may_read(
    agent: Agent, path: str, by_shell: Callable[[], Unasked | None] | None = None
) -> tuple[Certainty, str] | None:
    """Whether an agent can read a path unasked, and why; None when its rules really keep it out.

    A rule of the file tools binds only where no shell reads the same file for them: it cuts the step when every reader
    in the shell is denied or asked about, or when the operating system enforces it. `by_shell` gives the shell's answer
    to whoever has it already.
    """
    access = agent.access
    if isinstance(access.shell_without_approval, Unknown):
        return "possible", access.shell_without_approval.why
    if access.reads is None or access.reads(path):
        return "proven", "no rule keeps its file tools from this path"
    if access.shell_without_approval == "no" or confined(access.sandbox):
        return None
    why = "the deny rule binds its file tools only, and its shell reads the file as well"
    found = by_shell() if by_shell else runs_unasked(agent, READERS)
    return (found[0], f"{why}: {found[1]}") if found else None


def confined(sandbox: SandboxState) -> bool:
    """Whether a sandbox is on and nothing leads out of it."""
    return sandbox.enabled is True and not sandbox.escapes


def weakest(agent: Agent, commands: tuple[str, ...]) -> Answer | None:
    """The agent's most permissive answer to any of the commands; None where nobody can tell."""
    decide = agent.access.decide
    if decide is None:
        return None
    worst: Answer | None = None
    for command in commands:
        answer = decide(command)
        if worst is None or DECISIONS.index(answer.decision) > DECISIONS.index(worst.decision):
            worst = answer
        if answer.decision == DECISIONS[-1]:
            break
    return worst


Unasked = tuple[Certainty, str, Source | None]
"""How certainly something happens unasked, what makes it so, and where that is written."""


def runs_unasked(agent: Agent, commands: tuple[str, ...]) -> Unasked | None:
    """How certainly the agent runs one of the commands unasked; None when a person or a rule stands between."""
    return by_bypass(agent) or by_rules(agent, commands) or by_the_tree(agent)


def by_bypass(agent: Agent) -> Unasked | None:
    """Whether it is started without approvals."""
    if not agent.bypass or contained(agent):
        return None
    return "proven", "it is started in a mode without approvals", agent.bypass[0]


def by_rules(agent: Agent, commands: tuple[str, ...]) -> Unasked | None:
    """Whether its own rules let one of the commands run."""
    answer = weakest(agent, commands)
    if answer is None:
        return "possible", "its configuration could not be read", None
    match answer.decision:
        case "allow" if not contained(agent):
            return "proven", f"allowed by {answer.by}", answer.source
        case "classifier":
            return "possible", "a model decides instead of a person", answer.source
        case "sandboxed":
            return _sandboxed(agent, answer)
        case _:
            return None


def by_the_tree(agent: Agent) -> Unasked | None:
    """Whether it reaches the same end by editing what an allowed task runs, where nobody is asked about edits."""
    if not edits_unasked(agent) or contained(agent):
        return None
    answer = weakest(agent, CODE_OF_THE_TREE)
    if answer is None or answer.decision != "allow":
        return None
    return "possible", f"{answer.by} runs code of files that it edits unasked", answer.source


def edits_unasked(agent: Agent) -> bool:
    """Whether nobody is asked about a change to a file of the tree, as far as can be seen."""
    approval = agent.access.approval
    return bool(agent.bypass) or isinstance(approval, Unknown) or approval in {"edits-auto", "classifier", "bypass"}


def acts_unasked(agent: Agent) -> bool:
    """Whether an agent may call a provider or run code of its own without a person being asked."""
    return runs_unasked(agent, BY_HTTP) is not None


def contained(agent: Agent) -> bool:
    """Whether its shell is held in a sandbox without a way out and without an open network."""
    mode = agent.access.egress.mode
    return confined(agent.access.sandbox) and not isinstance(mode, Unknown) and mode != "open"


def _sandboxed(agent: Agent, answer: Answer) -> tuple[Certainty, str, Source | None] | None:
    access = agent.access
    if isinstance(access.egress.mode, Unknown):
        return "possible", f"its sandbox may reach the network: {access.egress.mode.why}", answer.source
    if access.egress.mode == "open":
        return "proven", "runs unasked in a sandbox whose network is open", answer.source
    if access.sandbox.escapes:
        return "possible", f"the sandbox has a way out: {access.sandbox.escapes[0]}", answer.source
    return None
