"""JSON schemas in the shape that strict structured output wants, from pydantic models."""

import json

from pydantic import BaseModel, JsonValue, TypeAdapter

__all__ = ["schema_of", "schema_text"]

_ANNOTATIONS = frozenset({"title", "default", "description"})
_BOUNDS = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"})
_NAMED = frozenset({"properties", "$defs"})
_JSON = TypeAdapter(dict[str, JsonValue])


def schema_of(answer: type[BaseModel], *, bounded: bool) -> dict[str, JsonValue]:
    """The schema of an answer: every property required, no other allowed.

    Args:
        answer: The pydantic model.
        bounded: Keep the bounds on lengths and numbers, which not every endpoint takes.
    """
    dropped = _ANNOTATIONS if bounded else _ANNOTATIONS | _BOUNDS
    return _strict(_JSON.validate_python(answer.model_json_schema()), dropped)


def schema_text(answer: type[BaseModel]) -> str:
    """The schema as text, for a prompt."""
    return json.dumps(schema_of(answer, bounded=True), ensure_ascii=False)


def _strict(schema: dict[str, JsonValue], dropped: frozenset[str]) -> dict[str, JsonValue]:
    strict: dict[str, JsonValue] = {}
    for keyword, value in schema.items():
        if keyword in _NAMED and isinstance(value, dict):
            # Its keys are names, "title" among them; only the values are schemas.
            strict[keyword] = {name: _part(part, dropped) for name, part in value.items()}
        elif keyword not in dropped:
            strict[keyword] = _part(value, dropped)
    properties = strict.get("properties")
    if isinstance(properties, dict):
        strict["required"] = list(properties)
        strict["additionalProperties"] = False
    return strict


def _part(value: JsonValue, dropped: frozenset[str]) -> JsonValue:
    match value:
        case dict():
            return _strict(value, dropped)
        case list():
            return [_part(part, dropped) for part in value]
        case _:
            return value
