"""`make test-daily`: a real Daily recording, run end to end and compared with the legacy's.

Opt-in, by environment variables; see docs/operate/compare.md.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from workflow_templates.comparison.reading import read_side
from workflow_templates.contracts.comparison import Comparison, Verdict

__all__ = ["compare_with_legacy", "main"]

REQUIRED = {
    "MULTITRACK_DAILY_API_KEY": "the key of the Daily domain that made the recording",
    "MULTITRACK_DAILY_RECORDING": "the recording's id, from Daily's dashboard",
    "MULTITRACK_LEGACY_URL": "the legacy API that has processed the same recording",
}
OPTIONAL = {"MULTITRACK_LEGACY_TRANSCRIPT": "legacy-transcript-id"}
"""Variable → parameter of compare-run."""


def main() -> int:
    """Run, compare, and say the verdict; 0 unless something failed or the results differ."""
    missing = [f"{name} ({what})" for name, what in REQUIRED.items() if not os.environ.get(name)]
    if missing:
        _say(f"make test-daily needs {' and '.join(missing)} in the environment; set it.")
        return 2
    recording = os.environ["MULTITRACK_DAILY_RECORDING"]
    folder = Path(os.environ.get("MULTITRACK_PARITY_OUTPUT", "parity")) / recording
    argv = [sys.executable, "-m", "multitrack.cli.main", "run", f"daily:{recording}"]
    argv += ["-o", str(folder), "--resume" if (folder / ".multitrack").is_dir() else "--force"]
    if (code := subprocess.run(argv, check=False).returncode) != 0:
        _say(f"The recording was not processed (exit code {code}); the sentence above says why.")
        return code
    return compare_with_legacy(folder, recording, os.environ["MULTITRACK_LEGACY_URL"])


def compare_with_legacy(folder: Path, recording: str, legacy_url: str) -> int:
    """Write `comparison/` into a run's folder; 1 where the results differ or one is missing."""
    ours = read_side(folder)
    told = {
        "legacy-url": legacy_url,
        "legacy-recording-id": recording,
        "own-steps": json.dumps([step.model_dump() for step in ours.steps]),
        **{parameter: os.environ.get(name, "") for name, parameter in OPTIONAL.items()},
    }
    argv = [sys.executable, "-m", "multitrack_steps.entrypoint", "compare-run"]
    argv += ["--inputs", str(folder / ".multitrack" / "files"), "--outputs", str(folder)]
    for name, value in told.items():
        argv += ["--param", f"{name}={value}"]
    if (code := subprocess.run(argv, check=False).returncode) != 0:
        return code
    comparison = Comparison.read(folder / "comparison" / "comparison.json")
    _say(f"{comparison.verdict.value}: {comparison.sentence}")
    _say(str(folder / "comparison" / "comparison.html"))
    compared = comparison.words is not None
    return 0 if compared and comparison.verdict is not Verdict.DIFFERENT else 1


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    sys.exit(main())
