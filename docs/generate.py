"""Writes docs/reference/ from the code.

`make generate` runs it; a test compares what it would write with what is there.
"""

import sys
from pathlib import Path

from docs.generator import (
    command_line,
    files,
    logs,
    metrics,
    openapi,
    recording_job,
    settings,
    steps,
)

__all__ = ["PAGES", "page"]

_REFERENCE = Path(__file__).resolve().parent / "reference"
PAGES = {
    "cli.md": command_line.page,
    "files.md": files.page,
    "logs.md": logs.page,
    "metrics.md": metrics.page,
    "openapi.json": openapi.page,
    "recording-job.md": recording_job.page,
    "settings.md": settings.page,
    "steps.md": steps.page,
}


def page(name: str) -> str:
    """A generated page's text, by its file's name."""
    return "\n".join(PAGES[name]()) + "\n"


if __name__ == "__main__":
    _REFERENCE.mkdir(exist_ok=True)
    for file_name in PAGES:
        (_REFERENCE / file_name).write_text(page(file_name), encoding="utf-8")
    sys.exit(0)
