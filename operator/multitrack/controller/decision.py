"""What the operator can decide to do."""

from dataclasses import dataclass
from datetime import timedelta

from multitrack.api.status import RecordingJobStatus
from workflow_templates.contracts.deletion import DeletionScope

__all__ = [
    "Action",
    "AudioAction",
    "CountVotes",
    "CreateWorkflow",
    "Decision",
    "DeleteJob",
    "HoldJob",
    "ReleaseJob",
    "RequestDeletion",
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


@dataclass(frozen=True, slots=True)
class HoldJob:
    """Have the API server keep the job until what has to be deleted is written down."""


@dataclass(frozen=True, slots=True)
class ReleaseJob:
    """Nothing of the job is needed any more."""

    keeps_audio: bool = False
    """Note first where its audio lies: later votes and retention are to find it."""


@dataclass(frozen=True, slots=True)
class CountVotes:
    """Read the votes; the answer becomes part of the status."""

    counted: str
    """What the status then says in `audio.counted`."""


@dataclass(frozen=True, slots=True)
class RequestDeletion:
    """Write down what is to go."""

    number: int
    """Of the job's entries, from 1."""
    scope: DeletionScope
    because: str
    """One sentence."""
    reaches_others: bool = False
    """Copies that other jobs made of the same recording go, too."""
    is_expiry: bool = False
    """Nobody minds the audio, but its time is up."""


AudioAction = HoldJob | ReleaseJob | CountVotes | RequestDeletion
"""What is done about a job's audio."""

Action = (
    CreateWorkflow
    | StartErrand
    | StopWorkflow
    | SuspendWorkflow
    | WakeWorkflow
    | DeleteJob
    | AudioAction
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from what is asked for and what is there."""

    status: RecordingJobStatus
    actions: tuple[Action, ...] = ()
    look_again: timedelta | None = None
    """When time alone changes the answer; None: only an event does."""
