"""Kills at exact moments: when a request is on its way, and when it has been carried out."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.e2e.installation import GATEWAY, OPERATOR, Installation
from tests.fakes.loopback import Answer, Drop, Reply, Request

__all__ = ["Ambush", "Moment", "Strike", "Victim"]


class Victim(StrEnum):
    """Whose pods are killed."""

    STEP = "step"
    OPERATOR = "operator"
    GATEWAY = "gateway"


class Moment(StrEnum):
    """When, from the server's side."""

    BEFORE = "before"
    """The request has come and is not carried out where its sender is killed."""
    AFTER = "after"
    """It is carried out; a sender that is killed is never told."""


@dataclass(frozen=True, slots=True)
class Strike:
    """What is done once, at the first request that fits."""

    matches: Callable[[Request], bool]
    moment: Moment
    victim: Victim
    pods: str
    """The sender's, as a label selector."""


class Ambush:
    """Stands around a server and carries out strikes; meanwhile the request waits.

    Args:
        place: Where the pods are.
        moments: Decides how long after a request its strike comes: up to a second.
    """

    def __init__(self, place: Installation, moments: random.Random) -> None:
        self._place = place
        self._moments = moments
        self._waiting: list[Strike] = []
        self._lock = threading.Lock()
        self.carried_out: list[Strike] = []

    def lay(self, *strikes: Strike) -> None:
        """Wait for requests that fit."""
        with self._lock:
            self._waiting.extend(strikes)

    def around(self, request: Request, answer: Answer) -> Reply | Drop:
        """Strike where one is due; a sender that was killed is not answered."""
        strike = self._due(request)
        if strike is None:
            return answer(request)
        its_sender_dies = strike.victim is Victim.STEP
        if strike.moment is Moment.BEFORE:
            self._carry_out(strike)
            return Drop() if its_sender_dies else answer(request)
        reply = answer(request)
        self._carry_out(strike)
        return Drop() if its_sender_dies else reply

    def _due(self, request: Request) -> Strike | None:
        with self._lock:
            found = next((each for each in self._waiting if each.matches(request)), None)
            if found is not None:
                self._waiting.remove(found)
            return found

    def _carry_out(self, strike: Strike) -> None:
        """Returns once the containers have ended: a request that waits is not sent twice."""
        pods = {
            Victim.STEP: strike.pods,
            Victim.OPERATOR: OPERATOR,
            Victim.GATEWAY: GATEWAY,
        }[strike.victim]
        with self._lock:
            pause = self._moments.uniform(0, 1)
        threading.Event().wait(pause)
        now = ("--grace-period=1", "--wait=true", "--timeout=60s")
        self._place.kubectl("delete", "pod", "--selector", pods, *now)
        self.carried_out.append(strike)
