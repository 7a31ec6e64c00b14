from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from multitrack_steps.speech.bare_words import restore_text
from multitrack_steps.speech.chunks import Chunk
from multitrack_steps.speech.endpoint import EndpointTranscriber
from multitrack_steps.speech.segmentation import Stretch
from tests.fakes.transcription_api import (
    Answer,
    FakeTranscriptionService,
    running_transcription_service,
)
from workflow_templates.runtime.errors import (
    MultitrackError,
    RefusedError,
    SettingsError,
    TemporaryError,
)


@dataclass(frozen=True)
class Text:
    text: str
    words: Sequence[str]
    want: Sequence[str]


TEXTS = {
    "commas and stops belong to the word before": Text(
        " Hello, world. Bye!", ["Hello", "world", "Bye"], [" Hello,", " world.", " Bye!"]
    ),
    "an opening quote belongs to the word after": Text(
        ' He said "no" twice.', ["He", "said", "no", "twice"], [" He", " said", ' "no"', " twice."]
    ),
    "a hyphen joins": Text(
        " well-known fact", ["well", "known", "fact"], [" well-", "known", " fact"]
    ),
    "an apostrophe stays inside": Text(" don't go", ["don't", "go"], [" don't", " go"]),
    "case may differ": Text(" Hello World", ["hello", "WORLD"], [" Hello", " World"]),
    "no blanks, no blanks": Text("你好世界。", ["你好", "世界"], ["你好", "世界。"]),
    "a repeated word is found in turn": Text(
        " no, no, no.", ["no", "no", "no"], [" no,", " no,", " no."]
    ),
    "a word that is written otherwise keeps its own spelling": Text(
        " It is 12 o'clock.",
        ["It", "is", "twelve", "o'clock"],
        [" It", " is", " twelve", " o'clock."],
    ),
    "a far-off match is none": Text(" a b " + "c " * 40 + "z", ["a", "z"], [" a", " z"]),
    "no words, nothing": Text(" Hello", [], []),
    "words without a text stay": Text("", ["one", "two"], [" one", " two"]),
}


@pytest.mark.parametrize("case", TEXTS.values(), ids=TEXTS)
def test_words_get_their_blanks_and_marks_back(case: Text) -> None:
    assert restore_text(case.text, case.words) == list(case.want)


def a_chunk(seconds: float = 3.0) -> Chunk:
    length = round(seconds * 16_000)
    whole = Stretch(0, length)
    return Chunk((whole,), (whole,), np.full(length, 0.1, np.float32))


def a_client(
    service: FakeTranscriptionService, *, language: str = "auto", vocabulary: Sequence[str] = ()
) -> EndpointTranscriber:
    return EndpointTranscriber(service.url, "the-key", "whisper-1", language, vocabulary)


HELLO = Answer(" Hello, world.", [("Hello", 0.5, 1.0), ("world", 1.0, 1.5)])


def test_the_service_is_sent_speech_key_and_wishes() -> None:
    with running_transcription_service(HELLO) as service:
        (words,) = a_client(service, vocabulary=("Tizian", "Zulip")).transcribe([a_chunk()])
    (upload,) = service.uploads
    assert [(word.text, word.start, word.end) for word in words] == [
        (" Hello,", 0.5, 1.0),
        (" world.", 1.0, 1.5),
    ]
    assert upload.key == "the-key"
    assert upload.seconds == 3.0
    assert upload.fields["response_format"] == ["verbose_json"]
    assert "word" in upload.fields["timestamp_granularities[]"]
    assert upload.fields["prompt"] == ["Tizian, Zulip"]
    assert "language" not in upload.fields


def test_the_first_answer_settles_the_language() -> None:
    with running_transcription_service(Answer("Hola.", [("Hola", 0, 1)], "spanish")) as service:
        client = a_client(service)
        client.transcribe([a_chunk(), a_chunk()])
    assert client.language is not None
    assert (client.language.code, client.language.detected) == ("es", True)
    assert service.uploads[1].fields["language"] == ["es"]


def test_probability_is_that_of_the_segment_where_there_is_one() -> None:
    sure = Answer("Yes.", [("Yes", 0, 1)], log_probability=-0.105)
    with running_transcription_service(HELLO, sure) as service:
        plain, rated = a_client(service).transcribe([a_chunk(), a_chunk()])
    assert plain[0].probability == 1.0
    assert rated[0].probability == pytest.approx(0.9, abs=0.001)


REFUSALS: dict[int, type[MultitrackError]] = {
    400: RefusedError,
    401: RefusedError,
    403: RefusedError,
    404: RefusedError,
    413: RefusedError,
    429: TemporaryError,
    500: TemporaryError,
    503: TemporaryError,
}


@pytest.mark.parametrize(("status", "error"), REFUSALS.items())
def test_a_refusal_is_final_or_temporary_by_its_status(
    status: int, error: type[MultitrackError]
) -> None:
    with (
        running_transcription_service(Answer(status=status)) as service,
        pytest.raises(error, match=str(status)),
    ):
        a_client(service).transcribe([a_chunk()])
    assert len(service.uploads) == (1 if error is RefusedError else 4)


def test_a_busy_service_is_asked_again() -> None:
    busy = Answer(status=429)
    with running_transcription_service(busy, busy, HELLO) as service:
        (words,) = a_client(service).transcribe([a_chunk()])
    assert len(words) == 2


def test_a_service_that_is_away_is_temporary() -> None:
    with running_transcription_service() as service:
        pass
    with pytest.raises(TemporaryError, match="does not answer"):
        a_client(service).transcribe([a_chunk()])


def test_text_without_word_times_is_refused() -> None:
    with (
        running_transcription_service(Answer("Hello there.")) as service,
        pytest.raises(SettingsError, match="without word times"),
    ):
        a_client(service).transcribe([a_chunk()])
