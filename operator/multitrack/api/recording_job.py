"""A RecordingJob as it comes from the API server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Self

from multitrack.api.spec import RecordingJobSpec
from multitrack.api.status import RecordingJobStatus, StepStatus

__all__ = ["RecordingJob"]


@dataclass(frozen=True, slots=True)
class RecordingJob:
    """Name, spec and status of one job."""

    name: str
    namespace: str
    uid: str
    generation: int
    resource_version: str
    created: datetime
    spec: RecordingJobSpec
    status: RecordingJobStatus
    labels: Mapping[str, str]
    is_being_deleted: bool = False
    annotations: Mapping[str, str] = field(default_factory=dict)
    finalizers: tuple[str, ...] = ()

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read the API server's object.

        Raises:
            pydantic.ValidationError: The server let something through that its schema forbids.
        """
        metadata = body["metadata"]
        return cls(
            name=metadata["name"],
            namespace=metadata["namespace"],
            uid=metadata["uid"],
            generation=metadata["generation"],
            resource_version=metadata["resourceVersion"],
            created=datetime.fromisoformat(metadata["creationTimestamp"]),
            spec=RecordingJobSpec.model_validate(body["spec"]),
            status=_slim(RecordingJobStatus.model_validate(body.get("status") or {})),
            labels=dict(metadata.get("labels") or {}),
            is_being_deleted="deletionTimestamp" in metadata,
            annotations=dict(metadata.get("annotations") or {}),
            finalizers=tuple(metadata.get("finalizers") or ()),
        )

    @property
    def subject(self) -> str:
        """Whose votes count: people vote on a recording of Daily's before there is a job."""
        daily = self.spec.source.daily
        return daily.recording_id if daily else self.uid

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.namespace, self.name


def _slim(status: RecordingJobStatus) -> RecordingJobStatus:
    """The status in less memory: whoever follows a thousand jobs keeps them all."""
    return status.model_copy(update={"steps": tuple(map(_shared, status.steps))})


@lru_cache(maxsize=1024)
def _shared(step: StepStatus) -> StepStatus:
    """One object for all equal ones: most steps of most jobs wait, and say the same."""
    return step
