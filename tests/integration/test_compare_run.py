"""compare-run as an engine runs it, against the legacy API on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import RunStep, StepRun
from tests.fakes.legacy_api import FakeLegacyApi, LegacyMeeting, legacy_meeting, running_legacy_api
from tests.fakes.loopback import Drop, Reply
from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.contracts.comparison import Comparison, SideOrigin, Verdict
from workflow_templates.contracts.minutes import Topic
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.recording import SourceKind
from workflow_templates.contracts.track import Gap, OffsetSource, Track, TrackOffset

STARTED = "2026-03-14T10:00:00+00:00"
AFTER_PAUSE = "and after the pause we decide about the help article on thursday"
MUTED = (20.0, 38.0)
"""Alice's microphone; her words after it begin at 40 s."""


def a_topic(title: str, start: float, segments: tuple[int, int]) -> Topic:
    return Topic(
        id=title,
        title=title,
        summary="",
        start=start,
        duration=30.0,
        first_segment=segments[0],
        last_segment=segments[1],
    )


def our_meeting() -> PublishedTranscript:
    meeting = a_meeting(
        a_line("We raise the connection pool to forty before the release.", 5.0, seconds=6.0),
        a_line("Ben here, I write the article about it.", 12.0, speaker=1, seconds=4.0),
        a_line(AFTER_PAUSE, 40.0, seconds=8.0),
        title="Connection pool",
        short="The connection pool is raised; Ben writes the article.",
        topics=[a_topic("Connection pool", 5.0, (0, 1)), a_topic("Article", 40.0, (2, 2))],
        started_at=STARTED,
    )
    recording = meeting.recording.model_copy(
        update={"id": "rec-1", "kind": SourceKind.DAILY, "name": "standup-20260314100000"}
    )
    tracks = [
        {"index": index, "file": f"{index}", "speaker": index, "language": "en", "offset": 0.0}
        for index in (0, 1)
    ]
    document = {**meeting.model_dump(), "recording": recording.model_dump(), "tracks": tracks}
    return PublishedTranscript.model_validate(document)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """What finalize and pad-track left of a shadow run."""
    folder = tmp_path / "job"
    our_meeting().write(folder / "published" / "transcript.json")
    Track(
        index=0,
        file="alice",
        offset=TrackOffset(seconds=0.0, source=OffsetSource.STREAM_START, uncertainty=0.05),
        duration=60.0,
        gaps=(Gap(start=MUTED[0], end=MUTED[1]),),
        codec="opus",
        rate=48000,
        channels=1,
        peak_dbfs=-3.0,
    ).write(folder / "track" / "0.json")
    return folder


@pytest.fixture
def legacy() -> Iterator[FakeLegacyApi]:
    """It has finished the same recording, and an older one of the same room."""
    with running_legacy_api() as api:
        api.transcripts["t-1"] = the_same()
        api.transcripts["t-0"] = the_same("t-0", created_at="2026-01-01T10:00:00+00:00")
        yield api


def the_same(transcript_id: str = "t-1", **changes: object) -> LegacyMeeting:
    return legacy_meeting(our_meeting(), transcript_id, **{"room_name": "standup", **changes})


@pytest.fixture
def compare_run(job: Path, legacy: FakeLegacyApi, run_step: RunStep) -> "CompareRun":
    return CompareRun(job, legacy, run_step)


class CompareRun:
    """Runs the step."""

    def __init__(self, job: Path, legacy: FakeLegacyApi, run_step: RunStep) -> None:
        self.job, self.legacy, self.run_step = job, legacy, run_step

    def __call__(self, *, last: bool = False, token: str = "", **parameters: str) -> StepRun:
        told = {"legacy-url": self.legacy.url} | {
            name.replace("_", "-"): value for name, value in parameters.items()
        }
        return self.run_step(
            "compare-run",
            self.job,
            self.job,
            parameters=told,
            environment={"MULTITRACK_LEGACY_API_TOKEN": token or self.legacy.token},
            arguments=("--attempt", "30" if last else "1", "--attempts", "30"),
        )

    def comparison(self) -> Comparison:
        return Comparison.read(self.job / "comparison" / "comparison.json")


def test_equal_results_are_alike_and_the_right_transcript_is_found(
    compare_run: CompareRun, legacy: FakeLegacyApi, job: Path
) -> None:
    run = compare_run(own_steps='[{"name": "finalize", "seconds": 2.5, "cost": 0.001}]')
    assert (run.exit_code, run.stderr) == (0, "")
    comparison = compare_run.comparison()
    assert comparison.verdict is Verdict.ALIKE
    assert (comparison.a.origin, comparison.b.origin) == (SideOrigin.MULTITRACK, SideOrigin.LEGACY)
    assert comparison.b.id == "t-1", "t-0 is too old"
    assert [each.name for each in comparison.formats] == [
        "text",
        "text-timestamped",
        "webvtt-named",
    ]
    assert all(each.equal_lines == each.lines_a == each.lines_b for each in comparison.formats)
    assert comparison.a.steps[0].cost == 0.001
    assert (job / "parameters" / "verdict").read_text(encoding="utf-8") == "alike"
    assert all(request.headers["authorization"] for request in legacy.requests)


