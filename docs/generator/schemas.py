"""JSON Schema as tables of fields: of the resource's definition, of settings."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["COLUMNS", "field_rows", "sentences"]

COLUMNS = ("field", "type", "default", "meaning")

Schema = Mapping[str, Any]

_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "pattern": "matches `{}`",
}


def field_rows(schema: Schema, path: str = "") -> Iterator[tuple[str, str, str, str]]:
    """One row a field, those of objects, lists and mappings within it after it."""
    yield from _rows(schema, path, schema.get("$defs", {}))


def sentences(schema: Schema, path: str = "") -> Iterator[tuple[str, str]]:
    """What the API server says when one of its rules is broken: field, sentence."""
    for rule in schema.get("x-kubernetes-validations", ()):
        yield f"{path}{rule.get('fieldPath', '')}", rule["message"]
    for name, child in schema.get("properties", {}).items():
        yield from sentences(child, f"{path}.{name}")
    if "items" in schema:
        yield from sentences(schema["items"], f"{path}[]")


def _rows(schema: Schema, path: str, known: Schema) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        child = _resolve(given, known)
        here = f"{path}.{name}" if path else name
        limits = [_limit(key, child[key]) for key in _LIMITS if key in child]
        kind = "; ".join([_type(child, known), *limits])
        default = "required" if name in required else _default(child)
        yield f"`{here}`", kind, default, child.get("description", "")
        yield from _rows(child, here, known)
        if isinstance(entries := child.get("items"), Mapping):
            yield from _rows(_resolve(entries, known), f"{here}[]", known)
        if isinstance(values := child.get("additionalProperties"), Mapping):
            yield from _rows(_resolve(values, known), f"{here}.<name>", known)


def _limit(key: str, figure: object) -> str:
    if key in ("minLength", "minItems") and figure == 1:
        return "not empty"
    return _LIMITS[key].format(figure)


def _type(schema: Schema, known: Schema) -> str:
    if choices := schema.get("enum"):
        return ", ".join(f"`{choice}`" for choice in choices)
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_type(_resolve(schema.get('items', {}), known), known)}"
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return f"map of {_type(_resolve(values, known), known)}"
    return kind


def _default(schema: Schema) -> str:
    value = schema.get("default")
    if value in (None, "", []) or isinstance(value, dict):
        return ""  # an object's fields say theirs
    if isinstance(value, list) and isinstance(value[0], dict):
        return "see the meaning"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _resolve(part: Schema, known: Schema) -> dict[str, Any]:
    """Put a definition in its reference's place, and a type in that of "this type or null"."""
    whole = dict(part)
    while "$ref" in whole or "anyOf" in whole:
        reference, choices = whole.pop("$ref", None), whole.pop("anyOf", ())
        if reference:
            inner = known[reference.rpartition("/")[2]]
        else:
            inner = next(each for each in choices if each.get("type") != "null")
        whole = {**inner, **whole}
    return whole
