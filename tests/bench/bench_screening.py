"""How well tracks of several voices are found: misses and false alarms, on samples of tracks.

The second meeting and AMI's training excerpts are what the thresholds were tuned on, and say so;
the sample, the telephone call and AMI's other excerpts took no part in that.
"""

import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from multitrack.evaluation.references import read_spoken
from multitrack.evaluation.spoken import Turn
from tests.bench.bench_diarization import SECOND, excerpts, telephone
from tests.bench.bench_word_errors import download_speech
from tests.bench.measure import Cost, measure
from tests.bench.recordings import SAMPLE
from tests.integration.test_screen_tracks import write_spread, write_tables
from tests.unit.speech.recordings import RATE, SPEAKERS, Pcm, decode, placed, silence
from workflow_templates.contracts.screening import Screening

__all__ = ["Screened", "screened"]

_GUEST = 8.0
"""Seconds that a guest speaks."""
_WEAKER = 0.5
"""Of a guest's amplitude: 6 dB, further away from the microphone."""
_ENOUGH = 5.0
"""Seconds of somebody's speech alone, to stand for a track of their own."""
_LOUD = 2000


@dataclass(frozen=True, slots=True)
class Screened:
    """What one run of screen-tracks found."""

    what: str
    cost: Cost
    alone: int
    """Tracks of one voice."""
    false_alarms: int
    """Chosen ones among these."""
    several: int
    """Tracks of several voices."""
    missed: int
    """Those that were not chosen."""


@dataclass(frozen=True, slots=True)
class _Track:
    samples: Pcm
    several: bool


def screened(scratch: Path) -> Iterator[Screened]:
    """Screen every group of tracks.

    Args:
        scratch: A folder for recordings and results.
    """
    download_speech(scratch)
    groups: dict[str, Sequence[_Track]] = {
        "the sample's tracks, and each with a guest for 8 s": _sample(),
        "an hour of one voice, and with a guest for 5, 2 and 1 % of it": _hours(),
        "a telephone call, 30 s, and its two sides alone": _call(scratch),
        "AMI excerpts, development and test": _ami(scratch, "development", "test"),
        "AMI excerpts, training (tuned on)": _ami(scratch, "train"),
        "the second meeting's voices, and each with a guest for 8 s (tuned on)": _second(),
    }
    for number, (what, tracks) in enumerate(groups.items()):
        yield _screen(scratch / f"screen-{number}", what, tracks)


def _screen(folder: Path, what: str, tracks: Sequence[_Track]) -> Screened:
    write_tables(folder, len(tracks))
    for index, track in enumerate(tracks):
        write_spread(folder / "spread" / f"{index}.flac", track.samples)
    argv = [sys.executable, "-m", "multitrack_steps.entrypoint", "screen-tracks"]
    cost = measure([*argv, "--inputs", str(folder), "--outputs", str(folder)])
    chosen = Screening.read(folder / "screening.json").several
    alone = {index for index, track in enumerate(tracks) if not track.several}
    several = set(range(len(tracks))) - alone
    return Screened(
        what, cost, len(alone), len(alone & chosen), len(several), len(several - chosen)
    )


def _sample() -> list[_Track]:
    tracks = {name: placed(SAMPLE / f"{name}.webm")[0] for name in SPEAKERS}
    return [*(_Track(samples, several=False) for samples in tracks.values()), *_with_guests(tracks)]


def _second() -> list[_Track]:
    _, mix = decode(SECOND / "mix.opus")
    alone = _alone(mix, read_spoken(SECOND / "mix.seglst.json").turns())
    return [*(_Track(samples, several=False) for samples in alone.values()), *_with_guests(alone)]


def _with_guests(tracks: Mapping[str, Pcm]) -> list[_Track]:
    return [
        _Track(np.concatenate([own, silence(1), _guest(tracks[guest], _GUEST)]), several=True)
        for (name, own), guest in itertools.product(tracks.items(), tracks)
        if guest != name
    ]


def _guest(samples: Pcm, seconds: float) -> Pcm:
    """So much of somebody's speech, weaker; over and over, if there is not enough."""
    speech = _speech(samples)
    return (np.resize(speech, round(seconds * RATE)) * _WEAKER).astype(np.int16)


def _speech(samples: Pcm) -> Pcm:
    halves = samples[: len(samples) // (RATE // 2) * (RATE // 2)].reshape(-1, RATE // 2)
    loud = np.abs(halves.astype(np.int32)).max(axis=1) > _LOUD
    return np.concatenate(list(halves[loud]))


def _hours() -> list[_Track]:
    """Alice's track over and over; Ben is there once, in the middle."""
    alice, ben = (placed(SAMPLE / f"{name}.webm")[0] for name in ("Alice", "Ben"))
    hour = np.resize(alice, 3600 * RATE)
    spoken = len(_speech(alice)) / len(alice) * 3600
    middle = 1800 * RATE
    tracks = [_Track(hour, several=False)]
    for share in (0.05, 0.02, 0.01):
        guest = _guest(ben, share * spoken)
        samples = np.concatenate([hour[:middle], guest, hour[middle + len(guest) :]])
        tracks.append(_Track(samples, several=True))
    return tracks


def _call(scratch: Path) -> list[_Track]:
    clip = telephone(scratch)
    sides = _alone(clip.samples, clip.turns).values()
    return [_Track(clip.samples, several=True), *(_Track(side, several=False) for side in sides)]


def _ami(scratch: Path, *subsets: str) -> list[_Track]:
    """Whole excerpts with at least two people, and what people say alone in them."""
    tracks = []
    for clip in itertools.chain.from_iterable(excerpts(scratch, each) for each in subsets):
        if len({turn.speaker for turn in clip.turns}) > 1:
            tracks.append(_Track(clip.samples, several=True))
        alone = _alone(clip.samples, clip.turns).values()
        tracks += [_Track(samples, several=False) for samples in alone]
    return tracks


def _alone(samples: Pcm, turns: Sequence[Turn]) -> dict[str, Pcm]:
    """What each person says while nobody else speaks, with short pauses; who says enough."""
    found = {}
    for name in dict.fromkeys(turn.speaker for turn in turns):
        others = [turn for turn in turns if turn.speaker != name]
        parts = []
        for turn in (turn for turn in turns if turn.speaker == name):
            is_theirs = np.zeros(len(samples), bool)
            is_theirs[_span(turn)] = True
            for other in others:
                is_theirs[_span(other)] = False
            if is_theirs.sum() >= RATE // 2:
                parts += [samples[is_theirs], silence(0.3)]
        if sum(map(len, parts)) >= _ENOUGH * RATE:
            found[name] = np.concatenate(parts)
    return found


def _span(turn: Turn) -> slice:
    return slice(round(turn.start * RATE), round(turn.end * RATE))
