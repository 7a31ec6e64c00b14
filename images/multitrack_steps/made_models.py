"""Models that are made of installed packages' files, joined or exported: once, and then found.

An image makes its own when it is built, below the folder that MULTITRACK_MODELS names, which is
read-only later; elsewhere the user's cache keeps them.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["made_once"]

_FOLDER = "MULTITRACK_MODELS"


def made_once(name: str, fill: Callable[[Path, Path], None]) -> Path:
    """The folder of that name, filled by whoever comes first.

    Several processes may do so at the same time.

    Args:
        name: Says what it is made of, and by which recipe.
        fill: Called with an empty folder to write into, and the path that it will have later.

    Raises:
        OSError: Nothing can be written.
    """
    folders = [root / name for root in _roots()]
    for made in folders:
        if made.is_dir():
            return made
    target = next(folder for folder in folders if _is_writable(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    fragment = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=target.parent))
    try:
        fill(fragment, target)
        # Whoever else uses them reads them as another user: mkdtemp's folders are its maker's.
        fragment.chmod(0o755)
        fragment.rename(target)
    except OSError:
        # Another process was faster: a folder that is not empty is never replaced.
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(fragment, ignore_errors=True)
    return target


def _roots() -> Iterator[Path]:
    """The image's folder, then the user's cache, or a temporary folder without one."""
    if prepared := os.environ.get(_FOLDER):
        yield Path(prepared)
    chosen = os.environ.get("XDG_CACHE_HOME")
    homes = [Path(chosen)] if chosen else []
    homes += [
        Path("~/.cache").expanduser(),
        Path(tempfile.gettempdir()) / f"multitrack-{os.getuid()}",
    ]
    yield next(home for home in homes if _is_writable(home)) / "multitrack" / "models"


def _is_writable(folder: Path) -> bool:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return os.access(existing, os.W_OK)
