"""The diarization image holds no speech recognition: its steps start without; nothing is sent."""

import os
import subprocess
import sys

import pytest

CODE = """
import os, sys
sys.modules["faster_whisper"] = sys.modules["ctranslate2"] = None
import multitrack_steps.{step}
import multitrack_steps.diarization.{module}
print(os.environ["PYANNOTE_METRICS_ENABLED"])
"""


@pytest.mark.parametrize(
    ("step", "module"), [("diarize_track", "engine"), ("screen_tracks", "packaged")]
)
def test_the_step_starts_without_speech_recognition_and_without_telemetry(
    step: str, module: str
) -> None:
    checked = subprocess.run(
        [sys.executable, "-c", CODE.format(step=step, module=module)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYANNOTE_METRICS_ENABLED": "1"},
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout == "0\n"
