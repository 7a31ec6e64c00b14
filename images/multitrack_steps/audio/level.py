"""How loud 16-bit samples are."""

import numpy as np

from multitrack_steps.audio.conversion import Samples

__all__ = ["level_dbfs"]

_FULL_SCALE = 32768.0


def level_dbfs(samples: Samples) -> float:
    """RMS level, 0 = a full-scale square wave; minus infinity for silence."""
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return 10 * np.log10(power / _FULL_SCALE**2) if power else -np.inf
