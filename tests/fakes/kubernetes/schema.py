"""What a CustomResourceDefinition's schema says about an object. Its CEL rules are not asked."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema

from tests.fakes.kubernetes.resources import Body, Resource

__all__ = ["objections", "unknown_fields", "without_nulls"]


def objections(definition: Body, resource: Resource, body: Body) -> list[str]:
    """What the schema forbids, in the server's manner: the field first."""
    validator = jsonschema.Draft202012Validator(_schema(definition, resource))
    found = []
    for error in validator.iter_errors({key: body[key] for key in body if key != "metadata"}):
        place = ".".join(str(part) for part in error.absolute_path)
        found.append(f"{place}: Invalid value: {error.message}" if place else error.message)
    return found


def unknown_fields(definition: Body, resource: Resource, body: Body) -> list[str]:
    """Fields that `fieldValidation=Strict` refuses, and that else would be dropped."""
    schema = _schema(definition, resource)
    if "properties" not in schema:
        return []
    return list(_strangers({key: body[key] for key in body if key != "metadata"}, schema, ""))


def without_nulls(definition: Body, resource: Resource, body: Body) -> dict[str, Any]:
    """The object as it is kept: null where the schema allows none is as good as nothing."""
    return {**_without_nulls(body, _schema(definition, resource)), "metadata": body["metadata"]}


def _without_nulls(value: Any, schema: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_without_nulls(each, schema.get("items", {})) for each in value]
    known = schema.get("properties")
    if not isinstance(value, Mapping) or known is None:
        return value
    return {
        name: _without_nulls(each, known.get(name, {}))
        for name, each in value.items()
        if each is not None or known.get(name, {}).get("nullable")
    }


def _schema(definition: Body, resource: Resource) -> dict[str, Any]:
    for version in definition["spec"]["versions"]:
        if version["name"] == resource.version:
            return dict(version["schema"]["openAPIV3Schema"])
    return {}


def _strangers(value: object, schema: dict[str, Any], path: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _strangers(each, schema.get("items", {}), f"{path}[{index}]")
        return
    known = schema.get("properties")
    if not isinstance(value, dict) or known is None:
        return
    for name, each in value.items():
        here = f"{path}.{name}" if path else name
        if name not in known:
            yield here
        else:
            yield from _strangers(each, known[name], here)
