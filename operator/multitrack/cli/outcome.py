"""What `multitrack run` prints at its end: the table of steps, the meeting, the files."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.local.engine import NodeResult, RunResult
from workflow_templates.local.plan import TaskPhase

__all__ = ["failures_by_sentence", "print_meeting", "print_table", "print_warnings"]

_FIRST_LINES = 5


def print_table(console: Console, result: RunResult) -> None:
    """One row per step and track: how it ended, seconds, peak memory, tries."""
    table = Table(title=f"{result.seconds:.1f} s in all", title_justify="left")
    table.add_column("step", no_wrap=True)
    table.add_column("track")
    table.add_column("outcome")
    for heading in ("seconds", "peak MiB", "tries"):
        table.add_column(heading, justify="right")
    for node in _in_pipeline_order(result.nodes):
        table.add_row(*_row(node))
    console.print(table)


def _in_pipeline_order(nodes: Iterable[NodeResult]) -> list[NodeResult]:
    first: dict[str, int] = {}
    for position, result in enumerate(nodes):
        first.setdefault(result.node.task.name, position)
    return sorted(
        nodes,
        key=lambda result: (
            first[result.node.task.name],
            result.node.track.index if result.node.track else 0,
        ),
    )


def _row(result: NodeResult) -> tuple[str, ...]:
    track = escape(result.node.track.name) if result.node.track else ""
    outcome = "kept" if result.reused else result.phase.value
    if result.phase is not TaskPhase.SUCCEEDED and result.phase is not TaskPhase.FAILED:
        return (result.node.task.name, track, outcome, "", "", "")
    return (
        result.node.task.name,
        track,
        outcome,
        f"{result.seconds:.1f}",
        f"{result.peak_mib:.0f}",
        str(result.attempts),
    )


def failures_by_sentence(failures: Iterable[NodeResult]) -> list[tuple[str, str]]:
    """What failed, and why: tracks that failed alike are named together, first one first."""
    tracks: dict[tuple[str, str], list[str]] = {}
    for failure in failures:
        alike = tracks.setdefault((failure.node.task.name, failure.sentence), [])
        if failure.node.track:
            alike.append(failure.node.track.name)
    return [
        (f"{task} {', '.join(sorted(names))}".strip(), sentence)
        for (task, sentence), names in tracks.items()
    ]


def print_warnings(console: Console, result: RunResult) -> None:
    """What the steps want people to know, and failures that changed nothing else."""
    for node in result.nodes:
        for warning in node.report.warnings:
            console.print(f"note: {node.node.label}: {warning}", markup=False, soft_wrap=True)
        if node.phase is TaskPhase.FAILED and node.node.task.optional:
            console.print(
                f"note: {node.node.label} failed; everything else is complete ({node.sentence})",
                markup=False,
                soft_wrap=True,
            )


def print_meeting(console: Console, meeting: PublishedTranscript, files: list[Path]) -> None:
    """Title, recap, the first lines, and where everything lies."""
    console.print(f"\n[bold]{escape(meeting.title.text)}[/bold]", highlight=False)
    if meeting.summary.short:
        console.print(f"{escape(meeting.summary.short)}\n", highlight=False)
    for segment in meeting.segments[:_FIRST_LINES]:
        minutes, seconds = divmod(int(segment.start), 60)
        line = f"[{minutes:02}:{seconds:02}] {segment.speaker_name}: {segment.text}"
        console.print(line, markup=False, highlight=False)
    if not meeting.segments:
        console.print("Nobody said a word that could be understood.")
    console.print()
    for file in sorted(files, key=lambda file: (file.suffix != ".html", file.name)):
        console.print(str(file), markup=False, highlight=False, soft_wrap=True)
