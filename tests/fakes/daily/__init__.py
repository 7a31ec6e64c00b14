"""Daily.co on loopback: its REST API and its webhooks, as Daily documents them.

REST (`FakeDaily.api_url`, key `FakeDaily.api_key`): recordings listed newest first in pages, one
recording, its access link, a meeting's participants, webhooks listed, made, changed and deleted;
400, 401, 404 and 429 in Daily's words. Webhooks are sent signed; after three failures a hook of
the retry type circuit-breaker is FAILED and gets nothing more until `POST /webhooks/{uuid}`.

It differs in this: events are sent when a test says so, and a message of the retry type exponential
is sent again by `resend`, not by the clock.
"""

from tests.fakes.daily.events import (
    participant_joined,
    participant_left,
    recording_error,
    recording_ready,
    recording_started,
)
from tests.fakes.daily.hooks import TEST_PING, Delivery, Hook, signed_headers
from tests.fakes.daily.recordings import a_participant, a_recording, a_track
from tests.fakes.daily.server import FakeDaily, Request, running_daily

__all__ = [
    "TEST_PING",
    "Delivery",
    "FakeDaily",
    "Hook",
    "Request",
    "a_participant",
    "a_recording",
    "a_track",
    "participant_joined",
    "participant_left",
    "recording_error",
    "recording_ready",
    "recording_started",
    "running_daily",
    "signed_headers",
]
