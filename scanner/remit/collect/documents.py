"""Configuration texts as one kind of tree: JSON with its liberties, TOML, YAML, Markdown front matter.

Parsers raise CollectError, and nothing else, whatever the text.
"""

from remit.collect.json_text import Parsed, parse_json
from remit.collect.nodes import MAX_DEPTH, Kind, Member, Node, Scalar, map_strings
from remit.collect.toml_text import parse_toml
from remit.collect.yaml_text import parse_front_matter, parse_yaml

__all__ = [
    "MAX_DEPTH",
    "Kind",
    "Member",
    "Node",
    "Parsed",
    "Scalar",
    "map_strings",
    "parse_front_matter",
    "parse_json",
    "parse_toml",
    "parse_yaml",
]
