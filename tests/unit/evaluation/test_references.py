"""Reading every format that a reference or a result can have."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack.evaluation.references import read_spoken
from multitrack.evaluation.spoken import Spoken, TimedWord, Turn, Utterance
from workflow_templates.contracts.transcript import Segment, Speaker, Transcript, Word
from workflow_templates.runtime.errors import BadInputError, SourceNotFoundError

READABLE = {
    "SegLST, ordered by start": (
        json.dumps(
            [
                {"speaker": "B", "start_time": 3, "end_time": 4, "words": "2 it is"},
                {"speaker": "A", "start_time": 1, "end_time": 2, "words": "1 it is"},
            ]
        ),
        (Utterance("A", "1 it is", 1, 2), Utterance("B", "2 it is", 3, 4)),
    ),
    "SegLST of words": (
        '[{"session_id": "m", "speaker": "A", "start_time": 1, "end_time": 2, "words": "one"}]',
        (Utterance("A", "one", 1, 2, (TimedWord("one", 1, 2),)),),
    ),
    "SegLST without times": (
        '[{"speaker": "B", "words": "x"}, {"speaker": "A", "words": "y"}]',
        (Utterance("B", "x"), Utterance("A", "y")),
    ),
    "STM with comments, labels and an unscored stretch": (
        (
            ";; header\n"
            "m 1 A 1.0 2.5 <o,f0,male> one it is\n"
            "m 1 B 3.0 4.0 IGNORE_TIME_SEGMENT_IN_SCORING\n"
            "m 1 B 4.0 5.0 two\n"
        ),
        (Utterance("A", "one it is", 1.0, 2.5), Utterance("B", "two", 4.0, 5.0)),
    ),
    "STM with an empty line of speech": (
        "m 1 A 1.0 2.5\nm 1 A 3 4 <NA>\n",
        (Utterance("A", "", 1.0, 2.5), Utterance("A", "", 3.0, 4.0)),
    ),
    "text with times": (
        "[00:01] Alice: Good morning.\n\n[01:02:03] Ben: Hi: all.\n",
        (Utterance("Alice", "Good morning.", 1), Utterance("Ben", "Hi: all.", 3723)),
    ),
    "text whose minutes are not wrapped": (
        "[75:01] Alice: Still here.",
        (Utterance("Alice", "Still here.", 4501),),
    ),
    "text without times, over several lines": (
        "Alice Smith: Good\nmorning.\nBen: Hi.",
        (Utterance("Alice Smith", "Good morning."), Utterance("Ben", "Hi.")),
    ),
    "a byte order mark": ("\ufeffAlice: Hi.", (Utterance("Alice", "Hi."),)),
}


@pytest.mark.parametrize(("text", "want"), READABLE.values(), ids=READABLE)
def test_a_format_is_known_by_its_content(
    tmp_path: Path, text: str, want: tuple[Utterance, ...]
) -> None:
    (tmp_path / "reference").write_text(text, encoding="utf-8")
    assert read_spoken(tmp_path / "reference") == Spoken(want)


def test_rttm_has_speakers_and_no_text(tmp_path: Path) -> None:
    file = tmp_path / "r.rttm"
    file.write_text(
        "SPEAKER m 1 3.5 1.5 <NA> <NA> B <NA> <NA>\n"
        "SPKR-INFO m 1 <NA> <NA> <NA> unknown B <NA>\n"
        "SPEAKER m 1 1.0 2.0 <NA> <NA> A <NA>\n"
    )
    spoken = read_spoken(file)
    assert not spoken.has_text
    assert spoken.turns() == (Turn("A", 1.0, 3.0), Turn("B", 3.5, 5.0))


UNREADABLE = {
    "nothing": ("", "empty; give"),
    "prose": ("Once upon a time", "no known format"),
    "broken JSON": ('{"segments": ', "broken JSON"),
    "other JSON": ("{}", "JSON, but of no known format"),
    "a transcript that is none": ('{"segments": []}', "not a valid Transcript"),
    "SegLST without words": ('[{"speaker": "A"}]', r"not SegLST \(entry 0\.words"),
    "SegLST of two meetings": (
        (
            '[{"session_id": "a", "speaker": "A", "words": "x"},'
            ' {"session_id": "b", "speaker": "A", "words": "x"}]'
        ),
        r"holds 2 meetings \(a, b\)",
    ),
    "STM of two meetings": ("a 1 A 1 2 x\nb 1 A 1 2 x", "holds 2 meetings"),
    "STM with a broken line": ("a 1 A 1 2 x\nnonsense", "'nonsense' is not like the first"),
}


@pytest.mark.parametrize(("text", "sentence"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_says_why(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "reference").write_text(text)
    with pytest.raises(BadInputError, match=sentence):
        read_spoken(tmp_path / "reference")


def test_a_binary_file_is_bad_input(sample: Path) -> None:
    with pytest.raises(BadInputError, match=r"Alice\.webm: not readable as text"):
        read_spoken(sample / "Alice.webm")


def test_what_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no finished meeting there"):
        read_spoken(tmp_path)
    with pytest.raises(SourceNotFoundError, match="there is no such file"):
        read_spoken(tmp_path / "absent")


def test_the_samples_references_agree(sample: Path) -> None:
    seglst, stm = read_spoken(sample / "ref.seglst.json"), read_spoken(sample / "ref.stm")
    rttm, text = read_spoken(sample / "ref.rttm"), read_spoken(sample / "transcript.txt")
    assert seglst.turns() == stm.turns()
    assert [turn.start for turn in rttm.turns()] == [turn.start for turn in stm.turns()]
    for other in (stm, text):
        assert [(each.speaker, each.text) for each in other.utterances] == [
            (each.speaker, each.text) for each in seglst.utterances
        ]


def a_transcript(*names: str) -> Transcript:
    """Each speaker says one word; speaker 0's is echoed on the last track."""
    words = [
        Word(
            text=f" w{index}",
            start=index,
            end=index + 0.5,
            speaker=index,
            track=index,
            probability=1,
        )
        for index in range(len(names))
    ]
    echo = words[0].model_copy(update={"speaker": len(names) - 1, "echo_of": 0})
    return Transcript(
        recording_id="r",
        duration=10,
        language="de",
        speakers=tuple(
            Speaker(index=index, name=name, participant_id=None, tracks=(index,), speaking=0.5)
            for index, name in enumerate(names)
        ),
        words=(*words, echo),
        segments=tuple(
            Segment(
                id=f"s{index}",
                speaker=index,
                start=index,
                end=index + 0.5,
                text=f"w{index}",
                words=(index,),
            )
            for index in range(len(names))
        ),
        tracks=(),
    )


