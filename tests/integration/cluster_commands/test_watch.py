"""`multitrack watch` and `multitrack get` against an API server, on a terminal and in a pipe."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.kubernetes import FakeKubernetes

NAMESPACE = "meetings"
SECONDS = 30
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""What moves the cursor and colours text."""
ARGV = (sys.executable, "-m", "multitrack.cli.main")


def a_track(index: int, name: str, phase: str, progress: int | None = None) -> dict[str, Any]:
    track = {"index": index, "name": name, "phase": phase}
    return track if progress is None else {**track, "progress": progress}


def a_status(phase: str, *tracks: Mapping[str, Any], step: str = "Running") -> dict[str, Any]:
    """A job whose tracks are being transcribed."""
    return {
        "observedGeneration": 1,
        "attempt": 1,
        "phase": phase,
        "progress": "4/15",
        "step": "transcribe-track",
        "steps": [
            {"name": "get-recording", "phase": "Succeeded", "done": 1},
            {
                "name": "transcribe-track",
                "phase": step,
                "total": 2,
                "tracks": [dict(track) for track in tracks],
            },
        ],
    }


def make(server: FakeKubernetes, status: Mapping[str, Any]) -> None:
    server.put(
        {
            "kind": "RecordingJob",
            "metadata": {"name": "standup", "namespace": NAMESPACE},
            "spec": {"source": {"s3": {"prefix": "standup/"}}},
            "status": dict(status),
        }
    )


def become(server: FakeKubernetes, status: Mapping[str, Any]) -> None:
    server.merge("recordingjobs", "standup", {"status": dict(status)}, NAMESPACE)


ALICE_HALF = (a_track(0, "Alice", "Running", 43), a_track(1, "Ben", "Succeeded"))
BOTH_DONE = (a_track(0, "Alice", "Succeeded"), a_track(1, "Ben", "Succeeded"))


class Terminal:
    """A command on a terminal of its own, and what it has written there."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
        argv = [*ARGV, "watch", "standup"]
        self.process = subprocess.Popen(argv, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self.written = ""

    def read_until(self, holds: Callable[[str], object]) -> None:
        """Read on until what was written says something."""
        end = time.monotonic() + SECONDS
        while not holds(self.written):
            ready, _, _ = select.select([self._ours], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"not written within {SECONDS} s: {self.written}"
            self.written += os.read(self._ours, 65536).decode()

    def end(self) -> int:
        """Its exit code."""
        try:
            while piece := os.read(self._ours, 65536):
                self.written += piece.decode()
        except OSError:
            pass  # Linux's way to say that nobody writes any more
        os.close(self._ours)
        return self.process.wait(SECONDS)


def test_terminal_shows_each_track_by_name_until_the_end(kubernetes: FakeKubernetes) -> None:
    make(kubernetes, a_status("Running", *ALICE_HALF))
    terminal = Terminal()
    terminal.read_until(lambda text: re.search(r"▸ Alice\s.*43 %.*━", text))
    assert re.search(r"✓ Ben", terminal.written)
    kubernetes.refuse(1, verb="get", resource="recordingjobs")
    terminal.read_until(lambda text: "trying again" in text)
    become(kubernetes, a_status("Succeeded", *BOTH_DONE, step="Succeeded"))
    assert terminal.end() == 0
    last = terminal.written[terminal.written.rindex("standup  Succeeded") :]
    assert "Alice" not in last
    assert re.search(r"✓\s+transcribe-track", _CONTROL.sub("", last))


def test_pipe_gets_a_line_a_change(kubernetes: FakeKubernetes) -> None:
    make(kubernetes, a_status("Running", *ALICE_HALF))
    process = subprocess.Popen([*ARGV, "watch", "standup"], stdout=subprocess.PIPE, text=True)
    looks = 3
    kubernetes.wait(lambda: kubernetes.count("get", "recordingjobs") >= looks, SECONDS)
    become(kubernetes, a_status("Running", a_track(0, "Alice", "Running", 80), BOTH_DONE[1]))
    seen = kubernetes.count("get", "recordingjobs")
    kubernetes.wait(lambda: kubernetes.count("get", "recordingjobs") >= seen + 2, SECONDS)
    failed = a_status("Failed", a_track(0, "Alice", "Failed"), BOTH_DONE[1], step="Failed")
    become(kubernetes, failed)
    printed, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert printed.splitlines()[:8] == [
        "Running  4/15",
        "get-recording: succeeded  4/15",
        "transcribe-track: running  4/15",
        "transcribe-track, Alice: running",
        "transcribe-track, Ben: succeeded",
        "transcribe-track, Alice: 80 %",
        "Failed  4/15",
        "transcribe-track: failed  4/15",
    ]
    assert "✗ Alice" in printed


def test_get_shows_one_job_or_all(kubernetes: FakeKubernetes) -> None:
    make(kubernetes, a_status("Running", *ALICE_HALF))
    one = subprocess.run([*ARGV, "get", "standup"], capture_output=True, text=True, check=True)
    assert "43 %" in one.stdout
    every = subprocess.run([*ARGV, "get"], capture_output=True, text=True, check=True)
    assert every.stdout.splitlines()[1].split()[:3] == ["standup", "Running", "4/15"]


def test_unknown_job_is_said_in_a_sentence(kubernetes: FakeKubernetes) -> None:
    assert kubernetes.url
    argv = [*ARGV, "watch", "retro"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert ended.stderr.splitlines() == [
        'RecordingJob retro: recordingjobs.multitrack.dev "retro" not found'
    ]
