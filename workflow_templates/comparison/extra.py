"""The packages that only comparing and evaluating need, and what to say where they are missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from workflow_templates.runtime.errors import SettingsError

__all__ = ["evaluate_extra"]


@contextmanager
def evaluate_extra() -> Iterator[None]:
    """Wrap the imports of jiwer, scipy and whisper-normalizer.

    Raises:
        SettingsError: One of them is not installed; the sentence says how to install all.
    """
    try:
        yield
    except ImportError as error:
        raise SettingsError(
            f"measuring words needs the package {error.name}; "
            "run: pip install 'multitrack[evaluate]'"
        ) from error
