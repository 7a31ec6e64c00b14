"""What the operator can decide to do."""

from dataclasses import dataclass
from datetime import timedelta

from multitrack.api.status import RecordingJobStatus

__all__ = [
    "Action",
    "CreateWorkflow",
    "Decision",
    "DeleteJob",
    "StartErrand",
    "StopWorkflow",
    "SuspendWorkflow",
    "WakeWorkflow",
]


@dataclass(frozen=True, slots=True)
class CreateWorkflow:
    """Make the Workflow of an attempt."""

    attempt: int
    start: int = 1
    """Above 1: Argo could not begin the ones before."""


@dataclass(frozen=True, slots=True)
class StopWorkflow:
    """Ask Argo to stop a Workflow."""

    name: str


@dataclass(frozen=True, slots=True)
class SuspendWorkflow:
    """Ask Argo to start nothing new, or to go on."""

    name: str
    suspend: bool


@dataclass(frozen=True, slots=True)
class WakeWorkflow:
    """Touch a Workflow that Argo has stopped looking at."""

    name: str


@dataclass(frozen=True, slots=True)
class DeleteJob:
    """The job's time is up."""


@dataclass(frozen=True, slots=True)
class StartErrand:
    """Make the Workflow of another pipeline, which runs beside the processing or after it."""

    pipeline: str
    number: int
    """Of the run, from 1; the same number is the same Workflow."""
    start: int = 1
    """Above 1: Argo could not begin the ones before."""


Action = CreateWorkflow | StartErrand | StopWorkflow | SuspendWorkflow | WakeWorkflow | DeleteJob


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from what is asked for and what is there."""

    status: RecordingJobStatus
    actions: tuple[Action, ...] = ()
    look_again: timedelta | None = None
    """When time alone changes the answer; None: only an event does."""
