"""Commands that are called by name: Makefiles, justfiles, Taskfiles, package scripts, crontabs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from remit.collect.json_text import parse_json
from remit.collect.nodes import Node
from remit.collect.snippets import Snippet, literal_variables, shown, yaml_line
from remit.collect.yaml_text import parse_yaml

_MOST_TEXT = 200_000
_MAKE_VARIABLE = re.compile(
    r"(?:(?:export|override|private)[ \t]+){0,3}([A-Za-z_][\w.-]{0,100})[ \t]*(::?=|\?=|\+=|!=|=)[ \t]*(.*)"
)
_MAKE_TARGET = re.compile(r"([^\s:#=][^:#=]{0,500}):{1,2}(?!=)(?:[^;#]*;(.*))?")
_MAKE_REFERENCE = re.compile(r"\$[({]([^(){}$]{0,500})[)}]")
_MAKE_DEFINE = re.compile(r"(?:override[ \t]+)?define[ \t]+([\w.-]{1,100})")
_JUST_RECIPE = re.compile(r"@?([A-Za-z_][\w-]{0,100})(?:[ \t][^:]{0,500})?:(?!=)")
_JUST_VARIABLE = re.compile(
    r"(?:export[ \t]+)?([A-Za-z_][\w-]{0,100})[ \t]*:=[ \t]*(?:'([^']*)'|\"([^\"\\]*)\")[ \t]*$"
)
_BRACES = re.compile(r"\{\{[ \t]{0,20}\.?([A-Za-z_][\w-]{0,100})[ \t]{0,20}\}\}")
_OTHER_BRACES = re.compile(r"\{\{[^{}\n]{0,500}\}\}")
_CRON = re.compile(r"[ \t]*(?:@[a-z]{4,10}|(?:[\w*/,?#-]{1,100}[ \t]+){4}[\w*/,?#-]{1,100})[ \t]+(.*)")
_CRON_VARIABLE = re.compile(r"[ \t]*([A-Za-z_]\w{0,100})[ \t]*=[ \t]*['\"]?([^'\"\n]*)['\"]?[ \t]*$")
_FOREIGN_SHEBANG = re.compile(r"#!(?!.*\b(?:ba|z|da|k|a)?sh\b)")


def package_scripts(text: str, _path: str) -> Iterator[Snippet]:
    """The scripts of a package.json."""
    scripts = parse_json(text).root.get("scripts")
    for member in scripts.members if scripts else ():
        if member.node.text():
            yield Snippet(member.node.text() or "", member.node.line, f"npm script {shown(member.key)}")


def make_recipes(text: str, _path: str) -> Iterator[Snippet]:
    """The recipes of a Makefile, its own variables filled in."""
    lines = text.split("\n")
    variables = _make_variables(lines)
    name, start, recipe = "", 0, list[str]()
    for number, line in enumerate([*lines, "end:"], 1):
        if line.startswith("\t") or (recipe and recipe[-1].endswith("\\")):
            start = start if recipe else number
            recipe.append(line)
            continue
        if recipe and (
            line.strip() and not line.startswith(("#", "ifeq", "ifneq", "ifdef", "ifndef", "else", "endif"))
        ):
            yield _make_snippet(name, start, recipe, variables)
            recipe = []
        elif recipe:
            recipe.append("")
        found = _MAKE_TARGET.match(line) or _MAKE_DEFINE.match(line)
        if found and not _MAKE_VARIABLE.match(line):
            name = found[1].split()[0] if found[1].split() else found[1]
            if found.re is _MAKE_TARGET and found[2]:
                start, recipe = number, ["\t" + found[2]]


def _make_snippet(name: str, start: int, recipe: list[str], variables: Mapping[str, str]) -> Snippet:
    plain: list[str] = []
    for position, line in enumerate(recipe):
        continued = position > 0 and recipe[position - 1].endswith("\\")
        plain.append(line if continued else re.sub(r"^[\t ]*[@+-]*[\t ]*", "", line))
    return Snippet(_make_expanded("\n".join(plain), variables), start, f"make target {shown(name)}")


def _make_variables(lines: list[str]) -> dict[str, str]:
    """Variables with one literal value in the file."""
    found: dict[str, str | None] = {}
    for line in lines:
        given = None if line.startswith("\t") else _MAKE_VARIABLE.match(line)
        if given:
            name, sign, value = given[1], given[2], re.sub(r"\s+#.*$", "", given[3]).strip()
            plain = sign not in {"+=", "!="} and not value.endswith("\\")
            known = found.get(name, value)
            found[name] = value if plain and known == value else None
    return {name: value for name, value in found.items() if value is not None}


def _make_expanded(text: str, variables: Mapping[str, str]) -> str:
    """Make's own references replaced; what it cannot know stays a shell variable, so that it stays open."""
    text = text.replace("$$", "\0")
    for _ in range(6):
        before, text = text, _MAKE_REFERENCE.sub(lambda found: _make_value(found[1].strip(), variables), text)
        if text == before or len(text) > _MOST_TEXT:
            break
    return text.replace("\1", "$").replace("\0", "$")


