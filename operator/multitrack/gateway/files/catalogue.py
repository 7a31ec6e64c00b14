"""Which of a job's files are handed out, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["MIX", "PAGES", "PUBLISHED", "REPORT", "TRANSCRIPT", "PublishedKey"]


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A file that people may have."""

    name: str
    """As in its address."""
    key: str
    """Below the job's prefix."""
    media_type: str


TRANSCRIPT = PublishedKey("transcript.json", "published/transcript.json", "application/json")
REPORT = PublishedKey("report.html", "published/report.html", "text/html; charset=utf-8")
COMPARISON = PublishedKey(
    "comparison.html", "comparison/comparison.html", "text/html; charset=utf-8"
)
MIX = PublishedKey("mix.mp3", "mix.mp3", "audio/mpeg")
PUBLISHED: Mapping[str, PublishedKey] = MappingProxyType(
    {
        file.name: file
        for file in (
            TRANSCRIPT,
            PublishedKey("transcript.vtt", "published/transcript.vtt", "text/vtt; charset=utf-8"),
            PublishedKey("transcript.srt", "published/transcript.srt", "application/x-subrip"),
            PublishedKey("transcript.txt", "published/transcript.txt", "text/plain; charset=utf-8"),
            PublishedKey(
                "transcript.md", "published/transcript.md", "text/markdown; charset=utf-8"
            ),
            REPORT,
            MIX,
            PublishedKey("waveform.json", "waveform.json", "application/json"),
            PublishedKey("manifest.json", "manifest.json", "application/json"),
            COMPARISON,
            PublishedKey("comparison.json", "comparison/comparison.json", "application/json"),
        )
    }
)
"""By name; everything else of a job is its own business."""

PAGES = frozenset({REPORT, COMPARISON})
"""Made of what people said, and opened in a browser: never with the gateway's own rights."""
