"""Finding the JSON object in what a model wrote: behind thoughts, in fences, amid sentences."""

import json
import re
from collections.abc import Iterator

__all__ = ["json_objects", "without_reasoning"]

_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_END_OF_THOUGHTS = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_MOST_STARTS = 200
"""Braces tried as the beginning of an object; a model that writes more of them writes no answer."""


def without_reasoning(text: str) -> str:
    """The answer without `<think>…</think>` and its kin.

    Thoughts that never end leave nothing. Where only the closing tag is there, the opening one
    was in the model's prompt (DeepSeek-R1, Qwen3), and everything before it is thought.
    """
    text = _THOUGHTS.sub("", text)
    return _END_OF_THOUGHTS.split(text)[-1].strip()


def json_objects(text: str) -> Iterator[dict[str, object]]:
    """The outermost JSON objects in a text, in order: whatever stands around them is skipped."""
    decoder = json.JSONDecoder()
    position = text.find("{")
    for _ in range(_MOST_STARTS):
        if position < 0:
            return
        try:
            found, end = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            end = position + 1
        else:
            yield found
        position = text.find("{", end)
