"""Which language model is asked, where, and how hard."""

import os
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from multitrack_steps.context import StepContext
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import SettingsError

__all__ = ["API_KEY_VARIABLE", "LEAST_CONTEXT_TOKENS", "Endpoint"]

API_KEY_VARIABLE = "MULTITRACK_LLM_API_KEY"

LEAST_CONTEXT_TOKENS = 1024
"""Below, the instructions alone leave no room for a transcript."""

_PLACEHOLDER_KEY = "none"
"""The client insists on a key; local servers ignore it."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint and the limits that a step keeps towards it."""

    base_url: str
    model: str
    context_tokens: int = 16384
    """Tokens that prompt and answer may have together."""
    requests_per_second: float = 10.0
    concurrency: int = 8
    """Requests under way at once."""
    timeout: Seconds = 300.0
    """For one answer, from the request to its last byte."""
    api_key: str = field(default=_PLACEHOLDER_KEY, repr=False)

    @classmethod
    def from_context(cls, context: StepContext) -> Self:
        """Read a step's parameters, and the key from the environment.

        Raises:
            SettingsError: A figure is out of range, or the address is not one.
        """
        base_url = context.parameters["llm-base-url"].strip()
        _refuse_unusable_address(context.step.name, base_url)
        return cls(
            base_url=base_url,
            model=context.parameters["llm-model"].strip(),
            context_tokens=int(context.number("llm-context", least=LEAST_CONTEXT_TOKENS)),
            requests_per_second=context.number("llm-requests-per-second", least=0.01),
            concurrency=int(context.number("llm-concurrency", least=1)),
            timeout=context.number("llm-timeout", least=0.1),
            api_key=os.environ.get(API_KEY_VARIABLE, "").strip() or _PLACEHOLDER_KEY,
        )

    @property
    def address(self) -> str:
        """The base URL without its query, which may hold a key: for messages and logs."""
        parts = urlsplit(self.base_url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))

    def redact(self, text: str) -> str:
        """Take the key out of a text that somebody else wrote."""
        if self.api_key == _PLACEHOLDER_KEY:
            return text
        return text.replace(self.api_key, "[key]")


def _refuse_unusable_address(step: str, base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        has_credentials = parts.username is not None
        _ = parts.port
    except ValueError:
        usable, has_credentials = False, False
    if has_credentials:
        raise SettingsError(
            f"{step}: llm-base-url holds a user name or password; "
            f"put the key into {API_KEY_VARIABLE} instead"
        )
    if not usable:
        raise SettingsError(
            f"{step}: llm-base-url={base_url!r} is not an address; "
            "use one like http://localhost:8000/v1"
        )
