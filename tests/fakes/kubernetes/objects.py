"""What the server keeps: objects with versions, and the history that watches are told."""

import copy
import json
import threading
import uuid
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.fakes.kubernetes.resources import RESOURCES, Body, Resource
from tests.fakes.kubernetes.rules import (
    ApiError,
    check_names,
    check_version,
    content,
    merge,
    merged_parts,
    metadata_of,
)
from tests.fakes.kubernetes.schema import objections, unknown_fields, without_nulls
from tests.fakes.kubernetes.selectors import Selection

__all__ = ["Change", "Objects"]

Key = tuple[Resource, str, str]
"""Resource, namespace ("" where there is none), name."""

_DEFINITIONS = next(each for each in RESOURCES if each.plural == "customresourcedefinitions")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history."""

    version: int
    resource: Resource
    type: str
    """ADDED, MODIFIED or DELETED."""
    body: Body
    before: Body | None

    def as_seen_by(self, selection: Selection) -> tuple[str, Body] | None:
        """What a watch of that selection is told; None: nothing."""
        now = self.type != "DELETED" and selection.takes(self.body)
        earlier = self.before is not None and selection.takes(self.before)
        if now:
            return ("MODIFIED" if earlier else "ADDED"), self.body
        return ("DELETED", self.body) if earlier else None


class Objects:
    """All objects of the cluster. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._version = 1
        self._found: dict[Key, Body] = {}
        self._history: list[Change] = []
        self._forgotten = 0
        """The version up to which the history was thrown away."""
        self.listeners: list[Callable[[], None]] = []
        """Called after each change, in the thread that made it."""

    def knows(self, resource: Resource) -> bool:
        """Whether the resource is served: a custom one needs its definition."""
        return not resource.is_custom or (_DEFINITIONS, "", resource.full_name) in self._found

    def get(self, resource: Resource, namespace: str, name: str) -> Body:
        """Read one object."""
        found = self._found.get((resource, namespace, name))
        if found is None:
            raise ApiError(404, "NotFound", f'{resource.full_name} "{name}" not found')
        return found

    def select(self, resource: Resource, selection: Selection) -> tuple[list[Body], int]:
        """Objects by namespace and name, and the version at which they were so."""
        with self._lock:
            bodies = [
                body
                for key, body in self._found.items()
                if key[0] is resource and selection.takes(body)
            ]
            version = self._version
        return sorted(bodies, key=_place), version

    def changes(self, resource: Resource, since: int) -> list[Change]:
        """What has happened to objects of the resource after a version."""
        with self._lock:
            if since < self._forgotten:
                message = f"too old resource version: {since} ({self._forgotten})"
                raise ApiError(410, "Expired", message)
            first = bisect_right(self._history, since, key=lambda change: change.version)
            return [each for each in self._history[first:] if each.resource is resource]

    def forget_history(self) -> None:
        """Answer 410 to whoever asks for something older than now."""
        with self._lock:
            self._history.clear()
            self._version += 1
            self._forgotten = self._version

    def create(
        self,
        resource: Resource,
        namespace: str,
        body: Body,
        *,
        is_strict: bool = False,
        keeps_status: bool = False,
    ) -> Body:
        """Add an object.

        Args:
            resource: Its kind.
            namespace: Where; "" for kinds without.
            body: With a name or a `generateName`.
            is_strict: Unknown fields are refused.
            keeps_status: Its status is kept, as no real server does.
        """
        with self._lock:
            metadata = dict(body.get("metadata") or {})
            if not metadata.get("name") and metadata.get("generateName"):
                metadata["name"] = f"{metadata['generateName']}{uuid.uuid4().hex[:5]}"
            name = str(metadata.get("name") or "")
            check_names(resource, name, metadata)
            key = (resource, namespace, name)
            if key in self._found:
                text = f'{resource.full_name} "{name}" already exists'
                raise ApiError(409, "AlreadyExists", text)
            metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": _now(), "generation": 1}
            if resource.namespaced:
                metadata["namespace"] = namespace
            made = {**body, "metadata": metadata}
            made |= {"apiVersion": resource.api_version, "kind": resource.kind}
            if resource.has_status and not keeps_status:
                made.pop("status", None)
            return self._keep(key, self._checked(resource, made, is_strict=is_strict), None)

    def replace(self, resource: Resource, name: str, body: Body, part: str = "") -> Body:
        """Write a whole object, or with `part` "status" its status.

        Args:
            resource: Its kind.
            name: As in the address.
            body: Its metadata say the namespace and, if it matters, the version it replaces.
            part: "", "status" or "all": what a real server writes at no address at once.
        """
        with self._lock:
            namespace = str(body["metadata"].get("namespace") or "")
            old = self.get(resource, namespace, name)
            given = dict(body.get("metadata") or {})
            check_version(resource, old, given)
            new = merged_parts(resource, old, dict(body), part)
            new["metadata"] = metadata_of(old, given if part != "status" else old["metadata"])
            new = self._checked(resource, new, is_strict=False)
            if content(new) == content(old) and new["metadata"] == old["metadata"]:
                return old
            if content(new, resource) != content(old, resource):
                new["metadata"]["generation"] = old["metadata"]["generation"] + 1
            check_names(resource, name, new["metadata"])
            key = (resource, namespace, name)
            if "deletionTimestamp" in new["metadata"] and not new["metadata"].get("finalizers"):
                return self._drop(key, new, old)
            return self._keep(key, new, old)

    def patch(
        self, resource: Resource, namespace: str, name: str, patch: Body, part: str = ""
    ) -> Body:
        """Merge a change into an object (RFC 7396)."""
        with self._lock:
            old = self.get(resource, namespace, name)
            new = dict(merge(copy.deepcopy(old), patch))
            given = patch.get("metadata") or {}
            if "resourceVersion" not in given:
                new["metadata"].pop("resourceVersion", None)
            return self.replace(resource, name, new, part)

    def delete(
        self, resource: Resource, namespace: str, name: str, options: Body | None = None
    ) -> Body:
        """Remove an object and what it owns, or mark it while it has finalizers."""
        options = options or {}
        with self._lock:
            old = self.get(resource, namespace, name)
            wanted = options.get("preconditions") or {}
            check_version(resource, old, wanted)
            key = (resource, namespace, name)
            if old["metadata"].get("finalizers"):
                if "deletionTimestamp" in old["metadata"]:
                    return old
                metadata = dict(old["metadata"])
                metadata |= {
                    "deletionTimestamp": _now(),
                    "deletionGracePeriodSeconds": 0,
                    "generation": metadata["generation"] + 1,
                }
                return self._keep(key, {**old, "metadata": metadata}, old)
            keeps_children = options.get("propagationPolicy") == "Orphan"
            return self._drop(key, old, old, keeps_children=keeps_children)

    def _keep(self, key: Key, body: Mapping[str, Any], before: Body | None) -> Body:
        self._version += 1
        metadata = {**body["metadata"], "resourceVersion": str(self._version)}
        # By way of JSON: what a caller changes later is not changed here.
        kept: Body = json.loads(json.dumps({**body, "metadata": metadata}))
        self._found[key] = kept
        kind = "MODIFIED" if before is not None else "ADDED"
        self._tell(Change(self._version, key[0], kind, kept, before))
        return kept

    def _drop(
        self, key: Key, body: Mapping[str, Any], before: Body, *, keeps_children: bool = False
    ) -> Body:
        self._version += 1
        gone = {
            **body,
            "metadata": {**body["metadata"], "resourceVersion": str(self._version)},
        }
        del self._found[key]
        self._tell(Change(self._version, key[0], "DELETED", gone, before))
        if not keeps_children:
            self._drop_children(str(gone["metadata"]["uid"]))
        return gone

    def _drop_children(self, uid: str) -> None:
        """What the garbage collector does, at once; an object with another owner stays."""
        living = {body["metadata"]["uid"] for body in self._found.values()}
        for key, body in list(self._found.items()):
            resource, namespace, name = key
            owners = {each["uid"] for each in body["metadata"].get("ownerReferences") or ()}
            if key in self._found and uid in owners and not owners & living:
                self.delete(resource, namespace, name)

    def _tell(self, change: Change) -> None:
        self._history.append(change)
        for listener in list(self.listeners):
            listener()

    def _checked(
        self, resource: Resource, body: dict[str, Any], *, is_strict: bool
    ) -> dict[str, Any]:
        """The object as its definition lets it be kept."""
        definition = self._found.get((_DEFINITIONS, "", resource.full_name))
        if definition is None or not resource.is_custom:
            return body
        if is_strict and (strangers := unknown_fields(definition, resource, body)):
            listed = ", ".join(f'unknown field "{each}"' for each in strangers)
            raise ApiError(400, "BadRequest", f"strict decoding error: {listed}")
        kept = without_nulls(definition, resource, body)
        if wrong := objections(definition, resource, kept):
            name = body["metadata"]["name"]
            text = f'{resource.kind}.{resource.group} "{name}" is invalid: {"; ".join(wrong)}'
            raise ApiError(422, "Invalid", text)
        return kept


def _place(body: Body) -> tuple[str, str]:
    return body["metadata"].get("namespace", ""), body["metadata"]["name"]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
