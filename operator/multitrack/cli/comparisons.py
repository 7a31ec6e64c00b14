"""What `multitrack compare --summary` prints and writes."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workflow_templates.comparison.page import write_summary_page
from workflow_templates.comparison.summing_up import find_comparisons, sum_up
from workflow_templates.contracts.comparison import Verdict
from workflow_templates.contracts.comparison_summary import ComparisonSummary, MeasureSummary
from workflow_templates.runtime.errors import BadInputError

__all__ = ["print_summary"]

_WORST = 10


def print_summary(places: Sequence[Path], *, output: Path | None, as_json: bool) -> None:
    """Sum up every comparison.json in and below some folders.

    Raises:
        SourceNotFoundError: There is none in one of them.
        BadInputError: One cannot be read, or `output` not be written.
    """
    summary = sum_up(find_comparisons(places))
    if output is not None:
        try:
            summary.write(output / "comparisons.json")
            write_summary_page(summary, output / "comparisons.html")
        except OSError as error:
            raise BadInputError(
                f"{output}: cannot write here ({error.strerror}); name another folder with -o"
            ) from error
    if as_json:
        typer.echo(summary.model_dump_json(indent=1))
        return
    console = Console()
    console.print(_measures(summary))
    _print_worst(console, summary)
    console.print(
        f"[bold]{len(summary.comparisons)} comparisons[/bold]: {summary.alike} alike, "
        f"{summary.different} different, {summary.incomplete} incomplete "
        f"({summary.not_compared} without a second result)",
        highlight=False,
    )
    if output is not None:
        page = output / "comparisons.html"
        console.print(str(page), markup=False, highlight=False, soft_wrap=True)


def _measures(summary: ComparisonSummary) -> Table:
    table = Table("measure", "known", "past limit", "median", "worst", "earlier → later")
    for measure in summary.measures:
        table.add_row(
            measure.measure,
            str(measure.known),
            str(measure.past_limit),
            _figure(measure, measure.median),
            _figure(measure, measure.worst),
            f"{_figure(measure, measure.earlier_median)} → "
            f"{_figure(measure, measure.later_median)}",
        )
    return table


def _print_worst(console: Console, summary: ComparisonSummary) -> None:
    for measure in summary.measures:
        if measure.past_limit and measure.worst_file:
            console.print(
                f"worst {measure.measure}: {_figure(measure, measure.worst)} in "
                f"{measure.worst_file}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    different = [row for row in summary.comparisons if row.verdict is Verdict.DIFFERENT]
    for row in different[-_WORST:]:
        console.print(
            f"{escape(row.recording_id or row.file)}: {escape(row.sentence)}", soft_wrap=True
        )
    for sentence, times in list(summary.missing.items())[:_WORST]:
        console.print(f"{times} times: {sentence}", markup=False, highlight=False, soft_wrap=True)


def _figure(measure: MeasureSummary, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f} %" if measure.unit == "share" else f"{value:.2f} s"
