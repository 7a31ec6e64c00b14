"""Test media from the sample without re-encoding: packets dropped, stamps shifted, bytes spoilt."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream

from tests.media.made_track import MadeTrack, Span

__all__ = [
    "cut_off",
    "garble",
    "lengthen",
    "mute",
    "overwrite",
    "reconnect",
    "shift",
]


@dataclass(frozen=True, slots=True)
class _Stamped:
    """A packet's bytes and where its sound lies, in seconds on the container's clock."""

    payload: bytes
    start: float
    duration: float


def mute(source: Path, to: Path, gaps: tuple[Span, ...], *, jitter_ms: int = 0) -> MadeTrack:
    """Drop the packets inside `gaps`, as a recorder does while somebody is muted.

    Args:
        source: WebM whose container starts when its track does.
        to: Written anew, WebM.
        gaps: On the recording's clock.
        jitter_ms: Every other stamp is this much late.
    """
    packets = [
        packet
        for packet in _packets(source)
        if not any(start <= packet.start < end for start, end in gaps)
    ]
    _write(
        source,
        to,
        [
            _Stamped(packet.payload, packet.start + (index % 2) * jitter_ms / 1000, packet.duration)
            for index, packet in enumerate(packets)
        ],
    )
    return _made(source, to, packets, gaps=gaps)


def shift(source: Path, to: Path, seconds: float, *, until: float = 1e9) -> MadeTrack:
    """Let a track start `seconds` later than its reference says; keep what sounds before `until`.

    Args:
        source: WebM.
        to: Written anew; the container follows the suffix: `.webm`, `.mka`, `.mp4`.
        seconds: Added to every time stamp.
        until: On the source's clock.
    """
    packets = [packet for packet in _packets(source) if packet.start < until]
    moved = [_Stamped(p.payload, p.start + seconds, p.duration) for p in packets]
    _write(source, to, moved)
    return _made(source, to, moved, moved_by=seconds)


def reconnect(source: Path, folder: Path, leaves: float, returns: float) -> tuple[MadeTrack, ...]:
    """Split a track in two files, as when its participant left and came back."""
    packets = list(_packets(source))
    halves = {
        folder / "before.webm": [p for p in packets if p.start < leaves],
        folder / "after.webm": [p for p in packets if p.start >= returns],
    }
    for to, kept in halves.items():
        _write(source, to, kept)
    return tuple(_made(source, to, kept) for to, kept in halves.items())


def lengthen(source: Path, to: Path, seconds: float, *, start: float = 0.0) -> Path:
    """Repeat a track's packets until it lasts `seconds`, from `start` on the new container's
    clock."""
    packets = list(_packets(source))
    first, length = packets[0].start, packets[-1].start + packets[-1].duration - packets[0].start
    repeated = (
        _Stamped(packet.payload, packet.start - first + start + turn * length, packet.duration)
        for turn in range(int(seconds / length) + 1)
        for packet in packets
        if packet.start - first + turn * length < seconds
    )
    _write(source, to, repeated)
    return to


def cut_off(source: Path, to: Path, share: float) -> Path:
    """Keep the first `share` of a file's bytes."""
    content = source.read_bytes()
    to.write_bytes(content[: int(len(content) * share)])
    return to


def overwrite(source: Path, to: Path, share: float, count: int) -> Path:
    """Spoil `count` bytes from `share` of the file on."""
    content = bytearray(source.read_bytes())
    begin = int(len(content) * share)
    content[begin : begin + count] = bytes([0xA5, 0x3C, 0x99, 0x07] * (count // 4))
    to.write_bytes(content)
    return to


def garble(source: Path, to: Path) -> Path:
    """Keep the container and fill every packet with nonsense."""
    nonsense = [
        _Stamped(bytes([0x5A]) * len(packet.payload), packet.start, packet.duration)
        for packet in _packets(source)
    ]
    _write(source, to, nonsense)
    return to


def _packets(source: Path) -> Iterator[_Stamped]:
    with av.open(str(source)) as container:
        stream = container.streams.audio[0]
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                yield _Stamped(
                    bytes(packet),
                    float(packet.pts * packet.time_base),
                    float((packet.duration or 0) * packet.time_base),
                )


def _write(source: Path, to: Path, packets: "Iterator[_Stamped] | list[_Stamped]") -> None:
    with av.open(str(source)) as template, av.open(str(to), "w") as container:
        stream: AudioStream = container.add_stream_from_template(template.streams.audio[0])
        tick = template.streams.audio[0].time_base
        assert tick is not None
        for stamped in packets:
            packet = av.Packet(stamped.payload)
            packet.stream = stream
            packet.time_base = tick
            packet.pts = packet.dts = round(stamped.start / tick)
            packet.duration = round(stamped.duration / tick)
            container.mux(packet)


def _made(
    source: Path,
    to: Path,
    packets: list[_Stamped],
    *,
    moved_by: float = 0.0,
    gaps: tuple[Span, ...] = (),
) -> MadeTrack:
    return MadeTrack(
        file=to,
        reference=source,
        reference_offset=_start(source) + moved_by,
        start=packets[0].start,
        end=packets[-1].start + packets[-1].duration,
        gaps=gaps,
    )


def _start(source: Path) -> float:
    """Of the first sample, priming not counted."""
    with av.open(str(source)) as container:
        stream = container.streams.audio[0]
        assert stream.start_time is not None
        assert stream.time_base is not None
        return float(stream.start_time * stream.time_base)
