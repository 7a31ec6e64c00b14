"""The message about a meeting: date, link, duration, summary and topics, within Zulip's limits."""

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.delivery.zulip_text import harmless, mark_of
from workflow_templates.runtime.wording import one_line, stopwatch

__all__ = ["LONGEST_MESSAGE", "compose"]

LONGEST_MESSAGE = 10_000
"""Characters that Zulip keeps; it cuts the rest without a word."""
_TOPICS_SHARE = 0.4
"""Of the message, at most, for the list of topics: the summary is worth more."""


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
    title = one_line(harmless(meeting.title.text)) or "Unnamed recording"
    head = "\n".join([f"# Multitrack – {title}\n", *facts])  # noqa: RUF001 - the legacy's dash
    topics = _topics(meeting, int(LONGEST_MESSAGE * _TOPICS_SHARE))
    frame = "\n\n".join([head, _spoiler("Summary", ""), *topics, "-----"])
    room = LONGEST_MESSAGE - len(frame) - len("``")
    text = harmless(meeting.summary.long).strip() or "No summary available"
    summary = _spoiler("Summary", _shortened(text, room, has_link=bool(link)))
    return "\n\n".join([head, summary, *topics, "-----"])


def _topics(meeting: PublishedTranscript, room: int) -> list[str]:
    lines = [
        f"{number}. [{stopwatch(topic.start)}] {one_line(harmless(topic.title))}"
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


def _duration(seconds: Seconds) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
