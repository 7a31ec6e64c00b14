"""delivery/zulip.json and delivery/webhook.json: what was delivered, so that nothing doubles."""

from workflow_templates.contracts.base import Document

__all__ = ["WebhookDelivery", "ZulipMessage"]


class ZulipMessage(Document):
    """delivery/zulip.json, made by post-zulip: the one message of a meeting."""

    site: str
    """Of the realm: `https://zulip.example`."""
    stream: str
    topic: str
    message_id: int
    delivered_at: str
    """ISO 8601, UTC: when the message was last as it should be."""


class WebhookDelivery(Document):
    """delivery/webhook.json, made by send-webhook. The path of the receiver's address is secret."""

    event: str
    event_id: str
    site: str
    """`https://receiver.example`."""
    status: int
    """The receiver's answer, 2xx."""
    retry: int
    """How many tries there were before."""
    delivered_at: str
    """ISO 8601, UTC."""
