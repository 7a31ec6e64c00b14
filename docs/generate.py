"""Writes docs/reference/ from the code.

`make generate` runs it; a test compares what it would write with what is there.
"""

import sys
from pathlib import Path

from docs.generator import command_line, files, logs, metrics, recording_job, settings, steps

__all__ = ["pages"]

_REFERENCE = Path(__file__).resolve().parent / "reference"
_PAGES = {
    "cli.md": command_line.page,
    "files.md": files.page,
    "logs.md": logs.page,
    "metrics.md": metrics.page,
    "recording-job.md": recording_job.page,
    "settings.md": settings.page,
    "steps.md": steps.page,
}


def pages() -> dict[str, str]:
    """Every generated page: text by file name."""
    return {name: "\n".join(page()) + "\n" for name, page in _PAGES.items()}


if __name__ == "__main__":
    _REFERENCE.mkdir(exist_ok=True)
    for file_name, text in pages().items():
        (_REFERENCE / file_name).write_text(text, encoding="utf-8")
    sys.exit(0)
