"""What goes wrong on demand, and what was asked."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Fault", "Faults", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, in Kubernetes' words."""

    verb: str
    """get, list, watch, create, update, patch, apply or delete."""
    resource: str
    """Its plural."""
    namespace: str
    name: str
    part: str
    """`status`, `log` or nothing."""
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """What happens to some of the requests to come."""

    left: int
    """How many it still happens to."""
    after: int = 0
    """How many matching requests pass before."""
    verb: str | None = None
    resource: str | None = None
    status: int | None = None
    """The answer's, instead of doing what was asked."""
    loses_answer: bool = False
    """Done, but the connection breaks before the answer is out."""
    delay: float = 0.0
    """Seconds before anything is done."""
    answer_delay: float = 0.0
    """Seconds from doing it to the answer."""

    def strikes(self, request: Request) -> bool:
        """Count a request; whether it is one that this happens to."""
        if self.verb not in (None, request.verb) or self.resource not in (None, request.resource):
            return False
        if self.after:
            self.after -= 1
            return False
        if not self.left:
            return False
        self.left -= 1
        return True


class Faults:
    """All faults that were asked for, and all requests that came. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_for: list[Fault] = []
        self.requests: list[Request] = []
        self.listeners: list[Callable[[], None]] = []
        """Called after each request was written down."""

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._asked_for.append(fault)

    def heal(self) -> None:
        """No further fault."""
        with self._lock:
            self._asked_for.clear()

    def of(self, request: Request) -> Fault | None:
        """Write a request down; what happens to it."""
        with self._lock:
            self.requests.append(request)
            struck = [fault for fault in self._asked_for if fault.strikes(request)]
        for listener in list(self.listeners):
            listener()
        return struck[0] if struck else None
