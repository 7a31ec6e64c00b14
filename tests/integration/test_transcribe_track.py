import json
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import pytest
from faster_whisper import WhisperModel
from whisper_normalizer.english import EnglishTextNormalizer

from multitrack_steps.speech.models import resolve_model
from tests.conftest import RunStep, StepRun
from tests.fakes.transcription_api import Answer, running_transcription_service
from tests.unit.speech.recordings import (
    RATE,
    SPEAKERS,
    Pcm,
    decode,
    item,
    noise,
    placed,
    reference_of,
    silence,
    write_sample,
    write_track,
)
from workflow_templates.contracts.track import Gap
from workflow_templates.contracts.words import TrackWords
from workflow_templates.runtime.errors import ExitCode

OFFLINE = {"HF_HUB_OFFLINE": "1"}
TINY = {"model": "tiny.en", "threads": "1"}
BASE = {"model": "base", "threads": "1"}


@dataclass
class Transcribe:
    """Runs transcribe-track on a folder of tracks."""

    run_step: RunStep
    inputs: Path
    outputs: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(OFFLINE))

    def __call__(
        self, index: int = 0, *, arguments: Sequence[str] = (), **parameters: str
    ) -> StepRun:
        given = {name.replace("_", "-"): value for name, value in parameters.items()}
        return self.run_step(
            "transcribe-track",
            self.inputs,
            self.outputs,
            parameters={"track": item(index), **given},
            environment=self.environment,
            arguments=tuple(arguments),
        )

    def words(self, index: int = 0) -> TrackWords:
        return TrackWords.read(self.outputs / "words" / f"{index}.json")

    def text(self, index: int = 0) -> str:
        return "".join(word.text for word in self.words(index).words)


@pytest.fixture
def transcribe(run_step: RunStep, tmp_path: Path) -> Transcribe:
    return Transcribe(run_step, tmp_path / "in", tmp_path / "out")


@pytest.fixture(scope="module")
def sample_tracks(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, sample)
    return folder


def wer(reference: str, hypothesis: str) -> float:
    normalize = EnglishTextNormalizer()
    return float(jiwer.wer(normalize(reference), normalize(hypothesis)))


def words_of(sample: Path, speaker: str) -> str:
    return " ".join(words for _, _, words in reference_of(sample, speaker))


def invariants(words: TrackWords, duration: float, gaps: Sequence[Gap]) -> None:
    """What holds for every output: order, no overlap, no word in a gap or outside the recording."""
    for before, after in pairwise(words.words):
        assert before.start <= before.end <= after.start
    for word in words.words:
        assert 0 <= word.start <= word.end <= duration
        assert all(word.end <= gap.start or word.start >= gap.end for gap in gaps)
        assert -120 <= word.level <= 0


@pytest.mark.models
@pytest.mark.parametrize("index", range(4), ids=SPEAKERS)
def test_the_sample_is_transcribed_on_the_recordings_clock(
    transcribe: Transcribe, sample_tracks: Path, sample: Path, index: int
) -> None:
    transcribe.inputs = sample_tracks
    run = transcribe(index, **TINY)
    assert run.exit_code == ExitCode.DONE, run.stderr
    words = transcribe.words(index)
    reference = reference_of(sample, SPEAKERS[index])
    samples, gaps = placed(sample / f"{SPEAKERS[index]}.webm")
    invariants(words, len(samples) / RATE, gaps)
    assert wer(words_of(sample, SPEAKERS[index]), transcribe.text(index)) <= 0.06
    assert all(word.text.startswith(" ") for word in words.words)
    assert all(
        any(start - 0.6 <= word.start and word.end <= end + 0.6 for start, end, _ in reference)
        for word in words.words
    )
    assert words.speech < 60
    assert words.language is not None
    assert (words.language.code, words.language.detected) == ("en", False)
    assert run.report.unread_inputs == ("probes", "earlier")


