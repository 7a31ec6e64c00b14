"""post-zulip: one message about the meeting in a Zulip topic, edited when the meeting changes."""

import os
from datetime import UTC, datetime

from multitrack_steps.context import StepContext
from multitrack_steps.delivery.zulip_message import compose
from workflow_templates.contracts.delivery import ZulipMessage
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import StepReport
from workflow_templates.delivery.zulip import KEY_VARIABLE, ZulipBot
from workflow_templates.delivery.zulip_text import mark_of, shorten_topic
from workflow_templates.runtime.errors import SettingsError

__all__ = ["run"]


def run(context: StepContext) -> StepReport:
    """Post, or edit what was posted; delivery/zulip.json says which message it is.

    After a try whose answer never came the message may be there: it is looked for by its link
    before another is posted.

    Raises:
        SettingsError: Realm, bot, stream or topic is not named, or the key is missing.
        RefusedError: The realm refuses for good.
        TemporaryError: The realm is away or busy.
    """
    meeting = PublishedTranscript.read(context.input("transcript"))
    settings = {name: _required(context, f"zulip-{name}") for name in ("url", "bot-email")}
    stream, topic = _required(context, "zulip-stream"), _required(context, "zulip-topic")
    link = context.parameters["link"]
    content = compose(
        meeting, link=link, date=meeting.recording.started_at or context.parameters["created-at"]
    )
    topic = shorten_topic(topic)
    timeout = context.number("zulip-timeout", least=0.1)
    with ZulipBot(settings["url"], settings["bot-email"], _key(), timeout=timeout) as bot:
        message = _known(context, bot)
        if message is None:
            message = bot.find(stream, topic, mark_of(link, meeting.recording.id))
        if message is None:
            message = bot.post(stream, topic, content)
        elif bot.content(message) != content:
            bot.edit(message, content)
        ZulipMessage(
            site=bot.site,
            stream=stream,
            topic=topic,
            message_id=message,
            delivered_at=datetime.now(UTC).isoformat(timespec="seconds"),
        ).write(context.output("message"))
    return StepReport()


def _known(context: StepContext, bot: ZulipBot) -> int | None:
    """The message of an earlier run, unless it is gone."""
    if not context.has_input("earlier"):
        return None
    earlier = ZulipMessage.read(context.input("earlier"))
    if earlier.site != bot.site or bot.content(earlier.message_id) is None:
        return None
    return earlier.message_id


def _required(context: StepContext, name: str) -> str:
    value = context.parameters[name].strip()
    if not value:
        raise SettingsError(f"post-zulip: {name} is empty; name it, or deliver without Zulip")
    return value


def _key() -> str:
    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise SettingsError(
            f"post-zulip: {KEY_VARIABLE} is not set; put the bot's key into its Secret"
        )
    return key
