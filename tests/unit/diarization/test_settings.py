"""What can be said about the number of voices."""

import pytest

from multitrack_steps.diarization.settings import VoiceBounds, parse_voices
from workflow_templates.runtime.errors import SettingsError

UNDERSTOOD = {
    "auto": VoiceBounds(1, None),
    "3": VoiceBounds(3, 3),
    "2-5": VoiceBounds(2, 5),
    " 2 - 5 ": VoiceBounds(2, 5),
    "2-": VoiceBounds(2, None),
}


@pytest.mark.parametrize(("value", "want"), UNDERSTOOD.items())
def test_voices(value: str, want: VoiceBounds) -> None:
    assert parse_voices(value) == want


@pytest.mark.parametrize("value", ["", "0", "-3", "5-2", "two", "3.5", "1-0"])
def test_what_is_no_number_of_voices_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="use auto, a number such as 3"):
        parse_voices(value)


def test_a_number_is_known_and_bounds_are_not() -> None:
    assert parse_voices("4").known == 4
    assert parse_voices("4-5").known is None
    assert parse_voices("auto").known is None
