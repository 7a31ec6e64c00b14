"""The decision when a track starts, as a table."""

from dataclasses import dataclass

import pytest

from multitrack_steps.audio.facts import ContainerFacts
from multitrack_steps.audio.offset import decide_offset
from workflow_templates.contracts.recording import TimingHints, TrackItem
from workflow_templates.contracts.track import OffsetSource, TrackOffset
from workflow_templates.runtime.errors import TrackOffsetError

WEBM = "matroska,webm"
M4A = "mov,mp4,m4a,3gp,3g2,mj2"


def facts(
    format_: str = WEBM, *, start: float | None = 0.0, first_pts: float | None = None
) -> ContainerFacts:
    return ContainerFacts(
        format=format_,
        codec="opus",
        rate=48_000,
        channels=1,
        stream_start=start,
        first_pts=start if first_pts is None else first_pts,
        declared_end=None,
    )


def a_track(
    *,
    given: float | None = None,
    event: float | None = None,
    key: float | None = None,
    transcoded: bool = False,
    recording: float | None = None,
) -> TrackItem:
    return TrackItem(
        index=0,
        name="Ben",
        file="Ben.webm",
        timing=TimingHints(start_offset=given, event_offset=event, key_offset=key),
        transcoded=transcoded,
        recording_duration=recording,
    )


@dataclass(frozen=True, slots=True)
class Case:
    container: ContainerFacts
    track: TrackItem
    want: float
    want_source: OffsetSource
    want_uncertainty: float | None


GIVEN, STREAM, PTS = OffsetSource.GIVEN, OffsetSource.STREAM_START, OffsetSource.FIRST_PTS
EVENT, KEY, ZERO = OffsetSource.EVENT_JSON, OffsetSource.KEY, OffsetSource.ASSUMED_ZERO

CASES = {
    "a person outweighs the container": Case(facts(start=3.2), a_track(given=5.0), 5.0, GIVEN, 0),
    "a person may say 0": Case(facts(start=3.2), a_track(given=0.0), 0.0, GIVEN, 0),
    "WebM carries its start": Case(facts(start=3.193), a_track(), 3.193, STREAM, 0.05),
    "WebM's start outweighs event and key": Case(
        facts(start=8.13), a_track(event=8.3, key=8.339), 8.13, STREAM, 0.05
    ),
    "first pts where the stream has no start": Case(
        facts(start=None, first_pts=4.5), a_track(), 4.5, PTS, 0.05
    ),
    "WebM that starts at 0 starts with the recording": Case(
        facts(start=0.0), a_track(), 0.0, STREAM, 0.05
    ),
    "a key below 1 s does not outweigh WebM's 0": Case(
        facts(start=0.0), a_track(key=0.438), 0.0, STREAM, 0.05
    ),
    "a key of exactly 1 s does not either": Case(
        facts(start=0.0), a_track(key=1.0), 0.0, STREAM, 0.05
    ),
    "a key above 1 s outweighs WebM's 0": Case(facts(start=0.0), a_track(key=8.3), 8.3, KEY, 0.3),
    "an event above 1 s outweighs WebM's 0": Case(
        facts(start=0.05), a_track(event=1.001), 1.001, EVENT, 0.3
    ),
    "a start of 51 ms is no 0": Case(facts(start=0.051), a_track(key=8.3), 0.051, STREAM, 0.05),
    "where the key doubts 0 the event still comes first": Case(
        facts(start=0.0), a_track(event=0.9, key=1.2), 0.9, EVENT, 0.3
    ),
    "Opus pre-skip puts the start 7 ms below 0": Case(
        facts(start=-0.007), a_track(), 0.0, STREAM, 0.05
    ),
    "AAC priming at 16 kHz puts it 132 ms below 0": Case(
        facts("mov", start=-0.132), a_track(), 0.0, STREAM, 0.05
    ),
    "a primed start is a 0 that a key may outweigh": Case(
        facts(start=-0.064), a_track(key=20.0), 20.0, KEY, 0.3
    ),
    "m4a carries its start": Case(facts(M4A, start=2.5), a_track(), 2.5, STREAM, 0.05),
    "m4a that starts at 0 starts with the recording": Case(
        facts(M4A), a_track(), 0.0, STREAM, 0.05
    ),
    "transcoded m4a says nothing": Case(
        facts(M4A), a_track(transcoded=True, key=0.4), 0.4, KEY, 0.3
    ),
    "transcoded m4a without hints is taken to start at 0": Case(
        facts(M4A), a_track(transcoded=True), 0.0, ZERO, None
    ),
    "WAV says nothing, the event does": Case(
        facts("wav", start=None, first_pts=0.0), a_track(event=0.4, key=0.6), 0.4, EVENT, 0.3
    ),
    "WAV says nothing, the key does": Case(
        facts("wav", start=None, first_pts=0.0), a_track(key=0.6), 0.6, KEY, 0.3
    ),
    "WAV without hints is taken to start at 0": Case(
        facts("wav", start=None, first_pts=0.0), a_track(), 0.0, ZERO, None
    ),
    "MP3's 25 ms are its encoder's": Case(facts("mp3", start=0.025), a_track(), 0.0, ZERO, None),
    "MP3's 138 ms at 8 kHz are too": Case(
        facts("mp3", start=0.138), a_track(key=9.0), 9.0, KEY, 0.3
    ),
    "ADTS has only its priming": Case(
        facts("aac", start=None, first_pts=0.064), a_track(), 0.0, ZERO, None
    ),
    "a transport stream's 1.4 s are its muxer's": Case(
        facts("mpegts", start=1.4), a_track(), 0.0, ZERO, None
    ),
    "a key a little below 0 is 0": Case(facts("wav", start=None), a_track(key=-0.2), 0.0, KEY, 0.3),
    "a track may start when the recording ends": Case(
        facts(start=60.0), a_track(recording=60.0), 60.0, STREAM, 0.05
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_decide_offset(case: Case) -> None:
    assert decide_offset(case.container, case.track) == TrackOffset(
        seconds=case.want, source=case.want_source, uncertainty=case.want_uncertainty
    )


REFUSED = {
    "given before the recording": (facts(), a_track(given=-0.001), "0.001 s before"),
    "container far below 0": (facts(start=-0.4), a_track(), "0.400 s before"),
    "key far below 0": (facts("wav", start=None), a_track(key=-5.0), "5.000 s before"),
    "given after the end": (facts(), a_track(given=61.0, recording=60.0), "at 61.000 s"),
    "container after the end": (facts(start=75.5), a_track(recording=60.0), "at 75.500 s"),
    "key after the end": (facts(), a_track(key=3600.0, recording=60.0), "ends at 60.000 s"),
}


@pytest.mark.parametrize(("container", "track", "want"), REFUSED.values(), ids=REFUSED)
def test_an_offset_outside_the_recording_is_refused_by_name_and_seconds(
    container: ContainerFacts, track: TrackItem, want: str
) -> None:
    with pytest.raises(TrackOffsetError, match=r"^Ben\.webm: starts ") as refusal:
        decide_offset(container, track)
    assert want in str(refusal.value)
