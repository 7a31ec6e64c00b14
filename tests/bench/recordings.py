"""Long recordings for benchmarks: the sample's packets, repeated, and one mix of them."""

import json
import subprocess
from pathlib import Path

import av

from multitrack_steps.audio.ffmpeg import find_ffmpeg

__all__ = ["make_dense_track", "make_meeting", "repeat_packets"]

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sample"
NAMES = ("Alice", "Ben", "Carol", "David")


def repeat_packets(source: Path, target: Path, seconds: float) -> None:
    """Copy a track's packets again and again, times moved on, until it is `seconds` long."""
    with av.open(source) as track:
        stream = track.streams.audio[0]
        packets = [packet for packet in track.demux(stream) if packet.pts is not None]
        assert stream.time_base
        first, last = packets[0].pts, packets[-1].pts
        assert first is not None
        assert last is not None
        length = last + (packets[-1].duration or 20) - first
        with av.open(target, "w", format="webm") as copy:
            copied = copy.add_stream_from_template(stream)
            moved = 0
            while moved * stream.time_base < seconds:
                for packet in packets:
                    again = av.Packet(bytes(packet))
                    again.stream = copied
                    again.time_base = stream.time_base
                    again.pts = again.dts = (packet.pts or 0) + moved
                    again.duration = packet.duration
                    copy.mux(again)
                moved += length


def make_dense_track(target: Path) -> None:
    """All four voices on one track: speech almost without a pause."""
    joins = [track["join"] for track in json.loads((SAMPLE / "meeting.json").read_text())["tracks"]]
    delays = "".join(f"[{i}]adelay={join * 1000:.0f}[d{i}];" for i, join in enumerate(joins))
    mix = f"{delays}{''.join(f'[d{i}]' for i in range(len(joins)))}amix=4:normalize=0"
    inputs = [part for name in NAMES for part in ("-i", str(SAMPLE / f"{name}.webm"))]
    subprocess.run(
        [
            find_ffmpeg(),
            "-v",
            "error",
            "-y",
            *inputs,
            "-filter_complex",
            mix,
            "-c:a",
            "libopus",
            "-b:a",
            "32k",
            str(target),
        ],
        check=True,
    )


def make_meeting(folder: Path, minutes: float, *, dense: bool) -> Path:
    """Four tracks of that length: each one voice in four, or `dense`: speech almost throughout."""
    folder.mkdir(parents=True)
    if dense:
        make_dense_track(folder.parent / "dense.webm")
    for name in NAMES:
        source = folder.parent / "dense.webm" if dense else SAMPLE / f"{name}.webm"
        repeat_packets(source, folder / f"{name}.webm", minutes * 60)
    return folder
