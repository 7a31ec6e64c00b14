"""`multitrack compare` on one machine: two results, legacy answers, many comparisons."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.legacy_api import legacy_meeting
from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.contracts.comparison import Comparison, Verdict
from workflow_templates.contracts.comparison_summary import ComparisonSummary
from workflow_templates.contracts.published import PublishedTranscript


def compare(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "multitrack.cli.main", "compare", *map(str, arguments)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A published transcript, as `fetch` leaves it."""
    meeting = a_meeting(
        a_line("We raise the connection pool before the release.", 5.0, seconds=6.0),
        a_line("Ben here, I write the article about it.", 12.0, speaker=1, seconds=4.0),
    )
    file = tmp_path / "ours" / "transcript.json"
    meeting.write(file)
    return file


@pytest.fixture
def legacy_file(ours: Path, tmp_path: Path) -> Path:
    """What GET /v1/transcripts/{id}?transcript_format=json answers; one word is another."""
    meeting = legacy_meeting(PublishedTranscript.read(ours), "t-1")
    rows = json.loads(
        json.dumps(meeting.formats["json"]).replace("connection pool", "correction pool")
    )
    file = tmp_path / "legacy.json"
    answer = {**meeting.row, "transcript_format": "json", "transcript": rows}
    file.write_text(json.dumps(answer), encoding="utf-8")
    return file


def test_a_result_is_like_itself_and_scored_against_the_truth(
    finished_meeting: Path, sample: Path, tmp_path: Path
) -> None:
    reference = sample / "ref.seglst.json"
    out = tmp_path / "out"
    run = compare(
        finished_meeting, finished_meeting, "--reference", reference, "-o", out, "--exit-on",
        "incomplete",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "alike" in run.stdout
    comparison = Comparison.read(out / "comparison.json")
    assert comparison.verdict is Verdict.ALIKE
    assert [score.side for score in comparison.reference] == ["a", "b"]
    assert comparison.reference[0].wer == comparison.reference[1].wer == 0


def test_a_legacy_answer_with_another_word_shows_it_and_says_what_is_missing(
    ours: Path, legacy_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = compare(ours, legacy_file, "-o", out)
    assert run.returncode == 0, run.stderr
    comparison = Comparison.read(out / "comparison.json")
    assert comparison.verdict is Verdict.INCOMPLETE
    assert comparison.missing == (
        "B has no times of words: word times and drift were not compared.",
        "B has no topics.",
    )
    assert comparison.words
    passages = {(each.a, each.b) for each in comparison.words.differences}
    assert passages == {("connection", "correction")}
    assert comparison.segments
    assert comparison.segments.agreement == 1


def test_the_page_is_one_file_that_needs_no_script(
    ours: Path, legacy_file: Path, tmp_path: Path
) -> None:
    compare(ours, legacy_file, "-o", tmp_path)
    page = (tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert "<del>connection</del> <ins>correction</ins>" in page
    assert "B has no topics." in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_a_name_that_is_markup_stays_text(ours: Path, legacy_file: Path, tmp_path: Path) -> None:
    answer = json.loads(legacy_file.read_text(encoding="utf-8"))
    answer["title"] = "<img src=x onerror=alert(1)>"
    legacy_file.write_text(json.dumps(answer), encoding="utf-8")
    compare(ours, legacy_file, "-o", tmp_path)
    page = (tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert "&lt;img src=x" in page
    assert "<img" not in page


def test_the_exit_code_can_say_the_verdict(ours: Path, legacy_file: Path) -> None:
    assert compare(ours, legacy_file, "--exit-on", "different").returncode == 0
    assert compare(ours, legacy_file, "--exit-on", "incomplete").returncode == 1
    strict = '{"most_word_difference": 0.001}'
    run = compare(ours, legacy_file, "--exit-on", "different", "--settings", strict)
    assert run.returncode == 1


def test_many_comparisons_are_summed_up(ours: Path, legacy_file: Path, tmp_path: Path) -> None:
    several = tmp_path / "several"
    compare(ours, ours, "-o", several / "one")
    strict = '{"most_word_difference": 0.001}'
    compare(ours, legacy_file, "-o", several / "two", "--settings", strict)
    run = compare("--summary", several, "-o", tmp_path / "sum")
    assert run.returncode == 0, run.stderr
    assert "2 comparisons: 1 alike, 1 different, 0 incomplete" in run.stdout
    summary = ComparisonSummary.read(tmp_path / "sum" / "comparisons.json")
    words = next(each for each in summary.measures if each.measure == "words")
    assert (words.known, words.past_limit) == (2, 1)
    assert words.worst_file == str(several / "two" / "comparison.json")
    page = (tmp_path / "sum" / "comparisons.html").read_text(encoding="utf-8")
    assert str(several / "two") in page


BAD = {
    "no such file": (("{ours}", "/nowhere.json"), "there is no such file"),
    "a folder without a meeting": (("{ours}", "{empty}"), "no finished meeting there"),
    "not JSON": (("{ours}", "{text}"), "not JSON"),
    "JSON of something else": (("{ours}", "{other}"), "no meeting in a known form"),
    "one result": (("{ours}",), "compare takes two results, not 1"),
    "an unknown limit": (
        ("{ours}", "{ours}", "--settings", '{"most_words": 1}'),
        "comparison settings: most_words",
    ),
    "no comparisons": (("--summary", "{empty}"), "no comparison.json there"),
}


@pytest.mark.parametrize(("arguments", "want"), BAD.values(), ids=BAD)
def test_bad_input_gets_a_sentence(
    arguments: tuple[str, ...], want: str, ours: Path, tmp_path: Path
) -> None:
    places = {name: tmp_path / name for name in ("empty", "text", "other")}
    places["empty"].mkdir()
    places["text"].write_text("Alice: hello", encoding="utf-8")
    places["other"].write_text('{"hello": 1}', encoding="utf-8")
    for name, place in {**places, "ours": ours}.items():
        arguments = tuple(part.replace(f"{{{name}}}", str(place)) for part in arguments)
    run = compare(*arguments)
    assert run.returncode == 2
    assert want in run.stderr
    assert "Traceback" not in run.stderr
