"""The reviewed data folder (`data/`): categories, units, places, reasons. Found beside `libs`, installed or checked out."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Refuses a key that stands twice in one mapping: YAML's own would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping. Raises `yaml.constructor.ConstructorError` at the second of two equal keys."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} stands twice", key.start_mark
                )
            seen.add(str(key.value))
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


T = TypeVar("T")


class DataUnreadable(RuntimeError):
    """A data file is missing or damaged; the message names the file and what to do."""


def data_folder() -> Path:
    """The folder that `BANJIE_DATA_FOLDER` names, else `data` beside `libs`."""
    named = os.environ.get("BANJIE_DATA_FOLDER")
    return Path(named) if named else Path(__file__).parents[2] / "data"


def read_yaml(name: str) -> dict[str, Any]:
    """The mapping in `<data folder>/<name>`. Raises `DataUnreadable`."""
    text = _text(name)
    try:
        return _mapping(name, yaml.load(text, _Loader))  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        raise DataUnreadable(f"{data_folder() / name} is not YAML: {error}") from error


def read_parsed(name: str, parse: Callable[[Mapping[str, Any]], T]) -> T:
    """What `parse` makes of `<data folder>/<name>`. Raises `DataUnreadable` in one line: file, line, what is wrong."""
    return parsed(_text(name), str(data_folder() / name), parse)


def read_geojson(name: str) -> dict[str, Any]:
    """The FeatureCollection in `<data folder>/<name>`. Raises `DataUnreadable`."""
    text = _text(name)
    try:
        return _mapping(name, json.loads(text))
    except json.JSONDecodeError as error:
        raise DataUnreadable(f"{data_folder() / name} is not GeoJSON: {error}") from error


def parsed(text: str, name: str, parse: Callable[[Mapping[str, Any]], T]) -> T:
    """What `parse` makes of a YAML document that somebody wrote. Raises `DataUnreadable` in one line: `name`, line, what is wrong."""
    try:
        content = yaml.load(text, _Loader)  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "no text of YAML"
        raise DataUnreadable(f"{name}{f', line {mark.line + 1}' if mark else ''}: {problem}") from None
    if not isinstance(content, dict):
        raise DataUnreadable(f"{name}, line 1: this is no mapping")
    try:
        return parse(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        problem = f"{where}: {first['msg']}" if where else first["msg"]
        raise DataUnreadable(f"{name}, line {line_of(text, first['loc'])}: {problem}") from None


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """The line of the innermost part on `path` that is written in a YAML or JSON document, from 1."""
    node, line = yaml.compose(text, _Loader), 1
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        begins, node = found
        line = begins.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """The child of that name or number: where it begins, and itself."""
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _text(name: str) -> str:
    path = data_folder() / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "set BANJIE_DATA_FOLDER to the folder that holds the reviewed data files"
        raise DataUnreadable(f"cannot read {path}: {error.strerror}; {hint}") from error


def _mapping(name: str, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise DataUnreadable(f"{data_folder() / name} does not hold a mapping")
    return content
