"""`daily:ID`: what is written is read back."""

from hypothesis import given
from hypothesis import strategies as st

from workflow_templates.runtime.daily.address import DailyAddress

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}", fullmatch=True)


@given(IDS, st.text(max_size=60), IDS | st.just(""))
def test_an_address_survives_being_written(recording: str, room: str, session: str) -> None:
    address = DailyAddress(recording, room, session)
    assert DailyAddress.parse(str(address)) == address
