"""Reading what a model wrote, and writing what an endpoint is asked for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from multitrack_steps.language.llm.answer import json_objects, without_reasoning
from multitrack_steps.language.llm.answers import (
    RecapAnswer,
    TextAnswer,
    TitleAnswer,
    action_items_answer,
    borders_answer,
    subjects_answer,
    topics_answer,
)
from multitrack_steps.language.llm.schema import schema_of
from multitrack_steps.language.llm.words import first_sentences, first_words

THOUGHTS = {
    "no thoughts": ("answer", "answer"),
    "thoughts before": ("<think>\nhm\n</think>\n\nanswer", "answer"),
    "several thoughts": ("<think>a</think>an<reasoning>b</reasoning>swer", "answer"),
    "only the closing tag": ("hm\n</think>answer", "answer"),
    "thoughts that never end": ("<THINK>hm, answer", ""),
    "a tag within a word stays": ("a < thinker", "a < thinker"),
}


@pytest.mark.parametrize(("text", "want"), THOUGHTS.values(), ids=THOUGHTS)
def test_thoughts_are_dropped(text: str, want: str) -> None:
    assert without_reasoning(text) == want


OBJECTS: dict[str, tuple[str, list[object]]] = {
    "nothing": ("no braces", []),
    "one object": ('{"a": 1}', [{"a": 1}]),
    "a fence": ('```json\n{"a": {"b": 2}}\n```', [{"a": {"b": 2}}]),
    "a brace in prose first": ('Set {x}: {"a": 1}', [{"a": 1}]),
    "two objects": ('{"a": 1} or {"a": 2}', [{"a": 1}, {"a": 2}]),
    "a brace in a string": ('{"a": "}{"}', [{"a": "}{"}]),
    "cut off": ('{"a": "b', []),
    "deeper than Python recurses": ('{"a":' * 100_000, []),
}


@pytest.mark.parametrize(("text", "want"), OBJECTS.values(), ids=OBJECTS)
def test_objects_are_found(text: str, want: list[object]) -> None:
    assert list(json_objects(text)) == want


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.text("abc \n.!"))
def test_object_is_found_in_any_prose(found: dict[str, object], prose: str) -> None:
    assert list(json_objects(f"{prose}{json.dumps(found)}{prose}")) == [found]


def strings_and_arrays(schema: object) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for part in schema for found in strings_and_arrays(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") in ("string", "array", "integer") else []
    return [*own, *(found for part in schema.values() for found in strings_and_arrays(part))]


ASKED = {
    "topics": topics_answer(range(5, 9), 4),
    "borders": borders_answer(3),
    "subjects": subjects_answer(7, 4),
    "action items": action_items_answer(range(5, 9)),
    "title": TitleAnswer,
    "text": TextAnswer,
    "recap": RecapAnswer,
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_schema_bounds_everything(asked: type[TitleAnswer]) -> None:
    bound = {"string": "maxLength", "array": "maxItems", "integer": "maximum"}
    found = strings_and_arrays(schema_of(asked, bounded=True))
    assert found
    assert [part for part in found if bound[part["type"]] not in part] == []


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_schema_for_strict_endpoints_has_no_bounds_and_requires_all(
    asked: type[TitleAnswer],
) -> None:
    schema = schema_of(asked, bounded=False)
    text = json.dumps(schema)
    assert "maxLength" not in text
    assert "maxItems" not in text
    assert "default" not in text
    assert text.count('"additionalProperties": false') == text.count('"properties"')


def test_schema_keeps_a_property_called_title() -> None:
    assert schema_of(TitleAnswer, bounded=False) == {
        "type": "object",
        "properties": {"title": {"type": "string"}},
        "required": ["title"],
        "additionalProperties": False,
    }


TITLES = {
    "plain": ("Choice of supplier", "Choice of supplier"),
    "quoted, with a stop": ('"Choice of supplier."', "Choice of supplier"),
    "Markdown": ("## **Choice of supplier**", "Choice of supplier"),
    "several lines": ("Choice\nof  supplier", "Choice of supplier"),
    "hidden direction marks": ("Choice of \u202esupplier\u0000", "Choice of supplier"),
    "ideographs": ("予算", "予算"),
}


@pytest.mark.parametrize(("written", "want"), TITLES.values(), ids=TITLES)
def test_titles_are_cleaned(written: str, want: str) -> None:
    assert TitleAnswer(title=written).title == want


@pytest.mark.parametrize("written", ["", "   ", "...", "12 / 34", "x" * 121, "\u200b\u200b"])
def test_titles_that_say_nothing_are_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        TitleAnswer(title=written)


def test_segment_in_brackets_is_a_number() -> None:
    topic = {"segment": "[7]", "title": "Budget", "summary": "They spoke about it."}
    answer = topics_answer(range(5, 9), 4).model_validate({"topics": [topic]})
    assert answer.topics[0].segment == 7


SENTENCES = {
    "short": ("One. Two.", 2, "One. Two."),
    "long": ("One. Two! Three? Four.", 2, "One. Two!"),
    "figures": ("It costs 3.5 dollars. Fine. Good.", 2, "It costs 3.5 dollars. Fine."),
    "ideographic stops": ("一つ。二つ。三つ。", 2, "一つ。 二つ。"),
    "no stop": ("One", 2, "One"),
}


@pytest.mark.parametrize(("text", "most", "want"), SENTENCES.values(), ids=SENTENCES)
def test_first_sentences(text: str, most: int, want: str) -> None:
    assert first_sentences(text, most) == want


def test_nothing_dangles_where_a_title_is_cut() -> None:
    assert first_words("Release, hiring, budget - and more", 3) == "Release, hiring, budget"
    assert first_words("Release, hiring", 3) == "Release, hiring"
