"""Everybody's microphone hears everybody: words attributed once, measured on a made mixture."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.recordings import SAMPLE
from tests.unit.speech.recordings import RATE, SPEAKERS, placed, write_flac
from workflow_templates.contracts.published import PublishedTranscript

__all__ = ["Crosstalk", "crosstalk"]

_LENGTH = 66.0
"""Seconds of the sample: all four voices, an overlap, 16 turns."""
_DELAY = 0.012
"""Seconds: four metres of air."""


@dataclass(frozen=True, slots=True)
class Crosstalk:
    """One way of attributing, at one level of bleeding."""

    attenuation_db: float
    diarization: str
    cpwer: float
    echoes: int
    """Words marked as heard twice."""


def crosstalk(scratch: Path) -> Iterator[Crosstalk]:
    """Measure with and without diarization, at several levels of bleeding.

    Args:
        scratch: A folder for recordings and results.
    """
    reference = scratch / "reference.json"
    rows = json.loads((SAMPLE / "ref.seglst.json").read_bytes())
    reference.write_text(
        json.dumps([row for row in rows if row["end_time"] <= _LENGTH]), encoding="utf-8"
    )
    for attenuation in (20.0, 10.0):
        source = _bleeding_tracks(scratch / f"{attenuation:g}dB", attenuation)
        for diarization in ("never", "always"):
            out = scratch / f"{attenuation:g}-{diarization}"
            _run("run", source, "-o", out, "-q", "--model", "tiny.en", "--diarization", diarization)
            scored = json.loads(_run("evaluate", out, reference, "--json"))
            words = PublishedTranscript.read(out / "transcript.json").words
            yield Crosstalk(
                attenuation,
                diarization,
                scored["cpwer"]["rate"],
                sum(word.echo_of is not None for word in words),
            )


def _bleeding_tracks(folder: Path, attenuation_db: float) -> Path:
    """Each person's track with everybody else's, later and weaker."""
    length = round(_LENGTH * RATE)
    tracks = {name: np.zeros(length, np.float64) for name in SPEAKERS}
    for name, track in tracks.items():
        samples = placed(SAMPLE / f"{name}.webm")[0][:length]
        track[: len(samples)] = samples
    gain, delay = 10 ** (-attenuation_db / 20), round(_DELAY * RATE)
    for name, own in tracks.items():
        others = sum(track for other, track in tracks.items() if other != name)
        heard = own + gain * np.roll(others, delay)
        pcm = heard.clip(-32_768, 32_767).astype(np.int16)
        write_flac(folder / f"{name}.flac", pcm)
    return folder


def _run(*arguments: str | Path) -> str:
    argv = [sys.executable, "-m", "multitrack.cli.main", *map(str, arguments)]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
