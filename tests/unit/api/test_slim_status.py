"""A thousand jobs that wait are held in little memory."""

from typing import Any

from multitrack.api.recording_job import RecordingJob


def a_body(name: str) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "namespace": "meetings",
            "uid": name,
            "generation": 1,
            "resourceVersion": "1",
            "creationTimestamp": "2026-03-14T12:00:00Z",
        },
        "spec": {"source": {"s3": {"prefix": f"{name}/"}}},
        "status": {"steps": [{"name": "pad-track", "phase": "Pending"}]},
    }


def test_steps_that_say_the_same_are_one_object() -> None:
    first, second = (RecordingJob.from_body(a_body(name)) for name in ("standup", "retro"))
    assert first.status.steps == second.status.steps
    assert first.status.steps[0] is second.status.steps[0]
