"""`multitrack compare`: two results of one recording, or many comparisons together."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workflow_templates.comparison.comparing import compare_sides
from workflow_templates.comparison.page import write_page
from workflow_templates.comparison.reading import read_side
from workflow_templates.comparison.settings import ComparisonSettings
from workflow_templates.comparison.side import Side
from workflow_templates.contracts.comparison import Check, Comparison, ReferenceScore, Verdict
from workflow_templates.runtime.errors import BadInputError, SettingsError

__all__ = ["compare_command"]

_SHOWN = 5
"""Passages in the terminal; the page has them all."""


class ExitOn(StrEnum):
    """When the command ends with 1."""

    NEVER = "never"
    DIFFERENT = "different"
    INCOMPLETE = "incomplete"
    """Also where the results differ."""


def compare_command(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="A B",
            help="Two results: folders of `run` or `fetch`, a transcript.json, or the JSON of a "
            "legacy transcript. With --summary: folders with comparison.json in them.",
            show_default=False,
        ),
    ],
    reference: Annotated[
        Path | None,
        typer.Option(help="The truth, as for `evaluate`: both sides are scored with it."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Folder for comparison.json and comparison.html."),
    ] = None,
    settings: Annotated[
        str, typer.Option(help='Limits, as JSON: {"most_word_difference": 0.05}.')
    ] = "{}",
    summary: Annotated[
        bool, typer.Option("--summary", help="Sum up comparisons: table, trend, worst cases.")
    ] = False,
    exit_on: Annotated[
        ExitOn, typer.Option(help="End with 1 for this verdict.", case_sensitive=False)
    ] = ExitOn.NEVER,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two results of one recording; neither is taken for truth.

    Words, their times, drift after pauses, speakers, duration, segments, topics, title and
    summaries are measured and held against limits. The verdict is `alike`, `different`, or
    `incomplete` where one side lacks something.

    multitrack compare standup-meeting legacy.json -o comparison --exit-on different
    """
    if summary:
        from multitrack.cli.comparisons import print_summary  # noqa: PLC0415 - rarely asked for

        print_summary(results, output=output, as_json=as_json)
        return
    if len(results) != 2:  # noqa: PLR2004 - A and B
        raise SettingsError(
            f"compare takes two results, not {len(results)}; for many comparisons use --summary"
        )
    limits = ComparisonSettings.parse(settings)
    a, b = (read_side(path) for path in results)
    scores = _score(reference, a, b) if reference else ()
    comparison = compare_sides(a, b, limits, reference=scores)
    if output is not None:
        _write(comparison, output)
    if as_json:
        typer.echo(comparison.model_dump_json(indent=1))
    else:
        _print(Console(), comparison, output)
    _exit(comparison.verdict, exit_on)


def _exit(verdict: Verdict, exit_on: ExitOn) -> None:
    match exit_on:
        case ExitOn.NEVER:
            ends = False
        case ExitOn.DIFFERENT:
            ends = verdict is Verdict.DIFFERENT
        case ExitOn.INCOMPLETE:
            ends = verdict is not Verdict.ALIKE
    if ends:
        raise typer.Exit(1)


def _score(reference: Path, a: Side, b: Side) -> tuple[ReferenceScore, ...]:
    from multitrack.evaluation.comparison import compare  # noqa: PLC0415 - rarely asked for
    from multitrack.evaluation.of_sides import spoken_of  # noqa: PLC0415 - as above
    from multitrack.evaluation.references import read_spoken  # noqa: PLC0415 - as above

    truth = read_spoken(reference)
    scores = []
    for label, side in (("a", a), ("b", b)):
        found = compare(spoken_of(side), truth, language=side.language or "")
        scores.append(
            ReferenceScore(
                side=label,
                wer=found.wer.rate if found.wer else None,
                cpwer=found.cpwer.total.rate if found.cpwer else None,
                speaker_accuracy=found.speaker_accuracy.share if found.speaker_accuracy else None,
                word_start_median=found.word_starts.median if found.word_starts else None,
            )
        )
    return tuple(scores)


def _write(comparison: Comparison, folder: Path) -> None:
    try:
        comparison.write(folder / "comparison.json")
        write_page(comparison, folder / "comparison.html")
    except OSError as error:
        raise BadInputError(
            f"{folder}: cannot write here ({error.strerror}); name another folder with -o"
        ) from error


def _print(console: Console, comparison: Comparison, output: Path | None) -> None:
    table = Table("measure", "value", "limit", "")
    for check in comparison.checks:
        sign = "≥" if check.at_least else "≤"
        table.add_row(
            check.measure,
            _figure(check, check.value),
            f"{sign} {_figure(check, check.limit)}",
            {None: "not known", True: "within", False: "PAST THE LIMIT"}[check.within],
        )
    console.print(table)
    for score in comparison.reference:
        console.print(
            f"{score.side.upper()} against the reference: WER {_percent(score.wer)}, "
            f"cpWER {_percent(score.cpwer)}, speakers {_percent(score.speaker_accuracy)}",
            highlight=False,
        )
    _print_passages(console, comparison)
    for sentence in comparison.missing:
        console.print(f"missing: {sentence}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"[bold]{comparison.verdict.value}[/bold]: {escape(comparison.sentence)}")
    if output is not None:
        page = output / "comparison.html"
        console.print(str(page), markup=False, highlight=False, soft_wrap=True)


def _print_passages(console: Console, comparison: Comparison) -> None:
    words = comparison.words
    found = words.differences if words else ()
    for passage in sorted(found, key=lambda each: -len(each.a) - len(each.b))[:_SHOWN]:
        minutes, seconds = divmod(int(passage.start), 60)
        who = passage.speaker_a or passage.speaker_b
        console.print(
            f"{minutes}:{seconds:02} {who}: {passage.kind.value}: A {passage.a!r}, B {passage.b!r}",
            markup=False,
            highlight=False,
        )
    if words and words.differences_total > _SHOWN:
        console.print(f"… {words.differences_total} passages differ in all")


def _figure(check: Check, value: float | None) -> str:
    if value is None:
        return "-"
    return _percent(value) if check.unit == "share" else f"{value:.2f} s"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
