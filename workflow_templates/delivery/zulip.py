"""Zulip's REST API as a bot uses it: read, find, post and edit messages."""

import json
from types import TracebackType
from typing import Any, Self

import httpx

from workflow_templates.contracts.base import Seconds
from workflow_templates.delivery.trust import trusted_authorities
from workflow_templates.runtime.errors import RefusedError, SettingsError, TemporaryError

__all__ = ["KEY_VARIABLE", "ZulipBot"]

KEY_VARIABLE = "MULTITRACK_ZULIP_API_KEY"
"""The bot's key."""

_MESSAGES = "/api/v1/messages"
_LOOKED_THROUGH = 1000
"""Newest messages of the bot in a topic among which one of ours is looked for."""


class ZulipBot:
    """A bot of one realm; to be used in a `with` statement.

    Raises:
        RefusedError: Credentials, stream or rights are wrong. From every method.
        TemporaryError: The realm is away, busy, over its limit or does not answer.
    """

    def __init__(
        self,
        url: str,
        email: str,
        key: str,
        *,
        timeout: Seconds,
        authorities: str | None = None,
    ) -> None:
        """Set up; nothing is asked yet.

        Args:
            url: Of the realm.
            email: Of the bot.
            key: Of the bot.
            timeout: For connecting, and again for the answer.
            authorities: As `trusted_authorities` takes them.

        Raises:
            SettingsError: The realm's address is no URL, or certificates to be trusted are none.
        """
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise SettingsError(f"zulip-url: not a URL ({error}); write https://host") from error
        if address.scheme not in ("https", "http") or not address.host:
            raise SettingsError("zulip-url: not a URL of the web; write https://zulip.example")
        self.site = f"{address.scheme}://{address.netloc.decode()}"
        self._email = email
        self._client = httpx.Client(
            base_url=address,
            auth=(email, key),
            timeout=timeout,
            verify=trusted_authorities(authorities),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def content(self, message: int) -> str | None:
        """A message's Markdown; None: it is gone, or the bot may not see it any more."""
        status, answer = self._ask(
            "GET", f"{_MESSAGES}/{message}", params={"apply_markdown": "false"}
        )
        if status in (400, 404):
            return None
        return str(self._success(status, answer)["message"]["content"])

    def find(self, stream: str, topic: str, line: str) -> int | None:
        """The bot's newest message in the topic that has this line; None: there is none."""
        narrow = {"stream": stream, "topic": topic, "sender": self._email}
        parameters = {
            "narrow": json.dumps(
                [{"operator": name, "operand": value} for name, value in narrow.items()]
            ),
            "anchor": "newest",
            "num_before": str(_LOOKED_THROUGH),
            "num_after": "0",
            "apply_markdown": "false",
        }
        answer = self._success(*self._ask("GET", _MESSAGES, params=parameters))
        for message in reversed(answer["messages"]):
            if line in str(message["content"]).splitlines():
                return int(message["id"])
        return None

    def post(self, stream: str, topic: str, content: str) -> int:
        """Post to a stream; returns the message's id."""
        form = {"type": "stream", "to": stream, "topic": topic, "content": content}
        return int(self._success(*self._ask("POST", _MESSAGES, data=form))["id"])

    def edit(self, message: int, content: str) -> None:
        """Replace a message's content."""
        self._success(*self._ask("PATCH", f"{_MESSAGES}/{message}", data={"content": content}))

    def _ask(self, method: str, path: str, **request: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - as httpx takes it
        try:
            response = self._client.request(method, path, **request)
        except httpx.TransportError as error:
            said = str(error).rstrip(".") or type(error).__name__
            raise TemporaryError(f"{self.site}: no answer ({said}); try again later") from error
        status = response.status_code
        if status == 429 or status >= 500:  # noqa: PLR2004 - HTTP
            raise TemporaryError(f"{self.site}: busy or broken ({status}); try again later")
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or "result" not in answer:
            raise RefusedError(
                f"{self.site}: answers {status} and not as Zulip does; check zulip-url"
            )
        return status, answer

    def _success(self, status: int, answer: dict[str, Any]) -> dict[str, Any]:
        if status == 200 and answer["result"] == "success":  # noqa: PLR2004 - HTTP
            return answer
        said = str(answer.get("msg", "")).rstrip(".")
        if status == 401:  # noqa: PLR2004 - HTTP
            raise RefusedError(
                f"{self.site}: the bot's credentials are not valid ({said}); "
                f"check zulip-bot-email and {KEY_VARIABLE}"
            )
        raise RefusedError(
            f"{self.site}: refused with {status} ({said}); "
            "check stream, topic and the bot's rights there"
        )
