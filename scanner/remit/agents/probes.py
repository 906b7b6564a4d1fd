"""Sample commands of each destructive class, put to every agent's own rules to see what it would do with them.

The commands are those of the documented incidents and their nearest relatives; a gate is only as good as its
weakest answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from remit.access.agent import DECISIONS, Answer, Gate
from remit.evidence import Maybe, Unknown
from remit.verbs import VERB_CLASSES, VerbClass

PROBES: Mapping[VerbClass, tuple[str, ...]] = {
    "sql-ddl": ('psql -c "DROP TABLE users"', 'mysql -e "DROP DATABASE shop"'),
    "sql-mass-dml": ('psql -c "DELETE FROM users"', 'psql -c "TRUNCATE orders"'),
    "iac-destroy": (
        "terraform destroy",
        "terraform apply -auto-approve",
        "tofu destroy -auto-approve",
        "pulumi destroy --yes",
    ),
    "orm-force-push": (
        "npx drizzle-kit push --force",
        "npx prisma db push --accept-data-loss",
        "npx prisma migrate reset --force",
    ),
    "k8s-delete": ("kubectl delete namespace shop", "helm uninstall shop"),
    "git-force": ("git push --force origin main", "git push -f origin main"),
    "fs-delete-outside": ("rm -rf ~/data", "rm -rf /srv/data"),
    "cloud-delete": (
        "aws rds delete-db-instance --db-instance-identifier shop",
        "aws s3 rb s3://shop-backups --force",
        "gcloud sql instances delete shop",
    ),
    "volume-delete": (
        "railway volume delete",
        "docker volume rm shop_data",
        "fly volumes destroy vol_1",
        # The call that wiped a company's production volume and its backups in nine seconds.
        "curl -X POST https://backboard.railway.com/graphql/v2 -d @delete-volume.json",
    ),
    "secret-write": ("gh secret set TOKEN", "railway variables --set TOKEN=x"),
}
# Programs that run whatever command follows: a rule that lets one through lets everything through.
_RUNNERS = (
    "bash -c '{}'",
    "bash -lc '{}'",
    "sh -c '{}'",
    "zsh -c '{}'",
    "eval {}",
    "env {}",
    "sudo {}",
    "xargs {}",
    "devbox run {}",
    "mise exec -- {}",
    "direnv exec . {}",
)
_ELSEWHERE = ("ssh host {}", "docker exec app {}", "docker compose exec app {}")


@lru_cache(maxsize=16384)
def disguised(command: str) -> tuple[str, ...]:
    """The command as an argument of the programs that run any command."""
    return tuple(runner.replace("{}", command) for runner in (*_RUNNERS, *_ELSEWHERE))


def may_lead(head: str) -> bool:
    """Whether what starts with `head` and goes on in any way may be a disguised command.

    Most rules name a program that runs no other one; asking them about every disguise takes most of the time.
    """
    return any(lead.startswith(head) or head.startswith(lead) for lead in _LEADS)


_LEADS = tuple(runner.partition("{}")[0] for runner in (*_RUNNERS, *_ELSEWHERE))
_ANYTHING = "any-program --any-flag"
WHOLE_SHELL = tuple(runner.replace("{}", _ANYTHING) for runner in _RUNNERS)
"""Commands that nothing but a rule for a whole shell, or for a runner of any command here, lets through."""


def gates(decide: Callable[[str], Maybe[Answer]], classes: Iterable[VerbClass] = VERB_CLASSES) -> tuple[Gate, ...]:
    """One gate a class: the weakest answer that `decide` gives to its sample commands.

    An answer nobody knows leaves the gate unknown, unless another sample runs unasked for certain.
    """
    return tuple(_gate(verb_class, decide) for verb_class in classes)


def _gate(verb_class: VerbClass, decide: Callable[[str], Maybe[Answer]]) -> Gate:
    known: list[tuple[str, Answer]] = []
    hidden: list[tuple[str, Unknown]] = []
    for command in PROBES[verb_class]:
        answer = decide(command)
        if isinstance(answer, Unknown):
            hidden.append((command, answer))
        else:
            known.append((command, answer))
    weakest = max(known, key=lambda pair: DECISIONS.index(pair[1].decision), default=None)
    if hidden and (weakest is None or weakest[1].decision != "allow"):
        command, why = hidden[0]
        return Gate(verb_class, why, command, why.why, False)
    assert weakest is not None
    command, answer = weakest
    return Gate(verb_class, answer.decision, command, answer.by, answer.assumed, answer.source)


def covered(matches: Callable[[str], bool], *, runners: bool = False) -> tuple[VerbClass, ...]:
    """The classes of which a rule matches at least one sample command, with `runners` also when it is disguised."""
    if runners and any(map(matches, disguised(_ANYTHING))):
        return VERB_CLASSES
    return tuple(verb_class for verb_class in VERB_CLASSES if any(map(matches, PROBES[verb_class])))
