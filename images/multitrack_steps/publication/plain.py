"""The transcript as plain text: one line a segment, "[MM:SS] Name: text"."""

from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.runtime.wording import one_line, stopwatch

__all__ = ["to_text"]


def to_text(transcript: PublishedTranscript) -> str:
    """One line a segment, by start; minutes are not wrapped to hours. Empty without words."""
    return "".join(
        f"[{stopwatch(segment.start)}] {one_line(segment.speaker_name)}: {one_line(segment.text)}\n"
        for segment in transcript.segments
    )
