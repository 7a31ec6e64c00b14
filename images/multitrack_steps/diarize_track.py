"""diarize-track: whose voice is heard when on one track, with overlaps."""

import math

from multitrack_steps.context import OnTrackFailure, StepContext
from multitrack_steps.diarization.audio import cut_blocks
from multitrack_steps.diarization.diarizer import diarize
from multitrack_steps.diarization.engine import PyannoteEngine, choose_device
from multitrack_steps.diarization.models import DiarizationModel, resolve_model
from multitrack_steps.diarization.settings import Diarization, DiarizationSettings
from multitrack_steps.speech.flac import BLOCK, read_blocks, silence_gaps
from workflow_templates.contracts.recording import TrackItem
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.turns import TrackTurns
from workflow_templates.runtime.errors import (
    BadInputError,
    ModelUnavailableError,
    RefusedError,
    TemporaryError,
    TrackUnreadableError,
)
from workflow_templates.runtime.provenance import fingerprint, sha256_of_file

__all__ = ["run"]

_WITHOUT_INFLUENCE = ("on-track-failure", "diarization", "device")
"""Parameters that decide whether there are turns, or where they are computed, and never which."""


def run(context: StepContext) -> StepReport:
    """Write turns/<i>.json. No voice is a result: a file without turns.

    An earlier output of the same inputs is copied; then nothing is listened to. Under
    `diarization=auto` a model that cannot be had leaves the track undivided, with a warning.

    Raises:
        SettingsError: A parameter is wrong. ModelUnavailableError: The model cannot be had or
            loaded. RefusedError: The hub refused for good. TrackUnreadableError: The audio cannot
            be decoded, and unusable tracks are not to become gaps. TemporaryError: The hub or the
            GPU failed; trying again helps.
    """
    item = context.track()
    policy = context.on_track_failure()
    settings = DiarizationSettings.from_context(context)
    track = Track.read(context.input("track-timing", item.index))
    if track.failed is not None:
        return _write_undivided(context, item, track.failed)
    try:
        return _diarize(context, item, track, settings)
    except (ModelUnavailableError, RefusedError) as error:
        if settings.policy is not Diarization.AUTO:
            raise
        return _write_undivided(context, item, str(error), warn=True)
    except (TrackUnreadableError, TemporaryError) as error:
        final = not error.retryable or context.is_last_attempt
        forgiving = policy is OnTrackFailure.GAP or (
            settings.policy is Diarization.AUTO and error.retryable
        )
        if forgiving and final:
            return _write_undivided(context, item, str(error), warn=True)
        raise


def _diarize(
    context: StepContext, item: TrackItem, track: Track, settings: DiarizationSettings
) -> StepReport:
    audio = context.input("audio", item.index)
    if not audio.is_file():
        raise BadInputError(f"{audio}: there is no such file; run the step that makes it")
    device = choose_device(settings.device)
    model = resolve_model(settings.model, on_gpu=device == "cuda")
    made_from = _fingerprint(context, item, model)
    if earlier := _earlier_turns(context, item, made_from):
        earlier.write(context.output("turns", item.index))
        return StepReport(audio_seconds=round(track.duration, 3), reused=True)
    pieces = silence_gaps(read_blocks(audio, BLOCK), track.gaps)
    engine = PyannoteEngine(model, device=device, threads=settings.threads)
    turns, voices = diarize(
        cut_blocks(pieces),
        engine,
        threshold=model.threshold,
        voices=settings.voices,
        report=lambda done: context.report_progress(done, track.duration),
    )
    TrackTurns(
        inputs_sha256=made_from,
        index=item.index,
        model=model.name,
        embedding_model=model.identity,
        turns=turns,
        voices=voices,
    ).write(context.output("turns", item.index))
    context.report_progress(math.ceil(track.duration), track.duration)
    return StepReport(
        warnings=_count_warnings(item, settings, len(voices)),
        audio_seconds=round(track.duration, 3),
        unread_inputs=("earlier",),
    )


def _count_warnings(item: TrackItem, settings: DiarizationSettings, found: int) -> tuple[str, ...]:
    """Fewer voices than asked for are no failure, and worth a word."""
    if 0 < found < settings.voices.least:
        return (f"{item.file}: {found} of {settings.voices.least} voices could be told apart",)
    return ()


def _earlier_turns(context: StepContext, item: TrackItem, made_from: str) -> TrackTurns | None:
    """The earlier output, if it was made of the same inputs by the same model and says so."""
    if not context.has_input("earlier", item.index):
        return None
    try:
        earlier = TrackTurns.read(context.input("earlier", item.index))
    except BadInputError:
        return None
    usable = earlier.complete and earlier.failed is None
    return earlier if usable and earlier.inputs_sha256 == made_from else None


def _fingerprint(context: StepContext, item: TrackItem, model: DiarizationModel) -> str:
    parameters = {
        parameter.name: context.parameters[parameter.name]
        for parameter in context.step.parameters
        if parameter.fingerprinted and parameter.name not in _WITHOUT_INFLUENCE
    }
    files = [context.input("audio", item.index), context.input("track-timing", item.index)]
    return fingerprint(
        context.step.name,
        context.step.version,
        parameters | {"track": item.identity(), "diarization-model": model.identity},
        {file.relative_to(context.inputs).as_posix(): sha256_of_file(file) for file in files},
    )


def _write_undivided(
    context: StepContext, item: TrackItem, reason: str, *, warn: bool = False
) -> StepReport:
    """Voices stay together: no turns, and why."""
    TrackTurns(
        index=item.index,
        model=context.parameters["diarization-model"],
        embedding_model="",
        turns=(),
        voices=(),
        failed=reason,
    ).write(context.output("turns", item.index))
    warning = f"{item.file}: its voices are not told apart: {reason}"
    return StepReport(warnings=(warning,) if warn else (), unread_inputs=("earlier",))
