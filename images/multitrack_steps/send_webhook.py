"""send-webhook: tell somebody's receiver that a meeting is finished, once for each delivery."""

import os
from datetime import UTC, datetime
from enum import StrEnum

from multitrack_steps.context import StepContext
from multitrack_steps.delivery.payload import completed_payload
from workflow_templates.contracts.delivery import WebhookDelivery
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import StepReport
from workflow_templates.delivery.destination import find_destination, parse_networks
from workflow_templates.delivery.envelope import Envelope, test_payload
from workflow_templates.delivery.webhook import (
    SECRET_VARIABLE,
    WebhookEvent,
    encode,
    event_id,
    post,
)
from workflow_templates.runtime.errors import SettingsError

__all__ = ["run"]


def run(context: StepContext) -> StepReport:
    """Send, and write delivery/webhook.json when the receiver has taken it.

    The same delivery is not sent again once it was taken, and carries the same `event_id` when it
    has to be: a receiver that knows the id can drop it.

    Raises:
        SettingsError: No URL, not https, an address that may not be called, or no secret where
            the delivery is to be signed.
        RefusedError: The receiver answers 3xx or 4xx.
        TemporaryError: It answers 5xx, 408, 425 or 429, or not at all.
    """
    meeting = PublishedTranscript.read(context.input("transcript"))
    event = context.choice("webhook-event", WebhookEvent)
    envelope = _envelope(context, meeting, event)
    if (earlier := _taken_before(context, envelope)) is not None:
        earlier.write(context.output("delivery"))
        return StepReport(reused=True)
    if not context.parameters["webhook-url"]:
        raise SettingsError("send-webhook: webhook-url is empty; name the receiver's address")
    is_test = event is WebhookEvent.TEST
    payload = test_payload(envelope) if is_test else completed_payload(meeting, envelope)
    destination = find_destination(
        context.parameters["webhook-url"],
        allowed_private=parse_networks(context.parameters["webhook-allowed-private"]),
    )
    status = post(
        destination,
        event,
        encode(payload),
        secret=_secret(context),
        retry=context.attempt - 1,
        timeout=context.number("webhook-timeout", least=0.1),
    )
    WebhookDelivery(
        event=event.value,
        event_id=envelope.event_id,
        site=destination.site,
        status=status,
        retry=context.attempt - 1,
        delivered_at=_now(),
    ).write(context.output("delivery"))
    return StepReport()


class Signing(StrEnum):
    """Whether a delivery is signed."""

    YES = "true"
    NO = "false"
    AUTO = "auto"


def _secret(context: StepContext) -> str:
    """What is signed with; empty: nothing is."""
    wanted = context.choice("webhook-signed", Signing)
    secret = os.environ.get(SECRET_VARIABLE, "")
    if wanted is Signing.YES and not secret:
        raise SettingsError(
            f"send-webhook: {SECRET_VARIABLE} is not set; the Secret that it comes from, or "
            "its key, is missing in the job's namespace: create it and deliver again"
        )
    return "" if wanted is Signing.NO else secret


def _envelope(context: StepContext, meeting: PublishedTranscript, event: WebhookEvent) -> Envelope:
    recording, parameters = meeting.recording, context.parameters
    return Envelope(
        event_id=event_id(parameters["delivery-id"] or recording.id, event),
        sent_at=_now(),
        transcript_id=parameters["transcript-id"] or recording.id,
        room_id=parameters["room-id"] or recording.name,
        room_name=recording.name,
        created_at=recording.started_at or parameters["created-at"] or None,
        link=parameters["link"],
    )


def _taken_before(context: StepContext, envelope: Envelope) -> WebhookDelivery | None:
    if not context.has_input("earlier"):
        return None
    earlier = WebhookDelivery.read(context.input("earlier"))
    return earlier if earlier.event_id == envelope.event_id else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
