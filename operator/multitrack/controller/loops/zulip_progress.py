"""Live progress in Zulip: one message a job, edited until its results take the place."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from multitrack.api.recording_job import RecordingJob
from multitrack.controller.delivery_plan import link_of, stream_and_topic
from multitrack.controller.delivery_settings import DeliverySettings
from multitrack.controller.zulip_progress import GONE, is_shown, progress_text
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.delivery import ZulipMessage
from workflow_templates.delivery.trust import CA_VARIABLE
from workflow_templates.delivery.zulip import KEY_VARIABLE, ZulipBot
from workflow_templates.delivery.zulip_text import mark_of, shorten_topic
from workflow_templates.runtime.errors import MultitrackError, RefusedError, SettingsError
from workflow_templates.runtime.job_files import job_address
from workflow_templates.runtime.store import S3Address, S3Store
from workflow_templates.runtime.store_errors import ObjectMissingError

__all__ = ["SecretOf", "ZulipProgress"]

SecretOf = Callable[[RecordingJob, str], Awaitable[str]]
"""Reads a variable of a job's steps that comes from a Secret; empty: there is none."""

_log = logging.getLogger("multitrack.loops")

_TIMEOUT: Seconds = 5.0
"""Shorter than a delivery's pod takes to start: no edit of ours comes after its."""
_AT_MOST = 20
"""Messages that one look changes: realms take 200 requests a minute from a bot."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What stands in a job's message, as far as this process knows."""

    job: RecordingJob
    message: int | None
    """None: there is none, and none is to be made any more."""
    text: str


class ZulipProgress:
    """Posts and edits the messages of jobs that are under way."""

    name = "zulip-progress"
    interval: Seconds = 10.0

    def __init__(
        self,
        jobs: Callable[[], Iterable[RecordingJob]],
        store: S3Store,
        bucket: str,
        settings: DeliverySettings,
        secret_of: SecretOf,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the parts; nothing is asked yet.

        Args:
            jobs: What the operator knows of jobs, now.
            store: Of the bucket.
            bucket: Where post-zulip finds which message it is.
            settings: Of deliveries.
            secret_of: Reads what the job's own post-zulip is given.
            clock: With time zone.
        """
        self._jobs = jobs
        self._store = store
        self._bucket = bucket
        self._settings = settings
        self._secret_of = secret_of
        self._clock = clock
        self._shown: dict[str, _Shown] = {}

    async def once(self) -> None:
        """Bring the messages to what jobs have come to, as many as a realm puts up with.

        Raises:
            SettingsError: The bot's key is missing in a namespace.
            TemporaryError: The realm, the bucket or the API server is away.
            RefusedError: The bucket or the API server refuses.
        """
        waits: MultitrackError | None = None
        changed = 0
        for uid in [job.uid for job in self._jobs() if self._due(job)]:
            # Looked at anew: it may have been published while others were edited.
            job = next((each for each in self._jobs() if each.uid == uid), None)
            text = self._due(job) if job else None
            if job is None or text is None:
                continue
            if changed == _AT_MOST:
                break
            try:
                await self._bring_to(job, text)
                changed += 1
            except (SettingsError, RefusedError) as error:
                waits = error  # the next one may be of another namespace
        await self._let_go()
        if waits is not None:
            raise waits

    def _due(self, job: RecordingJob) -> str | None:
        """What the job's message is to say; None: nothing other than it says."""
        shown = self._shown.get(job.uid)
        if shown is not None and shown.message is None:
            return None
        if not is_shown(job, self._settings, self._clock()):
            return None
        text = progress_text(job, link_of(job, self._settings))
        return None if shown is not None and shown.text == text else text

    async def _let_go(self) -> None:
        """Of published jobs nothing is kept; of those that were deleted it is said."""
        jobs = {job.uid: job for job in self._jobs()}
        for uid, shown in list(self._shown.items()):
            if uid not in jobs and shown.message is not None:
                text = progress_text(shown.job, link_of(shown.job, self._settings), GONE)
                # With its namespace the key may be gone, too.
                with suppress(SettingsError, RefusedError):
                    await self._bring_to(shown.job, text)
            if uid not in jobs or not is_shown(jobs[uid], self._settings, self._clock()):
                del self._shown[uid]

    async def _bring_to(self, job: RecordingJob, text: str) -> None:
        shown = self._shown.get(job.uid)
        known = None if shown is None else shown.message
        key = await self._secret_of(job, KEY_VARIABLE)
        if not key:
            raise SettingsError(
                f"the key of the Zulip bot is not in {job.namespace}: put it into the Secret of "
                "delivery.zulip.apiKeySecret there, or set delivery.zulip.progress to false"
            )
        realm = self._settings.zulip
        bot = ZulipBot(
            realm.url,
            realm.bot_email,
            key,
            timeout=_TIMEOUT,
            authorities=await self._secret_of(job, CA_VARIABLE),
        )
        message = await asyncio.to_thread(self._write, bot, job, known, text)
        self._shown[job.uid] = _Shown(job, message, text)

    def _write(self, bot: ZulipBot, job: RecordingJob, known: int | None, text: str) -> int | None:
        """Edit the job's message, or post it; returns its id, or None: the realm refuses it."""
        stream, topic = self._where(job)
        with bot:
            message = known or self._remembered(bot.site, job)
            is_new = message is None
            try:
                # An operator that was killed may have posted it, and remembered nothing.
                message = message or bot.find(stream, topic, self._mark(job))
                if message is not None:
                    bot.edit(message, text)
                elif not job.status.phase.is_final:
                    message = bot.post(stream, topic, text)
            except RefusedError as error:
                where = f"{job.namespace}/{job.name}"
                _log.warning("progress not shown", extra={"job": where, "error": str(error)})
                return None
            if is_new and message is not None:
                self._remember(bot.site, job, message)
        return message

    def _remembered(self, site: str, job: RecordingJob) -> int | None:
        """The message of an earlier attempt, or of an operator before this one."""
        try:
            earlier = ZulipMessage.model_validate_json(self._store.read(self._place(job)))
        except (ObjectMissingError, ValidationError):
            return None
        return earlier.message_id if earlier.site == site else None

    def _remember(self, site: str, job: RecordingJob, message: int) -> None:
        """As post-zulip does, which reads it."""
        stream, topic = self._where(job)
        remembered = ZulipMessage(
            site=site,
            stream=stream,
            topic=topic,
            message_id=message,
            delivered_at=self._clock().isoformat(timespec="seconds"),
        )
        body = remembered.model_dump_json().encode()
        self._store.write(self._place(job), body, content_type="application/json")

    def _where(self, job: RecordingJob) -> tuple[str, str]:
        stream, topic = stream_and_topic(job, self._settings)
        return stream, shorten_topic(topic)

    def _mark(self, job: RecordingJob) -> str:
        return mark_of(link_of(job, self._settings), job.name)

    def _place(self, job: RecordingJob) -> S3Address:
        return job_address(self._bucket, job.uid, "delivery/zulip.json")
