"""YAML text as plain data that knows its lines: the only door to YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from runbooks.engine.mistakes import Mistake, Unsound

Path = tuple[str | int, ...]
"""``("steps", 0, "with")``"""
_STANDARD = "tag:yaml.org,2002:"
_TAGS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp"})
LARGEST = 200_000
"""Characters of a file; a runbook has some thousand."""


@dataclass(frozen=True)
class Document:
    """A file's text, its data, and where in the text each part of the data stands."""

    file: str
    text: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a part, or of what it is missing in; the first line is 1."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def mistake(self, path: Path, what: str) -> Mistake:
        """A mistake at a part of this document."""
        return Mistake(self.file, self.line(path), spelled(path), what)


def spelled(path: Path) -> str:
    """A path as people write it: ``steps[0].with``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(text: str, file: str) -> Document:
    """
    Read YAML 1.2.

    Raises:
        Unsound: It is no YAML, has a key twice, or uses what a runbook has no use for: anchors,
            tags, keys that are not text.
    """
    if len(text) > LARGEST:
        raise Unsound([Mistake(file, 1, "", f"longer than {LARGEST} characters")])
    try:
        # Not "rt": that one marks the folds of `>` texts with control characters.
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise Unsound([_unreadable(error, file)]) from None
    except (YAMLError, RecursionError) as error:
        raise Unsound([Mistake(file, 1, "", f"no YAML: {error}")]) from None
    if root is None:
        raise Unsound([Mistake(file, 1, "", "the file is empty")])
    reader = _Reader(file)
    data = reader.plain(root, ())
    if reader.mistakes:
        raise Unsound(reader.mistakes)
    return Document(file, text, data, reader.lines)


def _unreadable(error: MarkedYAMLError, file: str) -> Mistake:
    mark = error.problem_mark or error.context_mark
    what = " ".join(str(error.problem or error.context).split())
    return Mistake(file, mark.line + 1 if mark else 1, "", f"no YAML: {what}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass
class _Reader:
    """Turns nodes into data; keeps lines, and every mistake."""

    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def plain(self, node: Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:
            return self.wrong(node, path, "anchors and aliases are not for runbooks: write it out")
        self.seen.add(id(node))
        if str(node.tag).removeprefix(_STANDARD) not in _TAGS:
            return self.wrong(node, path, f"tags are not for runbooks: {node.tag}")
        match node:
            case MappingNode():
                return dict(self.items(node, path))
            case SequenceNode():
                return [self.plain(item, (*path, at)) for at, item in enumerate(node.value)]
            case ScalarNode():
                return self.scalar(node, path)
        raise TypeError(f"a node of YAML is none of these: {node!r}")

    def items(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = key.value if isinstance(key, ScalarNode) else ""
            if not isinstance(key, ScalarNode) or not str(key.tag).endswith(":str"):
                self.wrong(key, path, f"a key must be text: quote {name!r}")
                continue
            if name in first:
                self.wrong(key, (*path, name), f"key twice, first in line {first[name]}")
                continue
            first[name] = self.lines[*path, name] = line
            yield name, self.plain(value, (*path, name))

    def scalar(self, node: ScalarNode, path: Path) -> Any:
        text: str = node.value
        if not _is_unicode(text):
            return self.wrong(node, path, "half of a surrogate pair is no text")
        # What looks like a number and is none, and dates, stay text.
        with suppress(ValueError):
            match str(node.tag).removeprefix(_STANDARD):
                case "null":
                    return None
                case "bool":
                    return text.lower() == "true"
                case "int":
                    return int(text, 0) if text[1:2].isalpha() else int(text)
                case "float":
                    return float(text.replace("_", ""))
        return text

    def wrong(self, node: Node, path: Path, what: str) -> None:
        self.mistakes.append(Mistake(self.file, node.start_mark.line + 1, spelled(path), what))
