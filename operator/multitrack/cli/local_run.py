"""Running a pipeline on this machine: from what the user asked for to results in a folder."""

import asyncio
import errno
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from multitrack.cli.display import display_for
from multitrack.cli.outcome import failures_by_sentence, print_meeting, print_table, print_warnings
from multitrack.cli.places import check_places
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.local.engine import Capacity, Engine, RunResult
from workflow_templates.local.job_folder import JobFolder, JobRequest
from workflow_templates.local.plan import Selection, TaskPhase, select_tasks
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.errors import SettingsError, StorageFullError

__all__ = ["LocalRun", "run_locally"]

_EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class LocalRun:
    """What one call of `multitrack run` asks for."""

    results: Path
    parameters: Mapping[str, str]
    """Job parameters that the user gave; the rest comes from the earlier run, or the defaults."""
    selection: Selection = _EVERYTHING
    resume: bool = False
    force: bool = False
    jobs: int | None = None
    """Steps at a time; None: as many as there are cores."""
    tries: int | None = None
    """At most so many attempts at a step; None: as the step's retry class says."""
    quiet: bool = False


def run_locally(request: LocalRun, out: Console, progress: Console) -> int:
    """Run, show, and print the outcome.

    Args:
        request: What is asked for.
        out: For results.
        progress: For what happens meanwhile.

    Returns:
        The exit code: 0, or that of the first step whose failure matters.

    Raises:
        MultitrackError: Nothing could be started; one sentence says why.
    """
    folder = JobFolder(request.results)
    parameters, tasks = _prepare(request, folder)
    try:
        with folder.locked():
            if folder.exists and not request.resume:
                folder.clear()
            folder.create()
            folder.write_request(
                JobRequest(pipeline=PROCESS_RECORDING.name, parameters=_given(parameters))
            )
            result = _run(request, folder, parameters, tasks, progress)
            files = folder.publish()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFullError(request.results) from error
        raise
    if not request.quiet:
        print_table(out, result)
    print_warnings(progress, result)
    if result.failures:
        _explain_failure(request, folder, result, progress)
    elif result.phases["finalize"] is TaskPhase.SUCCEEDED:
        meeting = PublishedTranscript.read(folder.files / "published/transcript.json")
        print_meeting(out, meeting, files)
    return result.exit_code


def _prepare(request: LocalRun, folder: JobFolder) -> tuple[dict[str, str], frozenset[str]]:
    """Everything that can be wrong with the request is found before anything is written."""
    if folder.exists and not (request.resume or request.force):
        raise SettingsError(
            f"{folder.results}: there is a meeting already; add --resume to go on with it, "
            "or --force to process it anew"
        )
    earlier = folder.read_request().parameters if request.resume else {}
    parameters = {**_defaults(), **earlier, **request.parameters}
    if not parameters.get("source"):
        raise SettingsError("no SOURCE: name a folder, audio files or s3://bucket/prefix")
    check_places(parameters["source"], folder)
    return parameters, select_tasks(PROCESS_RECORDING, request.selection, parameters)


def _defaults() -> dict[str, str]:
    return {
        name: parameter.default or ""
        for name, parameter in PROCESS_RECORDING.job_parameters().items()
    }


def _given(parameters: Mapping[str, str]) -> dict[str, str]:
    defaults = _defaults()
    return {name: value for name, value in parameters.items() if value != defaults[name]}


def _run(
    request: LocalRun,
    folder: JobFolder,
    parameters: Mapping[str, str],
    tasks: frozenset[str],
    progress: Console,
) -> RunResult:
    with display_for(progress, quiet=request.quiet) as display:
        engine = Engine(
            PROCESS_RECORDING,
            folder,
            parameters,
            tasks=tasks,
            capacity=Capacity.of_this_machine(request.jobs, request.tries),
            listener=display,
        )
        return asyncio.run(_until_done_or_told(engine))


async def _until_done_or_told(engine: Engine) -> RunResult:
    """SIGTERM ends a run as Ctrl-C does: steps are stopped, finished work is kept."""
    running = asyncio.ensure_future(engine.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    try:
        return await running
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error


def _explain_failure(
    request: LocalRun, folder: JobFolder, result: RunResult, progress: Console
) -> None:
    for failed, sentence in failures_by_sentence(result.failures):
        progress.print(f"{failed} failed: {sentence}", markup=False, soft_wrap=True)
    progress.print(
        f"The logs are in {folder.logs}; what is finished is kept. Once mended: "
        f"multitrack run -o {request.results} --resume",
        markup=False,
        soft_wrap=True,
    )
