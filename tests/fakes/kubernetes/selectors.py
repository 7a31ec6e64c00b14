"""Label and field selectors, as queries spell them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.kubernetes.resources import Body

__all__ = ["Selection"]

_AT_COMMAS = re.compile(r",(?![^(]*\))")
_IN_SET = re.compile(r"^(\S+)\s+(in|notin)\s+\(([^)]*)\)$")
_COMPARED = re.compile(r"^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list or a watch is restricted to."""

    labels: str = ""
    fields: str = ""
    namespace: str | None = None

    def takes(self, body: Body) -> bool:
        """Whether the object is wanted."""
        metadata = body["metadata"]
        if self.namespace is not None and metadata.get("namespace") != self.namespace:
            return False
        labels = metadata.get("labels") or {}
        return _all(self.labels, labels.get) and _all(self.fields, lambda path: _at(body, path))


def _all(selector: str, value_of: Callable[[str], str | None]) -> bool:
    return all(_holds(part.strip(), value_of) for part in _AT_COMMAS.split(selector) if part)


def _holds(part: str, value_of: Callable[[str], str | None]) -> bool:
    if found := _IN_SET.match(part):
        name, how, listed = found.groups()
        inside = value_of(name) in {each.strip() for each in listed.split(",")}
        return inside if how == "in" else not inside
    if found := _COMPARED.match(part):
        name, how, wanted = found.groups()
        return (value_of(name) == wanted) is (how != "!=")
    if part.startswith("!"):
        return value_of(part[1:].strip()) is None
    return value_of(part) is not None


def _at(body: Body, path: str) -> str | None:
    """The field that a dotted path names. (A real server knows few such fields.)"""
    found: object = body
    for part in path.lstrip(".").split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return None if found is None else str(found)
