"""Daily's REST API, for steps and for the operator's loops.

The key comes from `$MULTITRACK_DAILY_API_KEY` alone. Daily's limits are kept on this side (20
requests a second, 2 listings of recordings); where Daily still says 429, what it asks for in
Retry-After is waited for. Source of both: Daily's REST reference, "Rate limits".
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.daily.failures import (
    API_KEY_VARIABLE,
    NotKnownError,
    no_key,
    refusal,
    silence,
)
from workflow_templates.runtime.daily.models import DailyParticipant, DailyRecording, DailyWebhook
from workflow_templates.runtime.errors import (
    MultitrackError,
    SettingsError,
    TemporaryError,
)
from workflow_templates.runtime.rate_limit import RateLimit

if TYPE_CHECKING:
    import httpx

__all__ = ["DAILY_API_URL", "DailyClient"]

DAILY_API_URL = "https://api.daily.co/v1"

_TIMEOUT: Seconds = 10.0
_REQUESTS_PER_SECOND = 20.0
_LISTINGS_PER_SECOND = 2.0
_TRIES = 4
_FIRST_DELAY: Seconds = 0.5
_LONGEST_DELAY: Seconds = 30.0
"""If Daily asks for a longer pause, the caller is told to come back later."""
_PAGE = 100
"""The most that Daily gives at once."""
_MOST_PAGES = 1000
"""Of participants: no meeting has more; a server that repeats itself is left."""


class DailyClient:
    """One account's recordings, meetings and webhooks.

    Raises:
        RefusedError: Daily says no for good. From every method.
        TemporaryError: Daily is away, busy or broken, also after some tries. From every method.
    """

    def __init__(self, http: "httpx.AsyncClient") -> None:
        self._http = http
        self._most = RateLimit(_REQUESTS_PER_SECOND, time.monotonic)
        self._listings = RateLimit(_LISTINGS_PER_SECOND, time.monotonic)

    @classmethod
    @asynccontextmanager
    async def connect(cls, api_url: str = DAILY_API_URL) -> AsyncIterator[Self]:
        """Open a client; nothing is asked of Daily yet.

        Raises:
            RefusedError: There is no key in the environment.
            SettingsError: The address is no URL.
        """
        import httpx  # noqa: PLC0415 - most runs have nothing to do with Daily

        key = os.environ.get(API_KEY_VARIABLE, "").strip()
        if not key:
            raise no_key()
        address = api_url.rstrip("/")
        if not address.startswith(("http://", "https://")):
            raise SettingsError(
                f"daily-api-url={api_url!r}: not a URL; Daily's own is {DAILY_API_URL}"
            )
        headers = {"Authorization": f"Bearer {key}", "User-Agent": "multitrack"}
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=_TIMEOUT) as http:
            yield cls(http)

    async def recording(self, recording_id: str) -> DailyRecording:
        """One recording.

        Raises:
            RefusedError: Daily knows none of that id.
        """
        what = f"recording {recording_id}"
        found = DailyRecording.read(await self._get(f"/recordings/{_part(recording_id)}", what))
        if found is None:
            raise TemporaryError(f"Daily: its answer for {what} is none; try again later")
        return found

    async def recordings(self) -> AsyncIterator[DailyRecording]:
        """All recordings, newest first; further pages are asked for as they are needed."""
        query = {"limit": str(_PAGE)}
        seen = 0
        while True:
            told = await self._get("/recordings", "the recordings", query, self._listings)
            body = told if isinstance(told, dict) else {}
            found = DailyRecording.read_all(body.get("data"))
            for recording in found:
                yield recording
            seen += len(found)
            total = body.get("total_count")
            if not found or (isinstance(total, int) and seen >= total):
                return
            query["starting_after"] = found[-1].id

    async def participants(self, meeting_session_id: str) -> tuple[DailyParticipant, ...]:
        """Everybody who took part in a meeting session, over all pages; () if Daily knows none.

        Daily does not say in which order a page is, so pages are followed in both directions until
        there is none or it brings nobody new.
        """
        found: dict[str, DailyParticipant] = {}
        for cursor, first in (("joined_after", False), ("joined_before", True)):
            for _ in range(_MOST_PAGES):
                by_time = sorted(found.values(), key=lambda each: each.join_time or 0.0)
                query = {"limit": str(_PAGE)}
                if by_time:
                    query[cursor] = by_time[0 if first else -1].participant_id
                page = await self._participants_page(meeting_session_id, query)
                fresh = [each for each in page if each.participant_id not in found]
                found |= {each.participant_id: each for each in fresh}
                if not fresh:
                    break
        return tuple(found.values())

    async def webhooks(self) -> tuple[DailyWebhook, ...]:
        """The domain's webhooks."""
        return DailyWebhook.read_all(await self._get("/webhooks", "the webhooks"))

    async def reactivate(self, hook: DailyWebhook) -> None:
        """Switch a failed webhook on again; Daily first sends a test message to its address.

        Raises:
            RefusedError: The address did not answer the test message with 200.
        """
        await self._ask(
            "POST",
            f"/webhooks/{_part(hook.uuid)}",
            f"webhook {hook.uuid} switched on",
            body={"url": hook.url},
        )

    async def _participants_page(
        self, meeting: str, query: Mapping[str, str]
    ) -> tuple[DailyParticipant, ...]:
        path = f"/meetings/{_part(meeting)}/participants"
        try:
            body = await self._get(path, f"participants of meeting {meeting}", query)
        except NotKnownError:
            return ()  # how Daily says that there is no further page
        return DailyParticipant.read_all(body.get("data") if isinstance(body, dict) else None)

    async def _get(
        self,
        path: str,
        what: str,
        query: Mapping[str, str] | None = None,
        limit: RateLimit | None = None,
    ) -> object:
        return await self._ask("GET", path, what, query=query, limit=limit)

    async def _ask(
        self,
        method: str,
        path: str,
        what: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        limit: RateLimit | None = None,
    ) -> object:
        """One request, tried again while that may help; returns the answer's JSON."""
        import httpx  # noqa: PLC0415 - as above

        limit = limit or self._most
        for tries in range(1, _TRIES + 1):
            await limit.wait()
            pause = 0.0
            error: MultitrackError
            try:
                answer = await self._http.request(method, path, params=query, json=body)
                told = _json(answer)
                if answer.is_success and told is not _NO_JSON:
                    return told
                error = _error(answer, told, what)
                pause = _retry_after(answer)
            except httpx.HTTPError as caught:
                error = silence(caught, what)
            if not isinstance(error, TemporaryError) or tries == _TRIES or pause > _LONGEST_DELAY:
                raise error
            await asyncio.sleep(max(pause, _FIRST_DELAY * 2.0 ** (tries - 1)))
        raise AssertionError("the last try returns or raises")


_NO_JSON = object()


def _json(answer: "httpx.Response") -> object:
    try:
        return answer.json()
    except ValueError:
        return _NO_JSON


def _error(answer: "httpx.Response", told: object, what: str) -> MultitrackError:
    if answer.is_success:
        return silence(ValueError("its answer is no JSON; is a proxy in between?"), what)
    return refusal(answer.status_code, told, what)


def _retry_after(answer: "httpx.Response") -> Seconds:
    """Seconds that Daily asks to wait; a date, which it never sends, counts as nothing."""
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return 0.0


def _part(text: str) -> str:
    return quote(text, safe="")
