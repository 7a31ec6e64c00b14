"""Runs the server in a thread, and what tests say to it."""

import asyncio
import copy
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import yaml
from aiohttp import web

from tests.fakes.kubernetes.faults import Fault, Faults, Request
from tests.fakes.kubernetes.objects import Objects
from tests.fakes.kubernetes.pages import Pages
from tests.fakes.kubernetes.resources import RESOURCES, Body, Resource, definition_of
from tests.fakes.kubernetes.reviews import Reviews
from tests.fakes.kubernetes.rules import ApiError
from tests.fakes.kubernetes.selectors import Selection

__all__ = ["FakeKubernetes", "running_kubernetes"]

_Found = TypeVar("_Found")
_ALWAYS = 1_000_000


class FakeKubernetes:
    """A running server: what an administrator, another controller, or the network does."""

    def __init__(self) -> None:
        self.url = ""
        self.kubeconfig = Path()
        """Says where the server is; `KUBECONFIG` of whoever shall talk to it."""
        self.objects = Objects()
        self.reviews = Reviews()
        """Tokens and grants for TokenReview and SubjectAccessReview."""
        self._faults = Faults()
        self._onlookers: list[Callable[[], None]] = []
        """Called after every change and every request."""
        for listeners in (self.objects.listeners, self._faults.listeners):
            listeners.append(self._tell_onlookers)
        self._pages: Pages | None = None
        self._loop = asyncio.new_event_loop()
        for resource in RESOURCES:
            if resource.is_custom:
                self.put(definition_of(resource))

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to talk to this server."""
        return {"KUBECONFIG": str(self.kubeconfig)}

    @property
    def requests(self) -> list[Request]:
        """All requests about objects so far, faults included; discovery is left out."""
        return list(self._faults.requests)

    def count(self, verb: str, resource: str) -> int:
        """How many requests of a kind have come."""
        return sum((each.verb, each.resource) == (verb, resource) for each in self.requests)

    def put(self, body: Body) -> dict[str, Any]:
        """Create an object or replace it, status included, whatever its version."""
        resource = _resource_of_kind(body["kind"])
        namespace, name = body["metadata"].get("namespace", ""), body["metadata"].get("name", "")
        if self.find(resource.plural, name, namespace) is None:
            made = self.objects.create(resource, namespace, body, keeps_status=True)
            return copy.deepcopy(dict(made))
        metadata = {key: body["metadata"][key] for key in body["metadata"]}
        metadata.pop("resourceVersion", None)
        changed = {"apiVersion": resource.api_version, **body, "metadata": metadata}
        return copy.deepcopy(dict(self.objects.replace(resource, name, changed, "all")))

    def merge(self, plural: str, name: str, change: Body, namespace: str = "") -> dict[str, Any]:
        """Merge a change into an object, status included."""
        resource = _resource(plural)
        return copy.deepcopy(dict(self.objects.patch(resource, namespace, name, change, "all")))

    def find(self, plural: str, name: str, namespace: str = "") -> dict[str, Any] | None:
        """An object as it is now; None: there is none."""
        try:
            return copy.deepcopy(dict(self.objects.get(_resource(plural), namespace, name)))
        except ApiError:
            return None

    def all(self, plural: str, namespace: str | None = None) -> list[dict[str, Any]]:
        """All objects of a kind, by namespace and name."""
        bodies, _ = self.objects.select(_resource(plural), Selection(namespace=namespace))
        return copy.deepcopy([dict(body) for body in bodies])

    def remove(self, plural: str, name: str, namespace: str = "") -> None:
        """Delete an object; what it owns goes too, unless it has finalizers."""
        self.objects.delete(_resource(plural), namespace, name)

    def say_log(self, namespace: str, pod: str, text: str) -> None:
        """What the pod has logged."""
        assert self._pages is not None
        self._pages.logs[namespace, pod] = text

    def refuse(
        self,
        count: int = _ALWAYS,
        status: int = 503,
        *,
        verb: str | None = None,
        resource: str | None = None,
        after: int = 0,
    ) -> None:
        """Answer the next requests with an error; nothing is done.

        Args:
            count: How many; by default all until `heal`.
            status: Of the answer.
            verb: Only these: get, list, watch, create, update, patch, apply, delete.
            resource: Only these: the plural.
            after: How many of them pass before.
        """
        self._faults.add(Fault(count, after, verb, resource, status=status))

    def lose_answers(
        self,
        count: int = _ALWAYS,
        *,
        verb: str | None = None,
        resource: str | None = None,
        after: int = 0,
    ) -> None:
        """Do what the next requests ask, and break the connection instead of answering."""
        self._faults.add(Fault(count, after, verb, resource, loses_answer=True))

    def delay(
        self,
        seconds: float,
        count: int = _ALWAYS,
        *,
        verb: str | None = None,
        resource: str | None = None,
    ) -> None:
        """Take so long over the next requests."""
        self._faults.add(Fault(count, 0, verb, resource, delay=seconds))

    def hold(self, *, after: int, is_done: bool) -> Callable[[], bool]:
        """Never answer one of the requests to come.

        Args:
            after: How many requests of any kind pass before.
            is_done: Whether what it asks is done nevertheless.

        Returns:
            Says whether that request has come.
        """
        long = float(_ALWAYS)
        fault = Fault(1, after, delay=0 if is_done else long, answer_delay=long if is_done else 0)
        self._faults.add(fault)
        return lambda: not fault.left

    def heal(self) -> None:
        """End all faults."""
        self._faults.heal()

    def drop_watches(self, *, forget_history: bool = False) -> None:
        """Break every watch; with `forget_history` they cannot go on where they were (410)."""
        if forget_history:
            self.objects.forget_history()
        assert self._pages is not None
        self._loop.call_soon_threadsafe(self._pages.drop_watches)

    async def until(self, what: Callable[[], _Found | None], seconds: float = 10) -> _Found:
        """Await that `what` finds something; it is asked after each change and each request."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def note() -> None:
            loop.call_soon_threadsafe(changed.set)

        self._onlookers.append(note)
        try:
            async with asyncio.timeout(seconds):
                while not (found := what()):
                    await changed.wait()
                    changed.clear()
                return found
        except TimeoutError as error:
            raise AssertionError(f"not seen within {seconds} s") from error
        finally:
            self._onlookers.remove(note)

    def wait(self, what: Callable[[], _Found | None], seconds: float = 10) -> _Found:
        """As `until`, for tests without a loop."""
        changed, end = threading.Event(), time.monotonic() + seconds
        self._onlookers.append(changed.set)
        try:
            while not (found := what()):
                assert changed.wait(max(0.0, end - time.monotonic())), f"not within {seconds} s"
                changed.clear()
            return found
        finally:
            self._onlookers.remove(changed.set)

    def serve(self, started: threading.Event) -> None:
        """Run until `stop`; in a thread of its own."""
        asyncio.set_event_loop(self._loop)
        runner = self._loop.run_until_complete(self._start())
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    def stop(self) -> None:
        """End `serve`."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _tell_onlookers(self) -> None:
        for onlooker in list(self._onlookers):
            onlooker()

    def _wake_watches(self) -> None:
        assert self._pages is not None
        self._loop.call_soon_threadsafe(self._pages.note_change)

    async def _start(self) -> web.AppRunner:
        self._pages = Pages(self.objects, self.reviews, self._faults)
        self.objects.listeners.append(self._wake_watches)
        app = web.Application(client_max_size=4 * 1024**2)
        app.router.add_route("*", "/{path:.*}", self._pages.answer)
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner


@contextmanager
def running_kubernetes(folder: Path, namespace: str = "meetings") -> Iterator[FakeKubernetes]:
    """Serve from entering to leaving.

    Args:
        folder: Takes the kubeconfig.
        namespace: Of the kubeconfig's context.
    """
    server = FakeKubernetes()
    started = threading.Event()
    thread = threading.Thread(target=server.serve, args=(started,), daemon=True)
    thread.start()
    assert started.wait(10), "the fake API server does not start"
    server.kubeconfig = folder / "kubeconfig"
    server.kubeconfig.write_text(yaml.safe_dump(_kubeconfig(server.url, namespace)), "utf-8")
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)


def _kubeconfig(url: str, namespace: str) -> Body:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "fake", "cluster": {"server": url}}],
        "users": [{"name": "tester", "user": {"token": "tester"}}],
        "contexts": [
            {
                "name": "fake",
                "context": {"cluster": "fake", "user": "tester", "namespace": namespace},
            }
        ],
        "current-context": "fake",
    }


def _resource(plural: str) -> Resource:
    return next(each for each in RESOURCES if each.plural == plural)


def _resource_of_kind(kind: str) -> Resource:
    return next(each for each in RESOURCES if each.kind == kind)
