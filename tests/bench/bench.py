"""What all benchmarks share: where they run, and the lines of the table."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Cost, measure
from tests.bench.recordings import make_meeting
from tests.bench.sizes import Size

__all__ = ["MULTITRACK", "Bench", "Row", "run_whole"]

MULTITRACK = (sys.executable, "-m", "multitrack.cli.main")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    cost: Cost | None
    target: str
    note: str = ""

    def markdown(self) -> str:
        """The line."""
        figures = ("", "", "")
        if self.cost:
            figures = (
                f"{self.cost.seconds:.1f}",
                f"{self.cost.cpu_seconds:.1f}",
                f"{self.cost.peak_mb:.0f}",
            )
        return f"| {self.what} | {' | '.join(figures)} | {self.target} | {self.note} |"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how long."""

    folder: Path
    minutes: float
    pydub: bool
    sizes: tuple[Size, ...] = ()
    """Of the meetings on which the legacy arrangement is measured."""

    def meeting(self, *, dense: bool, minutes: float | None = None) -> Path:
        """A made meeting; made once."""
        length = minutes or self.minutes
        folder = self.folder / f"{'dense' if dense else 'quarter'}-{length:g}"
        return folder if folder.exists() else make_meeting(folder, length, dense=dense)

    def fresh(self, name: str) -> Path:
        """A path that does not exist."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        return path

    def fresh_folder(self, name: str) -> Path:
        """An empty folder."""
        folder = self.fresh(name)
        folder.mkdir()
        return folder


def run_whole(bench: Bench, source: Path, name: str, *options: str) -> Cost:
    """`multitrack run`, as a user types it, with tiny.en."""
    out = bench.fresh(name)
    argv = [*MULTITRACK, "run", str(source), "-o", str(out), "-q", "--model", "tiny.en"]
    cost = measure([*argv, *options])
    shutil.rmtree(out)
    return cost
