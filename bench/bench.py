"""The figures of the README, measured as ratios in one run: `make bench`.

Each command runs as a whole process, alternating with what it is compared to; the median of the processor times counts,
because it does not depend on what else the machine is doing. The repository of 20,000 files is made from a seed.
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

RUNS = 5
REMIT = str(Path(sys.executable).parent / "remit")


def main() -> int:
    """Measure everything, print a table, and return 1 when a bound is broken."""
    rows = [start_up(), *large_repository(20_000), *install_size()]
    width = max(len(row[0]) for row in rows)
    for name, figure, bound, kept in rows:
        print(f"{name:<{width}}  {figure:<44}  {bound:<16}  {'kept' if kept else 'BROKEN'}")
    return 0 if all(kept for *_, kept in rows) else 1


def run(*command, home, cwd=None):
    """Processor seconds and peak memory in MiB of the largest process of a command."""
    environment = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": f"{home}/cache", "XDG_STATE_HOME": f"{home}/state"}
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            command, env=environment, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if done.returncode not in {0, 1, 3}:
            os.write(2, done.stderr)
        os.write(write, f"{seconds} {after.ru_maxrss / 1024} {done.returncode}".encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    seconds, memory, code = os.read(read, 200).decode().split()
    os.close(read)
    if int(code) not in {0, 1, 3}:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return float(seconds), float(memory)


def start_up():
    """`remit --version` against a bare interpreter."""
    with tempfile.TemporaryDirectory() as home:
        pairs = [
            (run(REMIT, "--version", home=home)[0], run(sys.executable, "-I", "-c", "pass", home=home)[0])
            for _ in range(4 * RUNS)
        ]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return (
        "remit --version, CPU",
        f"{ours / bare:.2f} x a bare interpreter ({ours * 1000:.0f} ms)",
        "<= 3 x",
        ours <= 3 * bare,
    )


def large_repository(files):
    """First scan and scan of the unchanged tree again, and peak memory, on a made-up repository."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "repository"
        write_repository(tree, files)
        first, again, memory = [], [], []
        for turn in range(3):
            home = Path(place) / f"home{turn}"
            seconds, peak = run(REMIT, "scan", "--jobs", "1", "--format", "json=/dev/null", str(tree), home=home)
            first.append(seconds)
            memory.append(peak)
            seconds, peak = run(REMIT, "scan", "--jobs", "1", "--format", "json=/dev/null", str(tree), home=home)
            again.append(seconds)
            memory.append(peak)
    ratio = statistics.median(again) / statistics.median(first)
    label = f"{files:,} files"
    return [
        (
            f"{label}, unchanged, CPU",
            f"{ratio:.3f} of the first scan ({statistics.median(again):.2f} of {statistics.median(first):.2f} s)",
            "<= 0.1",
            ratio <= 0.1,
        ),
        (f"{label}, peak memory", f"{max(memory):.0f} MiB", "<= 150 MiB", max(memory) <= 150),
    ]


LINES = (
    "import {{ {a} }} from '../{b}/{c}';",
    "export async function {a}({b}: string, options = {{ {c}: {n} }}) {{",
    "  const {a} = await {b}.{c}({{ where: {{ id: {n} }} }});",
    "  if (!{a} || {a}.{b} !== '{c}') throw new Error(`{a} {b} ${{{c}}}`);",
    "  // see https://docs.example.org/{a}/{b}#{c}-{n}",
    "  headers: {{ authorization: `Bearer ${{process.env.{A}_TOKEN}}` }},",
    "def {a}({b}, {c}=None):  # {n}",
    "    return self.{a}.get('{b}', {n}) or {c}",
    "{a}:",
    "  {b}: ${{{{ secrets.{A}_API_KEY }}}}",
    "  - name: {a}-{b}",
    "{A}_URL=https://{b}.example.org/{c}?{a}={n}",
    "| {a} | {b} | `{c}` | {n} |",
    "The {a} of the {b} is kept in the {c}; see the password policy, section {n}.",
    "    assert {a}({b}) == {c}, 'token {n} expected'",
)
WORDS = [
    f"{a}{b}"
    for a in ["read", "user", "order", "price", "cache", "node", "event", "client", "queue", "model"]
    for b in ("", "Id", "s", "Map")
]


def write_repository(tree, files):
    """A git repository like real ones: ten kilobytes a file, URLs, names of secrets, now and then a local database."""
    chance = random.Random(20_000)
    for number in range(files):
        folder = tree / f"pkg{number % 200:03}" / f"part{number % 17:02}"
        folder.mkdir(parents=True, exist_ok=True)
        # Sizes in repositories are roughly log-normal: many short files, a few long ones.
        lines = [line(chance) for _ in range(max(3, min(4000, int(chance.lognormvariate(4.5, 1.1)))))]
        if number % 100 == 0:
            lines.append("DATABASE_URL=postgres://app:app@localhost:5432/app")
        (folder / f"file{number}.{chance.choice(['ts', 'tsx', 'py', 'go', 'md', 'css', 'json5', 'txt'])}").write_text(
            "\n".join(lines)
        )
    (tree / ".claude").mkdir()
    (tree / ".claude" / "settings.json").write_text('{"permissions": {"allow": ["Bash(npm run:*)"]}}')
    (tree / "package.json").write_text('{"scripts": {"build": "tsc", "db": "drizzle-kit generate"}}')
    git = ["git", "-C", str(tree), "-c", "user.name=bench", "-c", "user.email=bench@remit.invalid"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "bench"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)


def line(chance):
    a, b, c = chance.choice(WORDS), chance.choice(WORDS), chance.choice(WORDS)
    return chance.choice(LINES).format(a=a, b=b, c=c, A=a.upper(), n=chance.randrange(10**6))


def install_size():
    """Packages and megabytes of a default install, counted from the installed distributions' own records."""
    import re

    seen, waiting = {}, ["remit"]
    while waiting:
        name = re.split(r"[ ;<>=!~\[(]", waiting.pop(), maxsplit=1)[0].lower().replace("_", "-")
        if name in seen:
            continue
        found = distribution(name)
        seen[name] = sum((file.size or 0) for file in found.files or [])
        waiting += [need for need in found.requires or [] if "extra ==" not in need and _applies(need)]
    megabytes = sum(seen.values()) / 1e6
    return [
        ("default install, packages", str(len(seen)), "<= 32", len(seen) <= 32),
        ("default install, size", f"{megabytes:.0f} MB", "<= 70 MB", megabytes <= 70),
    ]


def _applies(requirement):
    mark = requirement.partition(";")[2]
    return not mark or not any(word in mark for word in ("win32", "Windows", "Darwin", "python_version <", "PyPy"))


if __name__ == "__main__":
    sys.exit(main())
