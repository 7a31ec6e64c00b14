"""A meeting, and a server to ask about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from multitrack_steps.language.llm.backend import OpenAIBackend
from multitrack_steps.language.llm.endpoint import Endpoint
from multitrack_steps.language.llm.patience import Patience
from tests.fakes.llm import FakeLanguageModel, fake_language_model
from tests.fakes.meetings import a_transcript
from workflow_templates.catalog import DETECT_TOPICS
from workflow_templates.contracts.transcript import Transcript


@pytest.fixture(scope="session")
def meeting(sample: Path) -> Transcript:
    """The sample meeting as it was said, 33 segments."""
    spoken = json.loads((sample / "ref.seglst.json").read_text(encoding="utf-8"))
    spoken.sort(key=lambda line: line["start_time"])
    return a_transcript(
        [(line["speaker"], line["words"], line["start_time"], line["end_time"]) for line in spoken]
    )


@pytest.fixture
def language_model() -> Iterator[FakeLanguageModel]:
    with fake_language_model() as model:
        yield model


class MakeBackend(Protocol):
    def __call__(
        self,
        *,
        patience: Patience = ...,
        context_tokens: int = ...,
        requests_per_second: float = ...,
        concurrency: int = ...,
        timeout: float = ...,
        api_key: str = ...,
    ) -> OpenAIBackend: ...


@pytest.fixture
def make_backend(language_model: FakeLanguageModel) -> MakeBackend:
    """A backend that asks the fake and does not wait long between tries."""

    def make(
        *,
        patience: Patience = Patience(first_delay=0.01),  # noqa: B008 - frozen
        context_tokens: int = 16384,
        requests_per_second: float = 1000.0,
        concurrency: int = 8,
        timeout: float = 10.0,
        api_key: str = "none",
    ) -> OpenAIBackend:
        endpoint = Endpoint(
            language_model.base_url,
            "some-model",
            context_tokens,
            requests_per_second,
            concurrency,
            timeout,
            api_key,
        )
        return OpenAIBackend(endpoint, DETECT_TOPICS.resources, patience=patience)

    return make