def _make_value(name: str, variables: Mapping[str, str]) -> str:
    if name in variables:
        return variables[name].replace("$$", "\0")
    if name.startswith("shell "):
        return "\1(" + name.removeprefix("shell ") + ")"
    if name == "MAKE":
        return "make"
    return "\1{" + (name if re.fullmatch(r"[A-Za-z_]\w*", name) else "made") + "}"


def just_recipes(text: str, _path: str) -> Iterator[Snippet]:
    """The recipes of a justfile."""
    lines = text.split("\n")
    variables = {found[1]: found[2] or found[3] or "" for line in lines if (found := _JUST_VARIABLE.match(line))}
    name, start, recipe = "", 0, list[str]()
    for number, line in enumerate([*lines, "end:"], 1):
        if line[:1] in {" ", "\t"}:
            start = start if recipe else number
            recipe.append(line.strip())
        elif not line.strip():
            recipe.append("") if recipe else None
        elif not line.startswith(("#", "[")):
            if recipe and not _FOREIGN_SHEBANG.match(recipe[0]):
                plain = "\n".join(line.lstrip("@-") for line in recipe)
                yield Snippet(_filled(plain, variables), start, f"just recipe {shown(name)}")
            found = _JUST_RECIPE.match(line)
            name, recipe = (found[1] if found else ""), []


def task_commands(text: str, _path: str) -> Iterator[Snippet]:
    """The commands of a Taskfile."""
    lines = text.split("\n")
    for document in parse_yaml(text):
        shared = literal_variables(document.get("vars"))
        tasks = document.get("tasks")
        for member in tasks.members if tasks else ():
            variables = {**shared, **literal_variables(member.node.get("vars"))}
            for command in _task_texts(member.node):
                filled = _filled(command.text() or "", variables)
                yield Snippet(filled, yaml_line(command, lines), f"task {shown(member.key)}", False, variables)


def _task_texts(task: Node) -> Iterator[Node]:
    if task.kind == "string":
        yield task
        return
    listed = task if task.kind == "array" else task.get("cmds")
    items = listed.items if listed is not None and listed.kind == "array" else (listed, task.get("cmd"))
    for item in items:
        inner = item.get("cmd") or item.get("defer") if item is not None and item.kind == "object" else item
        if inner is not None and inner.kind == "string":
            yield inner


def _filled(text: str, variables: Mapping[str, str]) -> str:
    """Template braces replaced by their literal value, or by a shell variable that stays open."""
    filled = _BRACES.sub(
        lambda found: variables.get(found[1], "${" + found[1].replace("-", "_") + "}"), text[:_MOST_TEXT]
    )
    return _OTHER_BRACES.sub("${template}", filled)


def cron_commands(text: str, path: str) -> Iterator[Snippet]:
    """The commands of a crontab; the system's own tables name a user first."""
    variables: dict[str, str] = {}
    named = "cron.d/" in path or path in {"/etc/crontab", "etc/crontab"}
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("#"):
            continue
        if given := _CRON_VARIABLE.fullmatch(line[:1000]):
            variables[given[1]] = given[2]
        elif found := _CRON.fullmatch(line[:10_000]):
            command = found[1].partition(" ")[2] if named else found[1]
            yield Snippet(re.sub(r"(?<!\\)%.*", "", command), number, "cron job", False, dict(variables))
