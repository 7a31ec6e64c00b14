"""What the API server checks and keeps when an object is written."""

import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.kubernetes.resources import Body, Resource

__all__ = [
    "ApiError",
    "check_names",
    "check_version",
    "content",
    "merge",
    "merged_parts",
    "metadata_of",
]

_KEPT = ("name", "namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp")
"""Metadata that writers do not change."""
_NAME = re.compile(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
_LONGEST_NAME = 253
_LABEL = re.compile(r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")


class ApiError(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        }


def check_names(resource: Resource, name: str, metadata: Mapping[str, Any]) -> None:
    """Refuse a name or a label's value that no cluster takes."""
    wrong = f'{resource.kind} "{name}" is invalid: '
    if not _NAME.match(name) or len(name) > _LONGEST_NAME:
        text = "metadata.name: Invalid value: a lowercase RFC 1123 subdomain is needed"
        raise ApiError(422, "Invalid", wrong + text)
    for label, value in (metadata.get("labels") or {}).items():
        if not _LABEL.match(str(value)):
            text = f"metadata.labels: Invalid value: {value!r} of {label} is no label's value"
            raise ApiError(422, "Invalid", wrong + text)


def check_version(resource: Resource, old: Body, given: Mapping[str, Any]) -> None:
    """Refuse a change of a version, or an object, that is no longer there."""
    for field in ("resourceVersion", "uid"):
        if given.get(field) and given[field] != old["metadata"][field]:
            name = old["metadata"]["name"]
            raise ApiError(
                409,
                "Conflict",
                f'Operation cannot be fulfilled on {resource.full_name} "{name}": the object has '
                "been modified; please apply your changes to the latest version and try again",
            )


def merged_parts(resource: Resource, old: Body, new: dict[str, Any], part: str) -> dict[str, Any]:
    """What of the new object counts at this address; the rest stays as it was."""
    if part == "status":
        merged = {key: value for key, value in old.items() if key != "status"}
        return merged | ({"status": new["status"]} if "status" in new else {})
    if part == "all" or not resource.has_status:
        return new
    new.pop("status", None)
    return new | ({"status": old["status"]} if "status" in old else {})


def metadata_of(old: Body, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a writer may say about an object, beside what only the server says."""
    kept = {key: old["metadata"][key] for key in _KEPT if key in old["metadata"]}
    free = {key: value for key, value in given.items() if key not in _KEPT and value is not None}
    return free | kept | {"resourceVersion": old["metadata"]["resourceVersion"]}


def content(body: Body, resource: Resource | None = None) -> dict[str, Any]:
    """All but metadata; with a resource, what its generation counts."""
    left_out = {"metadata"}
    if resource is not None and resource.has_status:
        left_out.add("status")
    return {key: value for key, value in body.items() if key not in left_out}


def merge(old: object, patch: object) -> Any:
    """RFC 7396."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(old) if isinstance(old, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged
