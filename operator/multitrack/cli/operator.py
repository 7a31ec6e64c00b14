"""`multitrack operator`, `multitrack check-install` and `multitrack crd`: what the chart runs."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from multitrack.api.crd import custom_resource_definition
from workflow_templates.runtime.errors import ExitCode

__all__ = ["check_install", "crd", "operator"]

Settings = Annotated[
    Path, typer.Option("--settings", metavar="FILE", help="operator.yaml: namespaces, bucket, UI.")
]
Workflows = Annotated[
    Path, typer.Option("--workflows", metavar="FILE", help="workflows.yaml: images, nodes, limits.")
]


def operator(settings: Settings, workflows: Workflows) -> None:
    """Follow RecordingJobs in a cluster until a signal comes.

    multitrack operator --settings operator.yaml --workflows workflows.yaml
    """
    from multitrack.controller.process import run_operator  # noqa: PLC0415 - Kopf is heavy
    from multitrack.controller.settings import load_operator_settings  # noqa: PLC0415
    from workflow_templates.argo.settings import load_profiles  # noqa: PLC0415

    asyncio.run(run_operator(load_operator_settings(settings), load_profiles(workflows)))


def check_install(settings: Settings, workflows: Workflows) -> None:
    """Say what an installation still lacks, a sentence a line; exit code 2 if anything.

    multitrack check-install --settings operator.yaml --workflows workflows.yaml
    """
    from multitrack.controller.settings import load_operator_settings  # noqa: PLC0415
    from workflow_templates.argo.settings import load_profiles  # noqa: PLC0415

    operator_settings, profiles = load_operator_settings(settings), load_profiles(workflows)

    async def look() -> list[str]:
        from multitrack.cluster.client import connect  # noqa: PLC0415
        from multitrack.controller.startup_check import store_of, what_is_missing  # noqa: PLC0415

        async with connect() as cluster:
            open_store = store_of(operator_settings.storage)
            looking = what_is_missing(cluster, operator_settings, profiles, open_store)
            return [problem.sentence async for problem in looking]

    problems = asyncio.run(look())
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(ExitCode.BAD_INPUT)
    typer.echo("Everything that Multitrack needs is there.")


def crd() -> None:
    """Print the CustomResourceDefinition of RecordingJob, for `kubectl apply -f -`.

    multitrack crd | kubectl apply --server-side -f -
    """
    import yaml  # noqa: PLC0415 - comes with the operator's packages

    typer.echo(yaml.safe_dump(custom_resource_definition(), sort_keys=False, width=100), nl=False)