def test_a_transcript_has_word_times_and_no_echoes(tmp_path: Path) -> None:
    a_transcript("Alice", "Ben").write(tmp_path / "transcript.json")
    spoken = read_spoken(tmp_path)
    assert spoken.language == "de"
    assert spoken.utterances == (
        Utterance("Alice", "w0", 0, 0.5, (TimedWord("w0", 0, 0.5),)),
        Utterance("Ben", "w1", 1, 1.5, (TimedWord("w1", 1, 1.5),)),
    )


def test_two_people_of_one_name_stay_two(tmp_path: Path) -> None:
    a_transcript("Ann", "Ben", "Ann").write(tmp_path / "transcript.json")
    assert read_spoken(tmp_path).speakers() == ("Ann (0)", "Ben", "Ann (2)")


entries: st.SearchStrategy[dict[str, object]] = st.builds(
    dict,
    session_id=st.just("m"),
    speaker=st.sampled_from(["A", "B"]),
    start_time=st.integers(0, 100),
    end_time=st.integers(100, 200),
    words=st.text("ab ", max_size=8),
)


@given(st.lists(entries, min_size=1, max_size=5))
def test_no_entry_of_seglst_is_lost(
    tmp_path_factory: pytest.TempPathFactory, written: list[dict[str, object]]
) -> None:
    file = tmp_path_factory.mktemp("seglst") / "r.json"
    file.write_text(json.dumps(written))
    read = [
        (each.speaker, each.text, each.start, each.end) for each in read_spoken(file).utterances
    ]
    assert read == [
        (entry["speaker"], entry["words"], entry["start_time"], entry["end_time"])
        for entry in sorted(written, key=lambda entry: int(str(entry["start_time"])))
    ]
