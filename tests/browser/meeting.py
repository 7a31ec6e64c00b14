"""The sample meeting as the steps before merge-transcripts would leave it, without hearing it."""

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from workflow_templates.contracts.base import Document
from workflow_templates.contracts.minutes import (
    ActionItems,
    Backend,
    Decision,
    NextStep,
    Subject,
    Summary,
    Title,
    Topic,
    Topics,
)
from workflow_templates.contracts.recording import (
    Origin,
    Participant,
    Participants,
    ParticipantTrack,
    Recording,
    SourceKind,
    SourceTrack,
)
from workflow_templates.contracts.results import Waveform
from workflow_templates.contracts.track import OffsetSource, Track, TrackOffset
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.contracts.words import DetectedLanguage, TrackWord, TrackWords

RECORDING_ID = "sample-meeting"
NAMES = ("Alice", "Ben", "Carol", "David")
BACKEND = Backend(
    name="extractive",
    note="Sentences taken from the transcript; no language model was used.",
)
TOPICS = (
    (0.0, "Release date for version three", "Thursday the fourteenth of March is the new date."),
    (52.0, "Customer feedback on the export button", "Forty complaints came in this month."),
    (85.0, "Hiring for the backend position", "Four of twenty five applicants are invited."),
    (119.0, "Budget and a second test server", "Twelve thousand dollars are left."),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one person says at a stretch."""

    track: int
    start: float
    end: float
    text: str
    level: float = -20.0


def sample_lines(sample: Path) -> list[Line]:
    reference = json.loads((sample / "ref.seglst.json").read_text(encoding="utf-8"))
    return [
        Line(NAMES.index(line["speaker"]), line["start_time"], line["end_time"], line["words"])
        for line in reference
    ]


def repeated(lines: list[Line], times: int) -> list[Line]:
    """The meeting again and again, each time with the next person's voice."""
    period = 150.0
    return [
        replace(
            line,
            start=line.start + turn * period,
            end=line.end + turn * period,
            track=(line.track + turn) % len(NAMES),
        )
        for turn in range(times)
        for line in lines
    ]


def words_of(line: Line) -> list[TrackWord]:
    """Its words, each as long as its letters say."""
    texts = [f" {text}" for text in line.text.split()]
    letters = sum(len(text) for text in texts)
    words, time = [], line.start
    for text in texts:
        end = time + (line.end - line.start) * len(text) / letters
        words.append(
            TrackWord(
                text=text,
                start=round(time, 3),
                end=round(end, 3),
                probability=0.9,
                level=line.level,
            )
        )
        time = end
    return words


def write_tracks(
    folder: Path, lines: list[Line], *, names: tuple[str, ...] = NAMES, duration: float
) -> None:
    """recording.json, participants.json, track/ and words/: all that merge-transcripts reads."""
    rows = range(len(names))
    Recording(
        id=RECORDING_ID,
        kind=SourceKind.FOLDER,
        name="sample",
        started_at="2024-03-04T10:00:00+01:00",
        tracks=tuple(
            SourceTrack(index=index, origin=Origin(name=f"{names[index]}.webm"), size=1)
            for index in rows
        ),
    ).write(folder / "recording.json")
    Participants(
        recording_id=RECORDING_ID,
        participants=tuple(
            Participant(id=f"p{index}", name=names[index], speaker=index) for index in rows
        ),
        tracks=tuple(
            ParticipantTrack(track=index, participant_id=f"p{index}", speaker=index)
            for index in rows
        ),
    ).write(folder / "participants.json")
    for index in rows:
        _track(index, names[index], duration).write(folder / "track" / f"{index}.json")
        _words(index, lines).write(folder / "words" / f"{index}.json")


def _track(index: int, name: str, duration: float) -> Track:
    return Track(
        index=index,
        file=f"{name}.webm",
        offset=TrackOffset(seconds=0.0, source=OffsetSource.STREAM_START, uncertainty=0.05),
        duration=duration,
        gaps=(),
        codec="opus",
        rate=48_000,
        channels=1,
        peak_dbfs=-3.0,
    )


def _words(index: int, lines: list[Line]) -> TrackWords:
    own = [line for line in lines if line.track == index]
    return TrackWords(
        index=index,
        model="reference",
        backend="faster-whisper",
        language=DetectedLanguage(code="en", probability=1.0, detected=False) if own else None,
        speech=sum(line.end - line.start for line in own),
        words=tuple(
            word for line in sorted(own, key=lambda line: line.start) for word in words_of(line)
        ),
    )


def minutes_of(transcript: Transcript) -> dict[str, Document]:
    """Topics, title, summary and action items, by file name, as a person would write them."""
    return {
        "topics.json": _topics(transcript),
        "title.json": Title(
            title="Release moved to Thursday the fourteenth of March", given=False, backend=BACKEND
        ),
        "summary.json": _summary(),
        "action_items.json": _action_items(),
    }


def _topics(transcript: Transcript) -> Topics:
    """The sample's topics, and as many more as a longer meeting has every ten minutes."""
    starts = [topic[0] for topic in TOPICS]
    starts += list(np.arange(600.0, transcript.duration - 300, 600.0))
    firsts = [
        next((i for i, s in enumerate(transcript.segments) if s.start >= start), None)
        for start in starts
    ]
    known = [(number, first) for number, first in enumerate(firsts) if first is not None]
    ends = [*(first for _, first in known), len(transcript.segments)][1:]
    topics = []
    for (number, first), following in zip(known, ends, strict=True):
        _, title, summary = TOPICS[number % len(TOPICS)]
        start = transcript.segments[first].start
        topics.append(
            Topic(
                id=f"topic-{number}",
                title=title,
                summary=summary,
                start=start,
                duration=transcript.segments[following - 1].end - start,
                first_segment=first,
                last_segment=following - 1,
            )
        )
    return Topics(recording_id=transcript.recording_id, backend=BACKEND, topics=tuple(topics))


def _summary() -> Summary:
    recap = (
        "The release of version three moves from Tuesday to Thursday the fourteenth of March, so "
        "that the database connection pool can be fixed first. The export button returns to the "
        "main toolbar, four backend applicants are interviewed on Monday, and a second test server "
        "is approved."
    )
    subjects = (
        Subject(
            heading="Release date",
            text="The payment service fails **two load tests** because the connection pool is too "
            "small. Carol needs one day for the change and one for testing.",
        ),
        Subject(
            heading="Customer feedback",
            text="Forty complaints this month are about the export button:\n\n"
            "- it moved into the settings menu in January\n"
            "- on small screens most people cannot find it",
        ),
        Subject(
            heading="Hiring",
            text="Twenty five people applied for the backend position; four come to an interview.",
        ),
        Subject(
            heading="Budget",
            text="Twelve thousand dollars are left. A second server costs three hundred a month.",
        ),
    )
    long = "\n\n".join(
        ["# Quick recap", recap, "# Summary", *(f"**{s.heading}**\n\n{s.text}" for s in subjects)]
    )
    return Summary(backend=BACKEND, short=recap, long=long, subjects=subjects)


def _action_items() -> ActionItems:
    def step(speaker: int, task: str, deadline: str | None, start: float) -> NextStep:
        return NextStep(
            task=task,
            assigned_to=NAMES[speaker],
            assigned_to_participant_id=f"p{speaker}",
            deadline=deadline,
            start=start,
        )

    return ActionItems(
        backend=BACKEND,
        decisions=(
            Decision(
                decision="The new release date is Thursday the fourteenth of March.",
                rationale="The connection pool must be fixed and tested first.",
                decided_by="Alice",
                decided_by_participant_id="p0",
                start=43.0,
            ),
            Decision(decision="A second test server is rented.", start=133.0),
        ),
        next_steps=(
            step(2, "Enlarge the database connection pool", "before Thursday", 28.1),
            step(1, "Put the export button back on the main toolbar", "before the release", 71.0),
            step(3, "Write a help article about the export button", "on Wednesday", 82.0),
            step(1, "Add support tickets to the interview guide", None, 112.0),
        ),
    )


def write_mix(sample: Path, mix: Path) -> None:
    """The tracks mixed as they lie: Opus files keep their own start times."""
    tracks = [str(sample / f"{name}.webm") for name in NAMES]
    inputs = [argument for track in tracks for argument in ("-i", track)]
    joins = [
        round(1000 * track["join"])
        for track in json.loads((sample / "meeting.json").read_text(encoding="utf-8"))["tracks"]
    ]
    delays = ";".join(f"[{i}]adelay={join}:all=1[d{i}]" for i, join in enumerate(joins))
    labels = "".join(f"[d{i}]" for i in range(len(joins)))
    graph = f"{delays};{labels}amix=inputs={len(joins)}:normalize=0"
    _ffmpeg(*inputs, "-filter_complex", graph, "-ac", "1", "-b:a", "64k", str(mix))


def write_waveform(mix: Path, waveform: Path, duration: float) -> None:
    pcm = _ffmpeg("-i", str(mix), "-f", "s16le", "-ac", "1", "-ar", "8000", "-")
    samples = np.abs(np.frombuffer(pcm, dtype=np.int16).astype(np.float64))
    peaks = np.array([part.max() for part in np.array_split(samples, 255)])
    Waveform(duration=duration, peaks=tuple((peaks / peaks.max()).round(2))).write(waveform)


def _ffmpeg(*arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout
