"""Folders for the media steps, and what lies in them afterwards."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.media.correlation import RATE
from tests.media.transcode import Mono, decode_plainly
from workflow_templates.contracts.recording import TimingHints, TrackItem
from workflow_templates.contracts.track import Track

__all__ = ["aligned", "an_item", "put_source", "track_of"]


def put_source(folder: Path, file: Path, index: int = 0) -> None:
    """Place a file as get-recording does: under its index, without its name."""
    source = folder / "source" / str(index)
    source.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, source)


def an_item(index: int = 0, *, file: str = "Ben.webm", **fields: Any) -> dict[str, str]:
    """The parameter `track`; `timing` hints by their own names, other fields by theirs."""
    hints = {name: fields.pop(name) for name in TimingHints.model_fields if name in fields}
    item = TrackItem(index=index, name="Ben", file=file, timing=TimingHints(**hints), **fields)
    return {"track": item.model_dump_json()}


def track_of(outputs: Path, index: int = 0) -> Track:
    """track/<index>.json, validated."""
    return Track.model_validate(json.loads((outputs / "track" / f"{index}.json").read_text()))


def aligned(outputs: Path, index: int = 0) -> Mono:
    """audio/<index>.flac, decoded."""
    return decode_plainly(outputs / "audio" / f"{index}.flac", RATE)
