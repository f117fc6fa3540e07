"""The reviewed data folder (`data/`): categories, units, places, reasons. Found beside `libs`, installed or checked out."""

import json
import os
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


def read_geojson(name: str) -> dict[str, Any]:
    """The FeatureCollection in `<data folder>/<name>`. Raises `DataUnreadable`."""
    text = _text(name)
    try:
        return _mapping(name, json.loads(text))
    except json.JSONDecodeError as error:
        raise DataUnreadable(f"{data_folder() / name} is not GeoJSON: {error}") from error


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
