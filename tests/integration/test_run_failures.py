"""What goes wrong on one machine: one sentence, the right exit code, nothing lost."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.media.tracks import cut_off, excerpt, silent
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.pipelines import PROCESS_RECORDING

pytestmark = [pytest.mark.models, pytest.mark.timeout(300)]

MULTITRACK = (sys.executable, "-m", "multitrack.cli.main")


def multitrack(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MULTITRACK, *map(str, arguments)], capture_output=True, text=True, check=False
    )
