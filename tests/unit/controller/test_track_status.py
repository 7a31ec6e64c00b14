"""`status.steps[].tracks`: how far each track is."""

import json

from multitrack.api.reasons import StepPhase
from multitrack.api.status import TrackStatus
from multitrack.controller.steps import step_statuses
from tests.unit.controller.builders import a_pod, a_run, a_workflow
from workflow_templates.pipelines import PROCESS_RECORDING


def a_track(index: int, name: str) -> dict[str, str]:
    return {"track": json.dumps({"index": index, "name": name})}


def test_each_track_is_shown_by_index_with_its_own_progress() -> None:
    workflow = a_workflow(
        "Running",
        *a_run(
            "pad-track",
            "Running",
            a_pod("pad-track", "Failed", 0),
            a_pod("pad-track", "Running", 1, progress="30/100"),
            id="pad-ben",
            inputs=a_track(1, "Ben"),
        ),
        *a_run(
            "pad-track",
            "Succeeded",
            a_pod("pad-track", "Succeeded", 2),
            id="pad-alice",
            inputs=a_track(0, "Alice"),
        ),
    )
    steps = {step.name: step for step in step_statuses(PROCESS_RECORDING, workflow)}
    assert steps["pad-track"].tracks == (
        TrackStatus(index=0, name="Alice", phase=StepPhase.SUCCEEDED),
        TrackStatus(index=1, name="Ben", phase=StepPhase.RUNNING, progress=30, retries=1),
    )
    assert steps["mixdown-tracks"].tracks == ()
