"""`--participants FILE`."""

import json
from pathlib import Path

import pytest

from multitrack.cli.participants_file import ParticipantRow, read_participants, rows_to_parameter
from workflow_templates.runtime.errors import SettingsError

READABLE = {
    "JSON": ("people.json", '[{"file": "a.webm", "name": "Ann", "offset": 1.5}]'),
    "CSV": ("people.csv", "file, name, offset\na.webm, Ann, 1.5\n"),
    "CSV as a spreadsheet saves it": (
        "people.CSV",
        "\ufefffile,name,offset,shared\na.webm,Ann,1.5,\n",
    ),
}


@pytest.mark.parametrize(("name", "text"), READABLE.values(), ids=READABLE)
def test_participants_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_participants(tmp_path / name) == (
        ParticipantRow(file="a.webm", name="Ann", offset=1.5),
    )


REFUSED = {
    "no such file": (None, "cannot read the participants file"),
    "not JSON": ("{", "neither JSON nor .csv"),
    "a row without a file": ('[{"file": "a"}, {"name": "Ann"}]', "row 2, file: Field required"),
    "a negative offset": ('[{"file": "a", "offset": -1}]', "row 1, offset: "),
    "an unknown field": ('[{"file": "a", "nmae": "Ann"}]', "row 1, nmae: "),
}


@pytest.mark.parametrize(("text", "want_sentence"), REFUSED.values(), ids=REFUSED)
def test_unusable_participants_are_refused(
    tmp_path: Path, text: str | None, want_sentence: str
) -> None:
    file = tmp_path / "people.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=want_sentence):
        read_participants(file)


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("")
    with pytest.raises(SettingsError, match=r"people\.csv: the file is empty; its first line is"):
        read_participants(tmp_path / "people.csv")


def test_the_parameter_says_only_what_the_file_said() -> None:
    rows = (ParticipantRow(file="a.webm", name="Ann"),)
    assert json.loads(rows_to_parameter(rows)) == [{"file": "a.webm", "name": "Ann"}]
