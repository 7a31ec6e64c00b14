"""Telling the voices on one track apart. pyannote.audio's telemetry is off: nothing is sent."""

import os

# Read by pyannote.audio when it is imported, which only modules of this package do.
os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
