"""The diarization image holds no speech recognition: its step starts without."""

import subprocess
import sys

CODE = """
import sys
sys.modules["faster_whisper"] = sys.modules["ctranslate2"] = None
import multitrack_steps.diarize_track
"""


def test_the_step_starts_without_speech_recognition() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
