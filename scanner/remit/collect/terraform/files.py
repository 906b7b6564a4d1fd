"""Terraform and OpenTofu: what stands in code, where its state is kept, and what guards it.

Sources: the Terraform language documentation (files and directories, override files, variable precedence, JSON
syntax) and OpenTofu's for its own file endings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from remit.access.iac_types import FLAGS, NUMBERS, STATEFUL_TYPES
from remit.collect.collector import Collector, Document, Scope
from remit.collect.nodes import clean_text
from remit.collect.terraform.facts import Argument, Block, Role, TerraformFile, map_texts
from remit.collect.terraform.functions import as_number, truth
from remit.collect.terraform.json import parse_terraform_json
from remit.collect.terraform.modules import Directory, PlacedBlock, Resolver, backend_of, directories, own_variables
from remit.collect.terraform.syntax import parse_hcl
from remit.collect.terraform.values import Values, addresses
from remit.credentials.redact import redact_value
from remit.evidence import Gap, IacModule, IacResource, Maybe, Source, Unknown

NAME = "terraform"
_AFFECTS = ("IacModule",)
_CONFIG = (".tf", ".tofu", ".tf.json", ".tofu.json")
_VARIABLES = (".tfvars", ".tfvars.json")
_STATES = (".tfstate", ".tfstate.backup")
_CACHES = frozenset((".terraform", ".terragrunt-cache"))


def wants(path: str) -> bool:
    """Configuration, variable values and states, but not what Terraform downloaded itself."""
    directory, _, name = path.rpartition("/")
    return name.endswith((*_CONFIG, *_VARIABLES, *_STATES)) and not _CACHES & set(directory.split("/"))


def parse(document: Document) -> Iterable[TerraformFile | Gap]:
    """The file's blocks or values; a Gap beside them where a syntax error may have swallowed some."""
    role = _role(document.name)
    if role == "state":
        if b'"instances"' in document.content or b'"primary"' in document.content:
            yield TerraformFile(document.path, role)
        return
    read = parse_terraform_json if document.name.endswith(".json") else parse_hcl
    blocks, values, error = read(clean_text(document.text()))
    yield TerraformFile(
        document.path,
        role,
        tuple(_redacted(block) for block in blocks) if role != "variables" else (),
        tuple(_masked(value, value.name) for value in values) if role == "variables" else (),
        bool(error),
    )
    if error:
        yield Gap(
            NAME, document.path, f"has a syntax error at line {error}: something in it may not have been read", _AFFECTS
        )


def _role(name: str) -> Role:
    if name.endswith(_STATES):
        return "state"
    if name.endswith(_VARIABLES):
        return "variables"
    stem = name.removesuffix(".json").rpartition(".")[0]
    return "override" if stem == "override" or stem.endswith("_override") else "config"


def _redacted(block: Block) -> Block:
    """The block with every secret masked; a variable's default goes by the variable's name."""
    label = block.labels[-1] if block.type == "variable" and block.labels else ""
    masked = tuple(_masked(each, label or each.name) for each in block.arguments)
    return Block(block.type, block.labels, block.line, masked, block.broken)


def _masked(argument: Argument, name: str) -> Argument:
    words = [part for part in name.split(".") if not part.isdigit()]
    return Argument(
        argument.name, argument.line, map_texts(argument.expression, words[-1] if words else None, redact_value)
    )


def link(facts: Sequence[TerraformFile], gaps: Sequence[Gap], scope: Scope) -> Iterator[IacModule | Gap]:
    """One module for each directory with configuration or a state."""
    found = directories(facts)
    resolver = Resolver(found)
    unread = {gap.path.rpartition("/")[0]: gap.path for gap in reversed(gaps) if gap.path.endswith(_CONFIG)}
    for directory in found.values():
        yield _module(directory, resolver.values(directory.path), unread.get(directory.path))


def _module(directory: Directory, values: Values, unread: str | None) -> IacModule:
    first = (directory.files or directory.states)[0]
    root = _is_root(directory)
    return IacModule(
        path=directory.path,
        resources=tuple(_resources(directory, values)),
        backend=_backend(directory, unread or directory.broken, root),
        providers=dict(_providers(directory, values)),
        source=Source(first.path, 0, NAME),
        backend_arguments=_backend_arguments(directory, values),
        states=tuple(Source(each.path, 0, NAME) for each in directory.states),
        root=root,
    )


