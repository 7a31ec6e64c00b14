"""The control loop: keeps what was last seen, asks `reconcile`, carries its answer out."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from multitrack.api import names
from multitrack.api.reasons import ConditionType, WorkflowCreatedReason
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import RecordingJobStatus, timestamp
from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import (
    ClusterAwayError,
    ClusterRefusedError,
    ConflictError,
    NotFoundError,
)
from multitrack.controller import report
from multitrack.controller.announce import News, news, woken_news
from multitrack.controller.audio import AudioDuties
from multitrack.controller.comparisons import comparison_not_started
from multitrack.controller.decision import (
    Action,
    CountVotes,
    CreateWorkflow,
    Decision,
    DeleteJob,
    HoldJob,
    ReleaseJob,
    RequestDeletion,
    StartErrand,
    StopWorkflow,
    SuspendWorkflow,
    WakeWorkflow,
)
from multitrack.controller.deliveries import delivery_not_started
from multitrack.controller.metrics import Metrics
from multitrack.controller.observed import WorkflowView
from multitrack.controller.overdue import LastChanges
from multitrack.controller.reconcile import reconcile
from multitrack.controller.request import errand_workflow, job_workflow
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.startup_check import Problem
from multitrack.controller.templates import Templates
from multitrack.controller.work_queue import Key, WorkQueue
from workflow_templates.argo.settings import DEFAULT_PROFILE, InstallSettings
from workflow_templates.pipelines import COMPARE_RUN, DELIVER_RESULTS
from workflow_templates.runtime.errors import SettingsError
from workflow_templates.runtime.store import S3Store

__all__ = ["Controller"]

_log = logging.getLogger("multitrack.operator")

_WORKERS = 8
"""Jobs looked at side by side; each look is a few requests."""

_REFUSED_AGAIN = timedelta(seconds=60)

_ERRANDS_REFUSED = {
    DELIVER_RESULTS.name: delivery_not_started,
    COMPARE_RUN.name: comparison_not_started,
}
"""By pipeline: what is said where its Workflow cannot be made."""


class Controller:
    """Brings every job to what is asked for, whatever order events come in."""

    def __init__(
        self,
        cluster: Cluster,
        settings: OperatorSettings,
        profiles: Mapping[str, InstallSettings],
        metrics: Metrics,
        open_store: Callable[[], S3Store],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(microsecond=0),
    ) -> None:
        self._cluster = cluster
        self._settings = settings
        self._profiles = profiles
        self._metrics = metrics
        self._clock = clock
        self._queue = WorkQueue()
        self._jobs: dict[Key, RecordingJob] = {}
        self._key_by_uid: dict[str, Key] = {}
        self._workflows: dict[str, dict[str, WorkflowView]] = defaultdict(dict)
        self._changes = LastChanges()
        self._problems: tuple[Problem, ...] = ()
        self.templates = Templates(cluster, profiles)
        self._audio = AudioDuties(cluster, settings, self.jobs, open_store, clock)
        self.last_look = clock()
        """When the loop last did anything; readiness looks at it."""

    def jobs(self) -> tuple[RecordingJob, ...]:
        """All jobs as they were last seen."""
        return tuple(self._jobs.values())

    def see_job(self, body: Mapping[str, Any], *, is_gone: bool) -> None:
        """Take in what the API server says about a job."""
        metadata = body["metadata"]
        key = (metadata["namespace"], metadata["name"])
        if is_gone:
            self._jobs.pop(key, None)
            self._key_by_uid.pop(metadata["uid"], None)
            self._changes.forget(key)
            return
        try:
            job = RecordingJob.from_body(body)
        except ValidationError as error:
            _log.error("job not understood", extra={"job": "/".join(key), "error": str(error)})
            return
        self._jobs[key] = job
        self._changes.see(job)
        self._key_by_uid[job.uid] = key
        self._queue.add(key)

    def see_workflow(self, body: Mapping[str, Any], *, is_gone: bool) -> None:
        """Take in what the API server says about a Workflow."""
        view = WorkflowView.from_body(body, self._clock())
        of_job = self._workflows[view.job_uid]
        if not is_gone:
            of_job[view.name] = view
        elif (known := of_job.get(view.name)) and known.uid == view.uid:
            del of_job[view.name]
            if not of_job:
                del self._workflows[view.job_uid]
        if key := self._key_by_uid.get(view.job_uid):
            self._queue.add(key)

    def see_problems(self, problems: tuple[Problem, ...]) -> None:
        """Take in what the installation lacks; jobs that wait for it say so."""
        self._problems = problems
        self._add_unfinished()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(_WORKERS):
                tasks.create_task(self._work())
            tasks.create_task(self._resync())

    async def _resync(self) -> None:
        """Look at everything unfinished now and then: no event is needed to go on."""
        while True:
            await asyncio.sleep(self._settings.resync_interval)
            self.last_look = self._clock()
            self._add_unfinished()
            self._metrics.count_jobs(self.jobs(), self._changes, self.last_look)
            await self._collect_templates()

    def _add_unfinished(self) -> None:
        for key, job in self._jobs.items():
            if not job.status.phase.is_final or job.status.is_delivering:
                self._queue.add(key)

    async def _collect_templates(self) -> None:
        for namespace in self._settings.job_namespaces:
            try:
                await self.templates.collect(namespace)
            except (ClusterAwayError, ClusterRefusedError) as error:
                _log.warning("templates not collected", extra={"error": str(error)})

    async def _work(self) -> None:
        while True:
            key = await self._queue.take()
            try:
                with self._metrics.reconcile.time():
                    await self._look_at(key)
            except (ClusterAwayError, ClusterRefusedError) as error:
                self._metrics.errors.inc()
                _log.warning("look failed", extra={"job": "/".join(key), "error": str(error)})
                self._queue.failed(key)
            except Exception:  # noqa: BLE001 - the edge: one broken job must not stop the others
                self._metrics.errors.inc()
                _log.exception("look failed unexpectedly", extra={"job": "/".join(key)})
                self._queue.failed(key)
            else:
                self._queue.done(key)

    async def _look_at(self, key: Key) -> None:
        job = self._jobs.get(key)
        if job is None:
            return
        workflows = await self._workflows_of(job)
        decision = self._decide(job, workflows)
        for action in decision.actions:
            decision = await self._carry_out(job, action, decision)
            # What was done to it has made it another version.
            job = self._jobs.get(key, job)
        await self._write(job, decision.status)
        if decision.look_again is not None:
            self._queue.add_later(key, decision.look_again)

    def _decide(self, job: RecordingJob, workflows: tuple[WorkflowView, ...]) -> Decision:
        lacks = tuple(each.sentence for each in self._problems if each.affects(job))
        return reconcile(job, workflows, settings=self._settings, now=self._clock(), lacks=lacks)

    async def _workflows_of(self, job: RecordingJob) -> tuple[WorkflowView, ...]:
        """What was seen; a Workflow that we know of and have not seen is asked for."""
        delivery = job.status.delivery
        for known in (job.status.workflow_ref, delivery.workflow_ref if delivery else None):
            seen = self._workflows.get(job.uid, {})
            if known is None or known.deleted or known.name in seen:
                continue
            try:
                body = await self._cluster.get_workflow(job.namespace, known.name)
            except NotFoundError:
                continue
            view = WorkflowView.from_body(body, self._clock())
            if view.uid == known.uid:
                self._workflows[job.uid][view.name] = view
        return tuple(self._workflows.get(job.uid, {}).values())

    async def _carry_out(self, job: RecordingJob, action: Action, decision: Decision) -> Decision:
        match action:
            case CreateWorkflow():
                return await self._create(job, action, decision)
            case StartErrand():
                return await self._start_errand(job, action, decision)
            case StopWorkflow(name):
                # Argo does not look at a suspended Workflow, not even to stop it.
                await self._patch(job, name, {"spec": {"shutdown": "Stop", "suspend": None}})
            case SuspendWorkflow(name, suspend):
                await self._patch(job, name, {"spec": {"suspend": suspend or None}})
            case WakeWorkflow(name):
                woken = {names.WOKEN_ANNOTATION: timestamp(self._clock())}
                await self._patch(job, name, {"metadata": {"annotations": woken}})
                self._metrics.woken.inc()
                _log.info("workflow woken", extra={"job": job.name, "workflow": name})
                await self._post(job, woken_news(name))
            case DeleteJob():
                await self._cluster.delete_job(job.namespace, job.name)
            case HoldJob():
                self._take_in(await self._audio.hold(job))
            case ReleaseJob(keeps_audio):
                await self._audio.release(job, keeps_audio=keeps_audio)
            case CountVotes() | RequestDeletion():
                return await self._audio.carry_out(job, action, decision)
        return decision

    def _take_in(self, body: Mapping[str, Any]) -> None:
        """What the API server answers to a change is what it would tell next."""
        job = RecordingJob.from_body(body)
        if self._jobs.get(job.key, job).uid == job.uid:
            self._jobs[job.key] = job

    async def _patch(self, job: RecordingJob, name: str, patch: dict[str, Any]) -> None:
        try:
            body = await self._cluster.patch_workflow(job.namespace, name, patch)
        except NotFoundError:
            return
        self.see_workflow(body, is_gone=False)

    async def _create(
        self, job: RecordingJob, wanted: CreateWorkflow, decision: Decision
    ) -> Decision:
        """Make the Workflow; what stands in the way becomes a condition."""
        profile = self._profiles.get(job.spec.profile)
        if profile is None:
            text = f"{job.spec.profile} is no profile of this installation; known are "
            text += ", ".join(sorted(self._profiles))
            return self._refused(job, decision, WorkflowCreatedReason.UNKNOWN_PROFILE, text)
        try:
            manifest = job_workflow(
                job, wanted.attempt, profile, self._settings.storage, wanted.start
            )
            await self.templates.ensure(job.namespace, job.spec.profile, is_missed=wanted.start > 1)
            body = await self._cluster.create_workflow(manifest)
        except SettingsError as error:
            reason = WorkflowCreatedReason.INVALID_REQUEST
            return self._refused(job, decision, reason, str(error))
        except ConflictError:
            body = await self._cluster.get_workflow(job.namespace, manifest["metadata"]["name"])
            if (body["metadata"].get("labels") or {}).get(names.JOB_UID_LABEL) != job.uid:
                text = f"Workflow {body['metadata']['name']} is not this job's; delete it"
                return self._refused(job, decision, WorkflowCreatedReason.NAME_TAKEN, text)
        except ClusterRefusedError as error:
            self._metrics.api_errors.labels(verb="create").inc()
            reason = WorkflowCreatedReason.WORKFLOW_REFUSED
            return self._refused(job, decision, reason, str(error))
        if job.status.attempt == 0:
            self._metrics.creation.observe((self._clock() - job.created).total_seconds())
        _log.info("workflow created", extra={"job": job.name, "workflow": body["metadata"]["name"]})
        self.see_workflow(body, is_gone=False)
        workflows = tuple(self._workflows[job.uid].values())
        return self._decide(job, workflows)

    async def _start_errand(
        self, job: RecordingJob, wanted: StartErrand, decision: Decision
    ) -> Decision:
        """Make an errand's Workflow; what stands in the way becomes a condition."""
        try:
            await self._create_errand(job, wanted)
        except (ClusterRefusedError, SettingsError) as error:
            self._metrics.api_errors.labels(verb="create").inc()
            refused = _ERRANDS_REFUSED[wanted.pipeline]
            return refused(decision, job, str(error), self._clock())
        return self._decide(job, tuple(self._workflows[job.uid].values()))

    async def _create_errand(self, job: RecordingJob, wanted: StartErrand) -> None:
        """Make an errand's Workflow; one of its name that is this job's is the same one.

        Raises:
            ClusterRefusedError: The API server or a policy refuses it.
            SettingsError: It cannot be rendered.
        """
        # A profile that is no longer there must not keep results from being delivered.
        profile = job.spec.profile if job.spec.profile in self._profiles else DEFAULT_PROFILE
        manifest = errand_workflow(
            job,
            wanted.pipeline,
            wanted.number,
            self._profiles[profile],
            self._settings,
            wanted.start,
        )
        name = manifest["metadata"]["name"]
        await self.templates.ensure(
            job.namespace, profile, wanted.pipeline, is_missed=wanted.start > 1
        )
        try:
            body = await self._cluster.create_workflow(manifest)
        except ConflictError:
            body = await self._cluster.get_workflow(job.namespace, name)
            if (body["metadata"].get("labels") or {}).get(names.JOB_UID_LABEL) != job.uid:
                raise ClusterRefusedError(f"Workflow {name} is not this job's; delete it") from None
        _log.info("errand started", extra={"job": job.name, "workflow": name})
        self.see_workflow(body, is_gone=False)

    def _refused(
        self, job: RecordingJob, decision: Decision, reason: WorkflowCreatedReason, text: str
    ) -> Decision:
        status = report.not_created(decision.status, job, reason, text, self._clock())
        return Decision(status, (), _REFUSED_AGAIN)

    async def _write(self, job: RecordingJob, status: RecordingJobStatus) -> None:
        """Write the status, if it says anything new, unless the job has changed meanwhile."""
        now = self.last_look = self._clock()
        if status == job.status:
            return
        patch = {
            "metadata": {"resourceVersion": job.resource_version},
            "status": status.to_patch(),
        }
        workflows = tuple(self._workflows.get(job.uid, {}).values())
        try:
            body = await self._cluster.patch_job_status(job.namespace, job.name, patch)
        except ConflictError:
            self._queue.add_later(job.key, timedelta(seconds=0.2))
            return
        except NotFoundError:
            return
        self._metrics.note_change(job.status, status, workflows)
        self._changes.changed(job.key, now)
        self._take_in(body)
        await self._announce(job, status)
        succeeded = status.condition(ConditionType.SUCCEEDED)
        _log.info(
            "status written",
            extra={
                "job": job.name,
                "phase": status.phase.value,
                "reason": succeeded.reason if succeeded else None,
            },
        )

    async def _announce(self, job: RecordingJob, status: RecordingJobStatus) -> None:
        for condition in news(job.status, status):
            await self._post(job, condition)

    async def _post(self, job: RecordingJob, item: News) -> None:
        """Events are a help: one that cannot be posted holds nothing up."""
        about = {
            "apiVersion": names.API_VERSION,
            "kind": names.KIND,
            "name": job.name,
            "namespace": job.namespace,
            "uid": job.uid,
        }
        try:
            await self._cluster.post_event(
                about,
                reason=item.reason,
                message=item.message,
                is_warning=item.is_warning,
                at=timestamp(self._clock()),
            )
        except (ClusterAwayError, ClusterRefusedError) as error:
            self._metrics.api_errors.labels(verb="event").inc()
            _log.warning("event not posted", extra={"job": job.name, "error": str(error)})
