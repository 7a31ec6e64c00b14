"""The local engine: walks a pipeline with subprocesses, as many as the machine carries.

Decisions follow Argo's: siblings of a failed branch finish, what needs the failed one is omitted,
an optional task's failure changes nothing else. Finished work is recognised by its fingerprint and
not repeated.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workflow_templates.catalog import Step
from workflow_templates.contracts.results import StepReport
from workflow_templates.local.events import EngineEvent, NodeEnded, NodeProgress, NodeStarted
from workflow_templates.local.job_folder import JobFolder, WorkRecord
from workflow_templates.local.plan import Node, TaskPhase, node_parameters, nodes_of
from workflow_templates.local.process import Attempt, run_attempt, step_argv
from workflow_templates.local.workbench import Effort, Workbench
from workflow_templates.pipelines import Pipeline, Task
from workflow_templates.runtime.errors import ExitCode, MultitrackError

__all__ = ["Capacity", "Engine", "NodeResult", "RunResult", "usable_cores"]

_PROGRESS_INTERVAL = 0.25
"""Seconds between looks at a step's progress file."""
_MEMORY_SHARE = 0.8
"""Of the machine's memory, for all steps under way together."""


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Capacity:
    """What this machine carries, and how patient it is."""

    slots: int
    """Steps at a time; optional tasks may take one more, so that no core idles beside them."""
    memory_mib: float
    """What all steps under way may ask for together; a single step always runs."""
    tries: int | None = None
    """At most so many attempts at a step; None: as many as its retry class allows."""

    @classmethod
    def of_this_machine(cls, slots: int | None = None, tries: int | None = None) -> "Capacity":
        """As many steps as cores, or `slots`, within most of the machine's memory."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 20)
        return cls(slots or usable_cores(), memory * _MEMORY_SHARE, tries)

    def tries_of(self, step: Step) -> int:
        """Attempts at this step in all."""
        return min(step.retry.tries, self.tries or step.retry.tries)


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What became of one piece of work."""

    node: Node
    phase: TaskPhase
    seconds: float = 0.0
    peak_mib: float = 0.0
    attempts: int = 0
    reused: bool = False
    report: StepReport = field(default_factory=StepReport)
    sentence: str = ""
    """Why it failed."""
    exit_code: int = ExitCode.DONE


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of a run."""

    nodes: tuple[NodeResult, ...]
    """In the order in which they ended."""
    phases: Mapping[str, TaskPhase]
    """By task."""
    seconds: float

    @property
    def failures(self) -> tuple[NodeResult, ...]:
        """Failed pieces of work that the result needs, first one first."""
        return tuple(
            result
            for result in self.nodes
            if result.phase is TaskPhase.FAILED and not result.node.task.optional
        )

    @property
    def exit_code(self) -> int:
        """The first needed failure's class; DONE without one."""
        codes = [failure.exit_code for failure in self.failures]
        return codes[0] if codes else ExitCode.DONE


