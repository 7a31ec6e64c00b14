"""Where a run on one machine keeps its files, and what it remembers of finished work.

DIR/                    results for people: report.html, transcript.*, mix.mp3
DIR/.multitrack/
    job.json            what the run was asked to do
    lock                held while a run is under way
    files/<key>         everything of the job, under the same keys as in a bucket
    state/<node>.json   a record per finished piece of work: what it was made from
    logs/<node>.log     what the step printed
    scratch/<node>/     inputs and outputs of the piece of work under way
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from workflow_templates.contracts.base import Contract
from workflow_templates.contracts.results import StepReport
from workflow_templates.runtime.errors import BadInputError, SettingsError
from workflow_templates.runtime.provenance import sha256_of_file

__all__ = ["JobFolder", "JobRequest", "StoredFile", "WorkRecord", "name_at_top"]

_PUBLISHED = "published/"
_MIX = "mix.mp3"


class JobRequest(Contract):
    """job.json: what a run was asked to do, so that `--resume` and `rename` can ask again."""

    pipeline: str
    parameters: dict[str, str]
    """Only those that differ from the pipeline's defaults."""


class StoredFile(Contract):
    """A file of the job as it was when its step ended."""

    sha256: str
    size: int
    mtime_ns: int


class WorkRecord(Contract):
    """state/<node>.json: a finished piece of work."""

    fingerprint: str
    outputs: dict[str, StoredFile]
    """By key."""
    report: StepReport
    output_parameters: Mapping[str, str]
    seconds: float
    """Wall-clock time of the successful attempt."""
    peak_mib: float
    """Largest resident memory of the step's processes."""
    attempts: int


