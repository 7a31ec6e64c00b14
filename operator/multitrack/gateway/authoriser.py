"""Who somebody is and what they may do: the cluster says, or a setting."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from multitrack.cluster.client import Cluster, TokenOwner
from multitrack.gateway.settings import Authentication

__all__ = ["Authoriser", "User"]

_REMEMBERED_FOR = 30.0
"""Seconds for which an answer of the cluster counts: a revoked right may live that much longer."""
_MOST_REMEMBERED = 10_000
_Key = TypeVar("_Key")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class User:
    """Who asks."""

    name: str
    groups: tuple[str, ...] = ()
    is_anonymous: bool = False


_ANYBODY = User("anonymous", is_anonymous=True)
_TOKEN_HOLDER = User("token")


class Authoriser:
    """Answers by the cluster's, which it remembers for half a minute."""

    def __init__(
        self,
        cluster: Cluster,
        authentication: Authentication,
        *,
        token: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wire it.

        Args:
            cluster: To ask.
            authentication: How.
            token: The one that opens everything, with `Authentication.TOKEN`.
            clock: Seconds.
        """
        self._cluster = cluster
        self._authentication = authentication
        self._token = token
        self._users: _Memory[str, User | None] = _Memory(clock)
        self._rights: _Memory[tuple[User, str, str, str], bool] = _Memory(clock)

    async def user_of(self, token: str | None) -> User | None:
        """Whose token it is; None: nobody's.

        Raises:
            ClusterError: The API server is away, or does not let us ask.
        """
        if self._authentication is Authentication.NONE:
            return _ANYBODY
        if not token:
            return None
        if self._authentication is Authentication.TOKEN:
            is_ours = bool(self._token) and hmac.compare_digest(
                token.encode(), self._token.encode()
            )
            return _TOKEN_HOLDER if is_ours else None
        key = hashlib.sha256(token.encode()).hexdigest()
        if (known := self._users.get(key)) is not None:
            return known.answer
        owner = await self._cluster.review_token(token)
        return self._users.put(key, User(owner.name, owner.groups) if owner else None)

    async def may(
        self, user: User, verb: str, namespace: str, resource: str = "recordingjobs"
    ) -> bool:
        """Whether the user may do that there.

        Raises:
            ClusterError: The API server is away, or does not let us ask.
        """
        if self._authentication is not Authentication.KUBERNETES:
            return True
        key = (user, verb, namespace, resource)
        if (known := self._rights.get(key)) is not None:
            return known.answer
        owner = TokenOwner(user.name, user.groups)
        may = await self._cluster.review_access(owner, verb, resource, namespace)
        return self._rights.put(key, may)


@dataclass(frozen=True, slots=True)
class _Known(Generic[_Answer]):
    answer: _Answer
    until: float


class _Memory(Generic[_Key, _Answer]):
    """Answers for a while; the oldest go where there are too many."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[_Key, _Known[_Answer]] = {}

    def get(self, key: _Key) -> _Known[_Answer] | None:
        known = self._known.get(key)
        return known if known is not None and known.until > self._clock() else None

    def put(self, key: _Key, answer: _Answer) -> _Answer:
        self._known.pop(key, None)
        if len(self._known) >= _MOST_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[key] = _Known(answer, self._clock() + _REMEMBERED_FOR)
        return answer
