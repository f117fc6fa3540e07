"""Bodies made up from a command's own schema, to ask a decision what it would say. Nobody's words, never carried out."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from libs.stages.commands import Body

Draft = dict[str, Any]
"""A body as JSON has it, before it is validated."""
WORDS = "words"
_A_TIME = "2100-01-01T00:00:00Z"


@cache
def schema_of(body: type[Body]) -> dict[str, Any]:
    """The JSON schema of a body."""
    return body.model_json_schema()


def specimens(body: type[Body]) -> Iterator[Draft]:
    """What is required and nothing else: with and without words where they may be left out, each required flag both ways,
    each value of a required choice."""
    schema = schema_of(body)
    plain = _object(schema, schema)
    chosen = {name: values for name in plain if (values := _choices(schema["properties"][name], schema))}
    worded = [{}, {WORDS: "…"}] if WORDS in schema.get("properties", {}) and WORDS not in plain else [{}]
    for words, values in product(worded, product(*chosen.values())):
        yield plain | dict(zip(chosen, values, strict=True)) | words


def corrected(body: type[Body], draft: Draft, field: str, value: str) -> Draft | None:
    """The draft with `value` at `field` (`items.0.unit`), or None when nothing like that can stand there."""
    *way, last = field.split(".")
    copied = _copied(draft)
    there: Any = copied
    for step in way:
        there = there[int(step)] if isinstance(there, list) else there.get(step)
    name = int(last) if isinstance(there, list) else last
    there[name] = _typed(_property(schema_of(body), field), value)
    return copied if read(body, copied) else None


def read(body: type[Body], draft: Mapping[str, Any]) -> Body | None:
    """The draft as the command takes it, or None when it is not of that form."""
    try:
        return body.model_validate(draft)
    except ValidationError:
        return None


def has(body: type[Body], field: str | None) -> bool:
    """Whether `field` (or its part before the first dot) is something that the sender writes."""
    return field is not None and field.split(".")[0] in body.model_fields


def is_flag(body: type[Body], field: str) -> bool:
    """Whether yes or no stands there."""
    return _property(schema_of(body), field).get("type") == "boolean"


def _object(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Draft:
    properties = schema.get("properties", {})
    return {name: _value(properties[name], root) for name in schema.get("required", ())}


def _choices(schema: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[Any, ...]:
    """What there is to choose from, where a field takes one of a few values."""
    found = _resolved(schema, root)
    return (True, False) if found.get("type") == "boolean" else tuple(found.get("enum", ()))


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = root["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    return found


def _value(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return _value(_resolved(schema, root), root)
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], root)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return _object(schema, root)
        case "array":
            return [_value(schema["items"], root) for _ in range(schema.get("minItems", 0))]
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return _text(schema)


def _text(schema: Mapping[str, Any]) -> Any:
    match schema.get("format"):
        case "uuid":
            return UUID(int=0)
        case "date-time":
            return _A_TIME
    return "x" * max(1, schema.get("minLength", 1))


def _property(schema: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema.get("properties", {}).get(field.split(".", maxsplit=1)[0], {})
    choices = found.get("anyOf")
    return choices[0] if choices else found


def _typed(schema: Mapping[str, Any], value: str) -> Any:
    match schema.get("type"):
        case "boolean":
            return value == "true"
        case "integer":
            return int(value) if value.isdecimal() else value
    return value


def _copied(draft: Any) -> Any:
    if isinstance(draft, dict):
        return {name: _copied(value) for name, value in draft.items()}
    return [_copied(each) for each in draft] if isinstance(draft, list) else draft
