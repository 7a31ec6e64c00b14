"""What all cluster commands share: the namespace, the connection, options."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from workflow_templates.runtime.errors import SettingsError

if TYPE_CHECKING:
    from multitrack.cluster.client import Cluster

__all__ = ["Context", "JobName", "Namespace", "with_cluster"]

_Result = TypeVar("_Result")

JobName = Annotated[str, typer.Argument(metavar="JOB", help="The RecordingJob's name.")]
Namespace = Annotated[
    str | None,
    typer.Option("--namespace", "-n", help="\\[default: the kubeconfig's, else default]"),
]
Context = Annotated[str | None, typer.Option("--context", help="A context of the kubeconfig.")]


def with_cluster(
    work: "Callable[[Cluster, str], Awaitable[_Result]]",
    namespace: str | None,
    context: str | None,
) -> _Result:
    """Run `work(cluster, namespace)` against the cluster that the user means.

    Raises:
        SettingsError: The packages for it are not installed.
        ClusterRefusedError: There is no cluster to talk to, or it refuses.
    """
    try:
        from multitrack.cluster.client import connect  # noqa: PLC0415 - heavy
        from multitrack.cluster.login import namespace_of  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"this command needs the package {error.name}; pip install 'multitrack[operator]'"
        ) from error

    async def session() -> _Result:
        async with connect(context) as cluster:
            return await work(cluster, namespace or namespace_of(context))

    return asyncio.run(session())
