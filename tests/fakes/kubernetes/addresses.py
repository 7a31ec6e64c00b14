"""From an HTTP request to what it asks, and the pages that list what there is (discovery)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.fakes.kubernetes.resources import RESOURCES, Body, Resource
from tests.fakes.kubernetes.rules import ApiError

__all__ = ["Address", "discovery", "read_address"]

_PATH = re.compile(
    r"^/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)"
    r"(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[^/]+)"
    r"(?:/(?P<name>[^/]+)(?:/(?P<part>[^/]+))?)?$"
)
_VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]


@dataclass(frozen=True, slots=True)
class Address:
    """What a path names."""

    resource: Resource
    namespace: str | None
    """None: all of them, or none at all."""
    name: str
    part: str


def read_address(path: str) -> Address:
    """Understand a path; raises the server's 404."""
    found = _PATH.match(path)
    if found:
        wanted = (found["group"] or "", found["version"], found["plural"])
        for resource in RESOURCES:
            if (resource.group, resource.version, resource.plural) == wanted:
                name, part = found["name"] or "", found["part"] or ""
                return Address(resource, found["namespace"], name, part)
    raise unknown_page()


def unknown_page() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def discovery(path: str, served: Iterable[Resource]) -> Body | None:
    """The page of an address that lists versions, groups or resources; None: it is another."""
    known = list(served)
    match path.strip("/").split("/"):
        case ["version"]:
            return {"major": "1", "minor": "34", "gitVersion": "v1.34.0"}
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"]}
        case ["apis"]:
            groups = sorted({(each.group, each.version) for each in known if each.group})
            return {
                "kind": "APIGroupList",
                "apiVersion": "v1",
                "groups": [_group(group, version) for group, version in groups],
            }
        case ["api", version]:
            return _resources("", version, known)
        case ["apis", group, version]:
            return _resources(group, version, known)
        case _:
            return None


def _group(group: str, version: str) -> dict[str, Any]:
    named = {"groupVersion": f"{group}/{version}", "version": version}
    return {"name": group, "versions": [named], "preferredVersion": named}


def _resources(group: str, version: str, known: Iterable[Resource]) -> Body:
    entries: list[dict[str, Any]] = []
    for each in known:
        if (each.group, each.version) != (group, version):
            continue
        entry = {
            "name": each.plural,
            "singularName": each.kind.lower(),
            "namespaced": each.namespaced,
            "kind": each.kind,
            "verbs": _VERBS,
        }
        entries.append(entry)
        if each.has_status:
            part = {"name": f"{each.plural}/status", "verbs": ["get", "patch", "update"]}
            entries.append({**entry, **part})
    if not entries:
        raise unknown_page()
    name = f"{group}/{version}" if group else version
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": name,
        "resources": entries,
    }
