"""Which jobs show their progress in Zulip, and what the message says."""

from datetime import timedelta
from typing import Any

import pytest

from multitrack.api.reasons import ConditionStatus, ConditionType, Phase, StepPhase
from multitrack.api.status import (
    Condition,
    DeliveryStatus,
    Failure,
    RecordingJobStatus,
    StepStatus,
)
from multitrack.controller.delivery_settings import DeliverySettings
from multitrack.controller.zulip_progress import GONE, is_shown, progress_text
from tests.unit.controller.builders import NOW, a_job

SETTINGS = DeliverySettings.model_validate(
    {
        "zulip": {
            "url": "https://zulip.example",
            "botEmail": "bot@zulip.example",
            "stream": "meetings",
            "progress": True,
        }
    }
)
LINK = "https://meetings.example/#/jobs/meetings/standup"
PUBLISHED = Condition(
    type=ConditionType.TRANSCRIPT_READY,
    status=ConditionStatus.TRUE,
    last_transition_time=NOW,
    reason="Published",
)


def running(**more: Any) -> RecordingJobStatus:
    steps = (
        StepStatus(name="get-recording", phase=StepPhase.SUCCEEDED, done=1),
        StepStatus(
            name="transcribe-track",
            phase=StepPhase.RUNNING,
            done=1,
            total=4,
            progress=57,
            retries=1,
        ),
        StepStatus(name="diarize-track", phase=StepPhase.SKIPPED),
        StepStatus(name="finalize", phase=StepPhase.PENDING),
    )
    return RecordingJobStatus(**{"phase": Phase.RUNNING, "attempt": 1, "steps": steps, **more})


SHOWN: dict[str, tuple[RecordingJobStatus, dict[str, Any], Any]] = {
    "one that runs": (running(), {}, True),
    "one that has no Workflow yet": (RecordingJobStatus(), {}, False),
    "one that waits": (running(phase=Phase.SUSPENDED), {}, True),
    "one that has just failed": (
        running(phase=Phase.FAILED, completion_time=NOW - timedelta(hours=1)),
        {},
        True,
    ),
    "one that failed days ago": (
        running(phase=Phase.FAILED, completion_time=NOW - timedelta(days=2)),
        {},
        False,
    ),
    "a published one, whose message is the delivery's": (
        running(conditions=(PUBLISHED,)),
        {},
        False,
    ),
    "one that was delivered, and runs again": (
        running(delivery=DeliveryStatus(number=1, start_time=NOW), attempt=2),
        {},
        False,
    ),
    "a shadow": (running(), {"shadow": True}, False),
    "one without Zulip": (running(), {"delivery": {"zulip": {"enabled": False}}}, False),
}


@pytest.mark.parametrize(("status", "spec", "want"), SHOWN.values(), ids=SHOWN)
def test_progress_is_shown_of(status: RecordingJobStatus, spec: dict[str, Any], want: Any) -> None:
    assert is_shown(a_job(status, **spec), SETTINGS, NOW) is want


def test_nothing_is_shown_unless_it_is_switched_on() -> None:
    off = SETTINGS.model_copy(
        update={"zulip": SETTINGS.zulip.model_copy(update={"progress": False})}
    )
    assert not is_shown(a_job(running()), off, NOW)


def test_the_message_has_every_step_that_is_not_skipped() -> None:
    assert progress_text(a_job(running(), title="Release"), LINK).splitlines() == [
        "# Multitrack – Release",  # noqa: RUF001 - the finished message's dash
        "",
        f"**Link**: [meetings.example]({LINK})",
        "**In progress**: 60 %",
        "",
        "- ✅ get-recording",
        "- ⏳ transcribe-track: 1 of 4, 50 %, 1 retry",
        "- ▫️ finalize",
    ]


STATES: dict[str, tuple[RecordingJobStatus, str]] = {
    "at the beginning": (running(steps=()), "**In progress**: 0 %"),
    "waits": (running(phase=Phase.SUSPENDED), "**Suspended**"),
    "cancelled": (running(phase=Phase.CANCELLED), "**Cancelled**"),
    "failed on a track": (
        running(
            phase=Phase.FAILED,
            failure=Failure(step="pad-track", track="Alice", message="Alice.webm: no audio"),
        ),
        "**Failed** at pad-track (Alice): Alice.webm: no audio",
    ),
    "failed without a step": (running(phase=Phase.FAILED), "**Failed**"),
}


@pytest.mark.parametrize(("status", "want"), STATES.values(), ids=STATES)
def test_the_message_says_where_the_job_is(status: RecordingJobStatus, want: str) -> None:
    assert want in progress_text(a_job(status), LINK).splitlines()


def test_nobody_is_notified_by_what_a_step_or_a_title_says() -> None:
    failure = Failure(step="finalize", message="@**all** ```\nout")
    status = running(phase=Phase.FAILED, failure=failure)
    text = progress_text(a_job(status, title="@**everyone** now"), LINK)
    assert "@**" not in text
    assert "```" not in text


def test_a_job_that_is_gone_has_no_steps_any_more() -> None:
    text = progress_text(a_job(running()), LINK, GONE)
    assert text.splitlines()[-1] == GONE