class Engine:
    """One run of one pipeline in one folder."""

    def __init__(
        self,
        pipeline: Pipeline,
        folder: JobFolder,
        parameters: Mapping[str, str],
        *,
        tasks: frozenset[str],
        capacity: Capacity,
        listener: Callable[[EngineEvent], None],
    ) -> None:
        """Prepare a run.

        Args:
            pipeline: What to run.
            folder: Where; created and locked by the caller.
            parameters: A value for every job parameter of the pipeline.
            tasks: Names of the tasks to run; the others are skipped.
            capacity: What the machine carries.
            listener: Told of every change, in the engine's own thread.
        """
        self._pipeline = pipeline
        self._folder = folder
        self._bench = Workbench(folder)
        self._parameters = parameters
        self._tasks = tasks
        self._capacity = capacity
        self._listener = listener
        self._phases = {task.name: TaskPhase.PENDING for task in pipeline.tasks}
        self._output_parameters: dict[str, Mapping[str, str]] = {}
        self._results: list[NodeResult] = []
        self._running: dict[asyncio.Task[NodeResult], Node] = {}
        self._waiting: list[Node] = []
        self._branches: dict[str, int] = {}
        self._unfinished: dict[str, int] = {}

    async def run(self) -> RunResult:
        """Run to the end, whatever becomes of single steps. Cancelled, it stops them and raises."""
        started = time.monotonic()
        try:
            self._advance()
            while self._running:
                done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                for finished in done:
                    self._settle(self._running.pop(finished), finished.result())
                self._advance()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
        return RunResult(tuple(self._results), dict(self._phases), time.monotonic() - started)

    # Deciding

    def _advance(self) -> None:
        """Settle what needs no work, queue what has become ready, start what has room."""
        while any(self._consider(task) for task in self._pipeline.tasks):
            pass
        for node in list(self._waiting):
            if self._has_room_for(node):
                self._waiting.remove(node)
                self._running[asyncio.create_task(self._work(node))] = node

    def _consider(self, task: Task) -> bool:
        """Move one pending task on; whether its phase changed."""
        if self._phases[task.name] is not TaskPhase.PENDING:
            return False
        before = [self._phases[name] for name in (*task.needs, *task.after)]
        if not all(phase.has_ended for phase in before):
            return False
        needs = {self._phases[name] for name in task.needs}
        if task.name not in self._tasks:
            self._end_without_work(task, TaskPhase.SKIPPED)
        elif needs & {TaskPhase.FAILED, TaskPhase.OMITTED}:
            self._end_without_work(task, TaskPhase.OMITTED)
        else:
            self._open(task)
        return True

    def _open(self, task: Task) -> None:
        nodes = nodes_of(task, self._output_parameters)
        if not nodes:
            # As in Argo: an empty fan-out is skipped, and what needs it runs.
            self._end_without_work(task, TaskPhase.SKIPPED)
            return
        self._phases[task.name] = TaskPhase.RUNNING
        self._branches[task.name] = self._unfinished[task.name] = len(nodes)
        self._waiting.extend(nodes)

    def _end_without_work(self, task: Task, phase: TaskPhase) -> None:
        self._phases[task.name] = phase
        self._results.append(NodeResult(Node(task), phase))
        self._listener(NodeEnded(Node(task), phase))

    def _settle(self, node: Node, result: NodeResult) -> None:
        self._results.append(result)
        self._listener(
            NodeEnded(node, result.phase, reused=result.reused, sentence=result.sentence)
        )
        name = node.task.name
        self._unfinished[name] -= 1
        if self._unfinished[name] == 0:
            phases = {other.phase for other in self._results if other.node.task.name == name}
            failed = TaskPhase.FAILED in phases
            self._phases[name] = TaskPhase.FAILED if failed else TaskPhase.SUCCEEDED

    def _has_room_for(self, node: Node) -> bool:
        under_way = list(self._running.values())
        if not under_way:
            return True
        if node.task.optional:
            has_slot = len(under_way) <= self._capacity.slots
        else:
            needed = [other for other in under_way if not other.task.optional]
            has_slot = len(needed) < self._capacity.slots
        asked = sum(other.task.step.resources.memory_mib for other in (*under_way, node))
        return has_slot and asked <= self._capacity.memory_mib

    # Working

    async def _work(self, node: Node) -> NodeResult:
        """Take finished work, or run the step until it succeeds or cannot."""
        parameters = self._share_cores(node, node_parameters(node, self._parameters))
        if "copy-to" in parameters:
            parameters["copy-to"] = self._bench.files_of_earlier_run(node)
        if record := self._bench.finished_before(node, parameters):
            return self._succeed(node, record, reused=True)
        self._listener(NodeStarted(node))
        started = time.monotonic()
        retry = node.task.step.retry
        delay, peak_mib, number = retry.first_delay, 0.0, 1
        while True:
            attempt, scratch = await self._attempt(node, parameters, number)
            peak_mib = max(peak_mib, attempt.peak_mib)
            effort = Effort(time.monotonic() - started, peak_mib, number)
            if attempt.succeeded:
                try:
                    record = self._bench.take_over(node, parameters, scratch, effort)
                    return self._succeed(node, record, reused=record.report.reused)
                except MultitrackError as error:
                    attempt = Attempt(error.exit_code, str(error), peak_mib)
            if attempt.is_final or number == self._capacity.tries_of(node.task.step):
                return _failed(node, attempt, effort)
            self._listener(NodeProgress(node, None, f"try {number} failed: {attempt.sentence}"))
            await asyncio.sleep(delay)
            delay = min(delay * 2, retry.longest_delay)
            number += 1

    def _share_cores(self, node: Node, parameters: dict[str, str]) -> dict[str, str]:
        """Give each branch of a fan-out its part of the cores, where the user leaves it to us.

        Twice that where there are so many: whoever is the last to work has no idle core beside him.
        """
        if parameters.get("threads") == "0":
            branches = min(self._capacity.slots, self._branches[node.task.name])
            share = max(1, usable_cores() // branches)
            parameters["threads"] = str(min(usable_cores(), 2 * share))
        return parameters

    def _succeed(self, node: Node, record: WorkRecord, *, reused: bool) -> NodeResult:
        self._output_parameters[node.task.name] = record.output_parameters
        return NodeResult(
            node,
            TaskPhase.SUCCEEDED,
            seconds=record.seconds,
            peak_mib=record.peak_mib,
            attempts=record.attempts,
            reused=reused,
            report=record.report,
        )

    async def _attempt(
        self, node: Node, parameters: Mapping[str, str], number: int
    ) -> tuple[Attempt, Path]:
        """Run the step once; returns its end and where it worked."""
        scratch = self._bench.lay_out(node)
        step = node.task.step
        argv = step_argv(
            step.name,
            scratch / "inputs",
            scratch / "outputs",
            parameters,
            (number, self._capacity.tries_of(step)),
        )
        progress = scratch / "progress"
        watcher = asyncio.create_task(self._watch(node, progress))
        try:
            attempt = await run_attempt(
                argv,
                self._folder.logs / f"{node.id}.log",
                {"ARGO_PROGRESS_FILE": str(progress)},
            )
        finally:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
        return attempt, scratch

    async def _watch(self, node: Node, progress: Path) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_INTERVAL)
            share = _progress_share(progress)
            if share is not None:
                self._listener(NodeProgress(node, share))


def _progress_share(progress: Path) -> float | None:
    """What the file says, 0 to 1; None before the step's first word, or in the middle of one."""
    try:
        done, total = progress.read_text(encoding="ascii").split("/")
        return min(1.0, int(done) / int(total))
    except (FileNotFoundError, ValueError, ZeroDivisionError):
        return None


def _failed(node: Node, attempt: Attempt, effort: Effort) -> NodeResult:
    return NodeResult(
        node,
        TaskPhase.FAILED,
        seconds=effort.seconds,
        peak_mib=effort.peak_mib,
        attempts=effort.attempts,
        sentence=attempt.sentence,
        exit_code=attempt.exit_code if attempt.exit_code > 0 else ExitCode.BUG,
    )