def _is_root(directory: Directory) -> Maybe[bool]:
    """Whether Terraform runs here: a state, a backend or variable files say so; a caller says no."""
    if directory.states or directory.variables or directory.chosen or backend_of(directory):
        return True
    if directory.callers:
        return False
    asks = any(value is None for value in own_variables(directory).values())
    if not any(directory.of_type("provider")) and (asks or "modules" in directory.path.split("/")):
        return Unknown(
            f"{directory.path or 'this directory'} looks like a module for others, but nothing here calls it"
        )
    return True


def _backend(directory: Directory, unread: str | None, root: Maybe[bool]) -> Maybe[str | None]:
    declared = backend_of(directory)
    if declared:
        return declared
    if unread:
        return Unknown(f"{unread} could not be read whole, and may declare a backend")
    if isinstance(root, Unknown):
        return root
    return None if root else Unknown("called as a module: the state is kept where its caller keeps it")


def _backend_arguments(directory: Directory, values: Values) -> dict[str, Maybe[object]]:
    prefix = f"backend.{backend_of(directory)}."
    given = (each for placed in directory.of_type("terraform") for each in placed.block.arguments)
    return {
        each.name.removeprefix(prefix): values.whole(each.expression) for each in given if each.name.startswith(prefix)
    }


def _providers(directory: Directory, values: Values) -> Iterator[tuple[str, Mapping[str, Maybe[object]]]]:
    for placed in directory.of_type("provider"):
        arguments = _arguments(placed, values)
        alias = arguments.get("alias")
        name = ".".join(placed.block.labels)
        yield (f"{name}.{alias}" if isinstance(alias, str) else name), arguments


def _resources(directory: Directory, values: Values) -> Iterator[IacResource]:
    """Resource blocks, and module blocks as resources of type `module`, in file order."""
    for placed in directory.blocks:
        if placed.block.type not in ("resource", "module"):
            continue
        labels = (
            (*placed.block.labels, "", "") if placed.block.type == "resource" else ("module", *placed.block.labels, "")
        )
        given = placed.block.arguments
        mentioned = ((each.name, tuple(dict.fromkeys(addresses(each.expression)))) for each in given)
        yield IacResource(
            type=labels[0],
            name=labels[1],
            arguments=_arguments(placed, values),
            source=Source(placed.path, placed.block.line, NAME),
            lines={each.name: each.line for each in given if each.name not in placed.overridden},
            references={name: found for name, found in mentioned if found},
        )


def _arguments(placed: PlacedBlock, values: Values) -> dict[str, Maybe[object]]:
    """The block's arguments evaluated; one that is set twice to different values has none."""
    found: dict[str, Maybe[object]] = {}
    for each in placed.block.arguments:
        value = _converted(each.name, values.whole(each.expression))
        twice = each.name in found and repr(found[each.name]) != repr(value)
        found[each.name] = Unknown(f"`{each.name}` is set twice") if twice else value
    return found | _hidden(placed, found)


def _converted(name: str, value: Maybe[object]) -> Maybe[object]:
    """What Terraform makes of a text where it wants a boolean or a number."""
    if not isinstance(value, str):
        return value
    convert: Callable[[str], object] | None = truth if name in FLAGS else as_number if name in NUMBERS else None
    converted = convert(value) if convert else None
    return value if converted is None or isinstance(converted, Unknown) else converted


def _hidden(placed: PlacedBlock, found: Mapping[str, Maybe[object]]) -> dict[str, Maybe[object]]:
    """The deciding arguments that a syntax error or a dynamic block may hold."""
    known = STATEFUL_TYPES.get(placed.block.labels[0]) if placed.block.labels else None
    hidden: dict[str, Maybe[object]] = {}
    for name in known.arguments if known else ():
        outer = found.get(name.partition(".")[0])
        if name in found:
            continue
        if placed.block.broken:
            hidden[name] = Unknown(
                f"a syntax error in the block at {placed.path}:{placed.block.line} may hide `{name}`"
            )
        elif "." in name and isinstance(outer, Unknown):
            hidden[name] = outer
    return hidden


terraform = Collector(
    name=NAME,
    version=1,
    fact=TerraformFile,
    subjects=(IacModule,),
    wants=wants,
    parse=parse,
    link=link,
)
