"""The control loops' figures, as Prometheus reads them at /metrics."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

__all__ = ["LoopMetrics"]


class LoopMetrics:
    """How the loops fare, and what they find."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.runs = Counter(
            "multitrack_loop_runs_total",
            "Looks of a control loop: outcome `done` or `failed`",
            ["loop", "outcome"],
            registry=registry,
        )
        self.last_success = Gauge(
            "multitrack_loop_last_success_timestamp_seconds",
            "When a control loop last did its work, Unix time",
            ["loop"],
            registry=registry,
        )
        self.missed_recordings = Counter(
            "multitrack_daily_recordings_missed_total",
            "Recordings that polling found and no event had told of",
            registry=registry,
        )
        self.webhooks = Gauge(
            "multitrack_daily_webhooks",
            "Our webhooks at Daily by state; FAILED ones get no events",
            ["state"],
            registry=registry,
        )
        self.reactivations = Counter(
            "multitrack_daily_webhook_reactivations_total",
            "Webhooks that were found switched off: outcome `done` or `failed`",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("done", "failed"):
            # A counter that begins at 1 has, for Prometheus, never increased.
            self.reactivations.labels(outcome=outcome)
        self.reprocessed = Counter(
            "multitrack_jobs_reprocessed_total",
            "Failed jobs that were run again at night",
            registry=registry,
        )
        self.failed_jobs = Gauge(
            "multitrack_jobs_failed_last_hour",
            "Jobs whose last run has failed within the last hour",
            ["reason"],
            registry=registry,
        )
        self.inbox = Gauge(
            "multitrack_inbox_entries",
            "Events in the inbox by what is to be done: `job`, `forward`, `none` (a person looks)",
            ["todo"],
            registry=registry,
        )

        self.deletions_pending = Gauge(
            "multitrack_deletions_pending",
            "Entries of the deletion list: audio that is to go and is not proved to be gone",
            registry=registry,
        )
        self.deletions_oldest = Gauge(
            "multitrack_deletions_oldest_seconds",
            "How long the oldest entry of the deletion list has been there",
            registry=registry,
        )
        self.deletions = Counter(
            "multitrack_deletions_total",
            "Deletions of audio: outcome `done`, proved, or `failed`, and tried again",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("done", "failed"):
            self.deletions.labels(outcome=outcome)
        self.votes_found = Counter(
            "multitrack_votes_found_total",
            "Jobs that had not been told of a vote and were by the sweep",
            registry=registry,
        )

    def expect(self, loop: str) -> None:
        """Show a loop before its first look has ended."""
        for outcome in ("done", "failed"):
            self.runs.labels(loop=loop, outcome=outcome)
