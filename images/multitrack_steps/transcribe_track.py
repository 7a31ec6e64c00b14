"""transcribe-track: one track's speech to words, with times, probabilities and levels."""

import math
from collections.abc import Iterable
from pathlib import Path

from multitrack_steps.context import OnTrackFailure, StepContext
from multitrack_steps.speech.backend import SpeechBackend, choose_backend
from multitrack_steps.speech.settings import TranscriptionSettings
from workflow_templates.contracts.recording import TrackItem
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.words import TrackWords
from workflow_templates.runtime.errors import (
    BadInputError,
    TemporaryError,
    TrackUnreadableError,
)
from workflow_templates.runtime.provenance import fingerprint, sha256_of_file

__all__ = ["run"]

_WITHOUT_INFLUENCE = ("on-track-failure",)
"""Parameters that decide whether there are words, and never which."""


def run(context: StepContext) -> StepReport:
    """Write words/<i>.json. No speech is a result: a file without words.

    An earlier output of the same inputs is copied; then no model is loaded.

    Raises:
        SettingsError: A parameter is wrong. ModelUnavailableError: The model cannot be had or
            loaded. LanguageUnsupportedError: The model does not speak the given language.
            TrackUnreadableError: The audio cannot be decoded, and unusable tracks are not to become
            gaps. RefusedError: The transcription service refused for good. TemporaryError: The
            service or the GPU failed; trying again helps.
    """
    item = context.track()
    policy = context.on_track_failure()
    settings = TranscriptionSettings.from_context(context)
    track = Track.read(context.input("track-timing", item.index))
    if track.failed is not None:
        return _write_gap(context, track.failed)
    backend = choose_backend(settings)
    earlier = _earlier_words(context, item, backend)
    if earlier is not None:
        earlier.write(context.output("words", item.index))
        return _report(earlier, track, reused=True)
    try:
        return _transcribe(context, item, track, backend)
    except (TrackUnreadableError, TemporaryError) as error:
        final = not error.retryable or context.is_last_attempt
        if policy is OnTrackFailure.GAP and final:
            return _write_gap(context, str(error))
        raise


def _transcribe(
    context: StepContext, item: TrackItem, track: Track, backend: SpeechBackend
) -> StepReport:
    audio = context.input("audio", item.index)
    if not audio.is_file():
        raise BadInputError(f"{audio}: there is no such file; run the step that makes it")
    result = backend.transcribe(
        audio,
        track,
        _probes_of_others(context, item.index),
        lambda done: context.report_progress(done, track.duration),
    )
    pooled = result.language is not None and result.language.pooled
    words = TrackWords(
        inputs_sha256=_fingerprint(context, item, backend, pooled=pooled),
        index=item.index,
        model=backend.model,
        backend=context.parameters["transcription-backend"],
        language=result.language,
        speech=result.speech,
        words=result.words,
    )
    words.write(context.output("words", item.index))
    context.report_progress(math.ceil(track.duration), track.duration)
    return _report(words, track, warnings=result.warnings)


def _earlier_words(
    context: StepContext, item: TrackItem, backend: SpeechBackend
) -> TrackWords | None:
    """The earlier output, if it was made of the same inputs by the same model and says so."""
    if not context.has_input("earlier", item.index):
        return None
    try:
        earlier = TrackWords.read(context.input("earlier", item.index))
    except BadInputError:
        return None
    pooled = earlier.language is not None and earlier.language.pooled
    usable = earlier.complete and earlier.failed is None
    if not usable or not context.has_input("audio", item.index):
        return None
    same = earlier.inputs_sha256 == _fingerprint(context, item, backend, pooled=pooled)
    return earlier if same else None


def _fingerprint(
    context: StepContext, item: TrackItem, backend: SpeechBackend, *, pooled: bool
) -> str:
    parameters = {
        parameter.name: context.parameters[parameter.name]
        for parameter in context.step.parameters
        if parameter.fingerprinted and parameter.name not in _WITHOUT_INFLUENCE
    }
    inputs = [context.input("audio", item.index), context.input("track-timing", item.index)]
    inputs += _probes_of_others(context, item.index) if pooled else []
    return fingerprint(
        context.step.name,
        context.step.version,
        parameters | {"track": item.identity(), "model": backend.identity},
        _sha256_by_key(context.inputs, inputs),
    )


def _sha256_by_key(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    return {file.relative_to(folder).as_posix(): sha256_of_file(file) for file in files}


def _probes_of_others(context: StepContext, index: int) -> list[Path]:
    folder = context.input("probes")
    return [file for file in sorted(folder.glob("*.flac")) if file.stem != str(index)]


def _write_gap(context: StepContext, reason: str) -> StepReport:
    """An unusable track: no words, and why."""
    index = context.track().index
    words = TrackWords(
        index=index,
        model=context.parameters["model"],
        backend=context.parameters["transcription-backend"],
        language=None,
        speech=0.0,
        words=(),
        failed=reason,
    )
    words.write(context.output("words", index))
    return StepReport(warnings=(reason,), is_gap=True, unread_inputs=("probes", "earlier"))


def _report(
    words: TrackWords, track: Track, *, warnings: tuple[str, ...] = (), reused: bool = False
) -> StepReport:
    pooled = words.language is not None and words.language.pooled
    unread = () if pooled else ("probes",)
    return StepReport(
        warnings=warnings,
        audio_seconds=round(track.duration, 3),
        reused=reused,
        unread_inputs=unread if reused else (*unread, "earlier"),
    )
