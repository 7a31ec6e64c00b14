"""Specs of jobs that tests apply: as little work as their subject allows."""

from typing import Any

__all__ = ["a_short_job", "a_track"]

_NOTHING_EXTRA = {"mixdown": False, "waveform": False, "report": False}


def a_track(prefix: str, name: str = "Carol") -> dict[str, str]:
    """One of the sample's tracks."""
    return {"key": f"{prefix}{name}.webm", "name": name}


def a_short_job(*tracks: dict[str, str], **more: Any) -> dict[str, Any]:
    """A job of few tracks, one voice on each, without the steps that nothing waits for."""
    source = {"tracks": list(tracks)}
    spec = {"source": source, "steps": _NOTHING_EXTRA, "language": "en", "diarization": "Never"}
    return {**spec, "consent": {"policy": "Keep"}, **more}
