"""Reading references and results, whichever format they have; the content decides, not the name.

transcript.json  ours, published or from inside the job, or a results folder that holds it
SegLST           JSON list of {session_id, speaker, start_time, end_time, words}, as in CHiME
STM              `file channel speaker start end [<label>] text`, as of NIST's sclite
RTTM             `SPEAKER file channel start duration <NA> <NA> speaker …`: who spoke, no words
text             `[MM:SS] Name: text` or `Name: text` lines, as transcript.txt
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from multitrack.evaluation.spoken import Spoken, TimedWord, Utterance
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.errors import BadInputError, SourceNotFoundError

__all__ = ["read_spoken"]

_RESULT = "transcript.json"
_FORMATS = "transcript.json, SegLST, STM, RTTM or 'Name: text' lines"
_UNSCORED = frozenset({"<NA>", "IGNORE_TIME_SEGMENT_IN_SCORING"})
_STM_LINE = re.compile(
    r"(?P<session>\S+)\s+\S+\s+(?P<speaker>\S+)\s+(?P<start>[0-9.]+)\s+(?P<end>[0-9.]+)"
    r"(?:\s+<[^>]*>)?(?:\s+(?P<text>.*))?"
)
_RTTM_LINE = re.compile(
    r"SPEAKER\s+(?P<session>\S+)\s+\S+\s+(?P<start>[0-9.]+)\s+(?P<duration>[0-9.]+)"
    r"\s+\S+\s+\S+\s+(?P<speaker>\S+)(?:\s.*)?"
)
_TEXT_LINE = re.compile(
    r"(?:\[(?:(?P<hours>[0-9]+):)?(?P<minutes>[0-9]+):(?P<seconds>[0-9]{2}(?:\.[0-9]+)?)\]\s*)?"
    r"(?P<speaker>[^:\[\]]{1,80}):\s+(?P<text>.*)"
)


class _SegLstEntry(BaseModel):
    model_config = ConfigDict(extra="ignore")

    speaker: str
    words: str
    session_id: str = ""
    start_time: Annotated[Seconds, Field(allow_inf_nan=False)] | None = None
    end_time: Annotated[Seconds, Field(allow_inf_nan=False)] | None = None


_SEGLST = TypeAdapter(list[_SegLstEntry])


def read_spoken(path: Path) -> Spoken:
    """Read a file of any of the formats, or the transcript.json of a results folder.

    Raises:
        SourceNotFoundError: No such file, or a folder without results.
        BadInputError: None of the formats, or several meetings in one file.
    """
    file = path / _RESULT if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError as error:
        what = "no finished meeting there" if path.is_dir() else "there is no such file"
        raise SourceNotFoundError(f"{path}: {what}; check the path") from error
    except (UnicodeDecodeError, OSError) as error:
        raise BadInputError(f"{file}: not readable as text; give {_FORMATS}") from error
    if text.startswith("{"):
        return _in_order(_read_ours(file, text))
    if text.startswith("["):
        try:
            return _in_order(_read_seglst(file, json.loads(text)))
        except json.JSONDecodeError:
            pass  # `[00:01] Alice: …` starts like a list, and is none.
    return _in_order(_read_lines(file, text))


def _read_ours(file: Path, text: str) -> Spoken:
    try:
        keys = json.loads(text).keys()
    except json.JSONDecodeError as error:
        raise BadInputError(f"{file}: broken JSON ({error}); give {_FORMATS}") from error
    if "segments" not in keys:
        raise BadInputError(f"{file}: JSON, but of no known format; give {_FORMATS}")
    meeting: PublishedTranscript | Transcript
    if "participants" in keys:
        meeting = PublishedTranscript.read(file)
        names = {person.speaker: person.name for person in meeting.participants}
    else:
        meeting = Transcript.read(file)
        names = meeting.names()
    labels = _distinct(names)
    utterances = tuple(
        Utterance(
            labels[segment.speaker],
            segment.text,
            segment.start,
            segment.end,
            tuple(
                TimedWord(word.text.strip(), word.start, word.end)
                for word in (meeting.words[index] for index in segment.words)
            ),
        )
        for segment in meeting.segments
    )
    return Spoken(utterances, meeting.language)


def _distinct(names: dict[int, str]) -> dict[int, str]:
    """Names by speaker; two people of one name get their speaker's index, so that they stay two."""
    shared = [name for name in names.values() if list(names.values()).count(name) > 1]
    return {
        speaker: f"{name} ({speaker})" if name in shared else name
        for speaker, name in names.items()
    }