def drift(meeting: LegacyMeeting) -> None:
    """Alice's words after the mute gap are early by its length, as without re-timing."""
    for topic in meeting.topics:
        for word in topic["words"]:
            if word["speaker"] == 0 and word["start"] >= 40:
                word["start"] -= MUTED[1] - MUTED[0]
                word["end"] -= MUTED[1] - MUTED[0]


def change_a_word(meeting: LegacyMeeting) -> None:
    for topic in meeting.topics:
        for word in topic["words"]:
            word["text"] = word["text"].replace("connection", "correction")


def exchange_the_names(meeting: LegacyMeeting) -> None:
    first, second = meeting.row["participants"]
    first["name"], second["name"] = second["name"], first["name"]


def shorten(meeting: LegacyMeeting) -> None:
    meeting.row["duration"] -= 900


TRUE_DIFFERENCES: dict[str, tuple[Callable[[LegacyMeeting], None], str, str]] = {
    "drift after a mute gap": (drift, "{}", "drift after pauses 18.00 s"),
    "a changed word": (change_a_word, '{"most_word_difference": 0.01}', "words 3.3 %"),
    "exchanged names": (exchange_the_names, "{}", "speakers 0.0 %"),
    "another duration": (shorten, '{"most_duration_difference": 0.5}', "duration 0.90 s"),
}


@pytest.mark.parametrize(
    ("change", "settings", "want"), TRUE_DIFFERENCES.values(), ids=TRUE_DIFFERENCES
)
def test_a_true_difference_decides_the_verdict_and_is_named(
    change: Callable[[LegacyMeeting], None],
    settings: str,
    want: str,
    compare_run: CompareRun,
    legacy: FakeLegacyApi,
) -> None:
    change(legacy.transcripts["t-1"])
    assert compare_run(comparison_settings=settings).exit_code == 0
    comparison = compare_run.comparison()
    assert comparison.verdict is Verdict.DIFFERENT
    assert want in comparison.sentence


def test_drift_names_the_gap_that_was_not_filled_and_the_page_shows_it(
    compare_run: CompareRun, legacy: FakeLegacyApi, job: Path
) -> None:
    drift(legacy.transcripts["t-1"])
    compare_run()
    found = compare_run.comparison().drift
    assert found
    [alice] = found.speakers
    [pause] = alice.pauses
    assert (alice.speaker, pause.shift, pause.recorded_gap) == ("Alice", -18.0, 18.0)
    assert found.explained == 1
    page = (job / "comparison" / "comparison.html").read_text(encoding="utf-8")
    assert "Drift after pauses" in page
    assert "-18.00 s" in page


PASSING: dict[str, tuple[Callable[[FakeLegacyApi], None], str]] = {
    "is still processing": (
        lambda api: api.transcripts["t-1"].row.update(status="processing"),
        "has not finished (status processing)",
    ),
    "lists nothing yet": (lambda api: api.transcripts.clear(), "lists no transcript"),
    "is broken": (lambda api: api.script.append(Reply(502)), "502"),
    "breaks off": (lambda api: api.script.append(Drop()), "no answer"),
    "has too much to do": (lambda api: api.script.append(Reply(429)), "429"),
}


@pytest.mark.parametrize(("fault", "want"), PASSING.values(), ids=PASSING)
def test_a_legacy_that_may_still_answer_is_asked_again_and_at_last_said_to_be_missing(
    fault: Callable[[FakeLegacyApi], None],
    want: str,
    compare_run: CompareRun,
    legacy: FakeLegacyApi,
    job: Path,
) -> None:
    fault(legacy)
    waiting = compare_run()
    assert waiting.exit_code == 75
    assert want in waiting.sentence
    assert not (job / "comparison" / "comparison.json").exists()
    fault(legacy)
    last = compare_run(last=True)
    assert last.exit_code == 0, last.stderr
    comparison = compare_run.comparison()
    assert comparison.verdict is Verdict.INCOMPLETE
    assert comparison.b.origin is SideOrigin.NOTHING
    assert want in comparison.missing[0]
    assert "also at the last of 30 tries" in comparison.missing[0]
    assert want in last.report.warnings[0]