class JobFolder:
    """One meeting's folder. Not safe for two runs at once: take `locked()` around a run."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.root = results / ".multitrack"
        self.files = self.root / "files"
        self.logs = self.root / "logs"
        self._state = self.root / "state"
        self._scratch = self.root / "scratch"
        self._hashes: dict[str, StoredFile] = {}

    @property
    def exists(self) -> bool:
        """Whether a run has begun here before."""
        return (self.root / "job.json").is_file()

    def create(self) -> None:
        """Make the folders; forget what a killed run left half done.

        Raises:
            BadInputError: The folder cannot be written.
        """
        with self._writable():
            shutil.rmtree(self._scratch, ignore_errors=True)
            for folder in (self.files, self.logs, self._state, self._scratch):
                folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        """What cannot be made here is the caller's mistake; a full disk is not."""
        try:
            yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise BadInputError(
                f"{self.results}: cannot write here ({error.strerror}); name another folder with -o"
            ) from error

    def clear(self) -> None:
        """Forget an earlier run, and its results at the top."""
        for name in self.published_names():
            (self.results / name).unlink(missing_ok=True)
        shutil.rmtree(self.root, ignore_errors=True)
        self._hashes.clear()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one run.

        Raises:
            SettingsError: Another run holds it.
            BadInputError: The folder cannot be written.
        """
        with self._writable():
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / "lock").open("a+", encoding="ascii")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise SettingsError(
                    f"{self.results}: another run is under way here; "
                    "wait for it, or name another folder with -o"
                ) from error
            yield

    def write_request(self, request: JobRequest) -> None:
        """Remember what is asked."""
        _write(self.root / "job.json", request)

    def read_request(self) -> JobRequest:
        """What was asked.

        Raises:
            SettingsError: There is no run here, or its job.json is damaged.
        """
        file = self.root / "job.json"
        try:
            return JobRequest.model_validate_json(file.read_bytes())
        except FileNotFoundError as error:
            raise SettingsError(
                f"{self.results}: no meeting was processed here; "
                f"start with: multitrack run SOURCE -o {self.results}"
            ) from error
        except ValidationError as error:
            raise SettingsError(f"{file}: damaged; start again with --force") from error

    def record(self, node: str) -> WorkRecord | None:
        """What is remembered of a piece of work; None if nothing, or nothing readable."""
        try:
            return WorkRecord.model_validate_json((self._state / f"{node}.json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def is_intact(self, record: WorkRecord) -> bool:
        """Whether every output is still as its step left it."""
        for key, stored in record.outputs.items():
            found = self.stored(key, stored)
            if found is None or found.sha256 != stored.sha256:
                return False
        return True

    def stored(self, key: str, known: StoredFile | None = None) -> StoredFile | None:
        """Size and hash of a file; hashed anew only if its size or time changed. None: absent."""
        try:
            status = (self.files / key).stat()
        except FileNotFoundError:
            return None
        for earlier in (self._hashes.get(key), known):
            if earlier and (earlier.size, earlier.mtime_ns) == (status.st_size, status.st_mtime_ns):
                self._hashes[key] = earlier
                return earlier
        fresh = StoredFile(
            sha256=sha256_of_file(self.files / key),
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
        )
        self._hashes[key] = fresh
        return fresh

    def keys(self, key: str) -> list[str]:
        """The key itself if its file exists, or all existing keys below a prefix, sorted."""
        path = self.files / key
        if not key.endswith("/"):
            return [key] if path.is_file() else []
        found = (file for file in path.rglob("*") if file.is_file())
        return sorted(str(file.relative_to(self.files)) for file in found)

    def scratch(self, node: str) -> Path:
        """A fresh, empty folder for one attempt."""
        folder = self._scratch / node
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "outputs").mkdir(parents=True)
        (folder / "inputs").mkdir()
        return folder

    def discard_scratch(self, node: str) -> None:
        """Remove what an attempt left."""
        shutil.rmtree(self._scratch / node, ignore_errors=True)

    def stage(self, key: str, inputs: Path) -> None:
        """Show a file of the job to a step, under its key."""
        link = inputs / key
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to((self.files / key).absolute())

    def forget(self, node: str) -> None:
        """Drop a record before its outputs are replaced: a kill between leaves no false claim."""
        (self._state / f"{node}.json").unlink(missing_ok=True)

    def adopt(self, produced: Mapping[str, Path], prefixes: list[str]) -> dict[str, StoredFile]:
        """Move an attempt's outputs to their keys and drop older files below its prefixes.

        Args:
            produced: File by key, on the same file system.
            prefixes: Prefixes that belong to this piece of work as a whole.
        """
        for prefix in prefixes:
            for stale in set(self.keys(prefix)) - produced.keys():
                (self.files / stale).unlink()
        stored = {}
        for key, file in produced.items():
            target = self.files / key
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            self._hashes.pop(key, None)
            fresh = self.stored(key)
            if fresh is None:
                raise BadInputError(
                    f"{target}: vanished while it was written; is another program at work there?"
                )
            stored[key] = fresh
        return stored

    def remember(self, node: str, record: WorkRecord) -> None:
        """Keep the record of a finished piece of work."""
        _write(self._state / f"{node}.json", record)

    def published_names(self) -> list[str]:
        """Names of the result files that `publish` puts at the top."""
        return list(self._results())

    def publish(self) -> list[Path]:
        """Put the results where people look, as hard links or copies; returns their paths."""
        published = []
        for name, key in self._results().items():
            target = self.results / name
            fragment = target.with_name(f".{target.name}.part")
            fragment.unlink(missing_ok=True)
            try:
                os.link(self.files / key, fragment)
            except OSError:
                shutil.copyfile(self.files / key, fragment)
            fragment.replace(target)
            # rename(2) does nothing between two links to one file and leaves both names.
            fragment.unlink(missing_ok=True)
            published.append(target)
        return published

    def _results(self) -> dict[str, str]:
        """Keys of the result files that there are, by their names at the top."""
        keys = [*self.keys(_PUBLISHED), *self.keys(_MIX)]
        return {name: key for key in keys if (name := name_at_top(key))}


def name_at_top(key: str) -> str | None:
    """Under which name a file of the job is a result for people; None: it is none."""
    if key.startswith(_PUBLISHED):
        return key.removeprefix(_PUBLISHED)
    return key if key == _MIX else None


def _write(file: Path, value: Contract) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fragment = file.with_name(f".{file.name}.part")
    fragment.write_text(value.model_dump_json(indent=1) + "\n", encoding="utf-8")
    fragment.replace(file)
