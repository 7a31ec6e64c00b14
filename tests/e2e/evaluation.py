"""How close a transcript comes to what was said, by our own command."""

import json
import subprocess
import sys
from pathlib import Path

__all__ = ["cp_word_error_rate"]


def cp_word_error_rate(transcript: Path, reference: Path) -> float:
    """cpWER: the share of words that are wrong, missing, too many or somebody else's."""
    argv = [sys.executable, "-m", "multitrack.cli.main", "evaluate"]
    argv += [str(transcript), str(reference), "--json"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    return float(json.loads(said)["cpwer"]["rate"])
