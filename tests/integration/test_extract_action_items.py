"""extract-action-items, as an engine runs it."""

from pathlib import Path

from tests.conftest import RunStep
from tests.fakes.meetings import a_transcript
from tests.fakes.spoken_meetings import heard_sample, participants_of
from workflow_templates.contracts.minutes import ActionItems
from workflow_templates.contracts.transcript import Transcript


def run_on(run_step: RunStep, transcript: Transcript, folder: Path) -> ActionItems:
    transcript.write(folder / "transcript.json")
    participants_of(transcript).write(folder / "participants.json")
    run = run_step("extract-action-items", folder, folder)
    assert run.exit_code == 0, run.stderr
    return ActionItems.read(folder / "action_items.json")


def test_tasks_and_decisions_point_at_participants(run_step: RunStep, tmp_path: Path) -> None:
    items = run_on(run_step, heard_sample(), tmp_path)

    owners = {step.task: step.assigned_to_participant_id for step in items.next_steps}
    assert owners["Fix the connection pool"] == "p-Carol"
    assert owners["Move the export button"] == "p-Ben"
    assert owners["Write the help article"] == "p-David"
    assert any(
        "Thursday the 14th of March" in decision.decision
        and decision.decided_by_participant_id == "p-Alice"
        for decision in items.decisions
    )


def test_nothing_is_made_up_where_nothing_was_promised(run_step: RunStep, tmp_path: Path) -> None:
    transcript = a_transcript([("Ann", "The weather was lovely in June.", 0.0, 3.0)])
    items = run_on(run_step, transcript, tmp_path)

    assert (items.decisions, items.next_steps) == ((), ())


def test_no_words_are_no_items(run_step: RunStep, tmp_path: Path) -> None:
    items = run_on(run_step, a_transcript([], language=None), tmp_path)

    assert (items.decisions, items.next_steps) == ((), ())
