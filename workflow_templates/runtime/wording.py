"""Names, texts and times as every format writes them."""

import re
from datetime import datetime

from workflow_templates.contracts.base import Seconds

__all__ = ["clock", "one_line", "spoken_date", "stopwatch"]

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"[\s\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text on one line: runs of blanks and line breaks become one blank, controls go."""
    return _BLANKS.sub(" ", _CONTROL.sub("", text)).strip()


def clock(seconds: Seconds, mark: str) -> str:
    """HH:MM:SS, `mark`, milliseconds: "." for WebVTT, "," for SRT. Hours may grow past 99."""
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{mark}{milliseconds % 1000:03}"


def stopwatch(seconds: Seconds) -> str:
    """MM:SS, cut to whole seconds; minutes are not wrapped to hours: 83:07."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02}:{rest:02}"


def spoken_date(started_at: str | None) -> str | None:
    """A date for people: "Thursday, 14 March 2024, 10:00 (UTC+01:00)". What is not ISO stays."""
    if not started_at:
        return None
    try:
        moment = datetime.fromisoformat(started_at)
    except ValueError:
        return one_line(started_at)
    zone = f" ({moment.tzname()})" if moment.tzinfo else ""
    return f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M}{zone}"
