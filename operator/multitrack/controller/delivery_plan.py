"""Who is to be told about a job, and what the delivery's Workflow is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from multitrack.api.recording_job import RecordingJob
from multitrack.controller.delivery_settings import DeliverySettings, fill

__all__ = [
    "WEBHOOK",
    "ZULIP",
    "DeliveryPlan",
    "delivery_arguments",
    "link_of",
    "plan_delivery",
    "room_of",
    "stream_and_topic",
]

ZULIP = "zulip"
WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """The targets of one delivery, and those that cannot be."""

    targets: tuple[str, ...] = ()
    impossible: Mapping[str, str] = field(default_factory=dict)
    """What is wrong, by target that the job names and the installation cannot serve."""


def plan_delivery(job: RecordingJob, settings: DeliverySettings) -> DeliveryPlan:
    """What the job and the installation together name."""
    asked = job.spec.delivery
    targets: list[str] = []
    impossible: dict[str, str] = {}
    if asked.zulip.enabled:
        stream = asked.zulip.stream or settings.zulip.stream
        if settings.zulip.url and stream:
            targets.append(ZULIP)
        elif asked.zulip.stream or asked.zulip.topic:
            impossible[ZULIP] = _why_no_zulip(settings)
    if asked.webhook.enabled and (asked.webhook.url or settings.webhook.url):
        targets.append(WEBHOOK)
    return DeliveryPlan(tuple(targets), impossible)


def delivery_arguments(
    job: RecordingJob, number: int, settings: DeliverySettings
) -> dict[str, str]:
    """Job parameters of deliver-results.

    Args:
        job: Whose results are delivered.
        number: Of the delivery: it decides the event's id.
        settings: Of the installation.
    """
    plan = plan_delivery(job, settings)
    stream, topic = stream_and_topic(job, settings)
    return {
        "zulip": str(ZULIP in plan.targets).lower(),
        "webhook": str(WEBHOOK in plan.targets).lower(),
        "zulip-url": settings.zulip.url,
        "zulip-bot-email": settings.zulip.bot_email,
        "zulip-stream": stream,
        "zulip-topic": topic,
        **_webhook_arguments(job, settings),
        "webhook-allowed-private": ", ".join(settings.allowed_private_networks),
        "delivery-id": f"{job.uid}/{number}",
        "transcript-id": job.name,
        "link": link_of(job, settings),
        "created-at": job.created.isoformat(),
    }


def stream_and_topic(job: RecordingJob, settings: DeliverySettings) -> tuple[str, str]:
    """Where in Zulip the job's message belongs."""
    asked = job.spec.delivery.zulip
    told = {"room": room_of(job), "name": job.name, "namespace": job.namespace}
    return asked.stream or settings.zulip.stream, asked.topic or fill(settings.zulip.topic, **told)


def link_of(job: RecordingJob, settings: DeliverySettings) -> str:
    """Where people read the meeting; empty: nowhere."""
    return fill(settings.link, name=job.name, namespace=job.namespace)


def _webhook_arguments(job: RecordingJob, settings: DeliverySettings) -> dict[str, str]:
    """A secret goes to the receiver that it is shared with, and to no other."""
    asked = job.spec.delivery.webhook
    if asked.url is None:
        signed = str(settings.webhook.signed).lower()
        return {"webhook-url": settings.webhook.url, "webhook-signed": signed}
    if asked.secret_ref is None:
        return {"webhook-url": asked.url, "webhook-signed": "false"}
    return {
        "webhook-url": asked.url,
        "webhook-signed": "true",
        "webhook-secret-name": asked.secret_ref.name,
        "webhook-secret-key": asked.secret_ref.key,
    }


def _why_no_zulip(settings: DeliverySettings) -> str:
    if not settings.zulip.url:
        return (
            "spec.delivery.zulip: the installation knows no Zulip realm; set delivery.zulip in the "
            "chart's values"
        )
    return "spec.delivery.zulip names no stream, nor does the installation; name one"


def room_of(job: RecordingJob) -> str:
    """What people call the meeting: Daily's room, else the title, else the job's name."""
    daily = job.spec.source.daily
    return (daily.room_name if daily else None) or job.spec.title or job.name
