"""A step's files and small values as Argo's inputs and outputs.

Every file lies below the job's prefix of the bucket under the key that the catalog gives it, and in
the pod below `/workspace/inputs` or `/workspace/outputs` under the same key.
"""

from hera.workflows import NoneArchiveStrategy, Parameter, S3Artifact
from hera.workflows.models import ValueFrom

from workflow_templates.argo.expressions import (
    NOT_MADE,
    UNKNOWN_DURATION,
    input_parameter,
    job_parameter,
)
from workflow_templates.argo.names import JOB_UID_PARAMETER
from workflow_templates.catalog import Artifact, Step
from workflow_templates.runtime.job_files import job_key

__all__ = ["INPUTS", "OUTPUTS", "input_artifacts", "output_artifacts", "output_parameters"]

INPUTS = "/workspace/inputs"
"""Where a step's input files lie in its pod."""

OUTPUTS = "/workspace/outputs"
"""Where a step's output files lie in its pod."""

_DEFAULT_BY_OUTPUT = {
    "tracks": "[]",
    "diarized-tracks": "[]",
    "screen-tracks.diarized-tracks": NOT_MADE,
    "duration": UNKNOWN_DURATION,
    "audio-deleted": "false",
}
"""What a task hands over that failed or was skipped: the expressions of later tasks must hold."""


def input_artifacts(step: Step) -> list[S3Artifact]:
    """The step's input files. No file below a prefix is an empty folder, not an error."""
    return [
        _artifact(artifact, INPUTS, optional=artifact.optional or artifact.is_prefix)
        for artifact in step.inputs
    ]


def output_artifacts(step: Step) -> list[S3Artifact]:
    """The step's output files; a failed attempt's are uploaded, too."""
    return [_artifact(artifact, OUTPUTS, optional=artifact.optional) for artifact in step.outputs]


def output_parameters(step: Step) -> list[Parameter]:
    """The step's report and what it hands over; each with a default, so that none is absent."""
    report = Parameter(name="step", value_from=ValueFrom(path=f"{OUTPUTS}/step.json", default="{}"))
    handed_over = [
        Parameter(
            name=name,
            value_from=ValueFrom(
                path=f"{OUTPUTS}/parameters/{name}",
                default=_DEFAULT_BY_OUTPUT.get(
                    f"{step.name}.{name}", _DEFAULT_BY_OUTPUT.get(name, "")
                ),
            ),
        )
        for name in step.output_parameters
    ]
    return [report, *handed_over]


def _artifact(artifact: Artifact, folder: str, *, optional: bool) -> S3Artifact:
    """One file or folder, as it is: archived, Argo would pack it, and unpack what looks packed."""
    key = artifact.key.rstrip("/").format(index=input_parameter("index"))
    return S3Artifact(
        name=artifact.name,
        path=f"{folder}/{key}",
        key=job_key(job_parameter(JOB_UID_PARAMETER), key),
        archive=NoneArchiveStrategy(),
        optional=optional or None,
    )
