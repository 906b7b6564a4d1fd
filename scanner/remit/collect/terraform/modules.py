"""A directory of Terraform files put together as Terraform does it.

Override files are merged last, variables take the values that Terraform loads by itself in its order of precedence,
and a directory that others call as a module takes what its callers pass.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from remit.collect.terraform.facts import Argument, Block, Expression, TerraformFile
from remit.collect.terraform.values import Values
from remit.evidence import Maybe, Unknown

_MAX_CALLS = 20


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block after merging, with its file and the names of the arguments that another file replaced."""

    path: str
    block: Block
    overridden: frozenset[str] = frozenset()

    @property
    def identity(self) -> tuple[str, ...]:
        """Type and labels; providers with an alias are told apart by it."""
        alias = next((each.expression.value for each in self.block.arguments if each.name == "alias"), "")
        return (self.block.type, *self.block.labels, str(alias) if self.block.type == "provider" else "")


@dataclass(slots=True)
class Directory:
    """The files of one directory, and the variable files that belong to it."""

    path: str
    files: list[TerraformFile] = field(default_factory=list)
    variables: list[TerraformFile] = field(default_factory=list)
    """Files that Terraform loads by itself, in its order."""
    chosen: list[TerraformFile] = field(default_factory=list)
    """Files that somebody must name with `-var-file`, here or in directories below."""
    states: list[TerraformFile] = field(default_factory=list)
    callers: list[tuple[str, Block]] = field(default_factory=list)
    blocks: tuple[PlacedBlock, ...] = ()

    def of_type(self, kind: str) -> Iterator[PlacedBlock]:
        """The directory's blocks of one type."""
        return (placed for placed in self.blocks if placed.block.type == kind)

    @property
    def broken(self) -> str | None:
        """The first file with a syntax error."""
        return next((each.path for each in self.files if each.broken), None)


def directories(files: Sequence[TerraformFile]) -> dict[str, Directory]:
    """Every directory with configuration or a state, merged, and linked to those that call it."""
    found: dict[str, Directory] = {}
    for each in sorted(files, key=lambda file: file.path):
        if each.role != "variables":
            directory = found.setdefault(each.directory, Directory(each.directory))
            (directory.states if each.role == "state" else directory.files).append(each)
    for each in sorted((file for file in files if file.role == "variables"), key=_precedence):
        owner = _owner(each, found)
        if owner is not None:
            own = each.directory == owner.path and _precedence(each)[0] < 3
            (owner.variables if own else owner.chosen).append(each)
    for directory in found.values():
        directory.blocks = _merged(directory.files)
    for directory in found.values():
        for placed in directory.of_type("module"):
            path = _called(directory.path, placed.block)
            called = found.get(path) if path is not None else None
            if called is not None:
                called.callers.append((directory.path, placed.block))
    return dict(sorted(found.items()))


def _precedence(file: TerraformFile) -> tuple[int, str]:
    name = file.path.rpartition("/")[2]
    if name in ("terraform.tfvars", "terraform.tfvars.json"):
        return (1 if name.endswith(".json") else 0, file.path)
    return (2 if name.endswith((".auto.tfvars", ".auto.tfvars.json")) else 3, file.path)


def _owner(file: TerraformFile, found: dict[str, Directory]) -> Directory | None:
    """The nearest directory with configuration, at or above a variable file."""
    path = file.directory
    while True:
        if path in found and found[path].files:
            return found[path]
        if not path:
            return None
        path = path.rpartition("/")[0]


def _called(path: str, block: Block) -> str | None:
    """The directory that a module block calls, if it lies in the target."""
    source = next((each.expression.value for each in block.arguments if each.name == "source"), None)
    if not isinstance(source, str) or not source.startswith(("./", "../")):
        return None
    called = posixpath.normpath(posixpath.join(path or ".", source))
    return None if called.startswith("..") else "" if called == "." else called


def _merged(files: Iterable[TerraformFile]) -> tuple[PlacedBlock, ...]:
    """The blocks of a directory's files, overrides applied in the order of their names."""
    ordered = sorted(files, key=lambda file: (file.role == "override", file.path))
    blocks = [PlacedBlock(file.path, block) for file in ordered if file.role == "config" for block in file.blocks]
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, placed in enumerate(blocks):
        index[placed.identity].append(position)
    for file in ordered:
        for block in file.blocks if file.role == "override" else ():
            placed = PlacedBlock(file.path, block)
            for position in index.get(placed.identity, ()):
                blocks[position] = _overridden(blocks[position], placed)
            if placed.identity not in index:
                index[placed.identity].append(len(blocks))
                blocks.append(placed)
    return tuple(blocks)


