"""The API server's HTTP side."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from aiohttp import web

from tests.fakes.kubernetes.addresses import Address, discovery, read_address, unknown_page
from tests.fakes.kubernetes.faults import Fault, Faults, Request
from tests.fakes.kubernetes.objects import Objects
from tests.fakes.kubernetes.resources import RESOURCES, Body
from tests.fakes.kubernetes.reviews import Reviews
from tests.fakes.kubernetes.rules import ApiError
from tests.fakes.kubernetes.selectors import Selection

__all__ = ["Pages"]

_MERGE = ("application/merge-patch+json", "application/apply-patch+yaml")
_BOOKMARK_EVERY = 2.0
"""Seconds; a real server takes about a minute."""
_LONGEST_WATCH = 1800.0
_REASONS = {
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Pages:
    """Answers requests about objects."""

    def __init__(self, objects: Objects, reviews: Reviews, faults: Faults) -> None:
        self._objects = objects
        self._faults = faults
        self.logs: dict[tuple[str, str], str] = {}
        """By namespace and pod."""
        self._changed = asyncio.Event()
        self._watches: set[asyncio.Transport] = set()
        """Their connections."""
        self._reviews: Mapping[str, Callable[[Body], Body]] = {
            "/apis/authentication.k8s.io/v1/tokenreviews": reviews.review_token,
            "/apis/authorization.k8s.io/v1/subjectaccessreviews": reviews.review_access,
        }

    def note_change(self) -> None:
        """Wake every watch; in the server's loop."""
        self._changed.set()
        self._changed = asyncio.Event()

    def drop_watches(self) -> None:
        """Break the connections of all watches; in the server's loop."""
        for connection in self._watches:
            connection.abort()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer anything."""
        try:
            return await self._answer(request)
        except ApiError as error:
            return web.json_response(error.status, status=error.code)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        served = [each for each in RESOURCES if self._objects.knows(each)]
        if (page := discovery(request.path, served)) is not None:
            return web.json_response(page)
        body = await _body(request)
        if review := self._reviews.get(request.path):
            asked = Request("create", request.path.rsplit("/", 1)[-1], "", "", "", body)
            return await self._faulty(
                asked, request, lambda: _json({**body, "status": review(body)}, 201)
            )
        address = read_address(request.path)
        if address.resource not in served:
            raise unknown_page()
        verb = _verb(request, address)
        asked = Request(
            verb, address.resource.plural, address.namespace or "", address.name, address.part, body
        )
        if verb == "watch":
            self._refuse(await self._delayed(asked))
            return await self._watch(request, address)
        return await self._faulty(asked, request, lambda: self._do(verb, request, address, body))

    async def _faulty(
        self, asked: Request, request: web.Request, do: Callable[[], web.Response]
    ) -> web.Response:
        fault = await self._delayed(asked)
        self._refuse(fault)
        response = do()
        if fault is not None and fault.answer_delay:
            await asyncio.sleep(fault.answer_delay)
        if fault is not None and fault.loses_answer and request.transport is not None:
            request.transport.abort()
        return response

    async def _delayed(self, asked: Request) -> Fault | None:
        fault = self._faults.of(asked)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        return fault

    @staticmethod
    def _refuse(fault: Fault | None) -> None:
        if fault is not None and fault.status is not None:
            reason = _REASONS.get(fault.status, "Unknown")
            raise ApiError(fault.status, reason, "the server is currently unable to handle this")

    def _do(self, verb: str, request: web.Request, at: Address, body: Body) -> web.Response:
        namespace = at.namespace or ""
        if verb == "list":
            return self._list(request, at)
        if (verb, at.part) == ("get", "log"):
            self._objects.get(at.resource, namespace, at.name)
            return web.Response(text=self.logs.get((namespace, at.name), ""))
        if verb == "create":
            is_strict = request.query.get("fieldValidation") == "Strict"
            made = self._objects.create(at.resource, namespace, body, is_strict=is_strict)
            return _json(made, 201)
        if verb == "apply":
            return self._apply(at, namespace, body)
        return _json(self._do_to_one(verb, at, body))

    def _do_to_one(self, verb: str, at: Address, body: Body) -> Body:
        objects, namespace = self._objects, at.namespace or ""
        match verb:
            case "get":
                return objects.get(at.resource, namespace, at.name)
            case "update":
                given = {**body, "metadata": {**body["metadata"], "namespace": namespace}}
                return objects.replace(at.resource, at.name, given, at.part)
            case "patch":
                return objects.patch(at.resource, namespace, at.name, body, at.part)
            case _:
                return objects.delete(at.resource, namespace, at.name, body)

    def _apply(self, at: Address, namespace: str, body: Body) -> web.Response:
        """Server-side apply, as far as one manager needs it: fields left out stay."""
        try:
            self._objects.get(at.resource, namespace, at.name)
        except ApiError:
            return _json(self._objects.create(at.resource, namespace, body), 201)
        return _json(self._objects.patch(at.resource, namespace, at.name, body, at.part))

    def _list(self, request: web.Request, at: Address) -> web.Response:
        bodies, version = self._objects.select(at.resource, _selection(request, at))
        try:
            start = int(request.query.get("continue") or 0)
        except ValueError as error:
            raise ApiError(400, "BadRequest", "continue key is not valid") from error
        limit = int(request.query.get("limit", 0))
        end = start + limit if limit else len(bodies)
        metadata: dict[str, Any] = {"resourceVersion": str(version)}
        if end < len(bodies):
            metadata |= {"continue": str(end), "remainingItemCount": len(bodies) - end}
        listed = {
            "apiVersion": at.resource.api_version,
            "kind": f"{at.resource.kind}List",
            "metadata": metadata,
            "items": bodies[start:end],
        }
        return _json(listed)

    async def _watch(self, request: web.Request, at: Address) -> web.StreamResponse:
        selection = _selection(request, at)
        given = request.query.get("resourceVersion") or "0"
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        connection = request.transport
        assert connection is not None
        self._watches.add(connection)
        try:
            since = int(given)
            if since == 0:
                bodies, since = self._objects.select(at.resource, selection)
                for body in bodies:
                    await _write(response, "ADDED", body)
            await self._follow(response, request, at, selection, since)
        except ApiError as error:
            await _write(response, "ERROR", error.status)
        except ConnectionResetError:
            pass  # the client has gone, or `drop_watches` cut it off
        finally:
            self._watches.discard(connection)
        return response

    async def _follow(
        self,
        response: web.StreamResponse,
        request: web.Request,
        at: Address,
        selection: Selection,
        since: int,
    ) -> None:
        seconds = float(request.query.get("timeoutSeconds") or _LONGEST_WATCH)
        end = time.monotonic() + seconds
        wants_bookmarks = request.query.get("allowWatchBookmarks") == "true"
        while time.monotonic() < end:
            changed = self._changed
            for change in self._objects.changes(at.resource, since):
                since = change.version
                if seen := change.as_seen_by(selection):
                    await _write(response, *seen)
            try:
                async with asyncio.timeout(min(_BOOKMARK_EVERY, end - time.monotonic())):
                    await changed.wait()
            except TimeoutError:
                if wants_bookmarks:
                    await _write(response, "BOOKMARK", _bookmark(at, since))


def _verb(request: web.Request, at: Address) -> str:
    match request.method:
        case "GET" if at.name:
            return "get"
        case "GET":
            return "watch" if request.query.get("watch") in ("true", "1", "True") else "list"
        case "POST" if not at.name:
            return "create"
        case "PUT" if at.name:
            return "update"
        case "PATCH" if at.name and request.content_type in _MERGE:
            return "patch" if request.content_type == _MERGE[0] else "apply"
        case "PATCH" if at.name:
            text = f"this fake takes {' and '.join(_MERGE)}"
            raise ApiError(415, "UnsupportedMediaType", text)
        case "DELETE" if at.name:
            return "delete"
    raise ApiError(405, "MethodNotAllowed", "the server does not allow this method")


async def _body(request: web.Request) -> Body:
    text = await request.text()
    if not text:
        return {}
    try:
        found = yaml.safe_load(text) if "yaml" in request.content_type else json.loads(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ApiError(400, "BadRequest", f"the body cannot be read: {error}") from error
    return dict(found or {})


def _selection(request: web.Request, at: Address) -> Selection:
    query = request.query
    return Selection(query.get("labelSelector", ""), query.get("fieldSelector", ""), at.namespace)


def _bookmark(at: Address, version: int) -> Body:
    return {
        "apiVersion": at.resource.api_version,
        "kind": at.resource.kind,
        "metadata": {"resourceVersion": str(version)},
    }


def _json(body: Body, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


async def _write(response: web.StreamResponse, kind: str, body: Body) -> None:
    await response.write(json.dumps({"type": kind, "object": body}).encode() + b"\n")
