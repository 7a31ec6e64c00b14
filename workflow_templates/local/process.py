"""One attempt of one step as a subprocess: its end, its sentence, its peak memory."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workflow_templates.runtime.errors import ExitCode

__all__ = ["Attempt", "run_attempt", "step_argv"]

_GRACE = 5.0
"""Seconds between asking a step to stop and ending it."""
_TAIL = 4096
"""Bytes at a log's end that hold the last line."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended."""

    exit_code: int
    """As the process gave it; negative for the signal that ended it."""
    sentence: str
    """What the step said last, or what ended it."""
    peak_mib: float
    """Largest resident set of any of its processes."""

    @property
    def succeeded(self) -> bool:
        """Everything it was to make exists."""
        return self.exit_code == ExitCode.DONE

    @property
    def is_final(self) -> bool:
        """Trying again would end the same way."""
        return self.exit_code in (ExitCode.BAD_INPUT, ExitCode.REFUSED)


def step_argv(
    step: str,
    inputs: Path,
    outputs: Path,
    parameters: Mapping[str, str],
    attempt: tuple[int, int],
) -> list[str]:
    """The command line of a step, the same in a pod and on one machine.

    Args:
        step: The step's name.
        inputs: Folder of its input files.
        outputs: Folder for its output files.
        parameters: Values by name.
        attempt: Which try this is, from 1, and how many there are.
    """
    argv = ["multitrack-step", step, "--inputs", str(inputs), "--outputs", str(outputs)]
    for name, value in parameters.items():
        argv += ["--param", f"{name}={value}"]
    return [*argv, "--attempt", str(attempt[0]), "--attempts", str(attempt[1])]


async def run_attempt(argv: list[str], log: Path, environment: Mapping[str, str]) -> Attempt:
    """Run a step's command line to its end; cancelled, stop it first.

    The step is this interpreter's own `multitrack-step`, whatever PATH says. It holds our end of
    its stdin:
    it ends when we end, even by kill -9.

    Args:
        argv: From `step_argv`.
        log: Everything that the step prints is appended here.
        environment: Added to ours.
    """
    with log.open("ab") as stream:
        start = stream.tell()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "multitrack_steps.entrypoint", *argv[1:]],
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            env={**os.environ, **environment, "MULTITRACK_END_WITH_STDIN": "1"},
        )
    ended = asyncio.get_running_loop().run_in_executor(None, _wait, process)
    try:
        exit_code, peak_mib = await asyncio.shield(ended)
    except asyncio.CancelledError:
        await _stop(process, ended)
        raise
    finally:
        if process.stdin:
            process.stdin.close()
    return Attempt(exit_code, _last_line(log, start, exit_code), peak_mib)


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, float]:
    """Reap the process; Popen.wait would lose the memory figure."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return process.returncode, usage.ru_maxrss / scale


async def _stop(
    process: subprocess.Popen[bytes], ended: "asyncio.Future[tuple[int, float]]"
) -> None:
    for request in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, request)
        except ProcessLookupError:
            return
        done, _ = await asyncio.wait({ended}, timeout=_GRACE)
        if done:
            return


def _last_line(log: Path, start: int, exit_code: int) -> str:
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        hint = " (out of memory?)" if exit_code == -signal.SIGKILL else ""
        return f"ended by {name}{hint}; the log is {log}"
    with log.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(start, size - _TAIL))
        lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    if lines:
        return lines[-1]
    if exit_code == ExitCode.TEMPORARY:
        return f"{log.parent}: no space left on the device, not even for the log; free some"
    return f"exit code {exit_code} without a word; the log is {log}"
