"""How the resource's fields are written: camelCase outside, snake_case inside, never changed."""

from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic.alias_generators import to_camel

__all__ = ["Resource", "cel", "checked", "list_map", "list_set"]


class Resource(BaseModel):
    """A part of the resource. Fields of later versions are passed over."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    def to_body(self) -> dict[str, Any]:
        """As the API server takes it: camelCase, JSON types, nothing that is not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def cel(rule: str, message: str, **more: str) -> dict[str, JsonValue]:
    """One of the API server's own checks, with the sentence that its refusal says.

    Args:
        rule: In the Common Expression Language; `self` is the value, `oldSelf` what it was.
        message: What is wrong and what to do.
        **more: `reason`, `fieldPath`.
    """
    return {"rule": rule, "message": message, **more}


def checked(rule: str, message: str) -> dict[str, Any]:
    """A value with one check of its own; a pattern's refusal would be no sentence."""
    return {"x-kubernetes-validations": [cel(rule, message)]}


def list_map(key: str) -> dict[str, Any]:
    """A list whose entries are told apart by one field."""
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]}


def list_set() -> dict[str, Any]:
    """A list without doubles."""
    return {"x-kubernetes-list-type": "set"}