def test_a_slow_legacy_is_given_up_and_asked_again(
    compare_run: CompareRun, legacy: FakeLegacyApi
) -> None:
    late = threading.Event()
    legacy.script.append(Reply(200, after=late))
    run = compare_run(legacy_timeout="0.5")
    late.set()
    assert run.exit_code == 75
    assert "no answer" in run.sentence


def json_reply(content: object) -> Reply:
    return Reply(200, json.dumps(content).encode(), {"content-type": "application/json"})


FINAL: dict[str, tuple[Callable[[FakeLegacyApi], None], str]] = {
    "failed on it": (
        lambda api: api.transcripts["t-1"].row.update(status="error"),
        "the legacy pipeline failed on this recording",
    ),
    "refuses the token": (
        lambda api: api.script.append(Reply(401)),
        "refuses the token (401); check MULTITRACK_LEGACY_API_TOKEN",
    ),
    "redirects": (
        lambda api: api.script.append(Reply(302, headers={"location": "http://other.example"})),
        "with 302",
    ),
    "lists in another form": (
        lambda api: api.script.append(json_reply({"data": []})),
        "its list of transcripts is not as Multitrack knows it",
    ),
    "answers HTML": (lambda api: api.script.append(Reply(200, b"<html>")), "is not JSON"),
    "has two that fit": (
        lambda api: api.transcripts.update({"t-2": the_same("t-2")}),
        "2 transcripts could be that of recording rec-1",
    ),
    "shows a transcript in another form": (
        lambda api: api.transcripts["t-1"].formats.update(json=[{"said": "hello"}]),
        "not a transcript as the legacy API gives it",
    ),
}


@pytest.mark.parametrize(("fault", "want"), FINAL.values(), ids=FINAL)
def test_a_legacy_side_that_will_never_come_makes_the_comparison_incomplete_at_once(
    fault: Callable[[FakeLegacyApi], None],
    want: str,
    compare_run: CompareRun,
    legacy: FakeLegacyApi,
) -> None:
    fault(legacy)
    run = compare_run()
    assert run.exit_code == 0, run.stderr
    comparison = compare_run.comparison()
    assert comparison.verdict is Verdict.INCOMPLETE
    assert want in comparison.sentence
    assert legacy.token not in comparison.model_dump_json()


def test_a_version_without_words_is_compared_by_segments(
    compare_run: CompareRun, legacy: FakeLegacyApi
) -> None:
    for topic in legacy.transcripts["t-1"].topics:
        del topic["words"]
    assert compare_run().exit_code == 0
    comparison = compare_run.comparison()
    assert comparison.verdict is Verdict.INCOMPLETE
    assert comparison.missing == (
        "B has no times of words: word times and drift were not compared.",
    )
    assert comparison.words
    assert comparison.words.rate_against_a == 0


def test_a_version_that_lists_recording_ids_is_asked_by_them(
    compare_run: CompareRun, legacy: FakeLegacyApi
) -> None:
    legacy.transcripts["t-0"].row["recording_id"] = "daily-7"
    legacy.transcripts["t-1"].row["recording_id"] = "daily-8"
    assert compare_run(legacy_recording_id="daily-7").exit_code == 0
    assert compare_run.comparison().b.id == "t-0"


def test_a_template_says_where_a_recordings_transcript_is(
    compare_run: CompareRun, legacy: FakeLegacyApi
) -> None:
    legacy.transcripts["rec-1"] = the_same("rec-1")
    run = compare_run(legacy_transcript_url="{legacy_url}/v1/transcripts/{recording_id}")
    assert run.exit_code == 0, run.stderr
    assert compare_run.comparison().verdict is Verdict.ALIKE
    paths = {urlsplit(request.target).path for request in legacy.requests}
    assert "/v1/transcripts" not in paths, "nothing had to be searched"


SETTINGS = {
    "no address": ({"legacy_url": ""}, "legacy-url is empty"),
    "no URL": ({"legacy_url": "legacy"}, "not a URL of the web"),
    "another host in the template": (
        {"legacy_transcript_url": "http://elsewhere.example/{recording_id}"},
        "the legacy's token goes nowhere else",
    ),
    "an unknown place in the template": (
        {"legacy_transcript_url": "{legacy_url}/{room}"},
        "only {legacy_url}, {recording_id}, {transcript_id} can be filled in",
    ),
    "an unknown limit": ({"comparison_settings": '{"x": 1}'}, "comparison settings: x"),
    "steps that are none": ({"own_steps": "{}"}, "own-steps is no list"),
}


@pytest.mark.parametrize(("parameters", "want"), SETTINGS.values(), ids=SETTINGS)
def test_a_wrong_setting_is_final_and_named(
    parameters: dict[str, str], want: str, compare_run: CompareRun
) -> None:
    run = compare_run(last=False, token="", **parameters)
    assert run.exit_code == 2
    assert want in run.sentence
