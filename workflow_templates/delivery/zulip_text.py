"""What all our messages in Zulip have in common: how they are known again, and plain text."""

import re
from urllib.parse import urlsplit

from workflow_templates.runtime.wording import one_line

__all__ = ["harmless", "mark_of", "shorten_topic"]

_LONGEST_TOPIC = 60
_MENTION = re.compile(r"@(?=_?\*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FENCE = re.compile(r"`{3,}|~{3,}")
_ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"


def mark_of(link: str, recording_id: str) -> str:
    """The line by which a message is known as this meeting's."""
    if not link:
        return f"**Recording**: {harmless(recording_id)}"
    return f"**Link**: [{urlsplit(link).hostname or link}]({link})"


def shorten_topic(topic: str) -> str:
    """A topic as Zulip keeps it: on one line, at most 60 characters, cut ones end in `…`."""
    plain = one_line(_CONTROL.sub("", topic))
    return plain if len(plain) <= _LONGEST_TOPIC else plain[: _LONGEST_TOPIC - 1].rstrip() + "…"


def harmless(text: str) -> str:
    """Meeting text as text: it notifies nobody, ends no spoiler and holds no control characters."""
    without_mentions = _MENTION.sub(f"@{_ZERO_WIDTH_SPACE}", _CONTROL.sub("", text))
    return _FENCE.sub(lambda fence: "''" if fence[0][0] == "`" else "--", without_mentions)
