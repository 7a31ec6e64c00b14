"""Times and shares as the page writes them."""

from workflow_templates.contracts.base import Seconds

__all__ = ["length", "position"]


def position(seconds: Seconds) -> str:
    """A place in the recording: 0:08, 59:07, 1:23:07."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(seconds: Seconds) -> str:
    """How long something took, rounded as people say it: 42 s, 2 min 29 s, 1 h 32 min."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004 - seconds of a minute
        return f"{whole} s"
    if whole < 3600:  # noqa: PLR2004 - seconds of an hour
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
