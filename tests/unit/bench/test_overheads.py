"""What a cluster adds to each step, from the times that Argo writes down."""

from datetime import timedelta

from multitrack.controller.observed import Node
from tests.bench.bench_cluster import Overhead, overheads
from tests.unit.controller.builders import NOW, a_run, a_workflow, said_by_step


def ended(step: str, at: float, took: float, *, id_: str = "") -> list[Node]:
    """A run that ended so many seconds after the Workflow was made, and says how long it worked."""
    finished = NOW + timedelta(seconds=at)
    outputs = said_by_step(f'{{"duration": {took}}}')
    return a_run(step, "Succeeded", id=id_ or step, finished=finished, outputs=outputs)


def test_only_the_critical_path_counts_and_each_step_from_what_it_waited_for() -> None:
    workflow = a_workflow(
        "Succeeded",
        *ended("get-recording", at=7, took=2),
        *ended("get-participants", at=11, took=1),
        *ended("pad-track", at=16, took=2, id_="pad-0"),
        *ended("pad-track", at=20, took=3, id_="pad-1"),
        *ended("mixdown-tracks", at=24, took=1),
        *ended("transcribe-track", at=40, took=14),
        *ended("merge-transcripts", at=46, took=1),
        created=NOW,
    )
    assert overheads(workflow) == [
        Overhead("get-recording", 5),
        Overhead("get-participants", 3),
        Overhead("pad-track", 6),
        Overhead("transcribe-track", 6),
        Overhead("merge-transcripts", 5),
    ]
