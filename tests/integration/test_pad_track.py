"""pad-track on every kind of track: right in time, silent where it should be, clear where it
cannot."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from multitrack_steps.audio.spread import STRETCH
from tests.conftest import RunStep, StepRun
from tests.media import bad, remux, transcode
from tests.media.correlation import RATE, lags_of_pieces
from tests.media.made_track import MadeTrack, Span
from tests.media.steps import aligned, an_item, put_source, track_of
from workflow_templates.contracts.track import Gap, OffsetSource

CLOSE = 0.03
"""Seconds: how far sound may lie from where it belongs."""


class Pad:
    """Runs pad-track on one file after the other."""

    def __init__(self, run_step: RunStep, folder: Path) -> None:
        self._run_step = run_step
        self.inputs = folder / "inputs"
        self.outputs = folder / "outputs"

    def __call__(
        self,
        file: Path,
        *,
        policy: str = "fail",
        arguments: tuple[str, ...] = (),
        **item: Any,
    ) -> StepRun:
        put_source(self.inputs, file)
        parameters = an_item(file=file.name, **item) | {"on-track-failure": policy}
        return self._run_step(
            "pad-track", self.inputs, self.outputs, parameters=parameters, arguments=arguments
        )

    def well(self, file: Path, **item: Any) -> StepRun:
        run = self(file, **item)
        assert run.exit_code == 0, run.stderr
        return run


@pytest.fixture
def pad(run_step: RunStep, tmp_path: Path) -> Pad:
    return Pad(run_step, tmp_path)


def assert_in_time(outputs: Path, made: MadeTrack, *, moved: float = 0.0) -> dict[float, float]:
    lags = lags_of_pieces(aligned(outputs), made)
    assert len(lags) >= 2
    late = {start: lag for start, lag in lags.items() if abs(lag - moved) > CLOSE}
    assert not late, f"pieces out of place: {late}"
    return lags


def assert_silent(outputs: Path, spans: tuple[Gap, ...]) -> None:
    samples = aligned(outputs)
    for gap in spans:
        assert not samples[round(gap.start * RATE) : round(gap.end * RATE)].any()


def spans(outputs: Path) -> list[Span]:
    return [(gap.start, gap.end) for gap in track_of(outputs).gaps]


def close_to(want: list[Span]) -> list[object]:
    return [pytest.approx(span, abs=CLOSE) for span in want]


@pytest.mark.parametrize(("name", "join"), [("Alice", 0.0), ("Ben", 3.2), ("David", 46.75)])
def test_a_track_sounds_from_the_moment_its_participant_joined(
    pad: Pad, sample: Path, tmp_path: Path, name: str, join: float
) -> None:
    made = remux.shift(sample / f"{name}.webm", tmp_path / "same.webm", 0.0)
    pad.well(sample / f"{name}.webm")
    assert_in_time(pad.outputs, made)
    track = track_of(pad.outputs)
    assert track.offset.seconds == pytest.approx(join, abs=0.01)
    assert track.offset.source is OffsetSource.STREAM_START
    assert track.duration == pytest.approx(148.94, abs=0.02)
    assert spans(pad.outputs) == (close_to([(0, join)]) if join else [])
    assert (track.codec, track.rate, track.channels) == ("opus", 48_000, 1)
    assert track.peak_dbfs is not None
    assert -12 < track.peak_dbfs < 0


def test_muted_minutes_do_not_shift_later_words(pad: Pad, sample: Path, tmp_path: Path) -> None:
    muted = ((20.0, 30.0), (60.0, 75.5), (100.0, 100.4))
    made = remux.mute(sample / "Ben.webm", tmp_path / "muted.webm", muted)
    pad.well(made.file)
    lags = assert_in_time(pad.outputs, made)
    assert min(lags) < 20
    assert max(lags) > 100.4
    assert spans(pad.outputs) == close_to([(0, 3.2), *muted])
    assert_silent(pad.outputs, track_of(pad.outputs).gaps)


def test_jittered_time_stamps_make_neither_gaps_nor_clicks(
    pad: Pad, sample: Path, tmp_path: Path
) -> None:
    jittered = remux.mute(sample / "Ben.webm", tmp_path / "jittered.webm", (), jitter_ms=9)
    pad.well(jittered.file)
    with_jitter = aligned(pad.outputs)
    assert spans(pad.outputs) == close_to([(0, 3.2)])
    pad.well(sample / "Ben.webm")
    # (Remuxing loses the mark that trims the last packet.)
    without = aligned(pad.outputs)
    assert np.array_equal(with_jitter[: len(without) - RATE // 10], without[: -RATE // 10])


def test_both_files_of_a_reconnect_keep_their_place(pad: Pad, sample: Path, tmp_path: Path) -> None:
    before, after = remux.reconnect(sample / "Ben.webm", tmp_path, leaves=60.0, returns=80.0)
    pad.well(before.file)
    assert_in_time(pad.outputs, before)
    assert track_of(pad.outputs).duration == pytest.approx(60.0, abs=0.03)
    pad.well(after.file)
    assert_in_time(pad.outputs, after)
    assert track_of(pad.outputs).offset.seconds == pytest.approx(80.0, abs=0.03)


@pytest.mark.parametrize("suffix", ["webm", "mka", "mp4", "ogg"])
def test_every_container_that_carries_a_start_is_believed(
    pad: Pad, sample: Path, tmp_path: Path, suffix: str
) -> None:
    made = remux.shift(sample / "Alice.webm", tmp_path / f"late.{suffix}", 7.5, until=20.0)
    pad.well(made.file)
    assert_in_time(pad.outputs, made)
    assert track_of(pad.outputs).offset.source is OffsetSource.STREAM_START


RATES_AND_CHANNELS = [(48_000, 1), (44_100, 2), (16_000, 1)]
OPUS = {"opus-webm", "opus-ogg"}
SAYS_NOTHING = {"wav", "wav-24", "flac", "mp3", "aac-adts"}


@pytest.mark.parametrize(("rate", "channels"), RATES_AND_CHANNELS)
@pytest.mark.parametrize("form", transcode.FORMATS)
def test_every_format_at_every_rate_is_in_time(
    pad: Pad, sample: Path, tmp_path: Path, form: str, rate: int, channels: int
) -> None:
    if form in OPUS and rate == 44_100:
        rate = 24_000  # Opus knows no 44.1 kHz.
    made = transcode.transcode(
        sample / "Alice.webm",
        tmp_path / "track",
        form,
        rate=rate,
        channels=channels,
        span=(0.0, 14.0),
    )
    pad.well(made.file)
    assert_in_time(pad.outputs, made)
    track = track_of(pad.outputs)
    want = OffsetSource.ASSUMED_ZERO if form in SAYS_NOTHING else OffsetSource.STREAM_START
    assert track.offset.source is want
    assert track.channels == channels
    assert track.rate == (48_000 if form in OPUS else rate)
    assert track.duration == pytest.approx(14.0, abs=0.05)
    assert track.gaps == ()
    assert track.damaged is None


HINTS = {
    "a person": ({"start_offset": 6.25, "key_offset": 9.0}, 6.25, OffsetSource.GIVEN),
    "the event": ({"event_offset": 6.5, "key_offset": 9.0}, 6.5, OffsetSource.EVENT_JSON),
    "the key": ({"key_offset": 0.5}, 0.5, OffsetSource.KEY),
}


@pytest.mark.parametrize("form", ["wav", "mp3", "aac-adts"])
@pytest.mark.parametrize("case", HINTS.values(), ids=HINTS)
def test_a_file_without_a_clock_starts_where_the_hints_say(
    pad: Pad,
    sample: Path,
    tmp_path: Path,
    form: str,
    case: tuple[dict[str, float], float, OffsetSource],
) -> None:
    hints, want, source = case
    made = transcode.transcode(sample / "Alice.webm", tmp_path / "track", form, span=(0.0, 10.0))
    pad.well(made.file, **hints)
    track = track_of(pad.outputs)
    assert (track.offset.seconds, track.offset.source) == (want, source)
    moved = MadeTrack(made.file, made.reference, want, want, want + 10.0)
    assert_in_time(pad.outputs, moved)


def test_a_track_longer_than_the_recording_is_cut_at_its_end(pad: Pad, sample: Path) -> None:
    run = pad.well(sample / "Alice.webm", recording_duration=100.0)
    track = track_of(pad.outputs)
    assert (track.duration, track.truncated_at) == (100.0, 100.0)
    assert len(aligned(pad.outputs)) == 100 * RATE
    assert run.report.warnings == (
        "Alice.webm: goes on after the recording's end; what comes after 100.0 s was left out",
    )


def test_a_track_shorter_than_the_recording_is_extended_by_silence(pad: Pad, sample: Path) -> None:
    run = pad.well(sample / "Alice.webm", recording_duration=160.5)
    track = track_of(pad.outputs)
    assert (track.duration, track.truncated_at) == (160.5, None)
    assert spans(pad.outputs) == close_to([(148.94, 160.5)])
    assert_silent(pad.outputs, track.gaps)
    assert run.report.warnings == ()


def test_seconds_of_digital_zero_are_a_gap(pad: Pad, sample: Path, tmp_path: Path) -> None:
    made = transcode.transcode(
        sample / "Alice.webm",
        tmp_path / "zeros.flac",
        "flac",
        span=(0.0, 30.0),
        zeros=((10.0, 12.5), (20.0, 20.5)),
    )
    pad.well(made.file)
    assert spans(pad.outputs) == close_to([(10.0, 12.5)])
    assert_silent(pad.outputs, track_of(pad.outputs).gaps)


def test_a_silent_track_is_one_gap_and_leaves_nothing_to_detect_a_language_in(
    pad: Pad, tmp_path: Path
) -> None:
    run = pad.well(transcode.silence(tmp_path / "silent", 8.0))
    track = track_of(pad.outputs)
    assert track.gaps == (Gap(start=0.0, end=8.0),)
    assert (track.peak_dbfs, track.failed, track.damaged) == (None, None, None)
    for kind in ("probe", "spread"):
        with av.open(str(pad.outputs / kind / "0.flac")) as sound:
            assert sum(frame.samples for frame in sound.decode(audio=0)) == 0
    assert run.report.warnings == ()


def test_the_probe_holds_half_a_minute_of_sound(pad: Pad, sample: Path) -> None:
    pad.well(sample / "David.webm")
    probe = transcode.decode_plainly(pad.outputs / "probe" / "0.flac", RATE)
    halves = probe[: len(probe) // (RATE // 2) * (RATE // 2)].reshape(-1, RATE // 2)
    assert 10 < len(probe) / RATE <= 30
    assert np.sqrt(np.mean(halves**2, axis=1)).min() > 0.003


def test_the_spread_holds_stretches_of_sound_from_beginning_to_end(pad: Pad, sample: Path) -> None:
    pad.well(sample / "David.webm")
    spread = transcode.decode_plainly(pad.outputs / "spread" / "0.flac", RATE)
    stretches = spread.reshape(-1, round(STRETCH * RATE))
    assert 5 <= len(stretches) <= 30
    assert np.sqrt(np.mean(stretches**2, axis=1)).min() > 0.003


def test_the_sound_of_a_film_counts(pad: Pad, sample: Path, tmp_path: Path) -> None:
    sound = transcode.decode_plainly(sample / "Alice.webm", 48_000)[: 10 * 48_000]
    pad.well(transcode.film(tmp_path / "film.mp4", 10.0, sound=sound))
    assert_in_time(pad.outputs, MadeTrack(tmp_path, sample / "Alice.webm", 0.0, 0.0, 10.0))


def test_four_channels_of_unknown_place_are_mixed(pad: Pad, sample: Path, tmp_path: Path) -> None:
    sound = transcode.decode_plainly(sample / "Alice.webm", 16_000)[: 10 * RATE]
    pad.well(transcode.four_channels(tmp_path / "room.wav", sound, RATE))
    assert_in_time(pad.outputs, MadeTrack(tmp_path, sample / "Alice.webm", 0.0, 0.0, 10.0))
    assert track_of(pad.outputs).channels == 4


def damaged_by_cut(sample: Path, folder: Path, form: str) -> Path:
    if form == "sample":
        return remux.cut_off(sample / "Alice.webm", folder / "cut", 0.5)
    whole = transcode.transcode(sample / "Alice.webm", folder / "whole", form, span=(0.0, 60.0))
    return remux.cut_off(whole.file, folder / "cut", 0.5)


@pytest.mark.parametrize("form", ["sample", "wav", "mp3", "aac-adts", "flac", "aac-mka"])
def test_what_a_cut_off_file_holds_is_used_and_the_cut_is_said(
    pad: Pad, sample: Path, tmp_path: Path, form: str
) -> None:
    run = pad.well(damaged_by_cut(sample, tmp_path, form))
    track = track_of(pad.outputs)
    assert track.damaged is not None
    assert "the file is cut off: it ends at" in track.damaged
    assert run.report.warnings == (f"cut: {track.damaged}",)
    length = 148.9 if form == "sample" else 60.0
    assert_in_time(pad.outputs, MadeTrack(tmp_path, sample / "Alice.webm", 0.0, 0.0, 0.49 * length))


@pytest.mark.parametrize("form", ["sample", "flac", "aac-mka", "opus-ogg"])
def test_a_damaged_stretch_is_silent_and_what_follows_keeps_its_place(
    pad: Pad, sample: Path, tmp_path: Path, form: str
) -> None:
    source = sample / "Alice.webm"
    if form != "sample":
        source = transcode.transcode(source, tmp_path / "whole", form, span=(0.0, 60.0)).file
    spoilt = remux.overwrite(source, tmp_path / "spoilt", 0.5, 6000)
    run = pad.well(spoilt)
    track = track_of(pad.outputs)
    assert track.damaged is not None
    assert track.damaged.startswith("damaged between")
    assert run.report.warnings == (f"spoilt: {track.damaged}",)
    length = 148.9 if form == "sample" else 60.0
    middle = (0.5 * length - 1.5, 0.5 * length + 6.5)
    lags = assert_in_time(
        pad.outputs, MadeTrack(tmp_path, sample / "Alice.webm", 0.0, 0.0, length, (middle,))
    )
    assert max(lags) > middle[1]


UNUSABLE = {
    "empty": "(the file is empty, 0 bytes)",
    "text": "(not an audio or video file",
    "film without sound": "(it has no audio stream)",
    "nonsense": "(not one packet of it can be decoded)",
    "header only": "(it ends before its first packet)",
}


def unusable(kind: str, folder: Path) -> Path:
    file = folder / "Carol.webm"
    match kind:
        case "empty":
            return bad.empty(file)
        case "text":
            return bad.text(file)
        case "film without sound":
            film = transcode.film(folder / "film.mp4", 2.0)
            return film.rename(file)
        case "nonsense":
            sound = transcode.encode(
                np.full(48_000, 0.1, np.float32), folder / "sound", "flac-mka", rate=48_000
            )
            return remux.garble(sound, folder / "nonsense.mka").rename(file)
        case _:
            return transcode.header_only(file)


@pytest.mark.parametrize(("kind", "detail"), UNUSABLE.items())
def test_an_unusable_track_fails_for_good_by_its_own_name(
    pad: Pad, tmp_path: Path, kind: str, detail: str
) -> None:
    run = pad(unusable(kind, tmp_path))
    assert run.exit_code == 2
    assert run.sentence.startswith(f"Carol.webm: no decodable audio {detail}")


@pytest.mark.parametrize("length", [None, 12.5])
@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_unusable_track_becomes_a_gap_where_that_is_chosen(
    pad: Pad, tmp_path: Path, kind: str, length: float | None
) -> None:
    run = pad(unusable(kind, tmp_path), policy="gap", recording_duration=length)
    track = track_of(pad.outputs)
    duration = length or 1.0
    assert run.exit_code == 0
    assert track.failed is not None
    assert track.failed.startswith("Carol.webm: no decodable audio")
    assert run.report.warnings == (track.failed,)
    assert track.gaps == (Gap(start=0.0, end=duration),)
    assert len(aligned(pad.outputs)) == duration * RATE
    assert not aligned(pad.outputs).any()
    assert (pad.outputs / "probe" / "0.flac").stat().st_size > 0


def test_a_track_after_the_recordings_end_is_refused_by_name_and_seconds(
    pad: Pad, sample: Path
) -> None:
    run = pad(sample / "David.webm", recording_duration=40.0)
    assert run.exit_code == 2
    assert run.sentence.startswith("David.webm: starts at 46.743 s")
    assert "ends at 40.000 s" in run.sentence


def test_a_track_after_the_recordings_end_becomes_a_gap_where_that_is_chosen(
    pad: Pad, sample: Path
) -> None:
    run = pad(sample / "David.webm", recording_duration=40.0, policy="gap")
    assert run.exit_code == 0
    assert track_of(pad.outputs).duration == 40.0
    assert "starts at 46.743 s" in run.report.warnings[0]


@pytest.mark.parametrize("kind", ["concat", "hls", "dash", "sdp"])
def test_a_playlist_in_place_of_a_track_opens_nothing(
    pad: Pad, sample: Path, tmp_path: Path, kind: str
) -> None:
    # The file that the list names lies where libavformat would find it.
    put_source(pad.inputs, sample / "Alice.webm", index=1)
    playlist = tmp_path / "Eve.webm"
    playlist.write_text(bad.playlists("1")[kind], encoding="utf-8")
    run = pad(playlist)
    assert run.exit_code == 2
    assert run.sentence.startswith("Eve.webm: no decodable audio (not an audio or video file")


def test_an_unguarded_reader_would_have_followed_the_playlist(sample: Path, tmp_path: Path) -> None:
    put_source(tmp_path, sample / "Alice.webm", index=1)
    playlist = tmp_path / "source" / "0"
    playlist.write_text(bad.playlists("1")["concat"], encoding="utf-8")
    with av.open(str(playlist)) as container:
        assert container.streams.audio[0].codec_context.name == "opus"


def full_disk(outputs: Path) -> None:
    audio = outputs / "audio" / "0.flac"
    audio.parent.mkdir(parents=True)
    audio.symlink_to("/dev/full")


def test_a_full_disk_is_temporary_and_said(pad: Pad, sample: Path) -> None:
    full_disk(pad.outputs)
    run = pad(sample / "Alice.webm")
    assert run.exit_code == 75
    assert run.sentence == (
        f"{pad.outputs / 'audio'}: no space left on the device; free some and run again"
    )


@pytest.fixture
def a_quota() -> Iterator[None]:
    """No file may grow beyond 1 MB while this is in force: the audio does not fit, silence does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("a_quota")
@pytest.mark.parametrize(("attempt", "want"), [(1, 1), (2, 1), (3, 0)])
def test_under_gap_what_may_pass_becomes_a_gap_only_on_the_last_try(
    pad: Pad, sample: Path, attempt: int, want: int
) -> None:
    run = pad(
        sample / "Alice.webm",
        policy="gap",
        arguments=("--attempt", str(attempt), "--attempts", "3"),
        recording_duration=149.0,
    )
    assert run.exit_code == want
    if want == 0:
        track = track_of(pad.outputs)
        assert track.gaps == (Gap(start=0.0, end=149.0),)
        assert "could not be written (File too large)" in run.report.warnings[0]


def test_a_missing_source_is_said(run_step: RunStep, tmp_path: Path) -> None:
    run = run_step("pad-track", tmp_path, tmp_path, parameters=an_item(file="Ben.webm"))
    assert run.exit_code == 2
    assert (
        run.sentence
        == f"{tmp_path / 'source' / '0'}: there is no such file; run the step that makes it"
    )
