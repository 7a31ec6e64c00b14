"""`multitrack report`: where a job's time went, and what it cost."""

import dataclasses
import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import timestamp
from multitrack.cli.cluster.report_shown import report_in_detail
from multitrack.cli.cluster.session import Context, JobName, Namespace, with_cluster

if TYPE_CHECKING:
    from multitrack.accounting.job_report import JobReport
    from multitrack.accounting.prices import PriceTable
    from multitrack.cluster.client import Cluster
    from multitrack.controller.observed import WorkflowView

__all__ = ["report_command"]

_WIDTH_OF_PIPES = 200
"""Columns: nothing is cut off where nobody says how wide a line may be."""


class Output(StrEnum):
    """How it is written."""

    TABLE = "table"
    JSON = "json"


def report_command(
    name: JobName,
    output: Annotated[
        Output, typer.Option("--output", "-o", help="For people, or for programs.")
    ] = Output.TABLE,
    prices: Annotated[
        Path | None,
        typer.Option(
            help="YAML with the prices, keys as below the chart's metrics.prices; or the "
            "operator's operator.yaml.",
            envvar="MULTITRACK_PRICES",
        ),
    ] = None,
    namespace: Namespace = None,
    context: Context = None,
) -> None:
    """Tell where a job's time went and what it cost, step by step.

    What a Workflow that is gone would have told is named; the rest is from the job's status.

    multitrack report standup -n meetings
    """
    table = _prices(prices)

    async def tell(cluster: "Cluster", namespace: str) -> "JobReport":
        from multitrack.accounting.job_report import report_on  # noqa: PLC0415 - not for `run`

        job = RecordingJob.from_body(await cluster.get_job(namespace, name))
        workflow = await _workflow_of(cluster, job)
        return report_on(job, workflow, table, datetime.now(UTC).replace(microsecond=0))

    report = with_cluster(tell, namespace, context)
    if output is Output.JSON:
        typer.echo(json.dumps(_plain(report), indent=1, ensure_ascii=False, default=_word))
    else:
        console = Console(highlight=False, soft_wrap=True)
        if not console.is_terminal:
            console.width = _WIDTH_OF_PIPES
        console.print(report_in_detail(report))


async def _workflow_of(cluster: "Cluster", job: RecordingJob) -> "WorkflowView | None":
    """The Workflow that the status is about, if it is still there."""
    from multitrack.cluster.errors import NotFoundError  # noqa: PLC0415 - not for `run`
    from multitrack.controller.observed import WorkflowView  # noqa: PLC0415

    reference = job.status.workflow_ref
    if reference is None:
        return None
    try:
        body = await cluster.get_workflow(job.namespace, reference.name)
    except NotFoundError:
        return None
    view = WorkflowView.from_body(body, datetime.now(UTC))
    return view if view.uid == reference.uid else None


def _prices(file: Path | None) -> "PriceTable":
    """The table in a file of its own, or in the operator's settings; none without a file.

    Raises:
        SettingsError: No such file, not YAML, an unknown key or a value that cannot be.
    """
    from multitrack.accounting.prices import PriceTable  # noqa: PLC0415 - not for `run`

    if file is None:
        return PriceTable()
    from workflow_templates.runtime.settings_file import (  # noqa: PLC0415 - needs PyYAML
        check_settings,
        read_mapping,
    )

    content = read_mapping(file)
    whole = content.get("monitoring") if "jobNamespaces" in content else None
    if isinstance(whole, dict):
        content = whole.get("prices") or {}
    return check_settings(file, content, PriceTable)


def _plain(report: "JobReport") -> dict[str, Any]:
    return dataclasses.asdict(report)


def _word(value: object) -> str:
    return timestamp(value.astimezone(UTC)) if isinstance(value, datetime) else str(value)
