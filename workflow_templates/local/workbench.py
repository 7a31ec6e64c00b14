"""One piece of work's files: inputs laid out, outputs taken over, finished work recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from workflow_templates.contracts.results import StepReport
from workflow_templates.local.job_folder import JobFolder, WorkRecord
from workflow_templates.local.plan import Node
from workflow_templates.runtime.errors import MultitrackError
from workflow_templates.runtime.provenance import fingerprint

__all__ = ["Effort", "Workbench"]


@dataclass(frozen=True, slots=True)
class Effort:
    """What a piece of work took."""

    seconds: float
    """Wall-clock time from its first attempt's start."""
    peak_mib: float
    attempts: int


class Workbench:
    """Brings a job's files to the steps and their outputs back."""

    def __init__(self, folder: JobFolder) -> None:
        self._folder = folder

    def lay_out(self, node: Node) -> Path:
        """A fresh folder with the node's declared inputs under `inputs`, and an empty `outputs`."""
        scratch = self._folder.scratch(node.id)
        for artifact in node.task.step.inputs:
            for key in self._folder.keys(node.key(artifact)):
                self._folder.stage(key, scratch / "inputs")
        return scratch

    def take_over(
        self, node: Node, parameters: Mapping[str, str], scratch: Path, effort: Effort
    ) -> WorkRecord:
        """Move a successful attempt's outputs into the job and remember what they were made from.

        Raises:
            MultitrackError: The step ended well and left out something that it promised.
        """
        outputs = scratch / "outputs"
        report = _read_report(node, outputs)
        produced, prefixes = _declared_outputs(node, outputs)
        handed_over = {
            name: (outputs / "parameters" / name).read_text(encoding="utf-8")
            for name in node.task.step.output_parameters
        }
        self._folder.forget(node.id)
        record = WorkRecord(
            outputs=self._folder.adopt(produced, prefixes),
            fingerprint=self._fingerprint(node, parameters, report),
            report=report,
            output_parameters=handed_over,
            seconds=round(effort.seconds, 3),
            peak_mib=round(effort.peak_mib, 1),
            attempts=effort.attempts,
        )
        self._folder.remember(node.id, record)
        self._folder.discard_scratch(node.id)
        return record

    def finished_before(self, node: Node, parameters: Mapping[str, str]) -> WorkRecord | None:
        """The record of the same work, if its outputs are still as they were."""
        record = self._folder.record(node.id)
        if record is None or node.task.step.reads_source:
            return None
        same = record.fingerprint == self._fingerprint(node, parameters, record.report)
        return record if same and self._folder.is_intact(record) else None

    def files_of_earlier_run(self, node: Node) -> str:
        """The folder of the job's files, if what this work made of them is as it was; else ""."""
        record = self._folder.record(node.id)
        intact = record is not None and self._folder.is_intact(record)
        return str(self._folder.files.absolute()) if intact else ""

    def _fingerprint(self, node: Node, parameters: Mapping[str, str], report: StepReport) -> str:
        """What the outputs are made from now, without what the step says it left unread."""
        step = node.task.step
        counted = {
            parameter.name: parameters[parameter.name]
            for parameter in step.parameters
            if parameter.fingerprinted
        }
        if node.track is not None:
            counted["track"] = node.track.identity()
        own = {node.key(artifact) for artifact in step.outputs}
        inputs = {}
        for artifact in step.inputs:
            if artifact.name in report.unread_inputs or node.key(artifact) in own:
                continue
            for key in self._folder.keys(node.key(artifact)):
                stored = self._folder.stored(key)
                inputs[key] = stored.sha256 if stored else ""
        return fingerprint(step.name, step.version, counted, inputs)


def _read_report(node: Node, outputs: Path) -> StepReport:
    try:
        return StepReport.model_validate_json((outputs / "step.json").read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise MultitrackError(
            f"{node.label}: ended well without a step.json; this is a bug"
        ) from error


def _declared_outputs(node: Node, outputs: Path) -> tuple[dict[str, Path], list[str]]:
    """Files by key, and the prefixes that belong to the node as a whole."""
    produced: dict[str, Path] = {}
    prefixes = []
    for artifact in node.task.step.outputs:
        key = node.key(artifact)
        if artifact.is_prefix:
            prefixes.append(key)
            files = (file for file in (outputs / key).rglob("*") if file.is_file())
            produced |= {str(file.relative_to(outputs)): file for file in files}
        elif (outputs / key).is_file():
            produced[key] = outputs / key
        elif not artifact.optional:
            raise MultitrackError(f"{node.label}: ended well without {key}; this is a bug")
    return produced, prefixes