def _read_seglst(file: Path, content: object) -> Spoken:
    try:
        entries = _SEGLST.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInputError(
            f"{file}: not SegLST (entry {where}: {first['msg']}); give {_FORMATS}"
        ) from error
    _check_one_session(file, (entry.session_id for entry in entries))
    return Spoken(tuple(_seglst_utterance(entry) for entry in entries))


def _seglst_utterance(entry: _SegLstEntry) -> Utterance:
    start, end = entry.start_time, entry.end_time
    is_word = start is not None and end is not None and len(entry.words.split()) == 1
    words = (TimedWord(entry.words.strip(), start, end),) if is_word else ()  # type: ignore[arg-type]  # is_word
    return Utterance(entry.speaker, entry.words, start, end, words)


def _read_lines(file: Path, text: str) -> Spoken:
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith(";;")]
    if not lines:
        raise BadInputError(f"{file}: empty; give {_FORMATS}")
    for pattern, has_text in ((_RTTM_LINE, False), (_STM_LINE, True)):
        if pattern.fullmatch(lines[0]):
            return _read_table(file, lines, pattern, has_text=has_text)
    if _TEXT_LINE.fullmatch(lines[0]):
        return _read_text(lines)
    raise BadInputError(f"{file}: no known format ({lines[0][:40]!r}); give {_FORMATS}")


def _read_table(
    file: Path, lines: list[str], pattern: re.Pattern[str], *, has_text: bool
) -> Spoken:
    utterances = []
    sessions = []
    for line in lines:
        match = pattern.fullmatch(line)
        if match is None:
            if line.split()[0].isupper() and not has_text:
                continue  # SPKR-INFO, NOSCORE and the like
            raise BadInputError(f"{file}: the line {line[:60]!r} is not like the first; mend it")
        fields = match.groupdict()
        if fields.get("text") in _UNSCORED:
            continue
        start = float(fields["start"])
        end = start + float(fields["duration"]) if "duration" in fields else float(fields["end"])
        utterances.append(Utterance(fields["speaker"], fields.get("text") or "", start, end))
        sessions.append(fields["session"])
    _check_one_session(file, sessions)
    return Spoken(tuple(utterances), has_text=has_text)


def _read_text(lines: list[str]) -> Spoken:
    """A line without a name goes on with what the one above says."""
    utterances: list[Utterance] = []
    for line in lines:
        match = _TEXT_LINE.fullmatch(line)
        if match is None:
            last = utterances.pop()
            utterances.append(Utterance(last.speaker, f"{last.text} {line}", last.start))
            continue
        start = None
        if match["minutes"]:
            hours = int(match["hours"] or 0)
            start = hours * 3600 + int(match["minutes"]) * 60 + float(match["seconds"])
        utterances.append(Utterance(match["speaker"].strip(), match["text"], start))
    return Spoken(tuple(utterances))


def _check_one_session(file: Path, sessions: Iterable[str]) -> None:
    several = sorted(set(sessions))
    if len(several) > 1:
        raise BadInputError(
            f"{file}: holds {len(several)} meetings ({', '.join(several[:3])}); give one at a time"
        )


def _in_order(spoken: Spoken) -> Spoken:
    starts = [each.start for each in spoken.utterances]
    if any(start is None for start in starts):
        return spoken
    ordered = sorted(spoken.utterances, key=lambda each: each.start or 0.0)
    return Spoken(tuple(ordered), spoken.language, spoken.has_text)