@pytest.mark.models
def test_words_start_where_faster_whisper_alone_puts_them(
    transcribe: Transcribe, sample_tracks: Path, sample: Path
) -> None:
    transcribe.inputs = sample_tracks
    assert transcribe(1, **TINY).exit_code == ExitCode.DONE
    model = WhisperModel(str(resolve_model("tiny.en", on_gpu=False).folder), compute_type="int8")
    offset, samples = decode(sample / "Ben.webm")
    segments, _ = model.transcribe(
        samples.astype(np.float32) / 32_768, word_timestamps=True, vad_filter=True
    )
    alone = [(word.word, word.start + offset) for part in segments for word in part.words or ()]
    ours = [(word.text, word.start) for word in transcribe.words(1).words]
    differences = [
        abs(start - min((s for t, s in alone if t == text), key=lambda s: abs(s - start)))
        for text, start in ours
        if any(t == text for t, _ in alone)
    ]
    assert len(differences) > 90
    assert statistics.median(differences) <= 0.15


@pytest.mark.models
def test_sequential_decoding_hears_the_same_meeting(
    transcribe: Transcribe, sample_tracks: Path, sample: Path
) -> None:
    transcribe.inputs = sample_tracks
    assert transcribe(3, **TINY, decoding="sequential").exit_code == ExitCode.DONE
    samples, gaps = placed(sample / "David.webm")
    invariants(transcribe.words(3), len(samples) / RATE, gaps)
    assert wer(words_of(sample, "David"), transcribe.text(3)) <= 0.06


@pytest.mark.models
def test_two_threads_give_the_words_of_one(transcribe: Transcribe, sample_tracks: Path) -> None:
    transcribe.inputs = sample_tracks
    assert transcribe(0, **TINY).exit_code == ExitCode.DONE
    alone = transcribe.words(0)
    assert transcribe(0, **(TINY | {"threads": "2"})).exit_code == ExitCode.DONE
    assert transcribe.words(0) == alone


def test_a_silent_hour_has_no_words_and_takes_seconds(transcribe: Transcribe) -> None:
    write_track(transcribe.inputs, 0, silence(3_600))
    before = os.times()
    run = transcribe(0, **TINY)
    after = os.times()
    assert run.exit_code == ExitCode.DONE, run.stderr
    assert transcribe.words().words == ()
    assert transcribe.words().language is None
    assert transcribe.words().speech == 0
    assert after.children_user - before.children_user < 8


@pytest.mark.parametrize("level", [-60.0, -35.0, -15.0])
def test_noise_has_no_words(transcribe: Transcribe, level: float) -> None:
    write_track(transcribe.inputs, 0, noise(60, level))
    assert transcribe(0, **TINY).exit_code == ExitCode.DONE
    assert transcribe.words().words == ()


@pytest.mark.models
def test_speech_in_a_gap_is_not_heard(transcribe: Transcribe, sample: Path) -> None:
    samples, (joined,) = placed(sample / "Carol.webm")
    gaps = (joined, Gap(start=25.9, end=100.0))
    write_track(transcribe.inputs, 0, samples, gaps)
    assert transcribe(0, **TINY).exit_code == ExitCode.DONE
    words = transcribe.words()
    invariants(words, len(samples) / RATE, gaps)
    assert "connection pool" in transcribe.text()
    assert "realistic" not in transcribe.text()


@pytest.mark.models
def test_progress_ends_at_the_tracks_length(
    transcribe: Transcribe, sample_tracks: Path, tmp_path: Path
) -> None:
    transcribe.inputs = sample_tracks
    transcribe.environment["ARGO_PROGRESS_FILE"] = str(tmp_path / "progress")
    assert transcribe(3, **TINY).exit_code == ExitCode.DONE
    assert (tmp_path / "progress").read_text() == "149/149\n"


def said(*clips: Path) -> Pcm:
    parts = [silence(0.5)]
    for clip in clips:
        parts += [decode(clip)[1], silence(0.7)]
    return np.concatenate(parts)


@pytest.fixture(scope="module")
def clips() -> Path:
    return Path(__file__).parents[1] / "data" / "languages"


@pytest.mark.models
def test_enough_speech_tells_its_language_alone(transcribe: Transcribe, clips: Path) -> None:
    spanish = said(clips / "es-conteo.flac", clips / "es-pangrama.flac")
    write_track(transcribe.inputs, 0, spanish)
    run = transcribe(0, **BASE)
    assert run.exit_code == ExitCode.DONE, run.stderr
    language = transcribe.words().language
    assert language is not None
    assert (language.code, language.detected, language.pooled) == ("es", True, False)
    assert "probes" in run.report.unread_inputs


