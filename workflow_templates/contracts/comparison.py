"""comparison.json: two results of one recording beside each other, neither taken for truth."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Ratio, Seconds

__all__ = [
    "Check",
    "ComparedSide",
    "Comparison",
    "DifferenceKind",
    "DriftMeasure",
    "DurationMeasure",
    "FormatMeasure",
    "PauseShift",
    "ReferenceScore",
    "SegmentMeasure",
    "SideOrigin",
    "SpeakerDrift",
    "SpeakerMatch",
    "SpeakerMeasure",
    "StepFigures",
    "TextMeasure",
    "TimeMeasure",
    "TopicMatch",
    "TopicMeasure",
    "Verdict",
    "WordDifference",
    "WordMeasure",
]


class Verdict(StrEnum):
    """What the thresholds say."""

    ALIKE = "alike"
    """Everything was compared, and every measure is within its limit."""
    DIFFERENT = "different"
    """At least one measure is past its limit, whatever else is missing."""
    INCOMPLETE = "incomplete"
    """Nothing is past its limit, but not everything could be compared: see `missing`."""


class SideOrigin(StrEnum):
    """Which pipeline made a result."""

    MULTITRACK = "multitrack"
    LEGACY = "legacy"
    NOTHING = "nothing"
    """There is no result: `missing` says why."""


class StepFigures(Contract):
    """How long one step took, where that is known."""

    name: str
    """With the track's number in a fan-out: `pad-track-2`."""
    seconds: Annotated[float, Field(ge=0)]
    """Wall clock, of the successful attempt."""
    cost: float | None = None
    """In the installation's currency, where a price is known."""


class ComparedSide(Contract):
    """What one side is, in numbers."""

    origin: SideOrigin
    source: str
    """The file, or the address without credentials."""
    id: str | None
    language: str | None
    words: int
    words_timed: bool
    """False: only segments have times; words were placed within them by their length."""
    speakers: tuple[str, ...]
    events: dict[str, int] | None
    """How many of each of the legacy result events are stored, where that is known."""
    steps: tuple[StepFigures, ...]
    """Empty where nothing is known."""


class DifferenceKind(StrEnum):
    """How a passage differs."""

    SUBSTITUTION = "substitution"
    """A says one thing, B another."""
    DELETION = "deletion"
    """Only A has it."""
    INSERTION = "insertion"
    """Only B has it."""
    SPEAKER = "speaker"
    """Both have it, at about the same time, from different speakers."""


class WordDifference(Contract):
    """One passage that differs."""

    kind: DifferenceKind
    start: Seconds
    """On A's clock; on B's where A does not have the passage."""
    speaker_a: str | None
    speaker_b: str | None
    a: str
    """As written, without normalisation; empty for an insertion."""
    b: str
    before: str
    """A few words of the same speaker before it; of A where A has that speaker."""
    after: str


class WordMeasure(Contract):
    """The words, whoever said them. Case, punctuation and spelling of numbers do not count."""

    a: int
    b: int
    equal: int
    substitutions: int
    deletions: int
    """Words that only A has."""
    insertions: int
    """Words that only B has."""
    rate_against_a: float | None
    """Differences by words of A: B's word error rate, were A the truth. None without words."""
    rate_against_b: float | None
    """Differences by words of B: A's word error rate, were B the truth."""
    differences: tuple[WordDifference, ...]
    """By start; the longest of them where there are too many, see `differences_total`."""
    differences_total: int


class TimeMeasure(Contract):
    """Distances between the starts of equal words, B minus A, in seconds."""

    words: int
    median: Seconds
    """Of the absolute distances."""
    percentile_95: Seconds
    bias: Seconds
    """Median of the signed distances: positive where B is late."""
    settled_median: Seconds
    """Of the absolute distances after each stretch's own shift is taken away: how finely words are
    timed, whatever drifts."""
    settled_percentile_95: Seconds


class PauseShift(Contract):
    """Where the two clocks of one speaker move apart."""

    at: Seconds
    """A's clock: the first word after the pause."""
    pause_a: Seconds
    """Silence of the speaker before that word."""
    pause_b: Seconds
    shift: Seconds
    """How much later B's words are, compared with before the pause. Negative: earlier."""
    recorded_gap: Seconds | None
    """Length of the gap in the track (mute, or lost frames) that lies in the pause, if one is
    known: a shift of that length means that one side did not fill it."""


