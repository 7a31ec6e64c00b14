"""mixdown-tracks: all tracks in one MP3.

Reads the originals in `source/` and how they lie on the recording's clock from `track/`. Each is
decoded at 48 kHz and laid out by the same code as in pad-track, so that mix and words belong
together; the sum goes through a limiter that only acts where it would clip, so the level of nobody
depends on how many others are there.

The mix is mono if all tracks are, which microphones are; a stereo track (a room, shared music)
makes it stereo with twice the bit rate, so that it sounds as good, and mono tracks then sit in the
middle.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain, zip_longest

import numpy as np

from multitrack_steps.audio.blocks import equal_blocks
from multitrack_steps.audio.container import OpenTrack, open_track
from multitrack_steps.audio.conversion import BLOCK, Samples
from multitrack_steps.audio.damage import Damage
from multitrack_steps.audio.decoding import decode
from multitrack_steps.audio.ffmpeg import Mp3Encoder
from multitrack_steps.audio.limiter import Limiter, Sums
from multitrack_steps.audio.timeline import Timeline
from multitrack_steps.context import StepContext
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.track import Track
from workflow_templates.runtime.errors import NoAudioError, SettingsError

__all__ = ["RATE", "run"]

RATE = 48_000
"""Hz, of the mix."""

_BLOCKS_PER_PROGRESS = 240
"""A minute of the recording, about 0.3 s of work."""

_LEAST_KBPS, _MOST_KBPS = 32, 320
"""What MP3 knows at 48 kHz, in kbit/s."""


def run(context: StepContext) -> StepReport:
    """Mix all tracks that did not fail.

    Raises:
        NoAudioError: There is none. Final.
        TrackUnreadableError: A track that could be read before cannot now. Final.
        SettingsError: The bit rate is none of MP3's.
        StorageFullError: No space is left for the mix.
    """
    kbps = _bit_rate(context)
    tracks = _usable_tracks(context)
    length = max(track.duration for track in tracks)
    with ExitStack() as stack:
        sources = [_open(stack, context, track) for track in tracks]
        channels = max(_channels(source) for source in sources)
        encoder = stack.enter_context(
            Mp3Encoder(
                context.output("mix"),
                rate=RATE,
                channels=channels,
                kbps=min(_MOST_KBPS, kbps * channels),
            )
        )
        limiter = Limiter(RATE, channels)
        mixed = 0
        blocks = [_blocks(*pair) for pair in zip(sources, tracks, strict=True)]
        for index, sums in enumerate(_sums(blocks, channels)):
            encoder.write(limiter.limit(sums))
            mixed += len(sums)
            if index % _BLOCKS_PER_PROGRESS == 0:
                context.report_progress(mixed / RATE, length)
        encoder.write(limiter.finish())
    return StepReport(audio_seconds=mixed / RATE, tracks=len(tracks))


def _bit_rate(context: StepContext) -> int:
    kbps = context.number("bitrate-kbps", least=_LEAST_KBPS)
    if kbps > _MOST_KBPS:
        raise SettingsError(
            f"mixdown-tracks: bitrate-kbps={kbps:g} is more than MP3's {_MOST_KBPS}"
        )
    return round(kbps)


def _usable_tracks(context: StepContext) -> list[Track]:
    files = context.input("tracks").glob("*.json")
    tracks = sorted((Track.read(file) for file in files), key=lambda track: track.index)
    if not tracks:
        raise NoAudioError(
            "mixdown-tracks: the recording has no tracks, so there is nothing to mix"
        )
    usable = [track for track in tracks if track.failed is None]
    if not usable:
        raise NoAudioError(
            f"mixdown-tracks: none of the {len(tracks)} tracks can be used, so there is nothing to "
            f"mix; the first one: {tracks[0].failed}"
        )
    return usable


def _open(stack: ExitStack, context: StepContext, track: Track) -> OpenTrack:
    source = context.input("sources") / str(track.index)
    return stack.enter_context(open_track(source, track.file))


def _channels(source: OpenTrack) -> int:
    """Of what is decoded: stereo stays stereo, and what has more channels becomes it."""
    return min(2, source.facts.channels)


def _blocks(source: OpenTrack, track: Track) -> Iterator[Samples]:
    """A track from the recording's start to its padded end, in blocks of one length."""
    timeline = Timeline(
        rate=RATE,
        channels=_channels(source),
        shift=track.offset.seconds - source.facts.start,
        end=track.duration,
    )
    # What is damaged here was so in pad-track too, which says it.
    chunks = decode(source, rate=RATE, channels=_channels(source), damage=Damage())
    stretches = chain(timeline.place(chunks), timeline.fill_until_end())
    return equal_blocks(stretches, round(BLOCK * RATE))


def _sums(tracks: list[Iterator[Samples]], channels: int) -> Iterator[Sums]:
    """Add tracks up in step; as long as the longest."""
    for blocks in zip_longest(*tracks):
        live = [block for block in blocks if block is not None]
        sums = np.zeros((max(map(len, live)), channels), np.int32)
        for block in live:
            # One column is added to both of a stereo sum.
            sums[: len(block)] += block
        yield sums
