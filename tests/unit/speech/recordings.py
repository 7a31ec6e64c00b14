"""Tracks as pad-track hands them to transcribe-track, made from the sample or from nothing."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from workflow_templates.contracts.recording import TrackItem
from workflow_templates.contracts.track import Gap, OffsetSource, Track, TrackOffset

RATE = 16_000
SPEAKERS = ("Alice", "Ben", "Carol", "David")

Pcm = NDArray[np.int16]
"""16 kHz, mono."""


def decode(file: Path) -> tuple[float, Pcm]:
    """When the container says the track starts, and its samples."""
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(str(file)) as container:
        stream = container.streams.audio[0]
        assert stream.time_base is not None
        start = float((stream.start_time or 0) * stream.time_base)
        parts = []
        for frame in container.decode(stream):
            frame.pts = None
            parts += [part.to_ndarray() for part in resampler.resample(frame)]
        parts += [part.to_ndarray() for part in resampler.resample(None)]
    return start, np.concatenate(parts, axis=1)[0].astype(np.int16)


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * RATE), np.int16)


def noise(seconds: float, level_dbfs: float) -> Pcm:
    random = np.random.default_rng(7)
    scale = 32_768 * 10 ** (level_dbfs / 20)
    return (random.normal(0.0, scale, round(seconds * RATE))).clip(-32_768, 32_767).astype(np.int16)


def placed(file: Path) -> tuple[Pcm, tuple[Gap, ...]]:
    """A WebM of the sample on the recording's clock."""
    start, samples = decode(file)
    gaps = (Gap(start=0.0, end=start),) if start else ()
    return np.concatenate((silence(start), samples)), gaps


def mixed(folder: Path) -> Pcm:
    """The sample's meeting as one microphone in the room would have it."""
    tracks = [placed(folder / f"{name}.webm")[0].astype(np.int32) for name in SPEAKERS]
    total = np.zeros(max(map(len, tracks)), np.int32)
    for track in tracks:
        total[: len(track)] += track
    return total.clip(-32_768, 32_767).astype(np.int16)


def write_flac(file: Path, samples: Pcm) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    block = RATE * 16
    with av.open(str(file), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        for first in range(0, len(samples), block):
            frame = av.AudioFrame.from_ndarray(samples[None, first : first + block], "s16", "mono")
            frame.sample_rate = RATE
            frame.pts, frame.time_base = first, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file


def write_track(
    folder: Path,
    index: int,
    samples: Pcm,
    gaps: Sequence[Gap] = (),
    *,
    probe: Pcm | None = None,
    failed: str | None = None,
) -> Track:
    """audio/<i>.flac, track/<i>.json and, if given, probe/<i>.flac."""
    write_flac(folder / "audio" / f"{index}.flac", samples)
    (folder / "probe").mkdir(exist_ok=True)
    if probe is not None:
        write_flac(folder / "probe" / f"{index}.flac", probe)
    track = Track(
        index=index,
        file=f"{index}.webm",
        offset=TrackOffset(seconds=0.0, source=OffsetSource.STREAM_START, uncertainty=0.05),
        duration=len(samples) / RATE,
        gaps=tuple(gaps),
        codec="opus",
        rate=48_000,
        channels=1,
        peak_dbfs=None,
        failed=failed,
    )
    track.write(folder / "track" / f"{index}.json")
    return track


def write_sample(folder: Path, sample: Path) -> None:
    """All four tracks of the sample."""
    for index, speaker in enumerate(SPEAKERS):
        samples, gaps = placed(sample / f"{speaker}.webm")
        first = round(gaps[0].end * RATE) if gaps else 0
        write_track(folder, index, samples, gaps, probe=samples[first : first + 30 * RATE])


def item(index: int, name: str = "Somebody") -> str:
    """The parameter `track`."""
    return TrackItem(index=index, name=name, file=f"{index}.webm").model_dump_json()


def reference_of(sample: Path, speaker: str) -> list[tuple[float, float, str]]:
    """Start, end and words of each utterance."""
    utterances = json.loads((sample / "ref.seglst.json").read_bytes())
    return [
        (utterance["start_time"], utterance["end_time"], utterance["words"])
        for utterance in utterances
        if utterance["speaker"] == speaker
    ]
