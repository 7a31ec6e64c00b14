"""Showing a run while it is under way: bars on a terminal, plain lines anywhere else."""

from types import TracebackType
from typing import Protocol, Self, assert_never

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from workflow_templates.local.events import EngineEvent, NodeEnded, NodeProgress, NodeStarted
from workflow_templates.local.plan import Node, TaskPhase

__all__ = ["Display", "display_for"]


class Display(Protocol):
    """Told of every engine event between entering and leaving."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def __call__(self, event: EngineEvent) -> None:
        """Show one event."""


def display_for(console: Console, *, quiet: bool) -> Display:
    """Bars on a terminal, lines elsewhere, only what is tried again if `quiet`."""
    if quiet or not console.is_terminal:
        return _Lines(console, quiet=quiet)
    return _Bars(console)


def _ending(event: NodeEnded) -> str:
    """One line about an end; empty where there is nothing to say."""
    match event.phase:
        case TaskPhase.SUCCEEDED:
            return "kept from before" if event.reused else "done"
        case TaskPhase.FAILED:
            return f"failed: {event.sentence}"
        case TaskPhase.SKIPPED:
            return "skipped"
        case TaskPhase.OMITTED:
            return "not run: something it needs has failed"
        case TaskPhase.PENDING | TaskPhase.RUNNING:
            return ""
        case _:
            assert_never(event.phase)


class _Lines:
    """A line per change, for logs and pipes."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    def __call__(self, event: EngineEvent) -> None:
        match event:
            case NodeStarted():
                self._say(f"{event.node.label}: started", important=False)
            case NodeProgress(message=message) if message:
                self._say(f"{event.node.label}: {message}", important=True)
            case NodeProgress():
                pass
            case NodeEnded():
                # The end says once more what failed.
                self._say(f"{event.node.label}: {_ending(event)}", important=False)

    def _say(self, line: str, *, important: bool) -> None:
        if important or not self._quiet:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class _Bars:
    """A bar per step; a fan-out's bar counts its tracks and their progress."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._bars: dict[str, TaskID] = {}
        self._shares: dict[str, dict[str, float]] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, event: EngineEvent) -> None:
        match event:
            case NodeStarted():
                self._show(event.node, 0.0)
            case NodeProgress(share=share, message=message):
                if share is not None:
                    self._show(event.node, share)
                if message:
                    self._console.print(f"{event.node.label}: {message}", markup=False)
            case NodeEnded(phase=TaskPhase.SUCCEEDED):
                self._show(event.node, 1.0, note="kept from before" if event.reused else "")
            case NodeEnded():
                self._console.print(f"{event.node.label}: {_ending(event)}", markup=False)

    def _show(self, node: Node, share: float, note: str = "") -> None:
        shares = self._shares.setdefault(node.task.name, {})
        shares[node.id] = share
        if node.task.name not in self._bars:
            self._bars[node.task.name] = self._progress.add_task(node.task.name, total=1.0, note="")
        if node.track is not None and not note:
            note = f"{sum(share == 1.0 for share in shares.values())} tracks done"
        self._progress.update(
            self._bars[node.task.name], completed=sum(shares.values()) / len(shares), note=note
        )
