"""Runs commands side by side: `python -m tests.bench.legacy.side_by_side AT_ONCE COMMANDS.json`.

A process of its own, so that `measure` sees all of them as one tree.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

__all__ = ["main"]


def main() -> None:
    """Run them all; the first failure is the whole's."""
    at_once, commands = int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    with ThreadPoolExecutor(at_once) as pool:
        for _ in pool.map(lambda argv: subprocess.run(argv, check=True), commands):
            pass


if __name__ == "__main__":
    main()
