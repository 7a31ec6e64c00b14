"""The WorkflowTemplates that our Workflows refer to: made when needed, collected when not."""

import asyncio
from collections.abc import Mapping

from multitrack.cluster.client import Cluster
from workflow_templates.argo.names import JOB_UID_LABEL, PIPELINE_LABEL
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import Manifest, render_template
from workflow_templates.pipelines import PIPELINES, PROCESS_RECORDING

__all__ = ["Templates"]

_MANAGED_BY = "app.kubernetes.io/managed-by=multitrack"

_KNOWN_AFTER = 1
"""Seconds. Argo ends a Workflow whose template its cache does not hold yet as an error."""


class Templates:
    """One immutable template for each profile and pipeline; its name says its content."""

    def __init__(self, cluster: Cluster, profiles: Mapping[str, InstallSettings]) -> None:
        self._cluster = cluster
        self.profiles = profiles
        self._current: dict[tuple[str, str], Manifest] = {
            (name, pipeline.name): render_template(pipeline, settings)
            for name, settings in profiles.items()
            for pipeline in PIPELINES
        }
        self._instance = next(iter(profiles.values())).instance
        self._applied: set[tuple[str, str]] = set()

    async def ensure(
        self,
        namespace: str,
        profile: str,
        pipeline: str = PROCESS_RECORDING.name,
        *,
        is_missed: bool = False,
    ) -> None:
        """Have the profile's template in the namespace; a new one is given time to be known.

        Args:
            namespace: Of the job.
            profile: One that is known.
            pipeline: Whose template.
            is_missed: Argo did not find it, so having made it earlier says nothing.

        Raises:
            ClusterError: It cannot be applied.
        """
        manifest = self._current[profile, pipeline]
        name = manifest["metadata"]["name"]
        if (namespace, name) in self._applied and not is_missed:
            return
        body = {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}
        is_new = await self._cluster.apply_template(namespace, body)
        self._applied.add((namespace, name))
        if is_new:
            await asyncio.sleep(_KNOWN_AFTER)

    async def collect(self, namespace: str) -> None:
        """Delete templates of ours that are neither current nor named by a Workflow.

        Raises:
            ClusterError: The API server does not answer, or refuses.
        """
        current = {manifest["metadata"]["name"] for manifest in self._current.values()}
        selector = f"{_MANAGED_BY},{PIPELINE_LABEL},app.kubernetes.io/instance={self._instance}"
        found = {
            body["metadata"]["name"]
            for body in await self._cluster.list_templates(namespace, selector)
        }
        # One that somebody deleted is applied again for the next job.
        self._applied -= {(namespace, name) for name in current - found}
        if outdated := found - current:
            # Asked for, not remembered: an operator that has just started knows few Workflows.
            used = await self._cluster.templates_in_use(namespace, JOB_UID_LABEL)
            for name in outdated - used:
                await self._cluster.delete_template(namespace, name)
