"""How fast and how small the media steps are, beside ffmpeg and pydub on the same audio.

Long tracks repeat the sample's packets, nothing is encoded anew.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from multitrack_steps.audio.ffmpeg import find_ffmpeg
from tests.bench.measure import Cost, measure
from tests.media.remux import lengthen
from tests.media.steps import an_item

__all__ = ["SAMPLE", "BenchRow", "pydub_argv", "rows", "step_argv"]

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sample"

JOINS = {"Alice": 0.0, "Ben": 12.345, "Carol": 95.0, "David": 600.0}
"""Offset of each long track, in seconds."""

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
    cost: Cost


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
        measure(step_argv("pad-track", job, an_item(index)))
    yield from _mix(job, tracks, pydub=pydub)
    yield from _peaks(job, pydub=pydub)


def _pad(job: Path, track: Path, *, pydub: bool) -> Iterator[BenchRow]:
    what = "pad one track"
    yield _row(what, "pad-track", step_argv("pad-track", job, an_item(1)))
    aligned = str(job / "ffmpeg.flac")
    filters = ("-af", "aresample=16000:async=1:first_pts=0", "-ac", "1", "-sample_fmt", "s16")
    yield _row(what, "ffmpeg", [*_ffmpeg(), "-copyts", "-i", str(track), *filters, aligned])
    if pydub:
        yield _row(what, "pydub", pydub_argv("pad", str(track), str(job / "pydub.flac")))


def _mix(job: Path, tracks: Sequence[Path], *, pydub: bool) -> Iterator[BenchRow]:
    what = f"mix {len(tracks)} tracks"
    yield _row(what, "mixdown-tracks", step_argv("mixdown-tracks", job))
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
            what, "pydub", pydub_argv("mix", str(job / "pydub.mp3"), *(str(p) for p in placed))
        )


def _peaks(job: Path, *, pydub: bool) -> Iterator[BenchRow]:
    what = "255 peaks of the mix"
    yield _row(what, "generate-waveform", step_argv("generate-waveform", job))
    mix = str(job / "mix.mp3")
    meter = ("-af", "asetnsamples=n=790588,astats=metadata=1:reset=1", "-f", "null", "-")
    yield _row(what, "ffmpeg", [*_ffmpeg(), "-i", mix, *meter])
    if pydub:
        yield _row(what, "pydub", pydub_argv("peaks", mix))


def step_argv(name: str, job: Path, parameters: dict[str, str] | None = None) -> list[str]:
    """A step of ours that reads and writes in one folder."""
    given = [part for pair in (parameters or {}).items() for part in ("--param", "=".join(pair))]
    folders = ["--inputs", str(job), "--outputs", str(job)]
    return [sys.executable, "-m", "multitrack_steps.entrypoint", name, *folders, *given]


def _ffmpeg() -> list[str]:
    return [find_ffmpeg(), "-nostdin", "-v", "error", "-y"]


def pydub_argv(task: str, *arguments: str) -> list[str]:
    """What pydub's users write for the tasks `pad`, `mix` and `peaks`."""
    code = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from pydub import AudioSegment\n"
        f"AudioSegment.converter = {find_ffmpeg()!r}\n"
        # Without ffprobe, which no package carries, pydub must not ask it for the codec.
        "import pydub.audio_segment; pydub.audio_segment.mediainfo_json = lambda *_, **__: {}\n"
    )
    return [sys.executable, "-c", code + _PYDUB[task], *arguments]


def _row(what: str, who: str, command: list[str]) -> BenchRow:
    return BenchRow(what, who, measure(command))
