"""Recordings on this machine: a folder, or files listed one by one."""

import errno
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from multitrack_steps.sources.facts import RecordingFacts
from multitrack_steps.sources.file_names import has_audio_name, is_hidden, stem
from multitrack_steps.sources.selection import Candidate, Listing
from workflow_templates.contracts.recording import Origin, SourceKind
from workflow_templates.runtime.errors import BadInputError, SettingsError, SourceNotFoundError

__all__ = ["LocalFiles", "LocalFolder", "link_or_copy"]


class _OnDisk:
    """What folder and files have in common."""

    __slots__ = ()

    facts = RecordingFacts()
    copier = None

    def identify(self, candidate: Candidate) -> Candidate:
        """The file itself; its bytes identify it."""
        return candidate

    def read(self, candidate: Candidate) -> bytes:
        """Read a small file whole."""
        path = _path(candidate)
        try:
            return path.read_bytes()
        except PermissionError as error:
            raise _unreadable(path) from error

    def fetch(self, candidate: Candidate, target: Path) -> None:
        """Link the bytes to `target`, or copy them where links are not possible."""
        path = _path(candidate)
        target.parent.mkdir(parents=True, exist_ok=True)
        fragment = target.with_name(f".{target.name}.part")
        fragment.unlink(missing_ok=True)
        try:
            link_or_copy(path, fragment)
            # Renaming one link of a file over another does nothing, by POSIX.
            target.unlink(missing_ok=True)
            fragment.rename(target)
        except PermissionError as error:
            raise _unreadable(path) from error
        except FileNotFoundError as error:
            raise SourceNotFoundError(f"{path}: it disappeared while it was copied") from error
        finally:
            fragment.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class LocalFolder(_OnDisk):
    """All files of one folder; sub-folders are named, not searched."""

    folder: Path
    """Absolute."""
    kind = SourceKind.FOLDER

    @property
    def address(self) -> str:
        """The path."""
        return str(self.folder)

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.resolve().name or "recording"

    def list(self) -> Listing:
        """Find the files; links are followed.

        Raises:
            BadInputError: The folder cannot be read, or an audio file is a link to nothing.
        """
        try:
            entries = sorted(self.folder.iterdir())
        except PermissionError as error:
            raise _unreadable(self.folder) from error
        for entry in entries:
            if entry.is_symlink() and not entry.exists() and has_audio_name(entry.name):
                raise SourceNotFoundError(
                    f"{entry}: a link to {entry.readlink()}, which does not exist; mend the link"
                )
        return Listing(
            tuple(_candidate(entry) for entry in entries if entry.is_file()),
            tuple(entry.name for entry in entries if entry.is_dir() and not is_hidden(entry.name)),
        )


@dataclass(frozen=True, slots=True)
class LocalFiles(_OnDisk):
    """Files that a person listed."""

    paths: tuple[Path, ...]
    """Absolute."""
    kind = SourceKind.FILES

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Self:
        """Check the list.

        Raises:
            SettingsError: A file twice, or something that is no regular file.
        """
        absolute = tuple(path.absolute() for path in paths)
        twice = [path for path, count in Counter(map(Path.resolve, absolute)).items() if count > 1]
        if twice:
            raise SettingsError(f"{twice[0]}: listed twice; name every track once")
        for path in absolute:
            if not path.is_file():
                raise SettingsError(f"{path}: not a regular file; name audio files")
        return cls(absolute)

    @property
    def address(self) -> str:
        """The paths."""
        return ", ".join(map(str, self.paths))

    @property
    def name(self) -> str:
        """The name of the files' folder, or of the only file."""
        if len(self.paths) == 1:
            return stem(self.paths[0].name)
        folders = {path.resolve().parent for path in self.paths}
        return (folders.pop().name if len(folders) == 1 else "") or "recording"

    def list(self) -> Listing:
        """The files, in the order in which they were listed."""
        return Listing(tuple(_candidate(path) for path in self.paths), chosen_by_hand=True)


def _candidate(path: Path) -> Candidate:
    # The name is the link's, which a person chose; the path the file's, which deletion must find.
    return Candidate(Origin(name=path.name, path=str(path.resolve())), path.stat().st_size)


def _path(candidate: Candidate) -> Path:
    if candidate.origin.path is None:
        raise ValueError(f"{candidate.name}: not on this machine")
    return Path(candidate.origin.path)


def link_or_copy(path: Path, target: Path) -> None:
    """A hard link takes no space and no time; steps only ever read it."""
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOSPC):
            raise
        shutil.copyfile(path, target)


def _unreadable(path: Path) -> BadInputError:
    return BadInputError(f"{path}: it cannot be read (permission denied); allow it and run again")
