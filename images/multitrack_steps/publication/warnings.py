"""What a reader of the minutes should know about how they came to be."""

from collections import Counter
from collections.abc import Iterator, Mapping

from workflow_templates.contracts.track import OffsetSource, Track
from workflow_templates.contracts.transcript import TrackSummary, Transcript
from workflow_templates.runtime.wording import stopwatch

__all__ = ["bounded", "collect_warnings", "parts_left_out"]

_WRITES = {
    "detect-topics": "topics",
    "generate-title": "title",
    "generate-summary": "summary",
    "extract-action-items": "decisions and next steps",
}
_REPORT_LIMIT = 1400
"""Bytes of warnings in step.json, which holds 2 KB in all."""


def collect_warnings(transcript: Transcript, tracks: Mapping[int, Track]) -> tuple[str, ...]:
    """Failed tracks first, then doubtful times, lost audio and languages; one sentence each."""
    failed = {summary.index for summary in transcript.tracks if summary.failed}
    sound = {index: track for index, track in tracks.items() if index not in failed}
    return (
        *(_failed(summary) for summary in transcript.tracks if summary.failed),
        *_assumed_offsets(sound),
        *(f"{track.file}: {track.damaged}" for track in sound.values() if track.damaged),
        *_truncated(sound),
        *_other_languages(transcript),
        *_undivided(transcript),
        *((transcript.unscreened,) if transcript.unscreened else ()),
        *_likely_voices(transcript),
    )


def parts_left_out(steps: tuple[str, ...]) -> tuple[str, ...]:
    """One sentence about what the run was told to skip, or nothing."""
    if not steps:
        return ()
    parts = ", ".join(_WRITES[step] for step in steps)
    return (f"Left out, because the run was told to skip it: {parts}",)


def bounded(warnings: tuple[str, ...]) -> tuple[str, ...]:
    """As many as step.json can hold, and how many more there are."""
    room = _REPORT_LIMIT
    for count, warning in enumerate(warnings):
        room -= len(warning.encode()) + 4
        if room < 0:
            rest = len(warnings) - count
            return (*warnings[:count], f"{rest} more: see manifest.json")
    return warnings


def _failed(summary: TrackSummary) -> str:
    reason = str(summary.failed)
    own = reason if summary.file in reason else f"{summary.file}: {reason}"
    return f"No words of this track are in the transcript: {own}"


def _assumed_offsets(tracks: Mapping[int, Track]) -> Iterator[str]:
    """Only where other tracks do know: files that all start at zero are aligned there by design."""
    assumed = [
        track for track in tracks.values() if track.offset.source is OffsetSource.ASSUMED_ZERO
    ]
    if len(assumed) < len(tracks):
        for track in assumed:
            yield (
                f"{track.file}: nothing says when this track starts, while other tracks do; "
                "it is taken to start with the recording, so its words may be early"
            )


def _truncated(tracks: Mapping[int, Track]) -> Iterator[str]:
    for track in tracks.values():
        if track.truncated_at is not None:
            yield (
                f"{track.file}: what it holds after {stopwatch(track.truncated_at)} was left out, "
                "because the recording ends there"
            )


def _other_languages(transcript: Transcript) -> Iterator[str]:
    languages = Counter(track.language for track in transcript.tracks if track.language)
    if len(languages) > 1:
        for track in transcript.tracks:
            if track.language and track.language != transcript.language:
                yield (
                    f"{track.file}: transcribed in the language {track.language}, "
                    f"most of the meeting in {transcript.language}"
                )


def _undivided(transcript: Transcript) -> Iterator[str]:
    for track in transcript.tracks:
        if track.undivided and not track.failed:
            yield (
                f"{track.file}: if several people speak on this track, their words are under one "
                f"name: {track.undivided}"
            )


def _likely_voices(transcript: Transcript) -> Iterator[str]:
    names = {
        speaker.participant_id: speaker.name for speaker in transcript.speakers if not speaker.voice
    }
    for speaker in transcript.speakers:
        if speaker.likely_participant_id in names:
            yield (
                f"{speaker.name} may be {names[speaker.likely_participant_id]}: "
                "the voices are alike, not certainly the same"
            )
