"""Properties of every merged transcript."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.merge_transcripts import merge_transcripts
from multitrack_steps.transcript.merging import language_of_most_speech
from workflow_templates.contracts.recording import (
    Origin,
    Participant,
    Participants,
    ParticipantTrack,
    Recording,
    SourceKind,
    SourceTrack,
)
from workflow_templates.contracts.track import OffsetSource, Track, TrackOffset
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.contracts.words import DetectedLanguage, TrackWord, TrackWords

DURATION = 20.0


def a_track(index: int) -> Track:
    return Track(
        index=index,
        file=f"{index}.webm",
        offset=TrackOffset(seconds=0.0, source=OffsetSource.STREAM_START, uncertainty=0.05),
        duration=DURATION,
        gaps=(),
        codec="opus",
        rate=48_000,
        channels=1,
        peak_dbfs=-3.0,
    )


def track_words(
    index: int, words: list[TrackWord], *, language: str | None = "en", speech: float = 1.0
) -> TrackWords:
    detected = DetectedLanguage(code=language, probability=1, detected=True) if language else None
    return TrackWords(
        index=index,
        model="m",
        backend="faster-whisper",
        language=detected,
        speech=speech,
        words=tuple(words),
    )


def merge(
    tracks: list[list[TrackWord]], *, speakers: list[int], duration: float | None = None
) -> Transcript:
    rows = range(len(tracks))
    recording = Recording(
        id="r",
        kind=SourceKind.FOLDER,
        name="r",
        duration=duration,
        tracks=tuple(
            SourceTrack(index=index, origin=Origin(name=f"{index}.webm"), size=1) for index in rows
        ),
    )
    participants = Participants(
        recording_id="r",
        participants=tuple(
            Participant(id=f"p{speaker}", name=f"P{speaker}", speaker=speaker)
            for speaker in sorted(set(speakers))
        ),
        tracks=tuple(
            ParticipantTrack(track=index, participant_id=f"p{speaker}", speaker=speaker)
            for index, speaker in enumerate(speakers)
        ),
    )
    return merge_transcripts(
        recording,
        participants,
        {index: a_track(index) for index in rows},
        {index: track_words(index, words) for index, words in enumerate(tracks)},
        {},
    )


@st.composite
def spoken_tracks(draw: st.DrawFn) -> list[list[TrackWord]]:
    """Up to four tracks of few different words, so that echoes and equal starts happen."""
    word = st.builds(
        lambda text, start, length, level: TrackWord(
            text=text, start=start, end=start + length, probability=0.5, level=level
        ),
        st.sampled_from([" yes", " no", " well.", " so", "-", "好。"]),
        st.integers(0, 79).map(lambda quarter: quarter / 4),
        st.integers(0, 8).map(lambda tenth: tenth / 10),
        st.sampled_from([-50.0, -30.0, -20.0]),
    )
    tracks = draw(st.lists(st.lists(word, max_size=25), min_size=1, max_size=4))
    return [sorted(words, key=lambda spoken: spoken.start) for words in tracks]


@given(spoken_tracks(), st.booleans())
def test_nothing_is_lost_doubled_or_out_of_order(
    tracks: list[list[TrackWord]],
    reconnected: bool,  # noqa: FBT001 - drawn, not called
) -> None:
    speakers = [0] * len(tracks) if reconnected else list(range(len(tracks)))
    transcript = merge(tracks, speakers=speakers)

    spoken = sorted((index, word.text) for index, words in enumerate(tracks) for word in words)
    assert sorted((word.track, word.text) for word in transcript.words) == spoken
    starts = [(word.start, word.track) for word in transcript.words]
    assert starts == sorted(starts)
    assert all(0 <= word.start <= word.end <= DURATION for word in transcript.words)
    assert all(word.speaker == speakers[word.track] for word in transcript.words)

    told = [index for segment in transcript.segments for index in segment.words]
    originals = [i for i, word in enumerate(transcript.words) if word.echo_of is None]
    assert sorted(told) == originals
    assert [s.start for s in transcript.segments] == sorted(s.start for s in transcript.segments)
    assert all(list(s.words) == sorted(s.words) for s in transcript.segments)
    assert len({segment.id for segment in transcript.segments}) == len(transcript.segments)


@given(spoken_tracks())
def test_an_echo_points_to_an_original_on_another_track(tracks: list[list[TrackWord]]) -> None:
    words = merge(tracks, speakers=list(range(len(tracks)))).words
    for word in words:
        if word.echo_of is not None:
            assert words[word.echo_of].echo_of is None
            assert words[word.echo_of].track != word.track
            assert words[word.echo_of].text.casefold() == word.text.casefold()


def test_equal_starts_are_ordered_by_track() -> None:
    same = TrackWord(text=" hi", start=1.0, end=1.2, probability=1, level=-20)
    assert [word.track for word in merge([[same], [same]], speakers=[0, 1]).words] == [0, 1]


def test_the_last_word_does_not_reach_past_the_recording() -> None:
    late = TrackWord(text=" bye", start=9.9, end=10.4, probability=1, level=-20)
    transcript = merge([[late]], speakers=[0], duration=10.0)
    assert (transcript.words[0].end, transcript.duration) == (10.0, 10.0)


def test_speaking_time_leaves_echoes_out() -> None:
    def line(level: float) -> list[TrackWord]:
        return [
            TrackWord(text=f" w{i}", start=i / 2, end=i / 2 + 0.4, probability=1, level=level)
            for i in range(4)
        ]

    transcript = merge([line(-20), line(-40)], speakers=[0, 1])
    assert [speaker.speaking for speaker in transcript.speakers] == [pytest.approx(1.6), 0]


@pytest.mark.parametrize(
    ("tracks", "want"),
    [
        ([], None),
        ([(None, 0.0)], None),
        ([("de", 0.0)], None),
        ([("en", 10.0), ("de", 8.0), ("de", 7.0)], "de"),
        ([("fr", 5.0), ("en", 5.0)], "en"),
    ],
    ids=[
        "no track",
        "silent track",
        "language without speech",
        "the sum counts, not the longest track",
        "equal ones alphabetically",
    ],
)
def test_language_is_that_of_most_speech(
    tracks: list[tuple[str | None, float]], want: str | None
) -> None:
    words = [
        track_words(index, [], language=language, speech=speech)
        for index, (language, speech) in enumerate(tracks)
    ]
    assert language_of_most_speech(words) == want
