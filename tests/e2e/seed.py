"""The seed of tests that choose moments at random; MULTITRACK_SEED repeats a run."""

import os
import secrets

__all__ = ["SEED", "a_seed"]

SEED = "MULTITRACK_SEED"


def a_seed() -> int:
    """Of this run; it is printed, and pytest shows it where a test fails."""
    seed = int(os.environ.get(SEED) or secrets.randbits(32))
    print(f"{SEED}={seed}")  # noqa: T201 - the only way to repeat a run that failed
    return seed
