"""What Daily tells is read without failing, whatever it is."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workflow_templates.runtime.daily.models import (
    DailyParticipant,
    DailyRecording,
    DailyWebhook,
    RecordingType,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
FIELDS = (
    *("id", "room_name", "start_ts", "status", "type", "duration", "s3", "s3key", "tracks"),
    *("mtgSessionId", "participant_id", "user_id", "user_name", "join_time", "uuid", "url"),
    *("state", "failedCount", "bucket_name", "key", "s3Key"),
)
TOLD = st.dictionaries(st.sampled_from(FIELDS), JSON)


@given(JSON | TOLD)
def test_anything_is_read_or_passed_over(told: Any) -> None:
    for model in (DailyRecording, DailyParticipant, DailyWebhook):
        assert model.read(told) is None or isinstance(told, dict)


@given(TOLD, st.text(min_size=1, max_size=128))
def test_a_recording_with_an_id_is_never_lost(told: dict[str, Any], recording_id: str) -> None:
    found = DailyRecording.read({**told, "id": recording_id})
    assert found is not None
    assert found.id == recording_id
    assert found.kind in RecordingType
    assert isinstance(found.is_finished, bool)


@given(st.lists(JSON | TOLD))
def test_one_broken_entry_costs_no_other(entries: list[Any]) -> None:
    good = {"id": "good", "status": "finished", "duration": 1}
    ids = [found.id for found in DailyRecording.read_all([*entries, good])]
    assert ids[-1] == "good"
