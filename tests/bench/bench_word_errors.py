"""What batching costs in word errors, beside sequential decoding, on speech that packages carry."""

import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np
from whisper_normalizer.english import EnglishTextNormalizer

from tests.bench.recordings import SAMPLE
from tests.unit.speech.recordings import (
    SPEAKERS,
    Pcm,
    decode,
    item,
    placed,
    reference_of,
    silence,
    write_track,
)
from workflow_templates.contracts.words import TrackWords

__all__ = ["WordErrors", "download_speech", "word_errors"]


@dataclass(frozen=True, slots=True)
class WordErrors:
    """WER of the same tracks, decoded in two ways; 0.1 is 10 %."""

    speech: str
    words: int
    """In the reference."""
    batched: float
    sequential: float


def word_errors(scratch: Path, model: str) -> Iterator[WordErrors]:
    """Transcribe the sample and real speech, batched and sequentially.

    Args:
        scratch: A folder for recordings and results.
        model: Name of an English model.
    """
    download_speech(scratch)
    meetings = {
        "the sample": list(_sample()),
        "read sentences": list(_sentences(scratch)),
        "the same, joined": [_joined(_sentences(scratch))],
        "a telephone call": [_telephone(scratch)],
    }
    for name, tracks in meetings.items():
        folder = scratch / name
        for index, (samples, _) in enumerate(tracks):
            write_track(folder, index, samples)
        references = [text for _, text in tracks]
        batched, sequential = (
            _wer(folder, model, decoding, references) for decoding in ("batched", "sequential")
        )
        words = sum(len(text.split()) for text in references)
        yield WordErrors(name, words, batched, sequential)


def _step_argv(folder: Path, index: int, model: str, decoding: str) -> list[str]:
    argv = [sys.executable, "-m", "multitrack_steps.entrypoint", "transcribe-track"]
    argv += ["--inputs", str(folder), "--outputs", str(folder / decoding / str(index))]
    parameters = {"track": item(index), "model": model, "decoding": decoding}
    return argv + [
        part for name, value in parameters.items() for part in ("--param", f"{name}={value}")
    ]


def _wer(folder: Path, model: str, decoding: str, references: Sequence[str]) -> float:
    normalize = EnglishTextNormalizer()
    said = []
    for index in range(len(references)):
        subprocess.run(_step_argv(folder, index, model, decoding), check=True)
        words = TrackWords.read(folder / decoding / str(index) / "words" / f"{index}.json").words
        said.append(normalize("".join(word.text for word in words)))
    return float(jiwer.wer([normalize(text) for text in references], said))


def _sample() -> Iterator[tuple[Pcm, str]]:
    for speaker in SPEAKERS:
        text = " ".join(words for _, _, words in reference_of(SAMPLE, speaker))
        yield placed(SAMPLE / f"{speaker}.webm")[0], text


def download_speech(scratch: Path) -> None:
    """Test data that comes with the source distributions of pocketsphinx and pyannote.audio."""
    for package, version in (("pocketsphinx", "5.1.1"), ("pyannote-audio", "4.0.7")):
        argv = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", package]
        subprocess.run([*argv, f"{package}=={version}", "-d", str(scratch)], check=True)
        name = f"{package.replace('-', '_')}-{version}"
        with tarfile.open(scratch / f"{name}.tar.gz") as archive:
            archive.extractall(scratch / package, filter="data")


def _sentences(scratch: Path) -> Iterator[tuple[Pcm, str]]:
    """Five sentences of a LibriVox reader."""
    for wav in sorted((scratch / "pocketsphinx").glob("*/test/data/librivox/*.wav")):
        text = wav.with_suffix(".txt").read_text(encoding="utf-8")
        yield np.concatenate((silence(0.5), decode(wav)[1], silence(0.5))), text.strip()


def _joined(tracks: Iterator[tuple[Pcm, str]]) -> tuple[Pcm, str]:
    samples, texts = zip(*tracks, strict=True)
    return np.concatenate(samples), " ".join(texts)


def _telephone(scratch: Path) -> tuple[Pcm, str]:
    """Half a minute of two people who talk across each other."""
    stm = next((scratch / "pyannote-audio").glob("*/src/pyannote/audio/sample/sample.stm"))
    rows = [line.split(maxsplit=5) for line in stm.read_text(encoding="utf-8").splitlines()]
    rows = sorted((row for row in rows if len(row) == 6), key=lambda row: float(row[3]))
    return decode(stm.with_suffix(".wav"))[1], " ".join(row[5] for row in rows)
