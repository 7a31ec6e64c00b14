"""The operator's figures, as Prometheus reads them at /metrics."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from multitrack.accounting.tries import Try, new_tries
from multitrack.api.reasons import (
    ComparedReason,
    ConditionStatus,
    ConditionType,
    DeliveredReason,
    Phase,
    SucceededReason,
)
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import RecordingJobStatus
from multitrack.controller.observed import WorkflowView
from multitrack.controller.overdue import LastChanges, consent_is_unenforced, delivery_is_late
from multitrack.controller.settings import MonitoringSettings
from multitrack.controller.startup_check import Problem, ProblemKind
from multitrack.controller.step_metrics import StepMetrics
from multitrack.controller.steps import step_statuses
from workflow_templates.contracts.comparison import Verdict
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["Metrics"]

_SECONDS_OF_JOBS = (30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
_SECONDS_TO_START = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


_ONGOING = frozenset(
    {
        SucceededReason.PENDING,
        SucceededReason.QUEUED,
        SucceededReason.INSTALLATION_INCOMPLETE,
        SucceededReason.RUNNING,
        SucceededReason.SUSPENDED,
        SucceededReason.RETRYING,
    }
)
_DEFAULTS = MonitoringSettings()
_DELIVERY_ENDS = (
    DeliveredReason.DELIVERED,
    DeliveredReason.SETTINGS,
    DeliveredReason.REFUSED,
    DeliveredReason.UNDELIVERABLE,
    DeliveredReason.STOPPED,
    DeliveredReason.DELETED,
)
_NO_VERDICT = "failed"
"""Of a comparison that came to none."""
_BY_PEOPLE = frozenset(
    {SucceededReason.CANCELLED, SucceededReason.STOPPED, SucceededReason.TERMINATED}
)


class Metrics:
    """What is counted and measured. Labels have few values; jobs are no label."""

    def __init__(
        self,
        registry: CollectorRegistry = REGISTRY,
        settings: MonitoringSettings = _DEFAULTS,
    ) -> None:
        self._settings = settings
        self.steps = StepMetrics(registry, settings.prices)
        self.jobs = Gauge("multitrack_jobs", "RecordingJobs by phase", ["phase"], registry=registry)
        self.finished = Counter(
            "multitrack_jobs_finished_total",
            "Runs that have ended",
            ["outcome", "reason"],
            registry=registry,
        )
        for reason in SucceededReason:
            if reason not in _ONGOING:
                # From 0 on: the first of its kind would else be no increase to Prometheus.
                self.finished.labels(outcome=_outcome_of(reason).value, reason=reason.value)
        self.deliveries = Counter(
            "multitrack_deliveries_finished_total",
            "Deliveries of results that have ended",
            ["reason"],
            registry=registry,
        )
        for ended in _DELIVERY_ENDS:
            self.deliveries.labels(reason=ended.value)
        self.comparisons = Counter(
            "multitrack_comparisons_finished_total",
            "Comparisons of shadow jobs with the legacy pipeline that have ended: `alike`, "
            "`different`, `incomplete`, or `failed` without a verdict",
            ["verdict"],
            registry=registry,
        )
        for verdict in (*Verdict, _NO_VERDICT):
            self.comparisons.labels(verdict=str(verdict))
        self.duration = Histogram(
            "multitrack_job_duration_seconds",
            "From the Workflow's creation to its end",
            buckets=_SECONDS_OF_JOBS,
            registry=registry,
        )
        self.creation = Histogram(
            "multitrack_workflow_creation_seconds",
            "From the job's creation to its first Workflow's",
            buckets=_SECONDS_TO_START,
            registry=registry,
        )
        self.step_failures = Counter(
            "multitrack_step_failures_total",
            "Steps that failed their job",
            ["step", "reason"],
            registry=registry,
        )
        self.reconcile = Histogram(
            "multitrack_reconcile_seconds", "One look at one job", registry=registry
        )
        self.errors = Counter(
            "multitrack_reconcile_errors_total",
            "Looks that failed and are repeated",
            registry=registry,
        )
        self.woken = Counter(
            "multitrack_workflows_woken_total",
            "Workflows that Argo had stopped looking at",
            registry=registry,
        )
        self.api_errors = Counter(
            "multitrack_api_errors_total",
            "Requests that the API server refused or did not answer",
            ["verb"],
            registry=registry,
        )
        self.stuck = Gauge(
            "multitrack_jobs_stuck",
            "Pending or running jobs without any change for longer than `monitoring.stuckAfter`",
            registry=registry,
        )
        self.unenforced = Gauge(
            "multitrack_consent_unenforced_jobs",
            "Jobs whose audio has to go and did not within `monitoring.consentPatience`",
            registry=registry,
        )
        self.late = Gauge(
            "multitrack_deliveries_late",
            "Published transcripts not delivered within `monitoring.deliveryPatience`",
            registry=registry,
        )
        self.problems = Gauge(
            "multitrack_installation_problems",
            "What the installation lacks: definitions, Secrets, its bucket; the log has sentences",
            ["kind"],
            registry=registry,
        )

    def count_problems(self, problems: Iterable[Problem]) -> None:
        """Set the gauge of what is missing, by kind."""
        counts = dict.fromkeys(ProblemKind, 0)
        for problem in problems:
            counts[problem.kind] += 1
        for kind, count in counts.items():
            self.problems.labels(kind=kind.value).set(count)

    def count_jobs(
        self, jobs: Collection[RecordingJob], changes: LastChanges, now: datetime
    ) -> None:
        """Set the gauges of jobs: by phase, and those that somebody should look at.

        Args:
            jobs: All there are.
            changes: When each last changed.
            now: With time zone.
        """
        counts = dict.fromkeys(Phase, 0)
        for job in jobs:
            counts[job.status.phase] += 1
        for phase, count in counts.items():
            self.jobs.labels(phase=phase.value).set(count)
        told = self._settings
        self.stuck.set(changes.stuck(jobs, now, timedelta(seconds=told.stuck_after)))
        patience = timedelta(seconds=told.consent_patience)
        self.unenforced.set(sum(consent_is_unenforced(job, now, patience) for job in jobs))
        patience = timedelta(seconds=told.delivery_patience)
        self.late.set(sum(delivery_is_late(job, now, patience) for job in jobs))

    def note_change(
        self,
        before: RecordingJobStatus,
        after: RecordingJobStatus,
        workflows: Iterable[WorkflowView] = (),
    ) -> None:
        """Count what has ended, once: when the status first says so.

        Args:
            before: As it stood in the cluster.
            after: As it stands there now.
            workflows: The job's, at least as new as `after`.
        """
        self.steps.count(_ended_tries(before, after, workflows))
        if (reason := _delivery_end(after)) and reason != _delivery_end(before):
            self.deliveries.labels(reason=reason.value).inc()
        if (comparison := _comparison_end(after)) and comparison != _comparison_end(before):
            self.comparisons.labels(verdict=comparison[1]).inc()
        if not after.phase.is_final or before.completion_time == after.completion_time:
            return
        succeeded = after.condition(ConditionType.SUCCEEDED)
        why = succeeded.reason if succeeded else "Unknown"
        self.finished.labels(outcome=after.phase.value, reason=why).inc()
        if after.start_time and after.completion_time:
            self.duration.observe((after.completion_time - after.start_time).total_seconds())
        if after.failure:
            self.step_failures.labels(step=after.failure.step, reason=why).inc()


def _delivery_end(status: RecordingJobStatus) -> DeliveredReason | None:
    """How the newest delivery has ended, if it has; between two ends the status says it goes on."""
    said = status.condition(ConditionType.DELIVERED)
    if said is None or said.status is ConditionStatus.UNKNOWN or status.delivery is None:
        return None
    return next((end for end in _DELIVERY_ENDS if end.value == said.reason), None)


def _comparison_end(status: RecordingJobStatus) -> tuple[int, str] | None:
    """Which attempt the newest comparison was of, and what it came to, if it has ended."""
    said = status.condition(ConditionType.COMPARED)
    if said is None or said.status is ConditionStatus.UNKNOWN or status.comparison is None:
        return None
    known = status.comparison
    has_failed = said.reason == ComparedReason.FAILED or known.verdict not in list(Verdict)
    return known.number, _NO_VERDICT if has_failed else str(known.verdict)


def _ended_tries(
    before: RecordingJobStatus, after: RecordingJobStatus, workflows: Iterable[WorkflowView]
) -> Iterator[Try]:
    """Those of the Workflow that the status is about, and the last ones of that before it."""
    was = before.workflow_ref.uid if before.workflow_ref else None
    is_now = after.workflow_ref.uid if after.workflow_ref else None
    for workflow in workflows:
        known = before.steps if workflow.uid == was else ()
        if workflow.uid == is_now:
            yield from new_tries(known, after.steps, workflow)
        elif workflow.uid == was and workflow.nodes is not None:
            # Another attempt takes its place: no status will tell of its end.
            yield from new_tries(known, step_statuses(PROCESS_RECORDING, workflow), workflow)


def _outcome_of(reason: SucceededReason) -> Phase:
    """How a job has ended that ended for this reason."""
    if reason is SucceededReason.COMPLETED:
        return Phase.SUCCEEDED
    return Phase.CANCELLED if reason in _BY_PEOPLE else Phase.FAILED
