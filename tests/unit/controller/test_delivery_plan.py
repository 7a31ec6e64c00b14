"""Whom a job tells, and what its delivery's Workflow is told."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from multitrack.controller.delivery_plan import delivery_arguments, plan_delivery
from multitrack.controller.delivery_settings import DeliverySettings
from multitrack.controller.request import errand_workflow
from tests.unit.controller.builders import SETTINGS, UID, a_job
from workflow_templates.argo.settings import InstallSettings, SecretKey

INSTALLED = DeliverySettings.model_validate(
    {
        "zulip": {
            "url": "https://zulip.example",
            "botEmail": "bot@zulip.example",
            "stream": "meetings",
        },
        "webhook": {"url": "https://receiver.example/all", "signed": True},
        "link": "https://meetings.example/#/jobs/{namespace}/{name}",
        "allowedPrivateNetworks": ["10.20.0.0/16", "fd00::/8"],
    }
)
OWN = "https://crm.example/hook"
DAILY = {"source": {"daily": {"recordingId": "r-1", "roomName": "design"}}}

ARGUMENTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "the installation's own targets": (
        {},
        {
            "zulip": "true",
            "webhook": "true",
            "zulip-stream": "meetings",
            "zulip-topic": "standup",
            "webhook-url": "https://receiver.example/all",
            "webhook-signed": "true",
            "webhook-allowed-private": "10.20.0.0/16, fd00::/8",
            "delivery-id": f"{UID}/3",
            "transcript-id": "standup",
            "link": "https://meetings.example/#/jobs/meetings/standup",
            "created-at": "2026-03-14T11:55:00+00:00",
        },
    ),
    "the topic is the title where no room is known": (
        {"title": "Release"},
        {"zulip-topic": "Release"},
    ),
    "the topic is Daily's room": ({**DAILY, "title": "Release"}, {"zulip-topic": "design"}),
    "a topic of the job's own": (
        {"delivery": {"zulip": {"stream": "design", "topic": "{name}"}}},
        {"zulip-stream": "design", "zulip-topic": "{name}"},
    ),
    "a receiver of the job's own never gets what the installation's secret has signed": (
        {"delivery": {"webhook": {"url": OWN}}},
        {"webhook-url": OWN, "webhook-signed": "false"},
    ),
    "a receiver with a Secret": (
        {"delivery": {"webhook": {"url": OWN, "secretRef": {"name": "crm", "key": "hmac"}}}},
        {
            "webhook-url": OWN,
            "webhook-signed": "true",
            "webhook-secret-name": "crm",
            "webhook-secret-key": "hmac",
        },
    ),
    "one of them switched off": (
        {"delivery": {"zulip": {"enabled": False}}},
        {"zulip": "false", "webhook": "true"},
    ),
}


@pytest.mark.parametrize(("spec", "want"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_a_deliverys_workflow_is_told(spec: dict[str, Any], want: dict[str, str]) -> None:
    told = delivery_arguments(a_job(**spec), 3, INSTALLED)
    assert {name: told[name] for name in want} == want


def test_a_secret_is_referred_to_by_name_and_the_installations_is_the_default() -> None:
    hook = SecretKey(name="receiver", key="hmac", optional=True)
    profile = InstallSettings(secrets={"MULTITRACK_WEBHOOK_SECRET": hook})
    own = {"webhook": {"url": OWN, "secretRef": {"name": "crm"}}}
    settings = SETTINGS.model_copy(update={"delivery": INSTALLED})
    for job, want in ((a_job(), None), (a_job(delivery=own), "crm")):
        manifest = errand_workflow(job, "deliver-results", 1, profile, settings)
        given = {each["name"]: each for each in manifest["spec"]["arguments"]["parameters"]}
        assert given.get("webhook-secret-name", {}).get("value") == want


def test_who_is_asked_for_and_cannot_be_told_is_said() -> None:
    nothing = DeliverySettings()
    plan = plan_delivery(a_job(delivery={"zulip": {"stream": "design"}}), nothing)
    assert plan.targets == ()
    assert "knows no Zulip realm" in plan.impossible["zulip"]
    assert plan_delivery(a_job(), nothing).impossible == {}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"link": "https://m.example/{job}"}, "{job} has no value here"),
        ({"zulip": {"topic": "{date}"}}, "{date} has no value here"),
        ({"allowedPrivateNetworks": ["10.0.0.1/8"]}, "write networks such as"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        DeliverySettings.model_validate(wrong)