def _overridden(base: PlacedBlock, override: PlacedBlock) -> PlacedBlock:
    """Arguments replace arguments, nested blocks replace all of their kind; only `lifecycle` merges within.

    Source: Terraform documentation, "Override files".
    """
    names = {each.name for each in override.block.arguments}
    whole = {name.partition(".")[0] for name in names} - {"lifecycle"}
    if whole & {"backend", "cloud"}:
        whole |= {"backend", "cloud"}
    kept = [
        each for each in base.block.arguments if each.name.partition(".")[0] not in whole and each.name not in names
    ]
    arguments = (*kept, *override.block.arguments)
    block = replace(base.block, arguments=arguments, broken=base.block.broken or override.block.broken)
    return replace(base, block=block, overridden=base.overridden | names)


@dataclass(slots=True)
class Resolver:
    """Gives each directory its variables and locals, callers first."""

    found: dict[str, Directory]
    known: dict[str, Values] = field(default_factory=dict)
    calls: int = 0

    def values(self, path: str) -> Values:
        """The values of one directory; unknown where modules call each other in a circle or through too many others."""
        if path not in self.known:
            directory = self.found[path]
            self.known[path] = Values({}, {})
            self.calls += 1
            variables = self._variables(directory)
            self.calls -= 1
            self.known[path] = Values(variables, _locals(directory))
        return self.known[path]

    def _variables(self, directory: Directory) -> dict[str, Maybe[object]]:
        own = own_variables(directory)
        if not directory.callers:
            return {name: _ask(name) if value is None else value[0] for name, value in own.items()}
        if self.calls > _MAX_CALLS:
            return {name: Unknown("modules call each other through too many levels") for name in own}
        run_here = bool(directory.variables or directory.states or backend_of(directory))
        return {name: self._passed(directory, name, value, run_here) for name, value in own.items()}

    def _passed(
        self, directory: Directory, name: str, default: tuple[Maybe[object]] | None, run_here: bool
    ) -> Maybe[object]:
        """A variable's value when every caller, and the directory's own run if there is one, agree on it."""
        values = [_ask(name) if default is None else default[0]] if run_here else []
        for caller, block in directory.callers:
            given = next((each.expression for each in block.arguments if each.name == name), None)
            if given is not None:
                values.append(self.values(caller).whole(given))
            else:
                values.append(_ask(name) if default is None else default[0])
        return _agreed(values, f"variable `{name}` is set differently by the modules that call this one")


def backend_of(directory: Directory) -> str | None:
    """The declared backend, `cloud` for a cloud block; None without one."""
    for placed in directory.of_type("terraform"):
        for argument in placed.block.arguments:
            parts = argument.name.split(".")
            if parts[0] == "cloud" or (parts[0] == "backend" and len(parts) > 1):
                return "cloud" if parts[0] == "cloud" else parts[1]
    return None


def _ask(name: str) -> Unknown:
    return Unknown(f"variable `{name}` has no value in the files that were read")


def _agreed(values: Sequence[Maybe[object]], why: str) -> Maybe[object]:
    """The one value that all share, else Unknown."""
    first = next((value for value in values if isinstance(value, Unknown)), values[0])
    return first if len({repr(value) for value in values}) == 1 or isinstance(first, Unknown) else Unknown(why)


def own_variables(directory: Directory) -> dict[str, tuple[Maybe[object]] | None]:
    """Each declared variable with its value when Terraform runs here; None where it would have to ask."""
    constant = Values()
    declared: dict[str, list[Maybe[object]]] = {}
    for placed in directory.of_type("variable"):
        defaults = declared.setdefault(".".join(placed.block.labels), [])
        defaults.extend(constant.whole(each.expression) for each in placed.block.arguments if each.name == "default")
        if placed.block.broken and not defaults:
            defaults.append(Unknown(f"the declaration in {placed.path} could not be read"))
    loaded = {each.name: constant.whole(each.expression) for file in directory.variables for each in file.values}
    chosen: dict[str, list[Maybe[object]]] = defaultdict(list)
    for file in directory.chosen:
        for each in file.values:
            chosen[each.name].append(constant.whole(each.expression))
    values: dict[str, tuple[Maybe[object]] | None] = {}
    for name, defaults in declared.items():
        own = [loaded[name]] if name in loaded else defaults
        candidates = [*own, *chosen[name]]
        values[name] = (_agreed(candidates, _differs(name, chosen[name])),) if candidates else None
    return values


def _differs(name: str, chosen: Sequence[object]) -> str:
    where = "files for -var-file give other values" if chosen else "it is declared more than once"
    return f"variable `{name}` has no single value: {where}"


def _locals(directory: Directory) -> dict[str, Maybe[Expression]]:
    found: dict[str, Maybe[Expression]] = {}
    by_name: dict[str, list[tuple[bool, Argument]]] = defaultdict(list)
    overrides = {file.path for file in directory.files if file.role == "override"}
    for placed in directory.of_type("locals"):
        for argument in placed.block.arguments:
            by_name[argument.name].append((placed.path in overrides, argument))
    for name, given in by_name.items():
        last = [each for is_override, each in given if is_override][-1:] or [each for _, each in given]
        same = len({repr(each.expression) for each in last}) == 1
        found[name] = last[0].expression if same else Unknown(f"local `{name}` is declared more than once")
    return found
