"""The message about a meeting: date, link, duration, summary and topics, within Zulip's limits."""

import re
from urllib.parse import urlsplit

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.runtime.wording import one_line, stopwatch

__all__ = ["LONGEST_MESSAGE", "compose", "mark_of", "shorten_topic"]

LONGEST_MESSAGE = 10_000
"""Characters that Zulip keeps; it cuts the rest without a word."""
_LONGEST_TOPIC = 60
_TOPICS_SHARE = 0.4
"""Of the message, at most, for the list of topics: the summary is worth more."""
_MENTION = re.compile(r"@(?=_?\*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FENCE = re.compile(r"`{3,}|~{3,}")
_ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"


def mark_of(link: str, recording_id: str) -> str:
    """The line by which a message is known as this meeting's."""
    if not link:
        return f"**Recording**: {_safe(recording_id)}"
    return f"**Link**: [{urlsplit(link).hostname or link}]({link})"


def compose(meeting: PublishedTranscript, *, link: str = "", date: str = "") -> str:
    """The whole message, at most `LONGEST_MESSAGE` characters; what is left out is said.

    Args:
        meeting: As published.
        link: Where the meeting can be read whole; empty: nowhere.
        date: ISO 8601; empty: unknown.
    """
    facts = [f"**Date**: <time:{date}>"] if date else []
    facts += [
        mark_of(link, meeting.recording.id),
        f"**Duration**: {_duration(meeting.recording.duration)}",
    ]
    title = one_line(_safe(meeting.title.text)) or "Unnamed recording"
    head = "\n".join([f"# Multitrack – {title}\n", *facts])  # noqa: RUF001 - the legacy's dash
    topics = _topics(meeting, int(LONGEST_MESSAGE * _TOPICS_SHARE))
    frame = "\n\n".join([head, _spoiler("Summary", ""), *topics, "-----"])
    room = LONGEST_MESSAGE - len(frame) - len("``")
    text = _safe(meeting.summary.long).strip() or "No summary available"
    summary = _spoiler("Summary", _shortened(text, room, has_link=bool(link)))
    return "\n\n".join([head, summary, *topics, "-----"])


def shorten_topic(topic: str) -> str:
    """A topic as Zulip keeps it: on one line, at most 60 characters, cut ones end in `…`."""
    plain = one_line(_CONTROL.sub("", topic))
    return plain if len(plain) <= _LONGEST_TOPIC else plain[: _LONGEST_TOPIC - 1].rstrip() + "…"


def _topics(meeting: PublishedTranscript, room: int) -> list[str]:
    lines = [
        f"{number}. [{stopwatch(topic.start)}] {one_line(_safe(topic.title))}"
        for number, topic in enumerate(meeting.topics, start=1)
    ]
    if not lines:
        return []
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            kept.append(f"… and {len(lines) - len(kept)} more")
            break
        kept.append(line)
    return [_spoiler("Topics", "\n".join(kept))]


def _shortened(text: str, room: int, *, has_link: bool) -> str:
    if len(text) <= room:
        return text
    where = "; the whole summary is behind the link" if has_link else ""
    note = f"\n\n*Shortened here{where}.*"
    cut = text[: max(0, room - len(note))]
    end = max(cut.rfind("\n\n"), cut.rfind(". ") + 1)
    return cut[: end if end > len(cut) // 2 else len(cut)].rstrip() + note


def _spoiler(heading: str, text: str) -> str:
    return f"```spoiler {heading}\n{text}\n```"


def _safe(text: str) -> str:
    """Meeting text as text: it notifies nobody, ends no spoiler and holds no control characters."""
    without_mentions = _MENTION.sub(f"@{_ZERO_WIDTH_SPACE}", _CONTROL.sub("", text))
    return _FENCE.sub(lambda fence: "''" if fence[0][0] == "`" else "--", without_mentions)


def _duration(seconds: Seconds) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