@pytest.mark.models
@pytest.mark.parametrize("code", ["hi", "es"])
def test_too_little_speech_follows_the_other_tracks(
    transcribe: Transcribe, clips: Path, code: str
) -> None:
    greeting = said(clips / "hi-namaste_duniya.flac")
    others = said(*sorted(clips.glob(f"{code}-*a.flac")), *sorted(clips.glob(f"{code}-*o.flac")))
    write_track(transcribe.inputs, 0, greeting, probe=greeting)
    assert transcribe(0, **BASE).exit_code == ExitCode.DONE
    alone = transcribe.words().language
    assert alone is not None
    assert alone.probability < 0.6
    write_track(transcribe.inputs, 1, others, probe=others)
    (transcribe.inputs / "probe" / "2.flac").write_bytes(b"damaged")
    run = transcribe(0, **BASE)
    assert run.exit_code == ExitCode.DONE, run.stderr
    pooled = transcribe.words().language
    assert pooled is not None
    assert (pooled.code, pooled.detected, pooled.pooled) == (code, True, True)
    assert pooled.probability > 0.6
    assert "probes" not in run.report.unread_inputs


def test_an_english_only_model_refuses_german_before_decoding(transcribe: Transcribe) -> None:
    write_track(transcribe.inputs, 0, silence(1))
    (transcribe.inputs / "audio" / "0.flac").write_bytes(b"never read")
    run = transcribe(0, **TINY, language="de")
    assert run.exit_code == ExitCode.BAD_INPUT
    assert "tiny.en speaks English only" in run.sentence


@pytest.mark.models
def test_a_given_language_is_not_detected(transcribe: Transcribe, clips: Path) -> None:
    write_track(transcribe.inputs, 0, said(clips / "es-pangrama.flac"))
    assert transcribe(0, **BASE, language="es").exit_code == ExitCode.DONE
    language = transcribe.words().language
    assert language is not None
    assert (language.code, language.probability, language.detected) == ("es", 1.0, False)


@dataclass(frozen=True)
class Wrong:
    parameters: dict[str, str]
    want: str


