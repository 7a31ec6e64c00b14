"""A person's name out of a file's name, as recorders and people write them.

Alice.webm, alice_smith.wav             Alice, Alice Smith: separators are blanks
Alice (2).webm, Alice-2, Alice_part2    Alice: a reconnect is the same person
Alice 2024-05-01 10-00.m4a              Alice: a date is no part of a name
1-alice_0.flac                          Alice: as Craig writes it, count, name, discriminator
audioAliceSmith21234567890.m4a          Alice Smith: as Zoom writes it, blanks left out
track3-bob.wav                          Bob: what precedes it only counts tracks
guest-1.wav, Room 2.wav                 Guest 1, Room 2: a role's number tells two apart
Speaker 1, mic-2, ZOOM0001_Tr3, a uuid  unknown: they count or name devices, not people
"""

import re

from multitrack_steps.sources.file_names import stem

__all__ = ["name_from_file"]

_DEVICE_WORDS = frozenset(
    {
        *("aud", "audio", "ch", "chan", "channel", "device", "file", "in", "input", "left", "line"),
        *("mic", "microphone", "mix", "mono", "no", "only", "out", "person", "rec", "recorded"),
        *("recording", "right", "sound", "spk", "speaker", "stereo", "stream", "take", "tr"),
        *("track", "trk", "tx", "unknown", "unnamed", "untitled", "user", "voice", "zoom"),
        *("attendee", "caller", "member", "new", "participant", "source", "vocal"),
    }
)
"""A name made of these and numbers alone counts tracks; it names nobody."""
_ROLES = frozenset(
    {
        *("camera", "cohost", "conference", "desk", "guest", "host", "laptop", "meeting", "office"),
        *("phone", "room", "table"),
    }
)
"""Here a number tells two apart, while after a person's name it counts reconnects."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ZOOM = re.compile(r"audio(?P<name>[^\W\d_a-z][^\d_]*)[0-9]{4,}")
_DATE = re.compile(r"[\s_.-]+\(?(19|20)[0-9]{2}[-_.]?[01][0-9][-_.]?[0-3][0-9](?![0-9]).*")
_LEADING_COUNT = re.compile(
    r"(?:(?:track|trk|tr|mic|channel|ch|speaker|audio)[\s_.-]*)?[0-9]{1,3}[\s_.-]+(?=[^\W\d_])",
    re.IGNORECASE,
)
_RECONNECT = re.compile(
    r"(?:[\s_.-]*\([0-9]{1,2}\)"
    r"|[\s_.-]+(?:part|pt|take|rejoin(?:ed)?|reconnect(?:ed)?|copy)[\s_.-]*[0-9]{0,2}"
    r"|[\s_.#-]+[0-9]{1,2}|[#_][0-9]{4})$",
    re.IGNORECASE,
)
_INNER_CAPITAL = re.compile(r"(?<=[^\W\d_A-Z]{2})(?=[^\W\d_a-z])")
"""Where a blank was lost: AliceSmith, but not McDonald."""


def name_from_file(file_name: str) -> str | None:
    """The person's name, or None where the file's name tells nobody's.

    Two files whose names differ only in what a reconnect adds give the same name.
    """
    text = stem(file_name).strip()
    if zoom := _ZOOM.fullmatch(text):
        return _readable(_INNER_CAPITAL.sub(" ", zoom["name"]))
    if _names_nobody(text):
        return None
    text = _LEADING_COUNT.sub("", _DATE.sub("", text), count=1)
    text = _without_reconnects(text)
    return None if _names_nobody(text) else _readable(text)


def _without_reconnects(text: str) -> str:
    while (shorter := _RECONNECT.sub("", text)) != text:
        if _ROLES.issuperset(_words(shorter)):
            return text
        text = shorter
    return text


def _names_nobody(text: str) -> bool:
    if _UUID.fullmatch(text):
        return True
    return _DEVICE_WORDS.issuperset(_words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _readable(text: str) -> str:
    all_lower = text == text.lower()
    separators = r"[\s_.+-]+" if all_lower else r"[\s_+]+"
    words = [word for word in re.split(separators, text) if word]
    return " ".join(word[0].upper() + word[1:] if word.islower() else word for word in words)
