"""What the page shows, in the form in which the template writes it down."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from multitrack_steps.publication.turns import Turn, chapters
from multitrack_steps.report.echoes import EchoLine, echo_lines
from multitrack_steps.report.prose import render_markdown
from multitrack_steps.report.timing import timed_text
from multitrack_steps.report.waveform import Bars, draw_bars
from multitrack_steps.report.wording import length, position
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import Manifest, Waveform
from workflow_templates.runtime.wording import one_line, spoken_date

__all__ = ["COLOURS", "View", "build_view"]

COLOURS = 12
"""Speaker colours in report.css; a thirteenth speaker has the first one's. Names are beside."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A link into the recording."""

    seconds: Seconds
    label: str
    """1:23."""
    anchor: str
    """Id of the turn that is heard then: where the link leads without a script."""


@dataclass(frozen=True, slots=True)
class Person:
    """A participant."""

    name: str
    colour: int
    speaking: str
    share: float
    """Of all speech, in per cent."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A part of the summary."""

    heading: str
    text: Markup


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic in the list, on the waveform and above its turns."""

    number: int
    """From 1."""
    title: str
    summary: str
    moment: Moment
    place: float
    """On the waveform, in per cent."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision."""

    text: str
    rationale: str | None
    name: str | None
    colour: int | None
    moment: Moment | None


