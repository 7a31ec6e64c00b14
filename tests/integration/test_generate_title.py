"""generate-title, as an engine runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunStep
from workflow_templates.contracts.minutes import Backend, Title, Topic, Topics


def topics_named(*titles: str) -> Topics:
    return Topics(
        recording_id="r",
        backend=Backend(name="extractive"),
        topics=tuple(
            Topic(
                id=str(number),
                title=title,
                summary="",
                start=60.0 * number,
                duration=60.0,
                first_segment=number,
                last_segment=number,
            )
            for number, title in enumerate(titles)
        ),
    )


CASES = {
    "subjects are joined": (
        ("Budget", "Hiring", "Office Move"),
        "",
        "Budget, Hiring and Office Move",
    ),
    "one subject is the title": (("Budget",), "", "Budget"),
    "a given title is kept as it is": (("Budget",), '"weekly", part 2.', '"weekly", part 2.'),
    "no topics, no title": ((), "", "Untitled Meeting"),
    "numbered parts are no subjects": (("Part 1", "Part 2"), "", "Untitled Meeting"),
    "a subject that comes back is named once": (
        ("Budget", "Hiring", "budget"),
        "",
        "Budget and Hiring",
    ),
    "more than ten words leave a subject out": (
        ("One Two Three Four", "Five Six Seven Eight", "Nine Ten Eleven"),
        "",
        "One Two Three Four and Five Six Seven Eight",
    ),
    "a title with its own and takes no second one": (
        ("Roof and Walls", "Garden"),
        "",
        "Roof and Walls, Garden",
    ),
}


@pytest.mark.parametrize(("titles", "given", "want"), CASES.values(), ids=CASES)
def test_title(
    run_step: RunStep, tmp_path: Path, titles: tuple[str, ...], given: str, want: str
) -> None:
    topics_named(*titles).write(tmp_path / "inputs" / "topics.json")

    run = run_step(
        "generate-title", tmp_path / "inputs", tmp_path / "outputs", parameters={"title": given}
    )

    assert run.exit_code == 0, run.stderr
    title = Title.read(run.outputs / "title.json")
    assert (title.title, title.given) == (want, bool(given))


def test_numerical_packages_are_not_imported_for_a_title() -> None:
    script = (
        "import sys; import multitrack_steps.generate_title; "
        "import multitrack_steps.language.extractive.meeting_title; "
        "import multitrack_steps.language.extractive.backend; "
        "print(sorted({'sklearn', 'numpy', 'snowballstemmer', 'stopwordsiso'} & set(sys.modules)))"
    )
    heavy = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert heavy.stdout.strip() == "[]"
