"""A meeting in one file: its voices are told apart on the cluster, and its words go to them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.evaluation import cp_word_error_rate
from tests.e2e.installation import Installation
from tests.e2e.specs import a_short_job
from tests.unit.speech.recordings import mixed, write_flac

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

MOST_ERRORS = 0.13
"""cpWER with tiny.en; 5.6 % of the words are lost even where the turns are known."""


@pytest.fixture(scope="module")
def finished(
    installation: Installation, sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The sample's meeting as one microphone heard it, processed."""
    file = write_flac(tmp_path_factory.mktemp("room") / "Room.flac", mixed(sample))
    installation.upload(file, prefix="recordings/room/")
    spec = a_short_job({"key": "recordings/room/Room.flac"}, diarization="Auto")
    installation.apply("room", spec)
    return installation.wait("room", ".status.phase=Succeeded", seconds=600)


def test_voices_are_told_apart_on_the_gpu_node(
    installation: Installation, finished: dict[str, Any]
) -> None:
    (step,) = [each for each in finished["status"]["steps"] if each["name"] == "diarize-track"]
    assert (step["phase"], step["done"], step["total"]) == ("Succeeded", 1, 1)
    (pod,) = [
        node
        for node in installation.workflow("room")["status"]["nodes"].values()
        if node["type"] == "Pod" and node["templateName"] == "diarize-track"
    ]
    assert pod["hostNodeName"] in installation.gpu_nodes()


def test_words_go_to_who_said_them(
    installation: Installation, finished: dict[str, Any], sample: Path, tmp_path: Path
) -> None:
    name = finished["metadata"]["name"]
    endpoint = str(installation.s3.meta.endpoint_url)
    installation.multitrack("fetch", name, "-o", str(tmp_path), "--s3-endpoint-url", endpoint)
    transcript = tmp_path / "transcript.json"
    assert cp_word_error_rate(transcript, sample / "ref.seglst.json") <= MOST_ERRORS
    assert len(json.loads(transcript.read_text(encoding="utf-8"))["participants"]) == 4
