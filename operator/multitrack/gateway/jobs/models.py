"""Jobs as the API shows and takes them: the fields of RecordingJob, camelCase."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from multitrack.api.base import Resource
from multitrack.api.recording_job import RecordingJob
from multitrack.api.spec import RecordingJobSpec
from multitrack.api.status import RecordingJobStatus, StepStatus

__all__ = [
    "ConsentAnswer",
    "ConsentRequest",
    "Job",
    "JobList",
    "JobRequest",
    "ProcessRequest",
    "StepList",
]

_NAME = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"


class _Request(Resource):
    """What a client sends; a field that we do not know is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Job(Resource):
    """One RecordingJob."""

    name: str
    """Its name, unique in its namespace."""
    namespace: str
    """Where it is."""
    uid: str
    """Its uid: a job made anew under the same name has another."""
    created: datetime
    """When it was made."""
    title: str
    """Given by a person, or the room that was recorded; empty if neither is known."""
    labels: dict[str, str]
    """Its labels."""
    spec: RecordingJobSpec
    """What is asked for."""
    status: RecordingJobStatus
    """What has become of it."""

    @classmethod
    def of(cls, job: RecordingJob) -> Self:
        """As the API shows it."""
        daily = job.spec.source.daily
        return cls(
            name=job.name,
            namespace=job.namespace,
            uid=job.uid,
            created=job.created,
            title=job.spec.title or (daily.room_name if daily else None) or "",
            labels=dict(job.labels),
            spec=job.spec,
            status=job.status,
        )


class JobList(Resource):
    """A page of jobs."""

    items: list[Job]
    """Those of this page that pass the filters: fewer than `limit`, or none, is not the end."""
    following: Annotated[str, Field(alias="continue")] = ""
    """Give it as `continue` to get the next page; empty: this is the last."""


class StepList(Resource):
    """A job's steps."""

    phase: str
    """Of the job."""
    progress: str | None = None
    """Runs that have ended, of all that are known: `7/15`."""
    steps: list[StepStatus]
    """In the order of the pipeline."""


class JobRequest(_Request):
    """A job to be made."""

    name: Annotated[str, Field(max_length=253, pattern=_NAME)] | None = None
    """Its name. The same name again is refused, so that a repeated request makes nothing twice.
    Default: one is made up."""
    labels: Annotated[dict[str, str], Field(default_factory=dict)]
    """Its labels."""
    spec: RecordingJobSpec
    """What is asked for, as in a RecordingJob."""


class ProcessRequest(_Request):
    """Run a job again."""

    force: bool = False
    """Stop what runs and start anew."""


class ConsentRequest(_Request):
    """One person's vote on keeping the meeting's audio."""

    consent_given: Annotated[bool, Field(alias="consent_given")]
    """False: the audio is to be deleted. The text stays."""
    user_id: Annotated[str | None, Field(alias="user_id", max_length=200)] = None
    """Of somebody who has signed in where the vote was given: their last vote counts. Without it
    the vote is anonymous, and a "no" stays. Applications say here for whom they speak; a person
    whom the cluster knows votes for themselves."""
    id: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """Of the vote: the same id again counts once. Default: one is made up."""


class ConsentAnswer(Resource):
    """What follows from all votes so far."""

    denied: bool
    """Somebody does not consent: the audio is deleted."""
