"""A RecordingJob as it comes from the API server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from multitrack.api.spec import RecordingJobSpec
from multitrack.api.status import RecordingJobStatus

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
            status=RecordingJobStatus.model_validate(body.get("status") or {}),
            labels=dict(metadata.get("labels") or {}),
            is_being_deleted="deletionTimestamp" in metadata,
            annotations=dict(metadata.get("annotations") or {}),
        )

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.namespace, self.name
