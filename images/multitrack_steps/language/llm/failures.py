"""What can go wrong at an endpoint: the one place that understands the openai package's errors.

A refusal is read from the status first. A 400 says only in prose what it minds, in each server's
own words, so prose is searched for what llama.cpp, vLLM, Ollama, TGI, LiteLLM and OpenAI write.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

import openai

from multitrack_steps.language.llm.endpoint import API_KEY_VARIABLE, Endpoint
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import (
    LanguageModelError,
    MultitrackError,
    RefusedError,
)

__all__ = [
    "AnswerTruncatedError",
    "ContextOverflowError",
    "Failure",
    "Objection",
    "UnusableAnswerError",
    "understand",
]

_LONGEST_QUOTE = 200
"""Characters of a server's own words in our sentence."""

_ADVICE = {
    400: "the endpoint does not accept the request; check llm-model and the server's version",
    401: f"check {API_KEY_VARIABLE}",
    402: "the account there has no credit left; top it up or use another endpoint",
    403: f"the key in {API_KEY_VARIABLE} may not use this model",
    404: "check llm-base-url (it usually ends in /v1) and llm-model",
    413: "the request is too large for it; lower llm-context",
    422: "the endpoint does not accept the request; check llm-model and the server's version",
}
_REFUSED = frozenset(_ADVICE)
_DOES_NOT_ACCEPT = frozenset({400, 422})
_PAYMENT = 402
_TOO_LARGE = 413
_TRY_AGAIN = frozenset({408, 409, 425, 429})
_SERVER_ERROR = 500

_OVERFLOW = re.compile(
    r"context[ _](length|size|window)|maximum context|exceed_context|prompt is too long"
    r"|too many (input )?tokens|input is too long|reduce the length",
    re.IGNORECASE,
)
_CONTEXT_SIZE = re.compile(
    r"context (?:length|size|window)(?: of| is|:| \()*\s*(\d{3,})", re.IGNORECASE
)
_LIMIT = re.compile(r"max_(completion_)?tokens|max_new_tokens|completion tokens", re.IGNORECASE)


class ContextOverflowError(LanguageModelError):
    """Prompt and answer do not fit into the model's context; less text may."""


class AnswerTruncatedError(LanguageModelError):
    """The answer was cut off at the largest length there is room for; less text may help."""


class UnusableAnswerError(LanguageModelError):
    """The model answered, and not in the asked form, as often as it was told."""


class Objection(Enum):
    """What to do about a failed request."""

    FINAL = auto()
    """Nothing helps."""
    TRY_AGAIN = auto()
    OVERFLOW = auto()
    """Send less."""
    FORMAT = auto()
    """It does not know `response_format`, or not this schema."""
    LIMIT = auto()
    """It minds `max_tokens`."""
    TEMPERATURE = auto()


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed request, understood."""

    objection: Objection
    error: MultitrackError
    """What to raise if nothing helps."""
    retry_after: Seconds | None = None
    """What the endpoint asked for."""
    context_tokens: int | None = None
    """The size of its context, where it said so."""
    is_silence: bool = False
    """No answer came, and it took the whole timeout to know."""


def understand(error: openai.OpenAIError | TimeoutError, endpoint: Endpoint) -> Failure:
    """Say what a failed request means."""
    match error:
        case openai.APIStatusError():
            return _understand_status(error, endpoint)
        case openai.APITimeoutError() | TimeoutError():
            return Failure(
                Objection.TRY_AGAIN,
                LanguageModelError(
                    f"{endpoint.address}: no answer within {endpoint.timeout:g} s; "
                    "try again later, or raise llm-timeout"
                ),
                is_silence=True,
            )
        case openai.APIConnectionError():
            cause = endpoint.redact(str(error.__cause__ or error))
            return Failure(
                Objection.TRY_AGAIN,
                LanguageModelError(
                    f"{endpoint.address}: cannot be reached ({_quote(cause)}); "
                    "see whether the language model's server runs, and check llm-base-url"
                ),
            )
        case _:
            return Failure(
                Objection.TRY_AGAIN,
                LanguageModelError(
                    f"{endpoint.address}: does not answer as an OpenAI-compatible endpoint does "
                    f"({type(error).__name__}); check llm-base-url"
                ),
            )


def _understand_status(error: openai.APIStatusError, endpoint: Endpoint) -> Failure:
    status = error.status_code
    words = endpoint.redact(_words_of(error))
    said = f"{endpoint.address}: {status} for the model {endpoint.model!r} ({_quote(words)})"
    may_be_overflow = status in (*_DOES_NOT_ACCEPT, _TOO_LARGE) or status >= _SERVER_ERROR
    if may_be_overflow and _OVERFLOW.search(words):
        size = _CONTEXT_SIZE.search(words)
        return Failure(
            Objection.OVERFLOW,
            ContextOverflowError(f"{said}; use a model with a larger context"),
            context_tokens=int(size[1]) if size else None,
        )
    if "insufficient_quota" in words:
        return Failure(Objection.FINAL, RefusedError(f"{said}; {_ADVICE[_PAYMENT]}"))
    if status in _REFUSED:
        return Failure(_minded(status, words), RefusedError(f"{said}; {_ADVICE[status]}"))
    if status in _TRY_AGAIN or status >= _SERVER_ERROR:
        return Failure(
            Objection.TRY_AGAIN,
            LanguageModelError(f"{said}; try again later"),
            retry_after=_retry_after(error),
        )
    return Failure(Objection.FINAL, RefusedError(f"{said}; check llm-base-url"))


def _minded(status: int, words: str) -> Objection:
    """Which part of a request a 400 or 422 is about; without a hint, the format is likeliest."""
    if status not in _DOES_NOT_ACCEPT:
        return Objection.FINAL
    if _LIMIT.search(words):
        return Objection.LIMIT
    if "temperature" in words.lower():
        return Objection.TEMPERATURE
    return Objection.FORMAT


def _words_of(error: openai.APIStatusError) -> str:
    """What the server wrote: its error's code and message, or the whole body."""
    body = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict):
            parts = (inner.get(key) for key in ("code", "type", "message", "detail"))
            named = [f"{part}" for part in parts if part]
            return " ".join(named) or str(inner)
        return str(inner)
    return error.response.text or error.message


def _quote(words: str) -> str:
    """One line, bounded, and without what looks like a key."""
    line = re.sub(r"\b(sk|key|Bearer)[-_ ][\w*.-]{6,}", "[key]", " ".join(words.split()))
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def _retry_after(error: openai.APIStatusError) -> Seconds | None:
    """`Retry-After` in seconds. Its other form, a date, is rare here and left to our own delays."""
    try:
        pause = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return pause if pause >= 0 else None
