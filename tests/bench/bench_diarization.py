"""How well voices on one track are told apart: DER, JER and cpWER, beside what the words allow.

The second meeting and AMI's training excerpts are what thresholds were tuned on, and say so; the
sample, the telephone call and AMI's other excerpts were not looked at for that.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyannote.core import Annotation, Segment
from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate

from multitrack.evaluation.references import read_spoken
from multitrack.evaluation.spoken import Spoken, Turn
from multitrack.evaluation.word_errors import (
    concatenated_minimum_permutation,
    normaliser_for,
    text_by_speaker,
)
from multitrack_steps.transcript.attribution import attribute_words
from tests.bench.bench_word_errors import download_speech
from tests.bench.measure import Cost, measure
from tests.bench.recordings import SAMPLE
from tests.unit.speech.recordings import Pcm, decode, item, mixed, write_track
from workflow_templates.contracts import turns as contract
from workflow_templates.contracts.turns import TrackTurns
from workflow_templates.contracts.words import TrackWords

__all__ = ["SECOND", "Clip", "Told", "excerpts", "telephone", "told_apart"]

SECOND = Path(__file__).resolve().parents[1] / "data" / "second_meeting"
_JACCARD: Any = JaccardErrorRate
"""Not typed as it is published."""
_SAMPLE = "the sample's mix"


@dataclass(frozen=True, slots=True)
class Told:
    """One recording, told apart."""

    what: str
    cost: Cost
    """Of diarize-track, the model's loading included."""
    voices: tuple[int, int]
    """Found, true."""
    der: float
    jer: float
    cpwer: float | None = None
    floor: float | None = None
    """cpWER with the words given to the reference's turns."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording whose turns are known."""

    name: str
    samples: Pcm
    turns: Sequence[Turn]
    """Who really speaks when."""
    said: Spoken | None = None
    """Who really says what; None where only the turns are known."""


def told_apart(scratch: Path) -> Iterator[Told]:
    """Measure every recording.

    Args:
        scratch: A folder for recordings and results.
    """
    download_speech(scratch)
    said = read_spoken(SAMPLE / "ref.seglst.json")
    sample = Clip(_SAMPLE, mixed(SAMPLE), said.turns(), said)
    yield _one(scratch, sample)
    yield _one(scratch, sample, voices="4")
    yield _one(scratch, telephone(scratch))
    for subset in ("development", "test", "train"):
        tuned = " (tuned on)" if subset == "train" else ""
        yield _pooled(scratch, f"AMI excerpts, {subset}{tuned}", list(excerpts(scratch, subset)))
    _, samples = decode(SECOND / "mix.opus")
    said = read_spoken(SECOND / "mix.seglst.json")
    yield _one(scratch, Clip("the second meeting (tuned on)", samples, said.turns(), said))


def _one(scratch: Path, clip: Clip, voices: str = "auto") -> Told:
    folder = scratch / clip.name / voices
    cost, found = _diarize(folder, clip.samples, voices)
    words = _transcribe(folder)
    reference, hypothesis = _annotation(clip.turns), _annotation(_turns(found))
    return Told(
        what=clip.name if voices == "auto" else f"{clip.name}, voices={voices}",
        cost=cost,
        voices=(len(found.voices), len(_names(clip.turns))),
        der=DiarizationErrorRate()(reference, hypothesis),
        jer=_JACCARD()(reference, hypothesis),
        cpwer=_cpwer(clip.said, words, found.turns) if clip.said else None,
        floor=_cpwer(clip.said, words, _numbered(clip.turns)) if clip.said else None,
    )


