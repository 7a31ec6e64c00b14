"""What a run prints when it ends."""

from multitrack.cli.outcome import failures_by_sentence
from workflow_templates.contracts.recording import TrackItem
from workflow_templates.local.engine import NodeResult
from workflow_templates.local.plan import Node, TaskPhase
from workflow_templates.pipelines import PROCESS_RECORDING


def failed(task: str, sentence: str, track: TrackItem | None = None) -> NodeResult:
    node = Node(PROCESS_RECORDING.task(task), track)
    return NodeResult(node, TaskPhase.FAILED, sentence=sentence)


def test_tracks_that_failed_alike_are_named_together() -> None:
    alice, ben, carol = (
        TrackItem(index=index, name=name, file=f"{name}.webm")
        for index, name in enumerate(("Alice", "Ben", "Carol"))
    )
    failures = [
        failed("transcribe-track", "no such model", ben),
        failed("transcribe-track", "out of memory", carol),
        failed("transcribe-track", "no such model", alice),
        failed("detect-topics", "the endpoint is away"),
    ]
    assert failures_by_sentence(failures) == [
        ("transcribe-track Alice, Ben", "no such model"),
        ("transcribe-track Carol", "out of memory"),
        ("detect-topics", "the endpoint is away"),
    ]
