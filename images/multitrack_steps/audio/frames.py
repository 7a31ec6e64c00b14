"""Every frame of a track that can be decoded, and a note of what cannot."""

import errno
from collections.abc import Iterator
from typing import TypeAlias

import av.error
import av.logging
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

from multitrack_steps.audio.container import OpenTrack
from multitrack_steps.audio.damage import Damage
from multitrack_steps.audio.pyav_errors import reading
from workflow_templates.contracts.base import Seconds

__all__ = ["decode_frames"]

_AudioPacket: TypeAlias = "Packet[AudioStream]"

_BATCH = 50
"""Packets decoded between two looks at libav's log: about a second."""

_MOST_READ_ERRORS = 100
"""Failures to read a packet, without one in between, after which the rest is given up."""

_CUT_OFF: Seconds = 1.0
"""A track that ends this much before its declared end is cut off."""

_PREMATURE_END = "File ended prematurely"
"""How libavformat's Matroska reader says that the file ends inside an element; there is no other
sign of it."""


def decode_frames(track: OpenTrack, damage: Damage) -> Iterator[AudioFrame]:
    """Decode a track packet by packet; a bad packet costs itself, not the track.

    Args:
        track: Open, at its beginning.
        damage: Filled on the way.

    Raises:
        TemporaryError: Memory ran out.
    """
    # Damage that a demuxer skips by itself (a hole in a WebM) shows only in the log.
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)
    reader = _Reader(track, damage)
    while not reader.finished:
        with av.logging.Capture() as log, reading(track.name):
            frames = reader.decode_batch()
        reader.note(log)
        yield from frames
    reader.note_end()


class _Reader:
    """The state of one pass over a track."""

    def __init__(self, track: OpenTrack, damage: Damage) -> None:
        self.finished = False
        self._track = track
        self._damage = damage
        self._packets: Iterator[_AudioPacket] = track.container.demux(track.stream)
        self._tick = float(track.stream.time_base or 0)
        self._end: Seconds = track.facts.start
        """Where the last good frame ended."""
        self._good_until = self._end
        """Up to here nothing was lost, or it is noted."""
        self._suspect = False
        """Something went wrong after `_good_until`."""
        self._last_packet_bad = False

    def decode_batch(self) -> list[AudioFrame]:
        """Decode the next packets; sets `finished` with the last ones."""
        frames: list[AudioFrame] = []
        for _ in range(_BATCH):
            packet = self._next_packet()
            if packet is None:
                self.finished = True
                break
            frames += self._decode(packet)
        return frames

    def _next_packet(self) -> "_AudioPacket | None":
        for _ in range(_MOST_READ_ERRORS):
            try:
                return next(self._packets, None)
            except av.error.FFmpegError as error:
                _raise_if_out_of_memory(error)
                self._suspect = True
                self._packets = self._track.container.demux(self._track.stream)
        return None

    def _decode(self, packet: _AudioPacket) -> list[AudioFrame]:
        if packet.size:
            self._last_packet_bad = packet.is_corrupt
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            _raise_if_out_of_memory(error)
            self._suspect = self._last_packet_bad = True
            return []
        if frames:
            last = frames[-1]
            start = self._end if last.pts is None else last.pts * self._tick
            self._end = start + last.samples / last.sample_rate
        return frames

    def note(self, log: list[tuple[int, str, str]]) -> None:
        """Draw conclusions from the last batch and from what libav logged meanwhile."""
        if any(_PREMATURE_END in message for _, _, message in log):
            self._last_packet_bad = True
        elif log:
            self._suspect = True
        if self._end > self._good_until:
            # Only the next good frame tells how far a loss reaches.
            if self._suspect:
                self._damage.lose(self._good_until, self._end)
            self._suspect = False
            self._good_until = self._end

    def note_end(self) -> None:
        """Say so if the track should go on."""
        declared = self._track.facts.declared_end
        ends_early = declared is not None and self._end < declared - _CUT_OFF
        if self._last_packet_bad or ends_early:
            self._damage.cut_off(self._end, declared if ends_early else None)


def _raise_if_out_of_memory(error: av.error.FFmpegError) -> None:
    if error.errno == errno.ENOMEM:
        raise error
