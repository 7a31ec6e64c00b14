"""finalize: checks that a meeting's documents agree, and publishes them in every format."""

from dataclasses import dataclass
from pathlib import Path

from multitrack_steps.context import StepContext
from multitrack_steps.publication.assembly import assemble
from multitrack_steps.publication.captions import cues_of, to_srt, to_webvtt
from multitrack_steps.publication.markdown import to_markdown
from multitrack_steps.publication.minutes import Minutes, read_minutes
from multitrack_steps.publication.plain import to_text
from multitrack_steps.publication.warnings import bounded, collect_warnings, parts_left_out
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import Manifest, PublishedFile, StepReport
from workflow_templates.runtime.provenance import sha256_of_file

__all__ = ["run"]


@dataclass(frozen=True, slots=True)
class _Format:
    """An output of the step."""

    output: str
    media_type: str


_FORMATS = (
    _Format("transcript-json", "application/json"),
    _Format("transcript-vtt", "text/vtt"),
    _Format("transcript-srt", "application/x-subrip"),
    _Format("transcript-txt", "text/plain"),
    _Format("transcript-md", "text/markdown"),
)


def run(context: StepContext) -> StepReport:
    """Write published/transcript.* and, last of all, manifest.json, which vouches for them.

    Raises:
        BadInputError: A document is invalid or contradicts another, or one is absent that is
            always written.
    """
    minutes = read_minutes(context)
    published = assemble(minutes)
    warnings = (
        *parts_left_out(minutes.left_out),
        *collect_warnings(minutes.transcript, minutes.tracks),
    )
    published.write(context.output("transcript-json"))
    for output, text in _texts(published, warnings).items():
        _write_text(context.output(output), text)
    _manifest(context, minutes, published, warnings).write(context.output("manifest"))
    return StepReport(warnings=bounded(warnings), tracks=len(minutes.tracks))


def _texts(published: PublishedTranscript, warnings: tuple[str, ...]) -> dict[str, str]:
    """Content by output."""
    cues = cues_of(published)
    return {
        "transcript-vtt": to_webvtt(cues),
        "transcript-srt": to_srt(cues),
        "transcript-txt": to_text(published),
        "transcript-md": to_markdown(published, warnings),
    }


def _write_text(file: Path, text: str) -> None:
    fragment = file.with_name(f".{file.name}.part")
    fragment.write_text(text, encoding="utf-8", newline="\n")
    fragment.replace(file)


def _manifest(
    context: StepContext,
    minutes: Minutes,
    meeting: PublishedTranscript,
    warnings: tuple[str, ...],
) -> Manifest:
    files = [(context.output(published.output), published.media_type) for published in _FORMATS]
    return Manifest(
        recording_id=minutes.recording.id,
        title=meeting.title.text,
        duration=minutes.transcript.duration,
        language=minutes.transcript.language,
        speakers=len(minutes.transcript.speakers),
        words=len(minutes.transcript.words),
        topics=len(meeting.topics),
        started_at=minutes.recording.started_at,
        files=tuple(
            PublishedFile(
                name=file.name,
                media_type=media_type,
                size=file.stat().st_size,
                sha256=sha256_of_file(file),
            )
            for file, media_type in files
        ),
        warnings=warnings,
    )
