"""render-report as an engine runs it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.browser import meeting
from tests.conftest import RunStep
from workflow_templates.contracts.base import Document
from workflow_templates.contracts.minutes import ActionItems, Decision, Subject, Summary, Title
from workflow_templates.contracts.results import Manifest, Waveform
from workflow_templates.contracts.transcript import Transcript

EVIL = "</script><img src=x onerror=alert(1)>\"'&<b>"


class Page(HTMLParser):
    """Elements with their attributes, and the text outside scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._silent = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._silent and tag not in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def publish(
    folder: Path,
    lines: list[meeting.Line],
    run_step: RunStep,
    *,
    names: tuple[str, ...] = meeting.NAMES,
    duration: float = 148.939,
) -> Path:
    meeting.write_tracks(folder, lines, names=names, duration=duration)
    assert run_step("merge-transcripts", folder, folder).exit_code == 0
    for name, document in meeting.minutes_of(Transcript.read(folder / "transcript.json")).items():
        document.write(folder / name)
    return folder


def render(folder: Path, run_step: RunStep, **parameters: str) -> Page:
    assert run_step("finalize", folder, folder).exit_code == 0
    given = {name.replace("_", "-"): value for name, value in parameters.items()}
    run = run_step("render-report", folder, folder, parameters=given)
    assert (run.exit_code, run.stderr) == (0, "")
    return Page((folder / "published" / "report.html").read_text(encoding="utf-8"))


@pytest.fixture
def inputs(tmp_path: Path, sample: Path, run_step: RunStep) -> Path:
    return publish(tmp_path, meeting.sample_lines(sample), run_step)


def test_the_page_holds_the_whole_meeting(inputs: Path, sample: Path, run_step: RunStep) -> None:
    page = render(inputs, run_step)
    for line in meeting.sample_lines(sample):
        assert line.text in page.text
    for expected in (
        "Release moved to Thursday the fourteenth of March",
        "Monday, 4 March 2024, 10:00 (UTC+01:00)",
        "2 min 29 s",
        "The payment service fails two load tests",
        "Put the export button back on the main toolbar",
        "Hiring for the backend position",
        "Sentences taken from the transcript; no language model was used.",
    ):
        assert expected in page.text


def test_the_page_loads_nothing(inputs: Path, run_step: RunStep) -> None:
    (inputs / "mix.mp3").write_bytes(b"sound")
    page = render(inputs, run_step)
    sources = [
        (tag, value)
        for tag, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "data", "action"} and not str(value).startswith("#")
    ]
    assert sources == [("link", "data:,"), ("audio", "mix.mp3")]
    source = (inputs / "published" / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\((?!#)", source)


def test_without_mix_there_is_no_player(inputs: Path, run_step: RunStep) -> None:
    page = render(inputs, run_step)
    assert not page.tags("audio")
    assert not [a for a in page.tags("button") if a.get("id") in {"play", "back", "forward"}]


def test_without_an_address_of_the_sound_there_is_no_player(
    inputs: Path, run_step: RunStep
) -> None:
    (inputs / "mix.mp3").write_bytes(b"sound")
    assert not render(inputs, run_step, audio_href="").tags("audio")


def test_the_waveform_is_drawn_with_and_without_sound(inputs: Path, run_step: RunStep) -> None:
    def bars(page: Page) -> int:
        return sum(
            str(path["d"]).count("M")
            for path in page.tags("path")
            if "bar" in str(path.get("class"))
        )

    assert bars(render(inputs, run_step)) == 0
    Waveform(duration=148.939, peaks=(0.5,) * 255).write(inputs / "waveform.json")
    assert bars(render(inputs, run_step)) == 255
    (inputs / "mix.mp3").write_bytes(b"sound")
    assert bars(render(inputs, run_step)) == 255


def test_an_empty_folder_in_place_of_an_optional_file_is_no_file(
    inputs: Path, run_step: RunStep
) -> None:
    (inputs / "mix.mp3").mkdir()
    (inputs / "waveform.json").mkdir()
    page = render(inputs, run_step)
    assert not page.tags("audio")
    assert not [path for path in page.tags("path") if "bar" in str(path.get("class"))]


def rewrite(file: Path, contract: type[Document], **changes: object) -> None:
    contract.read(file).model_copy(update=changes).write(file)


def test_text_of_a_meeting_is_never_markup(tmp_path: Path, run_step: RunStep) -> None:
    lines = [meeting.Line(0, 1.0, 5.0, EVIL), meeting.Line(1, 6.0, 9.0, "{{ 7 * 7 }} <!-- <i>")]
    folder = publish(tmp_path, lines, run_step, names=(EVIL, "Ben\n<i>", "C", "D"))
    clean = {tag for tag, _ in render(folder, run_step).elements}
    rewrite(folder / "title.json", Title, title=EVIL)
    rewrite(
        folder / "summary.json", Summary, short=EVIL, subjects=(Subject(heading=EVIL, text=EVIL),)
    )
    rewrite(
        folder / "action_items.json",
        ActionItems,
        decisions=(Decision(decision=EVIL, rationale=EVIL, decided_by=EVIL),),
    )
    page = render(folder, run_step)
    assert {tag for tag, _ in page.elements} <= clean
    assert not page.tags("img")
    assert not [a for _, a in page.elements if any(name.startswith("on") for name in a)]
    assert len(page.tags("script")) == 3
    assert page.text.count(EVIL) >= 6
    assert "{{ 7 * 7 }}" in page.text


def test_the_audio_address_is_escaped(inputs: Path, run_step: RunStep) -> None:
    (inputs / "mix.mp3").write_bytes(b"sound")
    (audio,) = render(inputs, run_step, audio_href='a"b<c.mp3').tags("audio")
    assert audio["src"] == 'a"b<c.mp3'


def test_warnings_are_shown(inputs: Path, run_step: RunStep) -> None:
    run_step("finalize", inputs, inputs)
    rewrite(inputs / "manifest.json", Manifest, warnings=("Ben.webm: no words.",))
    assert run_step("render-report", inputs, inputs).exit_code == 0
    page = Page((inputs / "published" / "report.html").read_text(encoding="utf-8"))
    assert "Please note" in page.text
    assert "Ben.webm: no words." in page.text


def test_a_meeting_without_words_has_a_page(tmp_path: Path, run_step: RunStep) -> None:
    page = render(publish(tmp_path, [], run_step), run_step)
    assert "Nobody said anything in this recording." in page.text


def test_a_manifest_of_another_recording_is_refused(inputs: Path, run_step: RunStep) -> None:
    run_step("finalize", inputs, inputs)
    rewrite(inputs / "manifest.json", Manifest, recording_id="other")
    run = run_step("render-report", inputs, inputs)
    assert (run.exit_code, "run finalize again" in run.sentence) == (2, True)


def test_forty_thousand_words_take_less_than_six_megabytes(
    tmp_path: Path, sample: Path, run_step: RunStep
) -> None:
    lines = meeting.repeated(meeting.sample_lines(sample), 100)
    folder = publish(tmp_path, lines, run_step, duration=15_000.0)
    render(folder, run_step)
    report = folder / "published" / "report.html"
    assert Manifest.read(folder / "manifest.json").words == 41_100
    assert report.stat().st_size < 2_000_000
