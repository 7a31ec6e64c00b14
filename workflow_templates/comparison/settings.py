"""How much two results may differ before the verdict says so."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workflow_templates.contracts.base import Ratio, Seconds
from workflow_templates.runtime.errors import SettingsError

__all__ = ["ComparisonSettings"]

_Length = Annotated[Seconds, Field(ge=0)]


class ComparisonSettings(BaseModel):
    """Limits of the verdict, and what counts as the same place.

    The defaults let two runs of one pipeline with different speech models pass, and do not let a
    mute gap pass that one side did not fill.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_word_difference: Annotated[float, Field(ge=0)] = 0.10
    """Share of words that differ, whichever side is counted against."""
    most_word_time_median: _Length = 0.3
    """Median distance between the starts of equal words, drift taken away."""
    most_word_time_percentile_95: _Length = 1.0
    """95 % of those distances lie below."""
    most_offset: _Length = 0.5
    """Any speaker's distance before their first pause: another offset of the track."""
    most_drift: _Length = 0.5
    """Any speaker's change of distance since their first words: gaps that are not filled."""
    least_speaker_agreement: Ratio = 0.95
    """Share of the common words with the same speaker."""
    most_duration_difference: _Length = 2.0
    least_segment_agreement: Ratio = 0.6
    """Cuts follow punctuation, which speech models set differently."""
    least_topic_agreement: Ratio = 0.4
    """Language models divide differently from run to run."""
    least_title_similarity: Ratio = 0.0
    """0: titles are shown and decide nothing; there are many good ones."""
    least_summary_similarity: Ratio = 0.2
    """Of the short and of the long summary; unrelated texts of one language lie near 0.1."""
    topic_tolerance: _Length = 20.0
    """Two borders of topics no further apart are the same."""
    least_pause: _Length = 3.0
    """A speaker's silence from which on the clocks before and after are compared."""
    least_shift: _Length = 0.25
    """A smaller change of distance is a speech model's own imprecision."""
    shown_differences: Annotated[int, Field(ge=0)] = 300
    """Passages that comparison.json and comparison.html list."""

    @classmethod
    def parse(cls, text: str) -> "ComparisonSettings":
        """Read the settings from JSON, `{}` for the defaults.

        Raises:
            SettingsError: Not JSON, an unknown name, or a value that cannot be.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the whole text"
            raise SettingsError(
                f"comparison settings: {place}: {first['msg']}; "
                "docs/operate/compare.md lists the names"
            ) from error
