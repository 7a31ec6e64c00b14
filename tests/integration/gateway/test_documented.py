"""docs/run/api.md: its examples run, and its tables are complete."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from multitrack.api.reasons import Phase
from multitrack.gateway.events.event import EventName
from multitrack.gateway.events.mailbox import CloseCode
from tests.integration.gateway.world import ALL_DONE, OWNER, SOUND, World
from tests.unit.gateway.jobs import a_version
from workflow_templates.legacy.formats import TextFormat

PAGE = (Path(__file__).parents[3] / "docs" / "run" / "api.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_pages_commands_run(gateway: str, world: World, tmp_path: Path) -> None:
    world.finish()
    done = a_version(1, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True)
    status = {**done.status.to_patch(), "attempt": 1}
    world.kubernetes.merge("recordingjobs", "standup", {"status": status}, "meetings")
    script = "set -euo pipefail\n" + "\necho\n".join(blocks("sh"))
    ran = subprocess.run(
        ["bash", "-c", script],  # noqa: S607 - wherever it is
        env={**os.environ, "MULTITRACK": gateway, "TOKEN": OWNER},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
    assert (tmp_path / "mix.mp3").read_bytes() == SOUND
    assert world.spec("monday-standup")["cancel"] is True
    assert world.spec("standup")["attempt"] == 2
    assert '"denied":true' in ran.stdout


def test_the_pages_program_runs(gateway: str, world: World) -> None:
    world.finish()
    (program,) = blocks("python")
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "MULTITRACK": gateway, "TOKEN": OWNER},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert "DAG_STATUS DAG_STATUS-" in ran.stdout


@pytest.mark.parametrize(
    "word",
    [
        *(f"`{name}`" for name in EventName),
        *(f"| {code.value} |" for code in CloseCode),
        *(f"| `{name}` |" for name in TextFormat),
    ],
)
def test_the_pages_tables_are_complete(word: str) -> None:
    assert word in PAGE
