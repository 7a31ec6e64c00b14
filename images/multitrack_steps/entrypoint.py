"""`multitrack-step NAME --inputs DIR --outputs DIR …` runs one step, in a pod or on a machine.

Exit codes: see `workflow_templates.runtime.errors`. What went wrong is the last line of stderr,
and the content of /dev/termination-log in a pod, from where Argo takes it into the node's message:
one plain sentence, whichever format the lines before it have (`workflow_templates.runtime.logs`).
"""

import argparse
import contextlib
import errno
import importlib
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from multitrack_steps.context import StepContext
from workflow_templates.catalog import CATALOG, Step, step_named
from workflow_templates.contracts.results import StepReport
from workflow_templates.runtime.errors import (
    ExitCode,
    MultitrackError,
    SettingsError,
    StorageFullError,
)
from workflow_templates.runtime.logs import log_format, log_of_step

__all__ = ["main"]

# Started with -m, this module has another name than its package's.
_log = logging.getLogger("multitrack_steps.entrypoint")

_TERMINATION_LOG = Path("/dev/termination-log")
_REPORT = "step.json"


def main(argv: list[str] | None = None) -> int:
    """Run one step; returns its exit code."""
    began, clock = time.time(), time.monotonic()
    arguments = _parser().parse_args(argv)
    if os.environ.get("MULTITRACK_END_WITH_STDIN"):
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    step = step_named(arguments.name)
    try:
        log_of_step(log_format())
        context = StepContext(
            step=step,
            inputs=arguments.inputs,
            outputs=arguments.outputs,
            parameters=_parameters(step, arguments.param),
            attempt=arguments.attempt,
            attempts=arguments.attempts,
        )
        _run(context, began)
    except MultitrackError as error:
        _report_failure(arguments.outputs, error, began, time.monotonic() - clock)
        return _fail(step, str(error), error.exit_code)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            full = StorageFullError(arguments.outputs)
            return _fail(step, str(full), full.exit_code)
        return _unexpected(step, error)
    except KeyboardInterrupt:
        return _fail(step, f"{step.name}: interrupted", ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the edge: whatever it is, it becomes one sentence
        return _unexpected(step, error)
    return ExitCode.DONE


def _run(context: StepContext, began: float) -> None:
    """Import the step's module only now, so that an image needs only its own steps' packages."""
    started = time.monotonic()
    name = context.step.name
    _log.info(
        "step started",
        extra={"step": name, "attempt": context.attempt, "attempts": context.attempts},
    )
    context.outputs.mkdir(parents=True, exist_ok=True)
    module = importlib.import_module(f"multitrack_steps.{name.replace('-', '_')}")
    report: StepReport = module.run(context)
    took = round(time.monotonic() - started, 3)
    report = report.model_copy(update={"duration": took, "began": round(began, 3)})
    (context.outputs / _REPORT).write_text(report.model_dump_json() + "\n", encoding="utf-8")
    _log.info(
        "step done",
        extra={"step": name, "duration": report.duration, "warnings": report.warnings},
    )


def _report_failure(outputs: Path, error: MultitrackError, began: float, took: float) -> None:
    """Leave the reason in step.json; on a disk that takes nothing, the exit code has to do."""
    with contextlib.suppress(OSError):
        outputs.mkdir(parents=True, exist_ok=True)
        report = StepReport(
            failure_reason=error.reason, began=round(began, 3), duration=round(took, 3)
        )
        (outputs / _REPORT).write_text(report.model_dump_json() + "\n", encoding="utf-8")


def _end_with_stdin() -> None:
    """End with whoever started us: it holds our stdin, and however it ends, that closes."""
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="multitrack-step",
        description="Run one step of a pipeline: files in, files out.",
        epilog="`multitrack steps NAME` shows a step's inputs, outputs and parameters.",
    )
    parser.add_argument("name", choices=[step.name for step in CATALOG], metavar="NAME")
    parser.add_argument("--inputs", type=Path, required=True, metavar="DIR")
    parser.add_argument("--outputs", type=Path, required=True, metavar="DIR")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--attempt", type=int, default=1, help="which try this is, from 1")
    parser.add_argument("--attempts", type=int, default=1, help="how many tries there are")
    return parser


def _parameters(step: Step, assignments: list[str]) -> dict[str, str]:
    given = dict(assignment.partition("=")[::2] for assignment in assignments)
    known = {parameter.name: parameter.default for parameter in step.parameters}
    if unknown := sorted(given.keys() - known.keys()):
        raise SettingsError(f"{step.name}: no such parameter: {', '.join(unknown)}")
    values = known | given
    if missing := [name for name, value in values.items() if value is None]:
        raise SettingsError(f"{step.name}: the parameter {missing[0]!r} is missing")
    return {name: str(value) for name, value in values.items()}


def _unexpected(step: Step, error: BaseException) -> int:
    _log.error("step failed unexpectedly", extra={"step": step.name}, exc_info=error)
    return _fail(
        step,
        f"{step.name}: unexpected {type(error).__name__}: {error}; "
        "this is a bug, the trace is in the log",
        ExitCode.BUG,
    )


def _fail(step: Step, sentence: str, code: ExitCode) -> int:
    if _log.isEnabledFor(logging.INFO):  # in JSON; to a person the sentence says it all
        _log.error(
            "step failed", extra={"step": step.name, "error": sentence, "exit_code": int(code)}
        )
    try:
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - the contract: its last line
    except OSError:
        # A disk too full for the log: the exit code still says what kind of failure it was.
        os._exit(code)
    if os.access(_TERMINATION_LOG, os.W_OK) and not sys.stderr.isatty():
        try:
            _TERMINATION_LOG.write_text(sentence, encoding="utf-8")
        except OSError:
            return code
    return code


if __name__ == "__main__":
    sys.exit(main())
