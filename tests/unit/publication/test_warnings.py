"""What a reader of the minutes is warned of."""

from dataclasses import dataclass, field

import pytest

from multitrack_steps.publication.warnings import bounded, collect_warnings
from workflow_templates.contracts.track import OffsetSource, Track, TrackOffset
from workflow_templates.contracts.transcript import TrackSummary, Transcript


def a_track(
    index: int,
    *,
    source: OffsetSource = OffsetSource.STREAM_START,
    damaged: str | None = None,
    truncated_at: float | None = None,
) -> Track:
    return Track(
        index=index,
        file=f"{index}.wav",
        offset=TrackOffset(seconds=0.0, source=source, uncertainty=None),
        duration=60.0,
        gaps=(),
        codec="opus",
        rate=48_000,
        channels=1,
        peak_dbfs=-3.0,
        damaged=damaged,
        truncated_at=truncated_at,
    )


@dataclass(frozen=True)
class Case:
    tracks: list[Track]
    languages: list[str | None] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    want: tuple[str, ...] = ()


CASES = {
    "sound tracks give no warning": Case([a_track(0), a_track(1)], ["en", "en"]),
    "files that all start at an assumed zero are aligned by design": Case(
        [a_track(i, source=OffsetSource.ASSUMED_ZERO) for i in range(2)]
    ),
    "an assumed zero beside known starts is doubtful": Case(
        [a_track(0), a_track(1, source=OffsetSource.ASSUMED_ZERO)],
        want=("1.wav: nothing says when this track starts",),
    ),
    "a failed track comes first, and once": Case(
        [a_track(0, damaged="10 s are unreadable"), a_track(1, source=OffsetSource.ASSUMED_ZERO)],
        failed={1: "no decodable audio"},
        want=(
            "No words of this track are in the transcript: 1.wav: no decodable audio",
            "0.wav: 10 s are unreadable",
        ),
    ),
    "a reason that names the file is not given the name again": Case(
        [a_track(0)],
        failed={0: "0.wav: no decodable audio"},
        want=("No words of this track are in the transcript: 0.wav: no decodable audio",),
    ),
    "what was cut away is told with its time": Case(
        [a_track(0, truncated_at=3725.0)],
        want=("0.wav: what it holds after 62:05 was left out",),
    ),
    "another language than the meeting's is told": Case(
        [a_track(0), a_track(1), a_track(2)],
        ["en", "de", None],
        want=("1.wav: transcribed in the language de, most of the meeting in en",),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_warnings(case: Case) -> None:
    languages = dict(enumerate(case.languages))
    transcript = Transcript(
        recording_id="r",
        duration=60.0,
        language="en",
        speakers=(),
        words=(),
        segments=(),
        tracks=tuple(
            TrackSummary(
                index=track.index,
                file=track.file,
                speaker=0,
                language=languages.get(track.index),
                offset=0.0,
                failed=case.failed.get(track.index),
            )
            for track in case.tracks
        ),
    )
    warnings = collect_warnings(transcript, {track.index: track for track in case.tracks})
    assert len(warnings) == len(case.want)
    for warning, start in zip(warnings, case.want, strict=True):
        assert warning.startswith(start)


def test_many_warnings_fit_into_the_report() -> None:
    warnings = tuple(f"track {number}: {'ä' * 60}" for number in range(100))
    short = bounded(warnings)
    assert sum(len(warning.encode()) for warning in short) < 1500
    assert short[-1] == f"{100 - (len(short) - 1)} more: see manifest.json"


def test_few_warnings_are_kept() -> None:
    assert bounded(("one", "two")) == ("one", "two")


def test_that_nobody_listened_for_several_voices_is_told() -> None:
    transcript = Transcript(
        recording_id="r",
        duration=60.0,
        language=None,
        speakers=(),
        words=(),
        segments=(),
        tracks=(),
        unscreened="Nobody listened: there is no model",
    )
    assert collect_warnings(transcript, {}) == ("Nobody listened: there is no model",)
