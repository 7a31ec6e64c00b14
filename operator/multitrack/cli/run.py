"""`multitrack run`: a recorded meeting to a finished one, on this machine."""

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from multitrack.cli.local_run import LocalRun, run_locally
from multitrack.cli.participants_file import read_participants, rows_to_parameter
from workflow_templates.local.plan import Selection
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.daily.address import DAILY_SCHEME, DailyAddress
from workflow_templates.runtime.errors import SettingsError, SourceNotFoundError

__all__ = ["run_command"]

_PIPELINE = "What to run"
_SPEECH = "Speech"
_VOICES = "Several people on one track"
_LANGUAGE = "Topics, title, summary, action items"

_VOICE_COUNT = re.compile("auto|[1-9][0-9]*(-([1-9][0-9]*)?)?")


class TrackFailure(StrEnum):
    """What an unusable track does to the meeting."""

    FAIL = "fail"
    GAP = "gap"


class LanguageBackendName(StrEnum):
    """Who writes the minutes."""

    AUTO = "auto"
    EXTRACTIVE = "extractive"
    OPENAI = "openai"


class Decoding(StrEnum):
    """How speech is decoded."""

    BATCHED = "batched"
    SEQUENTIAL = "sequential"


class Diarization(StrEnum):
    """On which tracks voices are told apart."""

    AUTO = "auto"
    NEVER = "never"
    ALWAYS = "always"


class TranscriptionBackend(StrEnum):
    """Who turns speech into words."""

    FASTER_WHISPER = "faster-whisper"
    OPENAI = "openai"


