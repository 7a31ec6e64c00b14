"""What the control loops are told: a part of operator.yaml."""

from typing import Annotated

from pydantic import Field

from multitrack.api.base import Resource
from multitrack.intake.jobs import DailyJobs
from workflow_templates.runtime.daily.client import DAILY_API_URL

__all__ = [
    "ConsentSweepSettings",
    "DailySettings",
    "DeletionsSettings",
    "FailedRunsSettings",
    "InboxSettings",
    "LoopSettings",
    "PollingSettings",
    "ReprocessSettings",
    "WebhookMonitorSettings",
]

Interval = Annotated[float, Field(ge=1, le=86_400)]


class DailySettings(Resource):
    """How Daily is asked; the key comes from `$MULTITRACK_DAILY_API_KEY`, without it nothing is."""

    api_url: str = DAILY_API_URL
    """Address of Daily's REST API."""
    jobs: DailyJobs = DailyJobs()
    """Jobs of Daily's recordings, made by polling or from the inbox; as the gateway makes them."""
    legacy_url: str = ""
    """Where the legacy pipeline takes Daily's events; as the gateway has it."""
    fallback_to_legacy: bool = False
    """Hand an event to the legacy pipeline if the cluster refuses its job."""


class PollingSettings(Resource):
    """Finds recordings whose event never came."""

    enabled: bool = True
    """Whether it runs, where this installation processes Daily's recordings at all."""
    interval: Interval = 15.0
    """Seconds between two looks; 180 do where events come by webhook."""
    look_back_hours: Annotated[float, Field(gt=0, le=720)] = 24.0
    """Recordings that started earlier are left alone."""


class WebhookMonitorSettings(Resource):
    """Switches a webhook on again that Daily has switched off after three failures."""

    enabled: bool = True
    """Whether it runs."""
    interval: Interval = 60.0
    """Seconds between two looks."""
    url: str = ""
    """Our webhook's address. Empty: every webhook of the domain that ends in
    /v1/daily/webhook."""


class ReprocessSettings(Resource):
    """Runs failed jobs again at night, where trying again can help."""

    enabled: bool = True
    """Whether it runs."""
    hour_utc: Annotated[int, Field(ge=0, le=23)] = 5
    """When, as an hour of the day in UTC."""
    at_most: Annotated[int, Field(ge=1, le=30)] = 3
    """Nights that one job is run again."""


class FailedRunsSettings(Resource):
    """Says how many jobs have failed within the last hour."""

    enabled: bool = True
    """Whether it runs."""
    interval: Interval = 60.0
    """Seconds between two looks."""


class InboxSettings(Resource):
    """Makes jobs of events that the gateway could only keep, or hands them on."""

    enabled: bool = True
    """Whether it runs."""
    interval: Interval = 10.0
    """Seconds between two looks."""


class DeletionsSettings(Resource):
    """Works the list of what is to be deleted."""

    enabled: bool = True
    """Whether it runs; without it nothing on the list is deleted."""
    interval: Interval = 10.0
    """Seconds between two looks."""
    first_pause: Interval = 30.0
    """Seconds after which a deletion that failed is tried again; doubled each time, to an hour."""


class ConsentSweepSettings(Resource):
    """Finds votes that no job was told of, and audio of deleted jobs whose time is up."""

    enabled: bool = True
    """Whether it runs."""
    interval: Interval = 300.0
    """Seconds between two looks, each of which lists all votes."""


class LoopSettings(Resource):
    """The control loops, each of which can be switched off."""

    polling: PollingSettings = PollingSettings()
    """Finds recordings whose event never came."""
    webhook_monitor: WebhookMonitorSettings = WebhookMonitorSettings()
    """Switches a failed webhook on again."""
    reprocess: ReprocessSettings = ReprocessSettings()
    """Runs failed jobs again at night."""
    failed_runs: FailedRunsSettings = FailedRunsSettings()
    """Counts failed jobs."""
    inbox: InboxSettings = InboxSettings()
    """Makes jobs of events that were kept."""
    deletions: DeletionsSettings = DeletionsSettings()
    """Deletes what is to be deleted."""
    consent_sweep: ConsentSweepSettings = ConsentSweepSettings()
    """Finds votes that no job was told of."""
