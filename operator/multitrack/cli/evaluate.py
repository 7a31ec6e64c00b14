"""`multitrack evaluate`: how good a finished meeting is, against a reference."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from multitrack.evaluation.comparison import Evaluation, compare
from multitrack.evaluation.references import read_spoken
from multitrack.evaluation.word_errors import WordErrors
from workflow_templates.runtime.errors import SettingsError

__all__ = ["evaluate_command"]


def evaluate_command(
    result: Annotated[
        Path, typer.Argument(help="A results folder, a transcript.json, or SegLST JSON.")
    ],
    reference: Annotated[
        Path,
        typer.Argument(help="SegLST JSON, STM, RTTM (speakers only), or 'Name: text' lines."),
    ],
    language: Annotated[
        str,
        typer.Option(
            help="ISO 639-1 code of the spelling rules. \\[default: the result's language]",
            show_default=False,
        ),
    ] = "",
    max_cpwer: Annotated[
        float | None,
        typer.Option(help="Exit with 1 if cpWER is above this many percent.", min=0),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure a transcript against a reference: WER, cpWER and speaker accuracy.

    WER compares all words in order of time, whoever said them; where people talk at once, that
    order is partly chance. cpWER compares each speaker's words, so that a word of the wrong speaker
    is an error too. Speaker accuracy is the share of the words' time that carries the right name.
    Upper case, punctuation and spellings of numbers are no errors (Whisper's normaliser).

    multitrack evaluate standup-meeting reference.stm --max-cpwer 10
    """
    evaluation = compare(read_spoken(result), read_spoken(reference), language=language)
    console = Console()
    if as_json:
        typer.echo(json.dumps(evaluation.to_dict(), indent=1, ensure_ascii=False))
    else:
        console.print(_measures(evaluation))
        if evaluation.cpwer:
            console.print(_speakers(evaluation))
    if max_cpwer is not None:
        _gate(evaluation, max_cpwer)


def _gate(evaluation: Evaluation, max_percent: float) -> None:
    if evaluation.cpwer is None:
        raise SettingsError("--max-cpwer: neither side may be without words; give a transcript")
    percent = 100 * (evaluation.cpwer.total.rate or 0.0)
    if percent > max_percent:
        typer.echo(f"cpWER {percent:.2f} % is above the limit of {max_percent:g} %", err=True)
        raise typer.Exit(1)


def _measures(evaluation: Evaluation) -> Table:
    table = Table("measure", "value", "what it is made of")
    if evaluation.wer:
        table.add_row("WER", _percent(evaluation.wer.rate), _counts(evaluation.wer))
    if evaluation.cpwer:
        total = evaluation.cpwer.total
        table.add_row("cpWER", _percent(total.rate), _counts(total))
    if accuracy := evaluation.speaker_accuracy:
        table.add_row(
            "speaker accuracy",
            _percent(accuracy.share),
            f"{accuracy.right:.1f} of {accuracy.compared:.1f} s of words",
        )
    if diarization := evaluation.diarization:
        table.add_row(
            "DER, no collar",
            _percent(diarization.rate),
            f"{diarization.missed:.1f} s missed, {diarization.false_alarm:.1f} s false alarm, "
            f"{diarization.confusion:.1f} s confused of {diarization.speech:.1f} s",
        )
    if starts := evaluation.word_starts:
        table.add_row(
            "word starts",
            f"{1000 * starts.median:.0f} ms",
            f"median distance; 95 % within {1000 * starts.percentile_95:.0f} ms, "
            f"bias {1000 * starts.bias:+.0f} ms, {starts.words} words",
        )
    return table


def _speakers(evaluation: Evaluation) -> Table:
    table = Table("reference", "result", "WER", "what it is made of")
    for pair in evaluation.cpwer.pairs if evaluation.cpwer else ():
        table.add_row(
            escape(pair.reference or "(nobody)"),
            escape(pair.hypothesis or "(nobody)"),
            _percent(pair.errors.rate),
            _counts(pair.errors),
        )
    return table


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"


def _counts(errors: WordErrors) -> str:
    return (
        f"{errors.errors} errors in {errors.words} words: {errors.substitutions} wrong, "
        f"{errors.deletions} missing, {errors.insertions} added"
    )
