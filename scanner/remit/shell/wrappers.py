"""Programs that start another command, and how to find that command among their words.

One line a program. Sources: the programs' own manual pages and `--help`, September 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.shell.names import names


@dataclass(frozen=True, slots=True)
class Wrapper:
    """How one program, or one of its sub-commands, starts another command."""

    programs: tuple[str, ...]
    path: tuple[str, ...] = ()
    """The sub-command words that must come first; `a|b` for either."""
    valued: frozenset[str] = frozenset()
    """Flags whose value is the next word."""
    skip: int = 0
    """Words before the command that are not part of it: a container, a host, a duration."""
    texts: frozenset[str] = frozenset()
    """Flags whose value is a shell text."""
    stop: frozenset[str] = frozenset()
    """Flags with which nothing is started."""
    prefix: str = ""
    """A flag whose value is put in front of the command, as `--entrypoint` does."""
    joined: bool = False
    """True where the words are joined by blanks and read by a shell."""
    each: bool = False
    """True where every word is a shell text of its own."""
    first: bool = False
    """True where the first word alone is a shell text."""
    anywhere: bool = False
    """True where the flags with a shell text may stand among other words, and nothing else is started."""
    known_only: bool = False
    """True where only the name of a program that the tables know makes the words a command."""
    behind: frozenset[str] = frozenset()
    """Where it is set, the command stands behind one of these words only."""
    fed: bool = False
    """True where further words come from elsewhere, as with xargs."""
    stdin: bool = False
    """True for shells: without a command they run what they are fed."""
    image: bool = False
    """True where the skipped word may be an image whose own entry point is the program."""
    again: bool = False
    """True where what follows are words for the same program, as with `yarn workspace NAME`."""


def _w(programs: str, path: str = "", valued: str = "", texts: str = "", stop: str = "", **marks: object) -> Wrapper:
    return Wrapper(
        tuple(programs.split()),
        tuple(path.split()),
        frozenset(valued.split()),
        texts=frozenset(texts.split()),
        stop=frozenset(stop.split()),
        **marks,  # type: ignore[arg-type]  # the marks are named and typed by Wrapper itself
    )


_DOCKER_RUN = (
    "-e -v -p -u -w -l -m -h --name --network --net --env --env-file --volume --mount --user --workdir "
    "--platform --entrypoint --label "
    "--memory --cpus --hostname --add-host --publish --volumes-from --gpus --pull --link --ulimit --tmpfs "
    "--security-opt --cap-add --ipc"
)
_COMPOSE = (
    "-f -p -e -u -w -v --file --project-name --profile --env-file --env --user --workdir --index --name --entrypoint"
)
_KUBE = "-n -c -l -f --namespace --context --kubeconfig --container --image --cluster --as --pod-running-timeout"
_NODE = "-w -C -F --workspace --filter --prefix --dir --cwd --registry -p --package"
_PYTHON_RUN = (
    "--env-file --with --from --python -p --extra --group --project --directory --package --spec "
    "--with-requirements -n --name"
)

WRAPPERS: tuple[Wrapper, ...] = (
    # Privileges, environment, time
    _w(
        "sudo",
        valued="-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir",
        stop="-l -v -e --list --validate --edit",
    ),
    _w("doas", valued="-u -C"),
    _w("env", valued="-u -C --unset --chdir", texts="-S --split-string"),
    _w("exec", valued="-a"),
    _w("command", stop="-v -V"),
    _w("time gtime", valued="-f -o --format --output"),
    _w("nice", valued="-n --adjustment"),
    _w("ionice", valued="-c -n -t --class --classdata"),
    _w("stdbuf", valued="-i -o -e --input --output --error"),
    _w("timeout gtimeout", valued="-k -s --kill-after --signal", skip=1),
    _w(
        "builtin noglob nocorrect nohup setsid chronic unbuffer caffeinate winpty faketty coproc then do else "
        "if while until elif !"
    ),
    _w("gosu su-exec setuser chpst envchain", skip=1),
    _w("su", texts="-c --command", anywhere=True),
    _w("runuser", valued="-s -g -G -w -u -l --shell --group --user", texts="-c --command"),
    _w("chroot taskset", skip=1, valued="-c -p --userspec --groups"),
    _w("flock", valued="-w -E --timeout", texts="-c --command", skip=1),
    _w("script", valued="-T -E -I -O", texts="-c --command", known_only=True),
    _w("watch", valued="-n --interval", joined=True),
    _w("xargs", valued="-I -n -P -L -d -a -E -s -i --max-args --max-procs --replace --delimiter --arg-file", fed=True),
    _w("parallel", valued="-j -S -a --jobs --colsep --joblog --results", joined=True, fed=True),
    _w("tini dumb-init catatonit strace ltrace firejail retry entr watchexec", valued="-e -o -p -w -n -t -s"),
    _w("cross-env dotenv env-cmd dotenvx", "run", valued="-e -f -c -p -v --env-file --file"),
    _w("cross-env dotenv env-cmd dotenvx dotenv-cli", valued="-e -f -c -p -v --env-file --file --environments"),
    _w("cross-env-shell", joined=True),
    _w("concurrently", valued="-n -c -k -p --names --prefix-colors --prefix", each=True),
    _w("nodemon", valued="-w -e --watch --ext", texts="-x --exec", anywhere=True),
    # Shells and what reads a text
    _w(
        "bash sh zsh dash ksh ash fish busybox",
        texts="-c --command",
        valued="-o -O --rcfile --init-file",
        known_only=True,
        stdin=True,
    ),
    _w("eval", joined=True),
    _w("trap", first=True),
    _w("powershell pwsh", texts="-c -Command -command", known_only=True),
    _w("cmd", "/c|/C|/k", joined=True),
    # JavaScript
    _w("npx bunx pnpx", valued=_NODE, texts="-c --call"),
    _w("npm", "exec|x", valued=_NODE, texts="-c --call"),
    _w("npm pnpm bun yarn deno", "run|run-script|task|x|dlx|exec|node", valued=_NODE),
    _w("yarn", "workspace", skip=1, again=True),
    _w("pnpm yarn bun", valued=_NODE, known_only=True),
    _w("node tsx ts-node bun deno", valued="-r --require --loader --import --env-file", stop="-e -p --eval --print"),
    _w("lerna nx rush terramate", "exec|run", valued="--scope --projects --tags"),
    # Python, Ruby, PHP, Java and friends
    _w("python python2 python3 py pypy3", "-m"),
    _w("python python2 python3 py pypy3 ruby php perl", valued="-W -X -r -I -d", stop="-c -e -E"),
    _w("poetry pipenv pdm rye hatch conda mamba micromamba pixi", "run", valued=_PYTHON_RUN),
    _w("uv", "run", valued=_PYTHON_RUN),
    _w("uv", "tool run", valued=_PYTHON_RUN),
    _w("uvx", valued=_PYTHON_RUN),
    _w("pipx", "run", valued=_PYTHON_RUN),
    _w("bundle rbenv pyenv nodenv asdf mise rtx", "exec|x", valued="-C --cd"),
    _w("spring", known_only=True),
    _w("composer", "exec|run|run-script", valued="-d --working-dir"),
    _w("devbox flox pixi", "run", valued="-c -e --config"),
    _w("nix", "develop|shell", behind=names("-c --command")),
    _w("nix", "run"),
    _w("nix-shell", valued="-p -I", texts="--run --command", anywhere=True),
    _w("atmos", known_only=True),
    # Secrets and accounts
    _w("direnv", "exec", skip=1),
    _w(
        "doppler infisical teller",
        "run",
        valued="-p -c -e --project --config --env --path --projectId --token",
        texts="--command",
    ),
    _w("op", "run", valued="--env-file --account"),
    _w(
        "aws-vault aws-okta saml2aws chamber berglas",
        "exec",
        valued="-d -n -a --duration --region --prompt --backend",
        skip=1,
    ),
    _w("sops", "exec-env|exec-file", skip=1, joined=True),
    _w("granted assume", texts="--exec", anywhere=True),
    # Containers
    _w("docker podman nerdctl", "compose exec|run", valued=_COMPOSE, skip=1, prefix="--entrypoint", image=True),
    _w("docker-compose podman-compose", "exec|run", valued=_COMPOSE, skip=1, prefix="--entrypoint", image=True),
    _w("docker podman nerdctl", "exec", valued="-e -u -w --env --env-file --user --workdir --detach-keys", skip=1),
    _w("docker podman nerdctl", "run", valued=_DOCKER_RUN, skip=1, prefix="--entrypoint", image=True),
    _w("docker podman", "container run", valued=_DOCKER_RUN, skip=1, prefix="--entrypoint", image=True),
    _w("docker podman", "container exec", valued="-e -u -w --env --user --workdir", skip=1),
    _w("kubectl oc k microk8s.kubectl", "exec", valued=_KUBE, skip=1),
    _w("kubectl oc k microk8s.kubectl", "run|debug", valued=_KUBE, behind=names("--")),
    _w("lxc multipass limactl", "exec|shell", skip=1),
    _w("wsl", valued="-d -u -e --distribution --user"),
    # Other machines
    _w("ssh", valued="-i -p -l -o -F -J -L -R -D -E -S -W -b -c -e -m -w", skip=1, joined=True, stdin=True),
    _w("sshpass", valued="-p -f -d"),
    _w("vagrant", "ssh", texts="-c --command", anywhere=True),
    _w("gcloud", "compute ssh", texts="--command", anywhere=True),
    _w("aws", "ecs execute-command", texts="--command", anywhere=True),
    _w("fly flyctl", "ssh console", texts="-C --command", anywhere=True),
    _w("heroku", "run|run:detached", valued="-a -s -r --app --size --remote", joined=True),
    _w("railway", "run|shell", valued="-s -e -p --service --environment --project"),
    _w("railway", "ssh", valued="-s -e -p --service --environment --project", joined=True),
)

BY_PROGRAM: Mapping[str, tuple[Wrapper, ...]] = {
    program: tuple(wrapper for wrapper in WRAPPERS if program in wrapper.programs)
    for program in sorted({program for wrapper in WRAPPERS for program in wrapper.programs})
}

IMAGES: Mapping[str, str] = {
    "terraform": "terraform",
    "opentofu": "tofu",
    "tofu": "tofu",
    "terragrunt": "terragrunt",
    "pulumi": "pulumi",
    "flyway": "flyway",
    "liquibase": "liquibase",
    "atlas": "atlas",
    "kubectl": "kubectl",
    "helm": "helm",
    "aws-cli": "aws",
    "dbmate": "dbmate",
    "migrate": "migrate",
}
"""Images whose entry point is a program of the tables, by the last part of their name."""

PACKAGES: Mapping[str, str] = {
    "@railway/cli": "railway",
    "@anthropic-ai/claude-code": "claude",
    "@openai/codex": "codex",
    "@google/gemini-cli": "gemini",
    "@qwen-code/qwen-code": "qwen",
    "@github/copilot": "copilot",
    "@sourcegraph/amp": "amp",
    "@mikro-orm/cli": "mikro-orm",
    "@continuedev/cli": "cn",
    "opencode-ai": "opencode",
    "aws-cdk": "cdk",
    "aider-chat": "aider",
    "sequelize-cli": "sequelize",
    "typeorm-ts-node-commonjs": "typeorm",
    "typeorm-ts-node-esm": "typeorm",
    "opentofu": "tofu",
    "flyctl": "fly",
    "mongo": "mongosh",
    "mariadb": "mysql",
    "docker-compose-v1": "docker-compose",
    "vc": "vercel",
    "sls": "serverless",
    "osls": "serverless",
    "ntl": "netlify",
    "neon": "neonctl",
    "oc": "kubectl",
    "k": "kubectl",
    "microk8s.kubectl": "kubectl",
    "django-admin": "manage.py",
    "django-admin.py": "manage.py",
    "rake": "rails",
    "gdb-migrate": "db-migrate",
    "cursor-cli": "cursor-agent",
}
"""Package names and second names of programs, with the name that the tables use."""

QUOTING = names(
    "echo printf grep egrep fgrep zgrep rg ag ack sed awk gawk cat head tail less more man which whereis type "
    "hash apropos whatis tldr git gh brew "
    "apt apt-get yum dnf apk pacman snap choco winget scoop pip pip3 npm pnpm yarn bun gem cargo go asdf mise "
    "export unset alias unalias declare "
    "local read test [ [[ log logger info warn error say notify-send touch mkdir ls cp mv ln chmod chown tee "
    "tr cut sort uniq wc diff jq yq "
    "curl wget cd source . set shopt complete compdef compgen return exit break continue help history bindkey "
    "zstyle tmux screen code vim nano"
)
"""Programs that may name another one without starting it."""

COMMON_WORDS = names("migrate agent q http https op ace console payload fly mc eb cn atlas vault snow trino find goose")
"""Programs whose names are also ordinary words among the arguments of others."""
