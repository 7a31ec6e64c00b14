"""RecordingJob: what the definition promises, and that the examples keep to it."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from multitrack.api.crd import custom_resource_definition
from multitrack.api.reasons import ConditionStatus, ConditionType, Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Condition, RecordingJobStatus
from multitrack.controller.request import job_workflow
from multitrack.controller.settings import Storage
from tests.unit.controller.builders import NOW, UID, a_job
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.runtime.daily.address import DailyAddress
from workflow_templates.runtime.errors import SettingsError

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.yaml"))
SCHEMA: dict[str, Any] = custom_resource_definition()["spec"]["versions"][0]["schema"][
    "openAPIV3Schema"
]


def parts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    below = [
        *schema.get("properties", {}).values(),
        *([schema["items"]] if "items" in schema else []),
    ]
    return [schema, *(part for child in below for part in parts(child))]


def test_every_part_has_a_type_and_nothing_that_kubernetes_forbids() -> None:
    for part in parts(SCHEMA):
        assert "type" in part
        assert not {"$ref", "anyOf", "const", "title", "additionalProperties"} & part.keys()


def test_every_field_of_spec_and_status_is_described() -> None:
    for name in ("spec", "status"):
        for part in parts(SCHEMA["properties"][name]):
            if part["type"] == "object":
                fields = part["properties"]
                assert [field for field in fields if "description" not in fields[field]] == []


def test_every_check_of_the_server_has_a_sentence() -> None:
    rules = [rule for part in parts(SCHEMA) for rule in part.get("x-kubernetes-validations", [])]
    assert len(rules) >= 10
    for rule in rules:
        assert len(rule["message"].split()) >= 4


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_examples_are_valid_and_can_be_rendered(file: Path) -> None:
    body = yaml.safe_load(file.read_text(encoding="utf-8"))
    jsonschema.validate(body, SCHEMA)
    body["metadata"] |= {
        "namespace": "meetings",
        "uid": UID,
        "generation": 1,
        "resourceVersion": "1",
        "creationTimestamp": "2026-03-14T12:00:00Z",
    }
    job = RecordingJob.from_body(body)
    workflow = job_workflow(job, 1, InstallSettings(), Storage(bucket="recordings"))
    assert workflow["metadata"]["name"] == f"{job.name}-{UID[:8]}-1"
    assert workflow["metadata"]["ownerReferences"][0]["uid"] == UID


def test_tracks_become_addresses_and_participants() -> None:
    job = a_job(
        source={
            "tracks": [{"key": "a/x.webm", "name": "Zoë"}, {"bucket": "other", "key": "y.webm"}]
        }
    )
    workflow = job_workflow(job, 3, InstallSettings(), Storage(bucket="recordings"))
    given = {each["name"]: each["value"] for each in workflow["spec"]["arguments"]["parameters"]}
    assert yaml.safe_load(given["source"]) == ["s3://recordings/a/x.webm", "s3://other/y.webm"]
    assert yaml.safe_load(given["participants"]) == [{"file": "a/x.webm", "name": "Zoë"}]


def test_a_daily_recording_becomes_an_address_with_what_is_known_of_it() -> None:
    daily = {"recordingId": "0a20567c", "roomName": "stand up", "meetingSessionId": "7f-1"}
    cases: list[tuple[dict[str, str], str]] = [
        ({"recordingId": "0a20567c"}, "daily:0a20567c"),
        (daily, "daily:0a20567c?room=stand%20up&session=7f-1"),
    ]
    for source, address in cases:
        job = a_job(source={"daily": source})
        workflow = job_workflow(job, 1, InstallSettings(), Storage(bucket="recordings"))
        given = {
            each["name"]: each["value"] for each in workflow["spec"]["arguments"]["parameters"]
        }
        assert yaml.safe_load(given["source"]) == [address]
        assert DailyAddress.parse(address) == DailyAddress(
            source["recordingId"],
            source.get("roomName", ""),
            source.get("meetingSessionId", ""),
        )


@pytest.mark.parametrize(
    "text", ["daily:", "daily:a/b", "s3://a/b", "daily:a?file=b", "daily:a?session=/", "daily:-a"]
)
def test_what_is_no_daily_address_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SettingsError, match="write daily: and the recording's id"):
        DailyAddress.parse(text)


def test_status_survives_the_way_to_the_server_and_back() -> None:
    condition = Condition(
        type=ConditionType.SUCCEEDED,
        status=ConditionStatus.UNKNOWN,
        reason="Running",
        message="pad-track goes on",
        last_transition_time=NOW,
    )
    status = RecordingJobStatus(phase=Phase.RUNNING, conditions=(condition,), start_time=NOW)
    jsonschema.validate({"spec": {"source": {}}, "status": status.to_body()}, SCHEMA)
    assert RecordingJobStatus.model_validate(status.to_body()) == status


ASKED = {
    "nothing: the installation's default": ({}, {}),
    "Always, three voices": (
        {"diarization": "Always", "voices": "3"},
        {"diarization": "always", "voices": "3"},
    ),
    "Never": ({"diarization": "Never"}, {"diarization": "never"}),
}


@pytest.mark.parametrize(("spec", "want"), ASKED.values(), ids=ASKED)
def test_diarization_is_asked_for_in_the_spec(spec: dict[str, Any], want: dict[str, str]) -> None:
    job = a_job(**spec)
    workflow = job_workflow(job, 1, InstallSettings(), Storage(bucket="recordings"))
    told = {one["name"]: one["value"] for one in workflow["spec"]["arguments"]["parameters"]}
    assert {name: told[name] for name in ("diarization", "voices") if name in told} == want
