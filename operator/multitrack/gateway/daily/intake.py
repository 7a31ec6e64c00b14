"""What the webhook needs, wired from settings and environment."""

import os
from dataclasses import dataclass
from typing import Self

from multitrack.cluster.client import Cluster
from multitrack.gateway.daily.receiver import EventMetrics, Receiver
from multitrack.gateway.daily.signature import Signatures
from multitrack.gateway.settings import GatewaySettings
from multitrack.intake.inbox import Inbox
from multitrack.intake.provider import Routing
from workflow_templates.runtime.store import S3Store

__all__ = ["SECRET_VARIABLE", "DailyIntake"]

SECRET_VARIABLE = "MULTITRACK_DAILY_WEBHOOK_SECRET"  # noqa: S105 - where the secret is
_METRICS = EventMetrics()


@dataclass(frozen=True, slots=True)
class DailyIntake:
    """The webhook's parts."""

    signatures: Signatures
    receiver: Receiver
    metrics: EventMetrics
    largest_body: int
    """Bytes."""

    @classmethod
    def from_environment(
        cls, settings: GatewaySettings, cluster: Cluster, store: S3Store
    ) -> Self | None:
        """Wire it; None: no secret is set.

        Raises:
            SettingsError: A secret that is not base64, or a provider that cannot be.
        """
        told = settings.webhook
        routing = Routing.from_environment(
            legacy_url=told.legacy_url, fallback=told.fallback_to_legacy
        )
        secrets = os.environ.get(SECRET_VARIABLE, "").split()
        if not secrets:
            return None
        jobs = settings.daily_jobs
        if not jobs.namespace:
            jobs = jobs.model_copy(update={"namespace": settings.job_namespaces[0]})
        inbox = Inbox(store, settings.storage.bucket)
        receiver = Receiver(cluster, inbox, jobs, routing, _METRICS)
        return cls(Signatures(secrets), receiver, _METRICS, told.largest_body)
