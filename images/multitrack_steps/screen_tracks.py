"""screen-tracks: on which tracks is more than one voice heard? A look at a sample of each.

Reads `spread/<i>.flac` of the tracks that nobody has said anything about, a few minutes each, and
hands over the list that diarize-track fans out over. Without tracks to listen to, or without the
models, it loads neither numpy nor anything larger.
"""

import logging
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from multitrack_steps.context import StepContext
from workflow_templates.contracts.recording import Participants, TrackList
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.screening import ScreenedTrack, Screening
from workflow_templates.contracts.turns import Voice
from workflow_templates.runtime.errors import (
    BadInputError,
    ModelUnavailableError,
    TrackUnreadableError,
)
from workflow_templates.runtime.provenance import fingerprint, sha256_of_file

if TYPE_CHECKING:
    from multitrack_steps.diarization.screening import Ear

__all__ = ["run"]

_log = logging.getLogger(__name__)

_NOT_INSTALLED = (
    "{} is not in this image, so only tracks that are marked as shared are told apart; "
    "add it, or set screening=false"
)


def run(context: StepContext) -> StepReport:
    """Write screening.json and the JSON list `diarized-tracks`.

    An earlier output of the same samples is copied; then nothing is listened to. In the list are
    the tracks that get-participants chose, and those on which several voices are heard. A model
    that cannot be had leaves it at the former: with a warning if it is damaged or cannot be
    prepared, with a line in the log if it was never installed.

    Raises:
        BadInputError: participants.json or tracks.json is not usable.
    """
    participants = Participants.read(context.input("participants"))
    tracks = TrackList.read(context.input("track-list"))
    wanted = [row.track for row in participants.tracks if row.screened]
    screening = _screen(context, wanted) if wanted and _is_equipped() else Screening()
    screening.write(context.output("screening"))
    chosen = {row.track for row in participants.tracks if row.diarized} | screening.several
    context.write_parameter("diarized-tracks", tracks.fan_out(chosen))
    return StepReport(
        tracks=len(screening.tracks),
        warnings=() if screening.failed is None else (screening.failed,),
        unread_inputs=("earlier",),
    )


def _is_equipped() -> bool:
    """Whether what it takes is installed at all: nobody misses it where it never was."""
    if find_spec("pyannote") is None or find_spec("pyannote.audio") is None:
        return False
    from multitrack_steps.diarization import packaged  # noqa: PLC0415 - as above

    if packaged.is_installed():
        return True
    # The look is on unless somebody has switched it off: each meeting's warning would tell
    # nobody anything new who diarizes with another model, or only the tracks that are marked.
    _log.info(
        "tracks not screened", extra={"problem": _NOT_INSTALLED.format(packaged.DISTRIBUTION)}
    )
    return False


def _screen(context: StepContext, wanted: Sequence[int]) -> Screening:
    from multitrack_steps.diarization import packaged  # noqa: PLC0415 - as said above
    from multitrack_steps.diarization.ear import packaged_ear  # noqa: PLC0415 - as above

    made_from = _fingerprint(context, wanted, packaged.IDENTITY)
    if earlier := _earlier_screening(context, made_from):
        return earlier
    try:
        ear = packaged_ear()
    except ModelUnavailableError as error:
        return Screening(
            failed=f"Nobody listened whether several people speak on one track: {error}; "
            "screening=false leaves that out"
        )
    screened = []
    for done, index in enumerate(wanted):
        context.report_progress(done, len(wanted))
        screened.append(ScreenedTrack(index=index, voices=_voices(context, index, ear)))
    return Screening(
        inputs_sha256=made_from, embedding_model=packaged.IDENTITY, tracks=tuple(screened)
    )


def _fingerprint(context: StepContext, wanted: Sequence[int], model: str) -> str:
    """What is heard depends on the samples and the models: names of people may change."""
    samples = [context.input("spreads") / f"{index}.flac" for index in wanted]
    return fingerprint(
        context.step.name,
        context.step.version,
        {"model": model, "tracks": ",".join(map(str, wanted))},
        {sample.name: sha256_of_file(sample) for sample in samples if sample.is_file()},
    )


def _earlier_screening(context: StepContext, made_from: str) -> Screening | None:
    """The earlier output, if it was made of the same samples by the same models."""
    if not context.has_input("earlier"):
        return None
    try:
        earlier = Screening.read(context.input("earlier"))
    except BadInputError:
        return None
    return earlier if earlier.inputs_sha256 == made_from else None


def _voices(context: StepContext, index: int, ear: "Ear") -> tuple[Voice, ...]:
    """What is heard on a track; nothing where its sample is not there or cannot be read."""
    from multitrack_steps.audio.spread import STRETCH  # noqa: PLC0415 - numpy
    from multitrack_steps.diarization.screening import voices_in  # noqa: PLC0415 - scipy
    from multitrack_steps.speech.flac import (  # noqa: PLC0415 - PyAV
        SAMPLE_RATE,
        read_blocks,
    )

    sample = context.input("spreads") / f"{index}.flac"
    if not sample.is_file():
        return ()
    try:
        return voices_in(read_blocks(sample, round(STRETCH * SAMPLE_RATE)), ear)
    except TrackUnreadableError:
        return ()
