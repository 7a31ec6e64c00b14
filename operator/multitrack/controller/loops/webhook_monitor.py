"""Webhook-state monitor: Daily switches a hook off after three failures and then sends nothing."""

import logging
from collections.abc import Awaitable, Callable

from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.settings import WebhookMonitorSettings
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.models import DailyWebhook, WebhookState
from workflow_templates.runtime.errors import MultitrackError

__all__ = ["Announce", "WebhookMonitor"]

_log = logging.getLogger("multitrack.loops")

_PATH = "/v1/daily/webhook"
"""Where the gateway takes events."""

Announce = Callable[[str, str], Awaitable[None]]
"""Posts a warning where people look: a reason in one word, and a sentence."""


class WebhookMonitor:
    """Looks whether our webhook is on, and switches it on again."""

    name = "webhook-monitor"

    def __init__(
        self,
        daily: DailyClient,
        announce: Announce,
        settings: WebhookMonitorSettings,
        metrics: LoopMetrics,
    ) -> None:
        self._metrics = metrics
        self._daily = daily
        self._announce = announce
        self._url = settings.url
        self.interval: Seconds = settings.interval

    async def once(self) -> None:
        """Look at every webhook of ours.

        Raises:
            MultitrackError: Daily does not answer, or a webhook cannot be switched on.
        """
        hooks = [hook for hook in await self._daily.webhooks() if self._is_ours(hook)]
        refused: MultitrackError | None = None
        on_again = 0
        for hook in hooks:
            if hook.state is not WebhookState.FAILED:
                continue
            try:
                await self._reactivate(hook)
                on_again += 1
            except MultitrackError as error:
                refused = error
        for state in WebhookState:
            count = sum(hook.state is state for hook in hooks)
            change = {WebhookState.ACTIVE: on_again, WebhookState.FAILED: -on_again}
            self._metrics.webhooks.labels(state=state.value).set(count + change.get(state, 0))
        if refused is not None:
            raise refused

    async def _reactivate(self, hook: DailyWebhook) -> None:
        try:
            await self._daily.reactivate(hook)
        except MultitrackError as error:
            self._metrics.reactivations.labels(outcome="failed").inc()
            _log.error("webhook stays off", extra={"webhook": hook.uuid, "error": str(error)})
            await self._announce(
                "DailyWebhookFailed",
                f"Daily has switched webhook {hook.uuid} off and cannot be had to switch it on: "
                f"{error}; recordings are found by polling meanwhile",
            )
            raise
        self._metrics.reactivations.labels(outcome="done").inc()
        _log.warning("webhook switched on again", extra={"webhook": hook.uuid})
        await self._announce(
            "DailyWebhookReactivated",
            f"Daily had switched webhook {hook.uuid} off after failures; it is on again, and what "
            "was missed is found by polling",
        )

    def _is_ours(self, hook: DailyWebhook) -> bool:
        return hook.url == self._url if self._url else hook.url.rstrip("/").endswith(_PATH)
