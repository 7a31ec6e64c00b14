"""The webhook-state monitor against Daily with its circuit breaker."""

import pytest
from prometheus_client import CollectorRegistry

from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.settings import WebhookMonitorSettings
from multitrack.controller.loops.webhook_monitor import WebhookMonitor
from tests.fakes.daily import FakeDaily, a_recording, recording_ready, running_daily
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.errors import RefusedError, TemporaryError

AWAY = "http://127.0.0.1:9/v1/daily/webhook"


class Board:
    """Where warnings are posted."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    async def post(self, reason: str, message: str) -> None:
        assert message
        self.reasons.append(reason)


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def monitor(daily_client: DailyClient, board: Board, metrics: LoopMetrics) -> WebhookMonitor:
    return WebhookMonitor(daily_client, board.post, WebhookMonitorSettings(), metrics)


def hooks(registry: CollectorRegistry, state: str) -> float | None:
    return registry.get_sample_value("multitrack_daily_webhooks", {"state": state})


async def test_a_hook_that_daily_switched_off_is_on_again_as_soon_as_it_answers(
    daily: FakeDaily, monitor: WebhookMonitor, board: Board, registry: CollectorRegistry
) -> None:
    hook = daily.add_hook(AWAY)
    event = recording_ready(a_recording())
    for _ in range(3):
        daily.emit(event)
    assert hook.state == "FAILED"
    with pytest.raises(RefusedError, match="non-200 status code"):
        await monitor.once()
    assert (hooks(registry, "FAILED"), hooks(registry, "ACTIVE")) == (1, 0)
    assert board.reasons == ["DailyWebhookFailed"]
    with running_daily() as receiver:  # anything that answers 200 to a POST
        receiver.garble("/daily/webhook", None, times=9)
        hook.url = f"{receiver.api_url}/daily/webhook"
        await monitor.once()
        assert hook.state == "ACTIVE"
        assert (hooks(registry, "FAILED"), hooks(registry, "ACTIVE")) == (0, 1)
        assert board.reasons == ["DailyWebhookFailed", "DailyWebhookReactivated"]
        assert [each.status for each in daily.emit(event)] == [200]
        await monitor.once()
    assert len(board.reasons) == 2


async def test_hooks_of_others_are_left_alone(
    daily: FakeDaily, monitor: WebhookMonitor, board: Board, registry: CollectorRegistry
) -> None:
    other = daily.add_hook("http://127.0.0.1:9/their/hook")
    other.state = "FAILED"
    await monitor.once()
    assert (other.state, board.reasons, hooks(registry, "FAILED")) == ("FAILED", [], 0)


async def test_an_address_that_is_set_decides_which_hook_is_ours(
    daily: FakeDaily,
    daily_client: DailyClient,
    board: Board,
    metrics: LoopMetrics,
    registry: CollectorRegistry,
) -> None:
    daily.add_hook(AWAY).state = "FAILED"
    daily.add_hook("http://127.0.0.1:9/behind/a/proxy").state = "FAILED"
    settings = WebhookMonitorSettings(url="http://127.0.0.1:9/behind/a/proxy")
    monitor = WebhookMonitor(daily_client, board.post, settings, metrics)
    with pytest.raises(RefusedError):
        await monitor.once()
    assert hooks(registry, "FAILED") == 1


async def test_a_daily_that_is_away_is_the_loops_failure(
    daily: FakeDaily, monitor: WebhookMonitor
) -> None:
    daily.fail("/webhooks", times=9)
    with pytest.raises(TemporaryError):
        await monitor.once()