class SpeakerDrift(Contract):
    """One speaker's words on both clocks."""

    speaker: str
    words: int
    first_shift: Seconds
    """Median distance before the first pause: a wrong offset of the track, not drift."""
    last_shift: Seconds
    pauses: tuple[PauseShift, ...]
    """Those at which the distance changes."""


class DriftMeasure(Contract):
    """Distances that change from pause to pause: mute gaps that one side does not fill."""

    largest: Seconds
    """Largest change of any speaker since their first words, absolute."""
    words_affected: int
    """Words that lie further off than the speaker's first words do, by the least shift or more."""
    explained: int
    """Pauses whose shift is as long as the gap recorded in the track, or as the difference of the
    pauses' own lengths."""
    speakers: tuple[SpeakerDrift, ...]
    """Only those whose distance changes."""


class SpeakerMatch(Contract):
    """Two speakers who are taken to be one person."""

    a: str
    b: str
    by: Annotated[str, Field(pattern="^(name|words)$")]
    """Equal names, or, where names are not known, the words said at the same times."""
    equal_words: int


class SpeakerMeasure(Contract):
    """Who said it."""

    agreement: Ratio | None
    """Share of the words found on both sides that have the same speaker; None without words."""
    matches: tuple[SpeakerMatch, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]


class DurationMeasure(Contract):
    """How long the recording is said to be."""

    a: Seconds
    b: Seconds
    difference: Seconds
    """B minus A."""


class SegmentMeasure(Contract):
    """How the words are cut; both sides by the legacy's rule where one of them is legacy."""

    a: int
    b: int
    agreement: Ratio
    """F1 of segment starts that lie within a second of one of the other side."""


class TopicMatch(Contract):
    """A topic of A and the one of B that lies over most of it."""

    start_a: Seconds
    title_a: str
    start_b: Seconds
    title_b: str
    overlap: Ratio
    """Share of A's topic that B's covers."""
    title_similarity: Ratio


class TopicMeasure(Contract):
    """Where the meeting is divided, and what the parts are called."""

    a: int
    b: int
    agreement: Ratio
    """F1 of the borders that lie within the tolerance of one of the other side."""
    matches: tuple[TopicMatch, ...]


class TextMeasure(Contract):
    """A text that a model wrote; two runs of one pipeline already differ."""

    a: str
    b: str
    similarity: Ratio
    """Cosine of the letter trigrams of the longer words: 1 for the same words in any order."""


class FormatMeasure(Contract):
    """One of the legacy's text formats, as A's words give it, and as B answered."""

    name: str
    lines_a: int
    lines_b: int
    equal_lines: int
    """Lines that stand on both sides, letter by letter."""


class ReferenceScore(Contract):
    """One side against a reference, as `multitrack evaluate` measures it."""

    side: Annotated[str, Field(pattern="^[ab]$")]
    wer: float | None
    cpwer: float | None
    speaker_accuracy: Ratio | None
    word_start_median: Seconds | None


class Check(Contract):
    """One measure and its limit."""

    measure: str
    value: float | None
    """None: it could not be measured."""
    limit: float
    unit: str
    """`share` or `s`."""
    at_least: bool
    """True: the limit is the least; False: it is the most."""
    within: bool | None
    """None where there is no value."""


class Comparison(Document):
    """comparison.json, made by `multitrack compare` and by compare-run."""

    verdict: Verdict
    sentence: str
    """The verdict for people: what decided it."""
    recording_id: str | None
    started_at: str | None
    """Of the recording, ISO 8601, where known: the order of the trend."""
    a: ComparedSide
    b: ComparedSide
    missing: tuple[str, ...]
    """What could not be compared, and why; a sentence each."""
    checks: tuple[Check, ...]
    words: WordMeasure | None = None
    times: TimeMeasure | None = None
    drift: DriftMeasure | None = None
    speakers: SpeakerMeasure | None = None
    duration: DurationMeasure | None = None
    segments: SegmentMeasure | None = None
    topics: TopicMeasure | None = None
    title: TextMeasure | None = None
    short_summary: TextMeasure | None = None
    long_summary: TextMeasure | None = None
    formats: tuple[FormatMeasure, ...] = ()
    reference: tuple[ReferenceScore, ...] = ()
