"""Names that everybody must make alike."""

import re

from hypothesis import given
from hypothesis import strategies as st

from multitrack.api.names import daily_job_name


def test_a_daily_job_is_named_after_the_recording() -> None:
    uuid = "08fa0b24-9220-44c5-846c-3f116cf8e738"
    assert daily_job_name(uuid) == f"daily-{uuid}"


@given(st.text(min_size=1))
def test_any_id_gives_a_name_that_kubernetes_takes_and_always_the_same(recording_id: str) -> None:
    name = daily_job_name(recording_id)
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name)
    assert len(name) <= 63
    assert name == daily_job_name(recording_id)


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_ids_have_two_names(one: str, other: str) -> None:
    assert (daily_job_name(one) == daily_job_name(other)) == (one == other)