WRONG = {
    "an unknown language": Wrong({"language": "klingon"}, "'klingon' is not known"),
    "an unknown model": Wrong({"model": "no-such-model"}, "there is no speech model"),
    "a folder that is no model": Wrong({"model": "/"}, "not a converted Whisper model"),
    "no GPU": Wrong({"device": "cuda"}, "shows no CUDA device"),
    "an unknown device": Wrong({"device": "tpu"}, "device='tpu' is not known"),
    "an unknown way to decode": Wrong({"decoding": "magic"}, "decoding='magic' is not known"),
    "no endpoint": Wrong({"transcription-backend": "openai"}, "set transcription-base-url"),
    "threads that are no number": Wrong({"threads": "many"}, "threads='many' is not a number"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_one_sentence(transcribe: Transcribe, wrong: Wrong) -> None:
    write_track(transcribe.inputs, 0, silence(1))
    run = transcribe(0, on_track_failure="gap", **(TINY | wrong.parameters))
    assert run.exit_code == ExitCode.BAD_INPUT
    assert wrong.want in run.sentence
    assert "Traceback" not in run.stderr


@pytest.mark.models
@pytest.mark.parametrize("part", ["model.bin", "tokenizer.json", "config.json"])
def test_a_corrupt_model_is_one_sentence(
    transcribe: Transcribe, sample_tracks: Path, tmp_path: Path, part: str
) -> None:
    transcribe.inputs = sample_tracks
    folder = tmp_path / "model"
    folder.mkdir()
    for file in resolve_model("tiny.en", on_gpu=False).folder.iterdir():
        if file.suffix in (".json", ".txt", ".bin"):
            (folder / file.name).write_bytes(file.read_bytes())
    (folder / part).write_bytes((folder / part).read_bytes()[:1_000])
    run = transcribe(3, model=str(folder))
    assert run.exit_code == ExitCode.BAD_INPUT, run.stderr
    assert f"{folder}: the speech model cannot be loaded" in run.sentence


def test_a_compute_type_that_the_cpu_lacks_is_one_sentence(
    transcribe: Transcribe, sample_tracks: Path
) -> None:
    transcribe.inputs = sample_tracks
    run = transcribe(3, **TINY, compute_type="float13")
    assert run.exit_code == ExitCode.BAD_INPUT
    assert "compute-type='float13'" in run.sentence


@pytest.mark.models
def test_finished_words_are_copied_and_changed_inputs_are_not(
    transcribe: Transcribe, first_minute: Pcm
) -> None:
    write_track(transcribe.inputs, 0, first_minute)
    assert transcribe(0, **TINY).exit_code == ExitCode.DONE
    first = transcribe.words()
    assert first.words
    earlier = transcribe.inputs / "words" / "0.json"
    first.model_copy(update={"speech": 12.5}).write(earlier)

    run = transcribe(0, **TINY, on_track_failure="gap")
    assert run.exit_code == ExitCode.DONE
    assert run.report.reused
    assert transcribe.words().speech == 12.5, "computed again"

    assert not transcribe(0, **TINY, vocabulary="Zulip").report.reused
    write_track(transcribe.inputs, 0, first_minute, (Gap(start=0.0, end=0.5),))
    assert not transcribe(0, **TINY).report.reused


@pytest.mark.models
def test_pooled_words_are_copied_only_while_the_probes_are_the_same(
    transcribe: Transcribe, clips: Path
) -> None:
    greeting = said(clips / "hi-namaste_duniya.flac")
    others = said(clips / "hi-ginti.flac")
    write_track(transcribe.inputs, 0, greeting)
    write_track(transcribe.inputs, 1, others, probe=others)
    assert transcribe(0, **BASE).exit_code == ExitCode.DONE
    transcribe.words().write(transcribe.inputs / "words" / "0.json")
    run = transcribe(0, **BASE)
    assert run.report.reused
    assert "probes" not in run.report.unread_inputs
    write_track(transcribe.inputs, 1, others, probe=others[: 2 * RATE])
    assert not transcribe(0, **BASE).report.reused


def write_fragment(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"words": [')


EARLIER: dict[str, Callable[[Path], object]] = {
    "an empty folder, as Argo leaves it": lambda path: path.mkdir(parents=True),
    "a fragment": write_fragment,
    "words that failed": lambda path: TrackWords(
        index=0, model="m", backend="b", language=None, speech=0, words=(), failed="once"
    ).write(path),
}


@pytest.mark.parametrize("leave", EARLIER.values(), ids=EARLIER)
def test_an_unusable_earlier_output_is_ignored(
    transcribe: Transcribe, leave: Callable[[Path], object]
) -> None:
    write_track(transcribe.inputs, 0, silence(1))
    leave(transcribe.inputs / "words" / "0.json")
    run = transcribe(0, **TINY)
    assert run.exit_code == ExitCode.DONE
    assert not run.report.reused
    assert transcribe.words().failed is None


BROKEN = {
    "empty": b"",
    "not audio": b"hello, I am not a FLAC",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_an_unreadable_track_fails_or_becomes_a_gap(transcribe: Transcribe, content: bytes) -> None:
    write_track(transcribe.inputs, 0, silence(1))
    (transcribe.inputs / "audio" / "0.flac").write_bytes(content)
    run = transcribe(0, **TINY)
    assert run.exit_code == ExitCode.BAD_INPUT
    assert "0.flac: no decodable audio" in run.sentence
    run = transcribe(0, **TINY, on_track_failure="gap")
    assert run.exit_code == ExitCode.DONE
    assert transcribe.words().words == ()
    assert "0.flac: no decodable audio" in (transcribe.words().failed or "")
    assert run.report.warnings == (transcribe.words().failed,)


def test_a_track_that_was_cut_off_is_not_taken_for_a_whole_one(transcribe: Transcribe) -> None:
    write_track(transcribe.inputs, 0, silence(10))
    timing = transcribe.inputs / "track" / "0.json"
    timing.write_text(json.dumps(json.loads(timing.read_text()) | {"duration": 20.0}))
    run = transcribe(0, **TINY)
    assert run.exit_code == ExitCode.BAD_INPUT
    assert "it ends after 10.0 s of 20.0 s" in run.sentence


def test_a_track_that_failed_before_stays_failed(transcribe: Transcribe) -> None:
    write_track(transcribe.inputs, 0, silence(1), failed="0.webm: no decodable audio")
    run = transcribe(0, model="no-such-model")
    assert run.exit_code == ExitCode.DONE
    assert transcribe.words().failed == "0.webm: no decodable audio"


@pytest.fixture(scope="module")
def first_minute(sample: Path) -> Pcm:
    return placed(sample / "Carol.webm")[0][: 40 * RATE]


def service(url: str) -> dict[str, str]:
    return {"transcription_backend": "openai", "transcription_base_url": url}


def test_a_service_hears_only_speech_and_its_words_come_back_in_time(
    transcribe: Transcribe, first_minute: Pcm
) -> None:
    write_track(transcribe.inputs, 0, first_minute)
    transcribe.environment["MULTITRACK_TRANSCRIPTION_API_KEY"] = "secret-key"
    answer = Answer("Hi all, bye.", [("Hi", 0.4, 0.6), ("all", 0.6, 0.9), ("bye", 9.0, 9.4)])
    with running_transcription_service(answer) as fake:
        run = transcribe(0, **service(fake.url))
    assert run.exit_code == ExitCode.DONE, run.stderr
    words = transcribe.words()
    (upload,) = fake.uploads
    assert upload.key == "secret-key"
    assert 10 < upload.seconds < 18
    assert words.speech == pytest.approx(upload.seconds, abs=0.01)
    assert [word.text for word in words.words] == [" Hi", " all,", " bye."]
    assert words.words[0].start == pytest.approx(19.75, abs=0.1)
    assert words.words[2].start > 29
    assert (words.backend, words.model) == ("openai", "whisper-1")
    assert words.language is not None
    assert words.language.code == "en"


OUTCOMES = {
    "refused for good": ((401, "fail", 1, 4), ExitCode.REFUSED),
    "refused for good, gaps allowed": ((401, "gap", 4, 4), ExitCode.REFUSED),
    "busy": ((503, "fail", 4, 4), ExitCode.TEMPORARY),
    "busy, gaps allowed, more tries to come": ((503, "gap", 1, 4), ExitCode.TEMPORARY),
    "busy, gaps allowed, last try": ((503, "gap", 4, 4), ExitCode.DONE),
}


@pytest.mark.parametrize(("given", "want"), OUTCOMES.values(), ids=OUTCOMES)
def test_a_service_that_fails_ends_the_step_as_the_policy_says(
    transcribe: Transcribe, first_minute: Pcm, given: tuple[int, str, int, int], want: ExitCode
) -> None:
    status, policy, attempt, attempts = given
    write_track(transcribe.inputs, 0, first_minute)
    tries = ["--attempt", str(attempt), "--attempts", str(attempts)]
    with running_transcription_service(Answer(status=status)) as fake:
        run = transcribe(0, arguments=tries, on_track_failure=policy, **service(fake.url))
    assert run.exit_code == want
    if want == ExitCode.DONE:
        assert str(status) in (transcribe.words().failed or "")
    else:
        assert str(status) in run.sentence


@pytest.mark.models
def test_a_vocabulary_changes_how_names_are_spelled(
    transcribe: Transcribe, sample_tracks: Path, sample: Path
) -> None:
    transcribe.inputs = sample_tracks
    assert transcribe(3, **TINY, vocabulary="Karol, Dejvid").exit_code == ExitCode.DONE
    assert "this is Dejvid from" in transcribe.text(3)
    assert wer(words_of(sample, "David").replace("David", "Dejvid"), transcribe.text(3)) <= 0.02


@pytest.mark.models
def test_a_vocabulary_that_does_not_occur_does_no_harm(
    transcribe: Transcribe, sample_tracks: Path, sample: Path
) -> None:
    transcribe.inputs = sample_tracks
    terms = [f"Term{number}" for number in range(60)]
    run = transcribe(3, **TINY, vocabulary=", ".join(("Kubernetes", "Zulip", *terms)))
    assert wer(words_of(sample, "David"), transcribe.text(3)) <= 0.02
    (warning,) = run.report.warnings
    assert "entries were left out" in warning
