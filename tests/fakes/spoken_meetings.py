"""Meetings in which somebody really talks about something, as transcripts."""

import json
import re
from pathlib import Path
from typing import Any

from tests.fakes.meetings import a_transcript
from workflow_templates.contracts.recording import Participant, Participants, ParticipantTrack
from workflow_templates.contracts.transcript import Transcript

__all__ = ["heard_sample", "participants_of", "reference_sample", "second_meeting"]

_TESTS = Path(__file__).resolve().parents[1]
_SECOND = _TESTS / "data" / "second_meeting" / "meeting.json"
_HEARD = _TESTS / "data" / "sample_heard_by_tiny_en.json"
_REFERENCE = _TESTS.parent / "examples" / "sample" / "ref.seglst.json"


def reference_sample() -> Transcript:
    """examples/sample as its reference has it."""
    rows = json.loads(_REFERENCE.read_text(encoding="utf-8"))
    return _by_sentence(
        [
            (row["speaker"], row["words"], float(row["start_time"]), float(row["end_time"]))
            for row in rows
        ]
    )


def heard_sample() -> Transcript:
    """examples/sample with the errors of a small speech model."""
    return _by_sentence(_rows(json.loads(_HEARD.read_text(encoding="utf-8"))))


def second_meeting() -> tuple[Transcript, dict[str, Any]]:
    """A meeting written after the backend was tuned, and what should be found in it."""
    document = json.loads(_SECOND.read_text(encoding="utf-8"))
    return _by_sentence(_rows(document)), document


def participants_of(transcript: Transcript) -> Participants:
    """A participants.json that fits."""
    return Participants(
        recording_id=transcript.recording_id,
        participants=tuple(
            Participant(id=f"p-{speaker.name}", name=speaker.name, speaker=speaker.index)
            for speaker in transcript.speakers
        ),
        tracks=tuple(
            ParticipantTrack(
                track=speaker.index, participant_id=f"p-{speaker.name}", speaker=speaker.index
            )
            for speaker in transcript.speakers
        ),
    )


def _rows(document: dict[str, Any]) -> list[tuple[str, str, float, float]]:
    return [(row["speaker"], row["text"], row["start"], row["end"]) for row in document["segments"]]


def _by_sentence(rows: list[tuple[str, str, float, float]]) -> Transcript:
    """One segment a sentence, ordered by start, as merge-transcripts makes them."""
    sentences = []
    for speaker, text, start, end in rows:
        rate = (end - start) / len(text.split())
        position = start
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            stop = position + rate * len(sentence.split())
            sentences.append((speaker, sentence, position, stop))
            position = stop
    return a_transcript(sorted(sentences, key=lambda sentence: sentence[2]))
