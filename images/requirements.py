"""Print what pyproject.toml requires, one requirement a line: `requirements.py [EXTRA,EXTRA]`.

Without extras: what the distribution itself needs. pip cannot install requirements without their
project, and dependencies have to be a layer below the sources.
"""

import re
import sys
import tomllib
from pathlib import Path

__all__ = ["main"]


def main(argv: list[str]) -> None:
    """Write to stdout; leaves with a sentence if there is no such extra."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [] if argv else list(project["dependencies"])
    for extra in re.split(r"[,\s]+", argv[0].strip()) if argv else ():
        known = project["optional-dependencies"]
        if extra not in known:
            sys.exit(f"pyproject.toml has no extra {extra!r}; it has {', '.join(sorted(known))}")
        requirements += known[extra]
    sys.stdout.write("".join(f"{requirement}\n" for requirement in requirements))


if __name__ == "__main__":
    main(sys.argv[1:])
