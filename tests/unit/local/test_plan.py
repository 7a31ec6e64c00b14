"""Which tasks run, and as which pieces of work."""

import json
from dataclasses import dataclass

import pytest

from workflow_templates.local.plan import Selection, node_parameters, nodes_of, select_tasks
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.errors import SettingsError

DEFAULTS = {
    name: parameter.default or "" for name, parameter in PROCESS_RECORDING.job_parameters().items()
}
# On one machine nothing is deleted unless somebody asks for it.
EVERYTHING = {task.name for task in PROCESS_RECORDING.tasks} - {"cleanup-consent"}
UP_TO_MERGE = {
    "get-recording",
    "get-participants",
    "pad-track",
    "transcribe-track",
    "screen-tracks",
    "diarize-track",
    "merge-transcripts",
}


@dataclass(frozen=True)
class Case:
    selection: Selection
    want: set[str]
    parameters: tuple[tuple[str, str], ...] = ()


CASES = {
    "everything by default": Case(Selection(), EVERYTHING),
    "only a step brings what it needs": Case(
        Selection(only=frozenset({"merge-transcripts"})), UP_TO_MERGE
    ),
    "only the report does without the optional branch it waits for": Case(
        Selection(only=frozenset({"render-report"})),
        EVERYTHING - {"mixdown-tracks", "generate-waveform"},
    ),
    "without the mix there is no waveform": Case(
        Selection(skip=frozenset({"mixdown-tracks"})),
        EVERYTHING - {"mixdown-tracks", "generate-waveform"},
    ),
    "the minutes do without any of their parts": Case(
        Selection(skip=frozenset({"generate-title", "generate-summary", "extract-action-items"})),
        EVERYTHING - {"generate-title", "generate-summary", "extract-action-items"},
    ),
    "screening may be switched off": Case(
        Selection(), EVERYTHING - {"screen-tracks"}, (("screening", "false"),)
    ),
    "who says which tracks are to be diarized needs no screening": Case(
        Selection(), EVERYTHING - {"screen-tracks"}, (("diarization", "always"),)
    ),
    "a condition switches a task off": Case(
        Selection(), EVERYTHING - {"render-report"}, (("report", "false"),)
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_select_tasks(case: Case) -> None:
    parameters = {**DEFAULTS, **dict(case.parameters)}
    assert select_tasks(PROCESS_RECORDING, case.selection, parameters) == case.want


REFUSED = {
    "an unknown step": (Selection(skip=frozenset({"padd-track"})), "padd-track: no such step"),
    "a step that another cannot do without": (
        Selection(skip=frozenset({"transcribe-track"})),
        "merge-transcripts cannot do without words/; add --skip merge-transcripts",
    ),
    "a step that two others cannot do without": (
        Selection(skip=frozenset({"detect-topics"})),
        "cannot do without topics.json; add --skip generate-title --skip generate-summary",
    ),
}


@pytest.mark.parametrize(("selection", "want_sentence"), REFUSED.values(), ids=REFUSED)
def test_select_tasks_refuses(selection: Selection, want_sentence: str) -> None:
    with pytest.raises(SettingsError, match=want_sentence):
        select_tasks(PROCESS_RECORDING, selection, DEFAULTS)


def test_fan_out_makes_a_node_per_track_with_its_entry_as_parameter() -> None:
    entries = [
        {"index": 0, "name": 'Ann "Q"', "file": "a.webm"},
        {"index": 1, "name": "Bóób", "file": "b"},
    ]
    task = PROCESS_RECORDING.task("pad-track")
    nodes = nodes_of(task, {"get-participants": {"tracks": json.dumps(entries)}})
    assert [node.id for node in nodes] == ["pad-track.0", "pad-track.1"]
    assert nodes[0].label == 'pad-track Ann "Q"'
    assert json.loads(node_parameters(nodes[1], DEFAULTS)["track"])["name"] == "Bóób"


LISTS = {
    "the screened list": ({"screen-tracks": [1], "get-participants": []}, [1]),
    "the list of get-participants where nobody screened": ({"get-participants": [0]}, [0]),
    "no track where several voices are heard": ({"screen-tracks": [], "get-participants": []}, []),
}


@pytest.mark.parametrize(("lists", "want"), LISTS.values(), ids=LISTS)
def test_fan_out_goes_over(lists: dict[str, list[int]], want: list[int]) -> None:
    entries = [{"index": index, "name": "Ann", "file": "a.webm"} for index in (0, 1)]
    handed_over = {
        task: {"diarized-tracks": json.dumps([entries[index] for index in indices])}
        for task, indices in lists.items()
    }
    nodes = nodes_of(PROCESS_RECORDING.task("diarize-track"), handed_over)
    assert [node.track.index for node in nodes if node.track] == want


def test_a_changed_name_does_not_change_what_a_track_is() -> None:
    task = PROCESS_RECORDING.task("pad-track")

    def identity(name: str, offset: float | None) -> str:
        entry = {"index": 0, "name": name, "file": "a.webm", "timing": {"start_offset": offset}}
        (node,) = nodes_of(task, {"get-participants": {"tracks": json.dumps([entry])}})
        assert node.track
        return node.track.identity()

    assert identity("Ann", None) == identity("Bob", None)
    assert identity("Ann", None) != identity("Ann", 1.5)