def run_command(
    source: Annotated[
        list[str] | None,
        typer.Argument(
            help="A folder of tracks, audio files, one recording of everybody, s3://bucket/prefix, "
            "or daily:RECORDING-ID (key in MULTITRACK_DAILY_API_KEY)."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Where results go. \\[default: SOURCE-meeting]"),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on in the output folder: redo only what is missing or changed."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Process anew what was processed before.")
    ] = False,
    participants: Annotated[
        Path | None,
        typer.Option(
            help="JSON or CSV: file, name, offset (s), shared. "
            "Changed later, --resume redoes only what depends on it."
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The meeting's title, if you have one.")] = None,
    name: Annotated[
        str | None, typer.Option(help="The recording's name. \\[default: the folder's]")
    ] = None,
    on_track_failure: Annotated[
        TrackFailure | None,
        typer.Option(help="An unusable track: fail, or gap (go on, marked). \\[default: fail]"),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Run only this step and what it needs, nothing beside it; repeatable.",
            rich_help_panel=_PIPELINE,
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(
            help="Leave this step out, and what cannot be without it if that is optional; "
            "repeatable. With --resume, what an earlier run made of it stays in use.",
            rich_help_panel=_PIPELINE,
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j",
            "--jobs",
            min=1,
            help="Steps at a time. \\[default: the cores]",
            rich_help_panel=_PIPELINE,
        ),
    ] = None,
    tries: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="At most so many tries at a step that fails for now. \\[default: 3 to 6]",
            rich_help_panel=_PIPELINE,
        ),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Any parameter that `multitrack steps` shows; repeatable.",
            rich_help_panel=_PIPELINE,
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="ISO 639-1 code, or auto. \\[default: auto]", rich_help_panel=_SPEECH),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            envvar="MULTITRACK_MODEL",
            help="Speech model: a name, folder or package. \\[default: the best one found]",
            rich_help_panel=_SPEECH,
        ),
    ] = None,
    vocabulary: Annotated[
        str | None,
        typer.Option(
            help="Names and terms to expect, separated by commas.", rich_help_panel=_SPEECH
        ),
    ] = None,
    decoding: Annotated[
        Decoding | None,
        typer.Option(
            help="batched (faster) or sequential. \\[default: batched]", rich_help_panel=_SPEECH
        ),
    ] = None,
    diarization: Annotated[
        Diarization | None,
        typer.Option(
            help="Tell voices apart: auto (shared tracks, single recordings, and where several "
            "voices are heard), never or always. "
            "\\[default: auto]",
            rich_help_panel=_VOICES,
        ),
    ] = None,
    voices: Annotated[
        str | None,
        typer.Option(
            help="Voices on such a track: auto, a number, or 2-5. \\[default: auto]",
            rich_help_panel=_VOICES,
        ),
    ] = None,
    diarization_model: Annotated[
        str | None,
        typer.Option(
            envvar="MULTITRACK_DIARIZATION_MODEL",
            help="A folder, package or hub name; the hub's token is read from HF_TOKEN. "
            "\\[default: the best one found]",
            rich_help_panel=_VOICES,
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(help="cpu, cuda or auto. \\[default: auto]", rich_help_panel=_SPEECH),
    ] = None,
    transcription_backend: Annotated[
        TranscriptionBackend | None,
        typer.Option(
            help="faster-whisper, or openai: an endpoint. \\[default: faster-whisper]",
            rich_help_panel=_SPEECH,
        ),
    ] = None,
    transcription_base_url: Annotated[
        str | None,
        typer.Option(
            envvar="MULTITRACK_TRANSCRIPTION_BASE_URL",
            help="OpenAI-compatible transcription endpoint; "
            "the key is read from MULTITRACK_TRANSCRIPTION_API_KEY.",
            rich_help_panel=_SPEECH,
        ),
    ] = None,
    backend: Annotated[
        LanguageBackendName | None,
        typer.Option(
            help="extractive (offline), openai (an endpoint), or auto. \\[default: auto]",
            rich_help_panel=_LANGUAGE,
        ),
    ] = None,
    llm_base_url: Annotated[
        str | None,
        typer.Option(
            envvar="MULTITRACK_LLM_BASE_URL",
            help="OpenAI-compatible endpoint (vLLM, llama.cpp, Ollama, hosted); "
            "the key is read from MULTITRACK_LLM_API_KEY.",
            rich_help_panel=_LANGUAGE,
        ),
    ] = None,
    llm_model: Annotated[
        str | None,
        typer.Option(
            envvar="MULTITRACK_LLM_MODEL",
            help="The model to ask for there.",
            rich_help_panel=_LANGUAGE,
        ),
    ] = None,
    s3_endpoint_url: Annotated[
        str | None,
        typer.Option(envvar="S3_ENDPOINT_URL", help="S3 endpoint, if it is not Amazon's."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Say only what failed, and the result.")
    ] = False,
) -> None:
    """Turn a recorded meeting, one audio file a participant, into a finished one.

    Writes report.html, transcript.{json,vtt,srt,txt,md} and mix.mp3 into the output folder.

    Files are named after people (Alice.webm); two files of one person (Alice.webm, Alice-2.webm)
    are one speaker. In one recording of everybody (meeting.mp4) voices are told apart.

    --only and --skip name steps of `multitrack steps`. The minutes can do without any of
    detect-topics, generate-title, generate-summary and extract-action-items; title and summary
    are made from topics, so skip those two with detect-topics. The results say what is missing.

    multitrack run standup/ -o standup-meeting --on-track-failure gap

    multitrack run Alice.webm Ben.wav --participants people.csv --language de

    multitrack run -o standup-meeting --resume

    Exit codes: 0 done; 2 bad input; 3 refused by another system; 75 try again later; 130
    interrupted, go on with --resume.
    """
    options = {
        "title": title,
        "name": name,
        "on-track-failure": on_track_failure,
        "language": language,
        "model": model,
        "vocabulary": vocabulary,
        "decoding": decoding,
        "diarization": diarization,
        "voices": voices,
        "diarization-model": diarization_model,
        "device": device,
        "transcription-backend": transcription_backend,
        "transcription-base-url": transcription_base_url,
        "backend": backend,
        "llm-base-url": llm_base_url,
        "llm-model": llm_model,
        "s3-endpoint-url": s3_endpoint_url,
    }
    if voices is not None and not _VOICE_COUNT.fullmatch(voices):
        raise SettingsError(
            f"--voices {voices}: use auto, a number such as 3, or bounds such as 2-5 or 2-"
        )
    parameters = {key: str(value) for key, value in options.items() if value is not None}
    parameters |= _assigned(assignments or [])
    if participants is not None:
        parameters["participants"] = rows_to_parameter(read_participants(participants))
    if source:
        parameters["source"] = json.dumps(_absolute(source))
    request = LocalRun(
        results=output or _default_output(source, resume=resume),
        parameters=parameters,
        selection=Selection(frozenset(only or ()), frozenset(skip or ())),
        resume=resume,
        force=force,
        jobs=jobs,
        tries=tries,
        quiet=quiet,
    )
    raise typer.Exit(run_locally(request, Console(), Console(stderr=True)))


def _assigned(assignments: list[str]) -> dict[str, str]:
    known = PROCESS_RECORDING.job_parameters()
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or name not in known:
            raise SettingsError(
                f"--set {assignment}: not NAME=VALUE with a known name; "
                "`multitrack steps NAME` shows what a step can be told"
            )
        values[name] = value
    return values


def _absolute(source: list[str]) -> list[str]:
    places = []
    for place in source:
        if place.startswith(("s3://", DAILY_SCHEME)):
            places.append(place)
        elif Path(place).exists():
            places.append(str(Path(place).absolute()))
        else:
            raise SourceNotFoundError(f"{place}: there is no such file or folder; check the path")
    return places


def _default_output(source: list[str] | None, *, resume: bool) -> Path:
    if not source:
        hint = "name the folder of the run with -o" if resume else "see `multitrack run --help`"
        raise SettingsError(f"no SOURCE: {hint}")
    first = source[0].rstrip("/")
    if first.startswith(DAILY_SCHEME):
        return Path(f"daily-{DailyAddress.parse(first).recording_id}-meeting")
    stem = first.rsplit("/", 1)[-1] if first.startswith("s3://") else Path(first).absolute().stem
    return Path(f"{stem or 'recording'}-meeting")
