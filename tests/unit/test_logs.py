"""Lines of logs: for programs as JSON, for people as words."""

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack.cli.cluster.log_lines import readable
from workflow_templates.runtime.errors import SettingsError
from workflow_templates.runtime.logs import JsonLines, LogFormat, PlainLines, log_format

FIELDS = st.dictionaries(
    st.sampled_from(["step", "attempt", "warnings", "because", "job"]),
    st.none() | st.text() | st.integers() | st.lists(st.text()),
)


def a_record(message: str = "step done", **fields: object) -> logging.LogRecord:
    record = logging.makeLogRecord({"name": "ours", "levelname": "INFO", "msg": message})
    vars(record).update(fields)
    return record


@given(st.text(), FIELDS)
def test_a_json_line_is_one_line_and_says_everything(
    message: str, fields: dict[str, object]
) -> None:
    line = JsonLines().format(a_record(message, **fields))
    assert "\n" not in line
    told = json.loads(line)
    assert {name: told[name] for name in fields} == fields
    assert (told["message"], told["levelname"], told["name"]) == (message, "INFO", "ours")


def test_a_trace_is_one_field_of_its_line() -> None:
    try:
        raise ValueError("no such luck")  # noqa: TRY301 - somebody has to
    except ValueError:
        record = a_record()
        record.exc_info = sys.exc_info()
    told = json.loads(JsonLines().format(record))
    assert told["exc_info"].startswith("Traceback")
    assert PlainLines().format(record).endswith("ValueError: no such luck")
    assert readable(JsonLines().format(record)).endswith("ValueError: no such luck")


def test_plain_lines_hold_the_fields_in_brackets() -> None:
    assert PlainLines().format(a_record("asked again", delay=2)) == "asked again (delay=2)"
    assert PlainLines().format(a_record("asked again")) == "asked again"


@pytest.mark.parametrize(
    ("environment", "want"),
    [
        ({}, LogFormat.PLAIN),
        ({"MULTITRACK_LOG_FORMAT": ""}, LogFormat.PLAIN),
        ({"MULTITRACK_LOG_FORMAT": "json"}, LogFormat.JSON),
        ({"MULTITRACK_LOG_FORMAT": "plain"}, LogFormat.PLAIN),
    ],
)
def test_the_environment_says_which(environment: dict[str, str], want: LogFormat) -> None:
    assert log_format(environment) is want


def test_a_format_that_nobody_knows_is_one_sentence() -> None:
    with pytest.raises(SettingsError, match="MULTITRACK_LOG_FORMAT=xml: use json or plain"):
        log_format({"MULTITRACK_LOG_FORMAT": "xml"})


@pytest.mark.parametrize(
    ("line", "want"),
    [
        (
            json.dumps(
                {
                    "asctime": "12:00",
                    "levelname": "INFO",
                    "name": "ours",
                    "message": "step done",
                    "step": "finalize",
                    "duration": 1.5,
                    "warnings": ["Ann: quiet"],
                }
            ),
            '12:00 INFO    step done  step=finalize  duration=1.5  warnings=["Ann: quiet"]',
        ),
        ("source/0: no decodable audio; upload it again", None),
        ('{"message": "somebody else\'s"}', None),
        ("{no JSON", None),
        ("[1]", None),
        ("", None),
    ],
)
def test_people_read_words_and_what_is_not_ours_stays(line: str, want: str | None) -> None:
    assert readable(line) == (line if want is None else want)
