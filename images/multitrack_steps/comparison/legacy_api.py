"""The legacy API as a client: one bearer token, no redirects, every answer with its meaning."""

import json
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx

from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import (
    BadInputError,
    RefusedError,
    SettingsError,
    TemporaryError,
)

__all__ = ["LegacyApi", "NotThereError"]

_PASSING = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


class NotThereError(TemporaryError):
    """404: the legacy pipeline has not made it, or not yet."""


class LegacyApi:
    """To be used in a `with` statement.

    Raises:
        TemporaryError: It is away, busy, or does not answer in time.
        NotThereError: It answers 404.
        RefusedError: It refuses the token, redirects, or answers another 4xx.
        BadInputError: The answer is not JSON.
    """

    def __init__(self, url: str, token: str, *, timeout: Seconds) -> None:
        """Set up; nothing is asked yet.

        Raises:
            SettingsError: The address is no URL of the web.
        """
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise SettingsError(f"legacy-url: not a URL ({error}); write https://host") from error
        if address.scheme not in ("https", "http") or not address.host:
            raise SettingsError(
                f"legacy-url={url!r}: not a URL of the web; write https://legacy.example"
            )
        self.site = f"{address.scheme}://{address.netloc.decode()}"
        headers = {"Accept": "application/json", "User-Agent": "multitrack"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.Client(headers=headers, timeout=timeout)
        self._host = address.host

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, url: str, what: str, **query: str) -> object:
        """The answer's JSON.

        Args:
            url: Whole, of the same host: the token goes nowhere else.
            what: For the message.
            query: Added to the URL's own.

        Raises:
            SettingsError: The URL is of another host.
        """
        if httpx.URL(url).host != self._host:
            raise SettingsError(f"{url}: not of {self.site}; the legacy's token goes nowhere else")
        try:
            answer = self._client.get(url, params=query)
        except httpx.TransportError as error:
            said = str(error).rstrip(".") or type(error).__name__
            raise TemporaryError(f"{self.site}: no answer for {what} ({said})") from error
        self._check(answer, what)
        try:
            content: object = answer.json()
        except json.JSONDecodeError as error:
            raise BadInputError(
                f"{self.site}: the answer for {what} is not JSON; is this the legacy API's address?"
            ) from error
        return content

    def _check(self, answer: httpx.Response, what: str) -> None:
        status = answer.status_code
        if answer.is_success:
            return
        if status == HTTPStatus.NOT_FOUND:
            raise NotThereError(f"{self.site}: has no {what} (404)")
        if status in _PASSING or answer.is_server_error:
            raise TemporaryError(f"{self.site}: busy or broken ({status}) when asked for {what}")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise RefusedError(
                f"{self.site}: refuses the token ({status}); check MULTITRACK_LEGACY_API_TOKEN"
            )
        raise RefusedError(f"{self.site}: refuses {what} with {status}; check legacy-url")
