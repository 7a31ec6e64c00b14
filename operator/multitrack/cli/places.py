"""Where a run reads and writes on this machine: neither may spoil the other."""

import json
from collections.abc import Iterator
from pathlib import Path

from workflow_templates.local.job_folder import JobFolder, name_at_top
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.errors import SettingsError

__all__ = ["check_places"]

_MIX = "mix.mp3"
_FETCHED = (_MIX, "transcript.json", "manifest.json")
"""Together, only `multitrack fetch` puts them into a folder."""


def check_places(source: str, folder: JobFolder) -> None:
    """Refuse what would overwrite somebody's file, or take results for tracks.

    Args:
        source: The job parameter.
        folder: Of the run, which may not exist yet.

    Raises:
        SettingsError: Results would lie among the tracks or over other files, or the recording is
            itself the folder of a run.
    """
    results = folder.results.resolve()
    for recording in _folders(source):
        if recording.resolve() == results:
            raise SettingsError(
                f"{folder.results}: results among the tracks would be taken for tracks; "
                "name another folder with -o"
            )
        if JobFolder(recording).exists:
            raise SettingsError(
                f"{recording}: a meeting that was processed, not a recording; name the folder of "
                f"its tracks, or go on with: multitrack run -o {recording} --resume"
            )
        if all((recording / name).is_file() for name in _FETCHED):
            raise SettingsError(
                f"{recording}: the results of a meeting, not its recording; name the folder of its "
                f"tracks, or {recording / _MIX} if its mix is all that is left"
            )
    if folder.exists:
        return
    for name in _result_names():
        if (folder.results / name).exists():
            raise SettingsError(
                f"{folder.results / name}: there already, and not from a run here; "
                "move it away, or name another folder with -o"
            )


def _folders(source: str) -> Iterator[Path]:
    """Those that are named as the recording; what is wrong with the parameter, its step says."""
    try:
        places = json.loads(source)
    except ValueError:
        return
    for place in places if isinstance(places, list) else ():
        if isinstance(place, str) and Path(place).is_dir():
            yield Path(place)


def _result_names() -> Iterator[str]:
    """Of the files that a run puts at the top of its folder."""
    for task in PROCESS_RECORDING.tasks:
        for artifact in task.step.outputs:
            if name := name_at_top(artifact.key):
                yield name
