"""The answers that the model is asked for, one pydantic model a question.

Their JSON schemas go to the endpoint, and what comes back is validated against them: everything
has a longest length, for small models run on and a meeting may try to make a model do so. Models
fill in the fields in this order, so what a thing is comes before where it was said.
"""

from types import GenericAlias
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from multitrack_steps.language.llm.fields import (
    Heading,
    Markdown,
    MaybeDetail,
    MaybeName,
    Number,
    Recap,
    Sentence,
    Task,
    bare_number,
)

__all__ = [
    "ActionItemsAnswer",
    "BordersAnswer",
    "DecisionAnswer",
    "NextStepAnswer",
    "RecapAnswer",
    "SubjectAnswer",
    "SubjectsAnswer",
    "TextAnswer",
    "TitleAnswer",
    "TopicAnswer",
    "TopicsAnswer",
    "action_items_answer",
    "borders_answer",
    "subjects_answer",
    "topics_answer",
]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TopicAnswer(_Answer):
    """One topic."""

    title: Heading
    segment: Number
    """Number of the segment it begins at."""
    summary: Sentence


class TopicsAnswer(_Answer):
    """The topics of a stretch."""

    topics: tuple[TopicAnswer, ...]


class BordersAnswer(_Answer):
    """The borders at which a topic was cut in two."""

    continued: tuple[int, ...] = ()


class TitleAnswer(_Answer):
    """The meeting's title."""

    title: Heading


class SubjectAnswer(_Answer):
    """One subject of the summary."""

    heading: Heading
    topics: tuple[int, ...]
    """Numbers of its topics."""


class SubjectsAnswer(_Answer):
    """The subjects of the summary."""

    subjects: tuple[SubjectAnswer, ...]


class TextAnswer(_Answer):
    """Notes, or the text on one subject."""

    text: Markdown


class RecapAnswer(_Answer):
    """The meeting in one paragraph."""

    recap: Recap


class DecisionAnswer(_Answer):
    """Something that was settled."""

    decision: Task
    segment: Number
    decided_by: MaybeName = None
    rationale: MaybeDetail = None


class NextStepAnswer(_Answer):
    """Something that somebody will do."""

    task: Task
    segment: Number
    assigned_to: MaybeName = None
    deadline: MaybeDetail = None
    context: MaybeDetail = None


class ActionItemsAnswer(_Answer):
    """Decisions and next steps of a stretch."""

    next_steps: tuple[NextStepAnswer, ...]
    decisions: tuple[DecisionAnswer, ...]


_MOST_ITEMS = 20
"""Decisions, and next steps, of one stretch; a stretch has at most some 25 minutes."""


def topics_answer(segments: range, most: int) -> type[TopicsAnswer]:
    """`TopicsAnswer` with 1 to `most` topics that begin at one of the segments."""
    topic = create_model("Topic", __base__=TopicAnswer, segment=_within(segments))
    return create_model("Topics", __base__=TopicsAnswer, topics=_some(topic, 1, most))


def borders_answer(borders: int) -> type[BordersAnswer]:
    """`BordersAnswer` about the borders numbered 1 to `borders`."""
    border = Annotated[int, Field(ge=1, le=borders)]
    return create_model("Borders", __base__=BordersAnswer, continued=_some(border, 0, borders))


def subjects_answer(topics: int, most: int) -> type[SubjectsAnswer]:
    """`SubjectsAnswer` with 1 to `most` subjects that refer to topics numbered 1 to `topics`."""
    number = Annotated[int, Field(ge=1, le=topics)]
    subject = create_model("Subject", __base__=SubjectAnswer, topics=_some(number, 1, topics))
    return create_model("Subjects", __base__=SubjectsAnswer, subjects=_some(subject, 1, most))


def action_items_answer(segments: range) -> type[ActionItemsAnswer]:
    """`ActionItemsAnswer` whose items were said in one of the segments."""
    decision = create_model("Decision", __base__=DecisionAnswer, segment=_within(segments))
    next_step = create_model("NextStep", __base__=NextStepAnswer, segment=_within(segments))
    return create_model(
        "ActionItems",
        __base__=ActionItemsAnswer,
        next_steps=_some(next_step, 0, _MOST_ITEMS),
        decisions=_some(decision, 0, _MOST_ITEMS),
    )


def _within(segments: range) -> Any:  # noqa: ANN401 - a type that is only known at run time
    bounds = Field(ge=segments.start, le=segments.stop - 1)
    return Annotated[int, bounds, BeforeValidator(bare_number)]


def _some(kind: object, least: int, most: int) -> Any:  # noqa: ANN401 - as above
    items = GenericAlias(tuple, (kind, ...))
    return Annotated[items, Field(min_length=least, max_length=most)]
