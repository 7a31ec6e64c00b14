"""How fast and how small the media steps are, beside ffmpeg and pydub on the same audio.

`python -m tests.bench.bench_media [--pydub] [--minutes 60]` prints the table. Every row is a
process of its own; its memory is the largest sum of resident sets over the process and its
children, its CPU time that of the same processes. Long tracks repeat the sample's packets, nothing
is encoded anew.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from multitrack_steps.audio.ffmpeg import find_ffmpeg
from tests.media.remux import lengthen
from tests.media.steps import an_item

__all__ = ["BenchRow", "rows"]

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sample"

JOINS = {"Alice": 0.0, "Ben": 12.345, "Carol": 95.0, "David": 600.0}
"""Offset of each long track, in seconds."""

_LOOK_EVERY = 0.03
"""Seconds between two looks at a process's memory."""

_PYDUB = {
    "pad": (
        "track = AudioSegment.from_file(sys.argv[1]).set_frame_rate(16000).set_channels(1);"
        "(AudioSegment.silent(12345, 16000) + track).export(sys.argv[2], format='flac')"
    ),
    "mix": (
        "tracks = [AudioSegment.silent(round(1000 * float(joins)), 48000)"
        " + AudioSegment.from_file(file) for file, joins in zip(sys.argv[2::2], sys.argv[3::2])];"
        "tracks.sort(key=len); mix = tracks.pop()\n"
        "for track in tracks: mix = mix.overlay(track)\n"
        "mix.export(sys.argv[1], format='mp3', bitrate='64k')"
    ),
    "peaks": (
        "mix = AudioSegment.from_file(sys.argv[1]); step = len(mix) / 255;"
        "print([mix[int(i * step):int((i + 1) * step)].max for i in range(255)])"
    ),
}


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One measurement."""

    what: str
    who: str
    seconds: float
    """Wall-clock."""
    cpu_seconds: float
    """User and system, of all processes."""
    peak_mb: float
    """Largest sum of resident sets, MiB."""


def rows(folder: Path, *, minutes: float = 60.0, pydub: bool = False) -> Iterator[BenchRow]:
    """Measure everything, row by row.

    Args:
        folder: For some 150 MB of files.
        minutes: Length of each track; the mix is ten minutes longer.
        pydub: Measure pydub too, which takes 6.7 GB of memory for four hours of audio.
    """
    job = folder / "job"
    tracks = [
        lengthen(SAMPLE / f"{name}.webm", folder / f"{name}.webm", minutes * 60, start=join)
        for name, join in JOINS.items()
    ]
    (job / "source").mkdir(parents=True)
    for index, track in enumerate(tracks):
        (job / "source" / str(index)).symlink_to(track)
    yield from _pad(job, tracks[1], pydub=pydub)
    for index in (0, 2, 3):
        _measured(_step("pad-track", job, an_item(index)))
    yield from _mix(job, tracks, pydub=pydub)
    yield from _peaks(job, pydub=pydub)


def _pad(job: Path, track: Path, *, pydub: bool) -> Iterator[BenchRow]:
    what = "pad one track"
    yield _row(what, "pad-track", _step("pad-track", job, an_item(1)))
    aligned = str(job / "ffmpeg.flac")
    filters = ("-af", "aresample=16000:async=1:first_pts=0", "-ac", "1", "-sample_fmt", "s16")
    yield _row(what, "ffmpeg", [*_ffmpeg(), "-copyts", "-i", str(track), *filters, aligned])
    if pydub:
        yield _row(what, "pydub", _with_pydub("pad", str(track), str(job / "pydub.flac")))


def _mix(job: Path, tracks: Sequence[Path], *, pydub: bool) -> Iterator[BenchRow]:
    what = f"mix {len(tracks)} tracks"
    yield _row(what, "mixdown-tracks", _step("mixdown-tracks", job))
    sources = [part for track in tracks for part in ("-i", str(track))]
    aligned = ";".join(
        f"[{index}:a]aresample=48000:async=1:first_pts=0[a{index}]" for index in range(len(tracks))
    )
    labels = "".join(f"[a{index}]" for index in range(len(tracks)))
    graph = f"{aligned};{labels}amix=inputs={len(tracks)}:normalize=0"
    encoded = ("-ac", "1", "-b:a", "64k", str(job / "ffmpeg.mp3"))
    yield _row(
        what, "ffmpeg", [*_ffmpeg(), "-copyts", *sources, "-filter_complex", graph, *encoded]
    )
    if pydub:
        placed = [part for pair in zip(tracks, JOINS.values(), strict=True) for part in pair]
        yield _row(
            what, "pydub", _with_pydub("mix", str(job / "pydub.mp3"), *(str(p) for p in placed))
        )


def _peaks(job: Path, *, pydub: bool) -> Iterator[BenchRow]:
    what = "255 peaks of the mix"
    yield _row(what, "generate-waveform", _step("generate-waveform", job))
    mix = str(job / "mix.mp3")
    meter = ("-af", "asetnsamples=n=790588,astats=metadata=1:reset=1", "-f", "null", "-")
    yield _row(what, "ffmpeg", [*_ffmpeg(), "-i", mix, *meter])
    if pydub:
        yield _row(what, "pydub", _with_pydub("peaks", mix))


def _step(name: str, job: Path, parameters: dict[str, str] | None = None) -> list[str]:
    given = [part for pair in (parameters or {}).items() for part in ("--param", "=".join(pair))]
    folders = ["--inputs", str(job), "--outputs", str(job)]
    return [sys.executable, "-m", "multitrack_steps.entrypoint", name, *folders, *given]


def _ffmpeg() -> list[str]:
    return [find_ffmpeg(), "-nostdin", "-v", "error", "-y"]


def _with_pydub(task: str, *arguments: str) -> list[str]:
    code = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from pydub import AudioSegment\n"
        f"AudioSegment.converter = {find_ffmpeg()!r}\n"
        # Without ffprobe, which no package carries, pydub must not ask it for the codec.
        "import pydub.audio_segment; pydub.audio_segment.mediainfo_json = lambda *_, **__: {}\n"
    )
    return [sys.executable, "-c", code + _PYDUB[task], *arguments]


def _row(what: str, who: str, command: list[str]) -> BenchRow:
    seconds, cpu_seconds, peak = _measured(command)
    return BenchRow(what, who, seconds, cpu_seconds, peak / 2**20)


def _measured(command: list[str]) -> tuple[float, float, int]:
    """Run a command; wall-clock seconds, CPU seconds and peak bytes of its process tree.

    Raises:
        RuntimeError: It failed.
    """
    before = psutil.Process().cpu_times()
    started = time.monotonic()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process))
        time.sleep(_LOOK_EVERY)
    seconds = time.monotonic() - started
    if process.returncode:
        raise RuntimeError(f"{command[:4]} failed with exit code {process.returncode}")
    after = psutil.Process().cpu_times()
    children = [times.children_user + times.children_system for times in (before, after)]
    return seconds, children[1] - children[0], peak


def _resident(process: psutil.Process) -> int:
    try:
        family = [process, *process.children(recursive=True)]
        return sum(member.memory_info().rss for member in family)
    except psutil.NoSuchProcess:
        return 0


def main(show: Callable[[str], object] = sys.stdout.write) -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="length of each track")
    parser.add_argument("--pydub", action="store_true", help="measure pydub too (6.7 GB)")
    arguments = parser.parse_args()
    show("| what | who | seconds | CPU seconds | peak MB |\n| --- | --- | --- | --- | --- |\n")
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(Path(folder), minutes=arguments.minutes, pydub=arguments.pydub):
            show(
                f"| {row.what} | {row.who} | {row.seconds:.1f} | {row.cpu_seconds:.1f} "
                f"| {row.peak_mb:.0f} |\n"
            )


if __name__ == "__main__":
    main()
