"""pad-track: one track on the recording's clock, silence where it has no audio.

Reads `source/<i>`, of any container. Writes `audio/<i>.flac` (16 kHz, mono, s16, sample 0 = the
recording's start), `probe/<i>.flac` (its first half minute of real sound), `spread/<i>.flac` (up to
seven minutes of it from beginning to end) and, last, `track/<i>.json`.
"""

from collections.abc import Iterable
from math import log10
from pathlib import Path

from multitrack_steps.audio.container import OpenTrack, open_track
from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.damage import Damage
from multitrack_steps.audio.decoding import decode
from multitrack_steps.audio.excerpt import Excerpt
from multitrack_steps.audio.flac import FlacWriter
from multitrack_steps.audio.gaps import GapFinder
from multitrack_steps.audio.offset import decide_offset
from multitrack_steps.audio.spread import Spread
from multitrack_steps.audio.timeline import Stretch, Timeline
from multitrack_steps.context import OnTrackFailure, StepContext
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.recording import TrackItem
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.track import Gap, OffsetSource, Track, TrackOffset
from workflow_templates.runtime.errors import MultitrackError

__all__ = ["RATE", "run"]

RATE = 16_000
"""Hz: what speech models take."""

_FULL_SCALE = 32768.0

_FAILED_TRACK_LENGTH: Seconds = 1.0
"""Of the silence for a track that failed in a recording of unknown length."""

_STRETCHES_PER_PROGRESS = 1000
"""About four minutes of the recording, half a second of work."""

_OVERLAP_WORTH_SAYING: Seconds = 1.0


def run(context: StepContext) -> StepReport:
    """Put the track on the recording's clock.

    Raises:
        TrackUnreadableError: It holds no decodable audio. Final.
        TrackOffsetError: It would start before the recording or after its end. Final.
        StorageFullError: No space is left for the outputs.
    """
    item = context.track()
    if context.on_track_failure() is OnTrackFailure.FAIL:
        return _report(_pad(context, item))
    try:
        track = _pad(context, item)
    except MultitrackError as error:
        if error.retryable and not context.is_last_attempt:
            raise
        track = _write_failed(context, item, str(error))
    except Exception as error:
        # Whatever it is, on the last try the meeting goes on without this track, as was asked for.
        if not context.is_last_attempt:
            raise
        track = _write_failed(context, item, f"{item.file}: {type(error).__name__}: {error}")
    return _report(track)


class _Outputs:
    """What is gathered from a track's stretches on their way into the files."""

    def __init__(self, audio: FlacWriter) -> None:
        self.peak = 0
        self.gaps = GapFinder(RATE)
        self.excerpt = Excerpt(RATE)
        self.spread = Spread(RATE)
        self._audio = audio

    def take(self, stretch: Stretch) -> None:
        self._audio.write(stretch.samples)
        self.gaps.feed(stretch)
        self.spread.feed(stretch.samples)
        if not stretch.is_fill:
            self.excerpt.feed(stretch.samples)
            self.peak = max(self.peak, _peak(stretch.samples))


def _pad(context: StepContext, item: TrackItem) -> Track:
    with open_track(context.input("source", item.index), item.file) as track:
        offset = decide_offset(track.facts, item)
        timeline = Timeline(
            rate=RATE,
            channels=1,
            shift=offset.seconds - track.facts.start,
            end=item.recording_duration,
        )
        return _write(context, item, track, offset, timeline)


def _write(
    context: StepContext,
    item: TrackItem,
    track: OpenTrack,
    offset: TrackOffset,
    timeline: Timeline,
) -> Track:
    damage = Damage()
    total = item.recording_duration
    with FlacWriter(context.output("audio", item.index), RATE) as audio:
        outputs = _Outputs(audio)
        chunks = decode(track, rate=RATE, channels=1, damage=damage)
        for index, stretch in enumerate(timeline.place(chunks)):
            outputs.take(stretch)
            if total is not None and index % _STRETCHES_PER_PROGRESS == 0:
                context.report_progress(timeline.length / RATE, total)
        for stretch in timeline.fill_until_end():
            outputs.take(stretch)
    _write_flac(context.output("probe", item.index), [outputs.excerpt.finish()])
    _write_flac(context.output("spread", item.index), outputs.spread.finish())
    overlapped = timeline.overlapped / RATE
    damage.overlapped = overlapped if overlapped >= _OVERLAP_WORTH_SAYING else 0.0
    document = Track(
        index=item.index,
        file=item.file,
        offset=offset,
        duration=timeline.length / RATE,
        gaps=outputs.gaps.finish(),
        codec=track.facts.codec,
        rate=track.facts.rate,
        channels=track.facts.channels,
        peak_dbfs=round(20 * log10(outputs.peak / _FULL_SCALE), 2) if outputs.peak else None,
        truncated_at=timeline.length / RATE if timeline.is_cut else None,
        damaged=damage.sentence(offset.seconds - track.facts.start),
    )
    document.write(context.output("track", item.index))
    return document


def _write_failed(context: StepContext, item: TrackItem, reason: str) -> Track:
    """Stand in for a track that cannot be used: silence, marked as one gap."""
    length = item.recording_duration or _FAILED_TRACK_LENGTH
    timeline = Timeline(rate=RATE, channels=1, shift=0.0, end=length)
    with FlacWriter(context.output("audio", item.index), RATE) as audio:
        for stretch in timeline.fill_until_end():
            audio.write(stretch.samples)
    _write_flac(context.output("probe", item.index), ())
    _write_flac(context.output("spread", item.index), ())
    duration = timeline.length / RATE
    document = Track(
        index=item.index,
        file=item.file,
        offset=TrackOffset(seconds=0.0, source=OffsetSource.ASSUMED_ZERO, uncertainty=None),
        duration=duration,
        gaps=(Gap(start=0.0, end=duration),),
        codec=None,
        rate=None,
        channels=None,
        peak_dbfs=None,
        failed=reason,
    )
    document.write(context.output("track", item.index))
    return document


def _write_flac(file: Path, parts: Iterable[Samples]) -> None:
    with FlacWriter(file, RATE) as writer:
        for part in parts:
            writer.write(part)


def _peak(samples: Samples) -> int:
    """Largest absolute value; -32768 has no positive counterpart in int16."""
    return max(int(samples.max()), -int(samples.min()))


def _report(track: Track) -> StepReport:
    warnings = []
    if track.failed is not None:
        warnings.append(track.failed)
    if track.damaged is not None:
        warnings.append(f"{track.file}: {track.damaged}")
    if track.truncated_at is not None:
        warnings.append(
            f"{track.file}: goes on after the recording's end; "
            f"what comes after {track.truncated_at:.1f} s was left out"
        )
    return StepReport(
        warnings=tuple(warnings),
        audio_seconds=0.0 if track.failed else track.duration,
        tracks=1,
        is_gap=track.failed is not None,
    )
