"""Workflows that delete audio: found, waited for and started, whether or not there is a job."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from multitrack.api import names
from multitrack.api.status import timestamp
from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import ConflictError, NotFoundError
from multitrack.controller.observed import WorkflowView
from multitrack.controller.request import deletion_workflow
from multitrack.controller.templates import Templates
from workflow_templates.argo.names import PIPELINE_LABEL
from workflow_templates.argo.settings import DEFAULT_PROFILE
from workflow_templates.contracts.deletion import DeletionRequest, DeletionScope
from workflow_templates.pipelines import DELETE_AUDIO, DELIVER_RESULTS
from workflow_templates.runtime.deletions import DeletionList
from workflow_templates.runtime.store import S3Address

__all__ = ["DeletionTry", "DeletionWorkflows"]

_log = logging.getLogger("multitrack.loops")

_WITHOUT_AUDIO = "cleanup-consent,post-zulip,send-webhook"
"""Steps whose pods neither hold nor make audio; any other pod of a job may still upload some."""
_NO_AUDIO = (DELETE_AUDIO.name, DELIVER_RESULTS.name)
"""Pipelines that make none; a deletion need not wait for their end."""


@dataclass(frozen=True, slots=True)
class DeletionTry:
    """One deletion of a job's audio."""

    workflow: WorkflowView
    is_for_entry: bool
    """It is for the entry that was asked about, and not for another of the same job."""


class DeletionWorkflows:
    """The Workflows of all entries. Methods raise `ClusterError`s and the store's."""

    def __init__(
        self,
        cluster: Cluster,
        entries: DeletionList,
        templates: Templates,
        namespaces: tuple[str, ...],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the parts.

        Args:
            cluster: Connected.
            entries: Of the installation's bucket.
            templates: What Workflows refer to.
            namespaces: In which Workflows may run.
            clock: With time zone.
        """
        self._cluster = cluster
        self._entries = entries
        self._templates = templates
        self._namespaces = namespaces
        self._clock = clock

    def _namespace(self, entry: DeletionRequest) -> str:
        """The job's own; where that is no longer served, another of the installation's."""
        return entry.namespace if entry.namespace in self._namespaces else self._namespaces[0]

    async def is_busy(self, entry: DeletionRequest) -> bool:
        """Whether anything may still make audio that would come after the deletion."""
        namespace = self._namespace(entry)
        for uid in (entry.job_uid, *map(_uid_of, entry.prefixes)):
            selector = f"{names.JOB_UID_LABEL}={uid}"
            others = f"{selector},{PIPELINE_LABEL} notin ({','.join(_NO_AUDIO)})"
            bodies = await self._cluster.list_workflows(namespace, others)
            views = [WorkflowView.from_body(body, self._clock()) for body in bodies]
            if not all(each.is_finished for each in views):
                return True
            pods = f"{selector},app.kubernetes.io/component notin ({_WITHOUT_AUDIO})"
            if await self._cluster.has_live_pods(namespace, pods):
                return True
        return False

    async def tries(self, entry: DeletionRequest) -> list[DeletionTry]:
        """All deletions of the job's audio, by number."""
        selector = f"{names.JOB_UID_LABEL}={entry.job_uid},{PIPELINE_LABEL}={DELETE_AUDIO.name}"
        bodies = await self._cluster.list_workflows(self._namespace(entry), selector)
        address = str(self._entries.address(entry))
        found = [
            DeletionTry(
                WorkflowView.from_body(body, self._clock()), address in _arguments(body).values()
            )
            for body in bodies
        ]
        return sorted(found, key=lambda each: each.workflow.attempt)

    async def start(self, entry: DeletionRequest, number: int) -> None:
        """Make the Workflow of a number; the same number again is the same one."""
        namespace = self._namespace(entry)
        profile = entry.profile if entry.profile in self._templates.profiles else DEFAULT_PROFILE
        draws = entry.scope is not DeletionScope.INTERMEDIATES and await asyncio.to_thread(
            self._entries.is_published, entry.job_uid
        )
        manifest = deletion_workflow(
            entry,
            self._entries.address(entry),
            namespace,
            number,
            self._templates.profiles[profile],
            report=draws,
        )
        await self._templates.ensure(namespace, profile, DELETE_AUDIO.name)
        name = manifest["metadata"]["name"]
        try:
            await self._cluster.create_workflow(manifest)
        except ConflictError:
            return  # the same one: an answer was lost
        _log.info("deletion started", extra={"entry": entry.id, "workflow": name})

    async def tell_jobs(self, entry: DeletionRequest) -> None:
        """Note on all jobs of the recording that are still there that their audio is gone.

        Nobody may have denied consent to the others; their status must not say that audio is kept.
        The API server is asked: an operator that has just started knows no jobs yet.
        """
        await self._tell(entry.namespace, entry.job_name, entry.job_uid)
        others = {_uid_of(prefix) for prefix in entry.prefixes}
        for namespace in self._namespaces if others else ():
            for body in await self._cluster.list_jobs(namespace):
                found = body["metadata"]
                if found["uid"] in others:
                    await self._tell(namespace, found["name"], found["uid"])

    async def _tell(self, namespace: str, name: str, uid: str) -> None:
        noted = {"annotations": {names.AUDIO_DELETED_ANNOTATION: timestamp(self._clock())}}
        try:
            body = await self._cluster.get_job(namespace, name)
            if body["metadata"]["uid"] == uid:
                await self._cluster.patch_job(namespace, name, {"metadata": noted})
        except NotFoundError:
            return


def _uid_of(prefix: str) -> str:
    return S3Address.parse(prefix).key.split("/")[1]


def _arguments(body: Mapping[str, Any]) -> dict[str, str]:
    told = (body.get("spec") or {}).get("arguments") or {}
    return {each["name"]: str(each.get("value", "")) for each in told.get("parameters") or ()}
