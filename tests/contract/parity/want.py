"""What the legacy pipeline hands out for this meeting, written by hand from its description."""

from typing import Any

TEXT = """\
Alice: Shall we start?
Ben: Yes!
Alice: I think so.
Alice: And the
Ben: We release on Thursday.
Alice: budget is fine."""
"""`Name: text` lines. Alice's interrupted sentence is cut: each topic is written by itself."""

TEXT_TIMESTAMPED = """\
[00:01] Alice: Shall we start?
[00:02] Ben: Yes!
[00:04] Alice: I think so.
[63:00] Alice: And the
[83:45] Ben: We release on Thursday.
[83:51] Alice: budget is fine."""
"""`[MM:SS] Name: text`; minutes are not wrapped to hours."""

WEBVTT_NAMED = """\
WEBVTT

00:00:01.000 --> 00:00:04.000
<v Alice>Shall we start?

00:00:02.500 --> 00:00:03.000
<v Ben>Yes!

00:00:04.000 --> 00:00:07.000
<v Alice>I think so.

01:03:00.000 --> 01:03:02.000
<v Alice>And the

01:23:45.250 --> 01:23:49.250
<v Ben>We release on Thursday.

01:23:51.000 --> 01:23:54.000
<v Alice>budget is fine.
"""
"""HH:MM:SS.mmm; `<v Name>`."""

WEBVTT_OF_FIRST_TOPIC = """\
WEBVTT

00:00:01.000 --> 00:00:04.000
<v Speaker0>Shall we start?

00:00:02.500 --> 00:00:03.000
<v Speaker1>Yes!

00:00:04.000 --> 00:00:07.000
<v Speaker0>I think so.

01:03:00.000 --> 01:03:02.000
<v Speaker0>And the
"""

WEBVTT_OF_SECOND_TOPIC = """\
WEBVTT

01:23:45.250 --> 01:23:49.250
<v Speaker1>We release on Thursday.

01:23:51.000 --> 01:23:54.000
<v Speaker0>budget is fine.
"""

STORED_WEBVTT = WEBVTT_OF_FIRST_TOPIC + WEBVTT_OF_SECOND_TOPIC.removeprefix("WEBVTT\n")
"""As the row and the webhook carry it: `<v SpeakerN>`."""

ROWS: list[dict[str, Any]] = [
    {"speaker": 0, "speaker_name": "Alice", "text": "Shall we start?", "start": 1.0, "end": 4.0},
    {"speaker": 1, "speaker_name": "Ben", "text": "Yes!", "start": 2.5, "end": 3.0},
    {"speaker": 0, "speaker_name": "Alice", "text": "I think so.", "start": 4.0, "end": 7.0},
    {"speaker": 0, "speaker_name": "Alice", "text": "And the", "start": 3780.0, "end": 3782.0},
    {
        "speaker": 1,
        "speaker_name": "Ben",
        "text": "We release on Thursday.",
        "start": 5025.25,
        "end": 5029.25,
    },
    {
        "speaker": 0,
        "speaker_name": "Alice",
        "text": "budget is fine.",
        "start": 5031.0,
        "end": 5034,
    },
]
"""The format `json`: seconds."""

ACTION_ITEMS: dict[str, Any] = {
    "decisions": [
        {
            "decision": "Release on Thursday",
            "rationale": "Tests are done",
            "decided_by": "Ben",
            "decided_by_participant_id": "p1",
        }
    ],
    "next_steps": [
        {
            "task": "Check the budget",
            "assigned_to": "Alice",
            "assigned_to_participant_id": "p0",
            "deadline": "by Thursday",
            "context": "The release",
        }
    ],
}

FIRST_TOPIC: dict[str, Any] = {
    "id": "topic-0",
    "title": "The Start",
    "summary": "They begin.",
    "timestamp": 1.0,
    "duration": 3781.0,
    "transcript": "Shall we Yes! start? I think so. And the",
    "words": [
        {"text": " Shall", "start": 1.0, "end": 2.0, "speaker": 0},
        {"text": " we", "start": 2.0, "end": 3.0, "speaker": 0},
        {"text": " Yes!", "start": 2.5, "end": 3.0, "speaker": 1},
        {"text": " start?", "start": 3.0, "end": 4.0, "speaker": 0},
        {"text": " I", "start": 4.0, "end": 5.0, "speaker": 0},
        {"text": " think", "start": 5.0, "end": 6.0, "speaker": 0},
        {"text": " so.", "start": 6.0, "end": 7.0, "speaker": 0},
        {"text": " And", "start": 3780.0, "end": 3781.0, "speaker": 0},
        {"text": " the", "start": 3781.0, "end": 3782.0, "speaker": 0},
    ],
}
"""The event TOPIC. Each word keeps its own leading blank; times in seconds."""

SECOND_TOPIC: dict[str, Any] = {
    "id": "topic-8",
    "title": "The Release",
    "summary": "The release is set.",
    "timestamp": 5025.25,
    "duration": 8.75,
    "transcript": "We release on Thursday. budget is fine.",
    "words": [
        {"text": " We", "start": 5025.25, "end": 5026.25, "speaker": 1},
        {"text": " release", "start": 5026.25, "end": 5027.25, "speaker": 1},
        {"text": " on", "start": 5027.25, "end": 5028.25, "speaker": 1},
        {"text": " Thursday.", "start": 5028.25, "end": 5029.25, "speaker": 1},
        {"text": " budget", "start": 5031.0, "end": 5032.0, "speaker": 0},
        {"text": " is", "start": 5032.0, "end": 5033.0, "speaker": 0},
        {"text": " fine.", "start": 5033.0, "end": 5034.0, "speaker": 0},
    ],
}

LONG_SUMMARY = """\
# Quick recap

They start and set the release.

# Summary

**Release**

It is on Thursday.

# Participants

- Alice
- Ben
"""
"""Markdown: a bold heading for each subject."""

ZULIP = """\
# Multitrack – Weekly stand-up

**Date**: <time:2024-03-04T10:00:00+01:00>
**Link**: [meetings.example](https://meetings.example/transcripts/standup)
**Duration**: 1:25:00

```spoiler Summary
# Quick recap

They start and set the release.

# Summary

**Release**

It is on Thursday.

# Participants

- Alice
- Ben
```

```spoiler Topics
1. [00:01] The Start
2. [83:45] The Release
```

-----"""  # noqa: RUF001 - the legacy's dash
"""The heading names the product, which is ours; all else is the legacy's."""


def without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    """What is told beside fields that we add: the legacy ones have to be there and equal."""
    return {name: value for name, value in told.items() if name not in names}


def legacy_action_items(told: dict[str, Any]) -> dict[str, Any]:
    """Without `start`, which we add to every entry."""
    return {kind: [without(each, "start") for each in entries] for kind, entries in told.items()}
