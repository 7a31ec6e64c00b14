"""Whom an installation tells about finished meetings: a part of operator.yaml."""

import re
from typing import Annotated

from pydantic import AfterValidator

from multitrack.api.base import Resource
from workflow_templates.delivery.destination import parse_networks
from workflow_templates.runtime.errors import SettingsError

__all__ = ["DeliverySettings", "WebhookReceiver", "ZulipRealm", "fill"]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def fill(template: str, **values: str) -> str:
    """Put values into the places of `{name}`; what has no value stays as it is."""
    return _PLACEHOLDER.sub(lambda place: values.get(place[1], place[0]), template)


def _only(*known: str) -> AfterValidator:
    def check(template: str) -> str:
        if unknown := sorted(set(_PLACEHOLDER.findall(template)) - set(known)):
            places = ", ".join(f"{{{name}}}" for name in known)
            raise ValueError(f"{{{unknown[0]}}} has no value here; known are {places}")
        return template

    return AfterValidator(check)


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        parse_networks(",".join(texts))
    except SettingsError as error:
        raise ValueError(str(error).partition(": ")[2]) from error
    return texts


class ZulipRealm(Resource):
    """The realm, the bot and where it posts; its key is `MULTITRACK_ZULIP_API_KEY`."""

    url: str = ""
    """The realm's address. Empty: nothing is posted."""
    bot_email: str = ""
    """The bot."""
    stream: str = ""
    """Where jobs are posted that name no stream. Empty: those are not."""
    topic: Annotated[str, _only("room", "name", "namespace")] = "{room}"
    """The topic of jobs that name none. `{room}` is the meeting's room, else its title, else the
    job's name."""
    progress: bool = False
    """Whether the message is there from a job's start on, and shows how far it is."""


class WebhookReceiver(Resource):
    """Who is called for jobs that name no receiver."""

    url: str = ""
    """Its address. Empty: nobody."""
    signed: bool = False
    """Whether the deliveries are signed: with `MULTITRACK_WEBHOOK_SECRET`."""


class DeliverySettings(Resource):
    """Whom jobs tell unless they say otherwise."""

    zulip: ZulipRealm = ZulipRealm()
    """Zulip."""
    webhook: WebhookReceiver = WebhookReceiver()
    """A receiver."""
    link: Annotated[str, _only("name", "namespace")] = ""
    """Where people read a meeting: `https://meetings.example/#/jobs/{namespace}/{name}`."""
    allowed_private_networks: Annotated[tuple[str, ...], AfterValidator(_networks)] = ()
    """Own networks in which receivers may be: `10.20.0.0/16`."""
