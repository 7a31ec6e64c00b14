"""Long recordings for benchmarks: the sample's packets, repeated, and one mix of them."""

import json
import subprocess
from pathlib import Path

from multitrack_steps.audio.ffmpeg import find_ffmpeg
from tests.media.remux import lengthen

__all__ = ["SAMPLE", "make_dense_track", "make_meeting"]

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sample"
NAMES = ("Alice", "Ben", "Carol", "David")


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
        lengthen(source, folder / f"{name}.webm", minutes * 60)
    return folder