@dataclass(frozen=True, slots=True)
class Task:
    """A next step."""

    text: str
    name: str | None
    colour: int | None
    deadline: str | None
    context: str | None
    moment: Moment | None


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One turn of the transcript."""

    name: str
    colour: int
    anchor: str | None
    """Id on the page; None where another turn with the same start has it."""
    moment: Moment
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A topic with what was said: turns, and echoes among them, by time."""

    topic: Topic | None
    entries: tuple[SpokenTurn | EchoLine, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The whole page."""

    title: str
    date: str | None
    facts: tuple[str, ...]
    language: str | None
    warnings: tuple[str, ...]
    people: tuple[Person, ...]
    recap: str
    subjects: tuple[Subject, ...]
    long_summary: Markup
    """Only where the summary has no subjects."""
    notes: tuple[str, ...]
    """Who wrote the minutes."""
    decisions: tuple[Decided, ...]
    tasks: tuple[Task, ...]
    topics: tuple[Topic, ...]
    parts: tuple[Part, ...]
    echoes: int
    bars: tuple[Bars, ...]
    """Empty: no waveform."""
    duration: Seconds
    """What the waveform and the player's slider span."""
    end: str
    timing: tuple[tuple[int, ...], ...]
    """By turn; see `multitrack_steps.report.timing`."""
    recording_id: str


@dataclass(frozen=True, slots=True)
class _Clock:
    """Finds the turn that a time belongs to."""

    starts: Sequence[Seconds]

    def moment(self, seconds: Seconds) -> Moment:
        heard = bisect_right(self.starts, seconds) - 1
        anchor = _anchor_of(self.starts[max(heard, 0)]) if self.starts else "transcript"
        return Moment(seconds, position(seconds), anchor)

    def moment_or_none(self, seconds: Seconds | None) -> Moment | None:
        return None if seconds is None else self.moment(seconds)


def _anchor_of(start: Seconds) -> str:
    """Id of the turn that starts then; as a link it is also a deep link: `report.html#t=83.20`."""
    return f"t={start:.2f}"


def build_view(
    manifest: Manifest, transcript: PublishedTranscript, waveform: Waveform | None
) -> View:
    """Everything that the template needs.

    Args:
        manifest: For the warnings.
        transcript: The meeting.
        waveform: None if there is none.
    """
    parts = chapters(transcript)
    turns = [turn for chapter in parts for turn in chapter.turns]
    clock = _Clock([turn.start for turn in turns])
    duration = waveform.duration if waveform else transcript.recording.duration
    topics = _topics(transcript, clock, duration)
    echoes = echo_lines(transcript)
    texts = [timed_text(turn, transcript.words) for turn in turns]
    spoken = _spoken_turns(turns, [text.text for text in texts], clock)
    summary = transcript.summary
    return View(
        title=one_line(transcript.title.text),
        date=spoken_date(transcript.recording.started_at),
        facts=_facts(transcript),
        language=transcript.language,
        warnings=manifest.warnings,
        people=_people(transcript),
        recap=one_line(summary.short),
        subjects=tuple(
            Subject(one_line(subject.heading), render_markdown(subject.text))
            for subject in summary.subjects
        ),
        long_summary=Markup() if summary.subjects else render_markdown(summary.long),
        notes=_notes(transcript),
        decisions=_decisions(transcript, clock),
        tasks=_tasks(transcript, clock),
        topics=topics,
        parts=_parts(topics, [len(chapter.turns) for chapter in parts], spoken, echoes),
        echoes=len(echoes),
        bars=draw_bars(waveform, transcript.segments, COLOURS) if waveform else (),
        duration=duration,
        end=position(round(duration)),
        timing=tuple(text.timing for text in texts),
        recording_id=transcript.recording.id,
    )


def _colour(speaker: int) -> int:
    return speaker % COLOURS


def _colour_of(transcript: PublishedTranscript, participant_id: str | None) -> int | None:
    for participant in transcript.participants:
        if participant.id == participant_id:
            return _colour(participant.speaker)
    return None


def _facts(transcript: PublishedTranscript) -> tuple[str, ...]:
    people = len(transcript.participants)
    words = sum(word.echo_of is None for word in transcript.words)
    return (
        length(transcript.recording.duration),
        f"{people} participant{'' if people == 1 else 's'}",
        f"{words:,} word{'' if words == 1 else 's'}",
    )


def _people(transcript: PublishedTranscript) -> tuple[Person, ...]:
    total = sum(participant.speaking for participant in transcript.participants)
    return tuple(
        Person(
            name=one_line(participant.name),
            colour=_colour(participant.speaker),
            speaking=length(participant.speaking),
            share=100 * participant.speaking / total if total else 0.0,
        )
        for participant in transcript.participants
    )


def _notes(transcript: PublishedTranscript) -> tuple[str, ...]:
    backends = (
        transcript.topics_backend,
        transcript.title.backend,
        transcript.summary.backend,
        transcript.action_items.backend,
    )
    return tuple(dict.fromkeys(one_line(backend.note) for backend in backends if backend.note))


def _topics(transcript: PublishedTranscript, clock: _Clock, duration: Seconds) -> tuple[Topic, ...]:
    return tuple(
        Topic(
            number=number,
            title=one_line(topic.title),
            summary=one_line(topic.summary),
            moment=clock.moment(topic.start),
            place=min(100.0, 100 * topic.start / duration) if duration > 0 else 0.0,
        )
        for number, topic in enumerate(transcript.topics, start=1)
    )


def _decisions(transcript: PublishedTranscript, clock: _Clock) -> tuple[Decided, ...]:
    return tuple(
        Decided(
            text=decision.decision,
            rationale=decision.rationale,
            name=decision.decided_by,
            colour=_colour_of(transcript, decision.decided_by_participant_id),
            moment=clock.moment_or_none(decision.start),
        )
        for decision in transcript.action_items.decisions
    )


def _tasks(transcript: PublishedTranscript, clock: _Clock) -> tuple[Task, ...]:
    return tuple(
        Task(
            text=step.task,
            name=step.assigned_to,
            colour=_colour_of(transcript, step.assigned_to_participant_id),
            deadline=step.deadline,
            context=step.context,
            moment=clock.moment_or_none(step.start),
        )
        for step in transcript.action_items.next_steps
    )


def _spoken_turns(
    turns: Iterable[Turn], texts: Iterable[str], clock: _Clock
) -> tuple[SpokenTurn, ...]:
    anchors: set[str] = set()
    spoken = []
    for turn, text in zip(turns, texts, strict=True):
        anchor = _anchor_of(turn.start)
        spoken.append(
            SpokenTurn(
                name=one_line(turn.speaker_name),
                colour=_colour(turn.speaker),
                anchor=None if anchor in anchors else anchor,
                moment=clock.moment(turn.start),
                text=text,
            )
        )
        anchors.add(anchor)
    return tuple(spoken)


def _parts(
    topics: Sequence[Topic],
    turns_of_part: Sequence[int],
    spoken: Sequence[SpokenTurn],
    echoes: Sequence[EchoLine],
) -> tuple[Part, ...]:
    """Deal turns and echoes out to the topics; an echo belongs where the turn before it belongs."""
    parts = []
    first_turn = first_echo = 0
    for number, count in enumerate(turns_of_part):
        turns = spoken[first_turn : first_turn + count]
        first_turn += count
        following = spoken[first_turn].moment.seconds if first_turn < len(spoken) else None
        last_echo = first_echo
        while last_echo < len(echoes) and (
            following is None or echoes[last_echo].start < following
        ):
            last_echo += 1
        entries: list[SpokenTurn | EchoLine] = [*turns, *echoes[first_echo:last_echo]]
        entries.sort(key=_start_of)
        parts.append(Part(topics[number] if topics else None, tuple(entries)))
        first_echo = last_echo
    return tuple(parts)


def _start_of(entry: SpokenTurn | EchoLine) -> Seconds:
    return entry.moment.seconds if isinstance(entry, SpokenTurn) else entry.start