def _pooled(scratch: Path, name: str, clips: Sequence[Clip]) -> Told:
    """Several short recordings, their seconds added up; they have no words to compare with."""
    der, jer = DiarizationErrorRate(), _JACCARD()
    costs, found_voices, true_voices = [], 0, 0
    for clip in clips:
        cost, found = _diarize(scratch / name / clip.name, clip.samples, "auto")
        reference, hypothesis = _annotation(clip.turns), _annotation(_turns(found))
        der(reference, hypothesis)
        jer(reference, hypothesis)
        costs.append(cost)
        found_voices += len(found.voices)
        true_voices += len(_names(clip.turns))
    total = Cost(
        sum(cost.seconds for cost in costs),
        sum(cost.cpu_seconds for cost in costs),
        max(cost.peak_mb for cost in costs),
    )
    return Told(name, total, (found_voices, true_voices), abs(der), abs(jer))


def _diarize(folder: Path, samples: Pcm, voices: str) -> tuple[Cost, TrackTurns]:
    write_track(folder, 0, samples)
    cost = measure(_argv("diarize-track", folder, {"voices": voices, "diarization": "always"}))
    return cost, TrackTurns.read(folder / "turns" / "0.json")


def _transcribe(folder: Path) -> TrackWords:
    measure(_argv("transcribe-track", folder, {"model": "tiny.en"}))
    return TrackWords.read(folder / "words" / "0.json")


def _argv(step: str, folder: Path, parameters: Mapping[str, str]) -> list[str]:
    argv = [sys.executable, "-m", "multitrack_steps.entrypoint", step]
    argv += ["--inputs", str(folder), "--outputs", str(folder)]
    given = {"track": item(0), **parameters}
    return argv + [part for name, value in given.items() for part in ("--param", f"{name}={value}")]


def _cpwer(reference: Spoken, words: TrackWords, turns: Sequence[contract.Turn]) -> float:
    normalise = normaliser_for("en")
    said: dict[str, str] = {}
    labels = attribute_words(words.words, turns)
    for word, label in zip(words.words, labels, strict=True):
        said[label] = said.get(label, "") + word.text
    heard = {label: normalise(text) for label, text in said.items()}
    total = concatenated_minimum_permutation(text_by_speaker(reference, normalise), heard).total
    return float(total.rate or 0.0)


def _names(turns: Sequence[Turn]) -> list[str]:
    return list(dict.fromkeys(turn.speaker for turn in turns))


def _numbered(turns: Sequence[Turn]) -> list[contract.Turn]:
    """The reference as if diarize-track had made it."""
    names = _names(turns)
    return [
        contract.Turn(start=turn.start, end=turn.end, label=str(1 + names.index(turn.speaker)))
        for turn in sorted(turns, key=lambda turn: turn.start)
    ]


def _turns(found: TrackTurns) -> list[Turn]:
    return [Turn(turn.label, turn.start, turn.end) for turn in found.turns]


def _annotation(turns: Sequence[Turn]) -> Annotation:
    annotation = Annotation()
    for place, turn in enumerate(turns):
        annotation[Segment(turn.start, turn.end), place] = turn.speaker
    return annotation


def telephone(scratch: Path) -> Clip:
    """A call of two people, from pyannote.audio's sources in `scratch`."""
    stm = next((scratch / "pyannote-audio").glob("*/src/pyannote/audio/sample/sample.stm"))
    turns = read_spoken(stm.with_suffix(".rttm")).turns()
    samples = decode(stm.with_suffix(".wav"))[1]
    return Clip("a telephone call, 30 s", samples, turns, read_spoken(stm))


def excerpts(scratch: Path, subset: str) -> Iterator[Clip]:
    """AMI's half minutes, from there, too."""
    folder = next((scratch / "pyannote-audio").glob("*/tests/data"))
    lines = (folder / f"debug.{subset}.rttm").read_text(encoding="utf-8").splitlines()
    for name in sorted({line.split()[1] for line in lines}):
        wav = folder / f"{name}.wav"
        if not wav.is_file():
            continue
        own = scratch / f"{name}.rttm"
        text = "\n".join(line for line in lines if line.split()[1] == name)
        own.write_text(text, encoding="utf-8")
        yield Clip(name, decode(wav)[1], read_spoken(own).turns())
