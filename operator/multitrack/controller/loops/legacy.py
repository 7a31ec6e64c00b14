"""Hands Daily's events on to the legacy pipeline: the bytes and the headers as they came."""

from collections.abc import Mapping
from http import HTTPStatus

import httpx

from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import RefusedError, TemporaryError

__all__ = ["LegacyPipeline"]

_TIMEOUT: Seconds = 10.0
_BUSY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


class LegacyPipeline:
    """Its webhook. Daily's signature is handed on too, so that it can be checked there."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url

    async def hand_on(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Deliver one event.

        Raises:
            RefusedError: It does not want this event, now or later.
            TemporaryError: It is away or busy.
        """
        try:
            answer = await self._http.post(
                self._url, content=body, headers=dict(headers), timeout=_TIMEOUT
            )
        except httpx.HTTPError as error:
            detail = " ".join(str(error).split()) or type(error).__name__
            raise TemporaryError(f"the legacy pipeline is away ({detail})") from error
        if answer.is_success:
            return
        said = f"the legacy pipeline answers {answer.status_code}"
        if answer.status_code in _BUSY or answer.is_server_error:
            raise TemporaryError(said)
        raise RefusedError(f"{said}; look at the event and at legacyUrl")
