"""Specs that are refused, at apply or with a condition, each with a sentence."""

from typing import Any

import pytest

from tests.e2e.installation import Installation, a_manifest, condition

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

# One of these jobs denies consent: what lies below its prefix is deleted.
SOURCE = {"s3": {"prefix": "recordings/nobody/"}}
ONE_TRACK = {"tracks": [{"key": "recordings/nobody/Carol.webm", "name": "Carol"}]}


def test_a_source_that_is_not_there_is_named(installation: Installation) -> None:
    installation.apply("nowhere", {"source": {"s3": {"prefix": "no/such/prefix/"}}})
    job = installation.wait("nowhere", ".status.phase=Failed")
    succeeded = condition(job, "Succeeded")
    assert succeeded["reason"] == "SourceNotFound"
    assert f"s3://{installation.bucket}/no/such/prefix/" in succeeded["message"]


def test_an_unknown_profile_is_named_without_a_workflow(installation: Installation) -> None:
    installation.apply("odd", {"source": ONE_TRACK, "profile": "quantum"})
    job = installation.wait("odd", ".status.conditions[0].reason=UnknownProfile")
    assert "quantum" in condition(job, "WorkflowCreated")["message"]
    assert installation.workflows(job) == []


REFUSED = {
    "no source": ({"source": {}}, "name exactly one source"),
    "two sources": ({"source": {**SOURCE, **ONE_TRACK}}, "name exactly one source"),
    "a URL as prefix": ({"source": {"s3": {"prefix": "s3://b/p"}}}, "not a URL"),
    "a bucket as URL": ({"source": {"s3": {"bucket": "s3://b", "prefix": "p"}}}, "without s3://"),
    "a track without a name": ({"source": {"tracks": [{"key": "a/"}]}}, "names one object"),
    "a language in words": ({"source": SOURCE, "language": "EN"}, "ISO 639-1"),
    "names twice": (
        {"source": ONE_TRACK, "participants": [{"file": "a"}]},
        "give names and offsets in source.tracks",
    ),
    "terms in one": (
        {"source": SOURCE, "transcription": {"vocabulary": ["a,b"]}},
        "one term, without commas",
    ),
    "a receiver without TLS": (
        {"source": SOURCE, "delivery": {"webhook": {"url": "http://receiver.example/x"}}},
        "an https:// URL without user",
    ),
    "a password in an address": (
        {"source": SOURCE, "delivery": {"webhook": {"url": "https://me:pw@receiver.example/x"}}},
        "an https:// URL without user",
    ),
    "a secret of no receiver": (
        {"source": SOURCE, "delivery": {"webhook": {"secretRef": {"name": "hook"}}}},
        "secretRef goes with a url",
    ),
    "a secret of another namespace": (
        {
            "source": SOURCE,
            "delivery": {
                "webhook": {"url": "https://r.example/", "secretRef": {"name": "other/hook"}}
            },
        },
        "a Secret in the job's namespace",
    ),
    "a misspelt field": ({"source": SOURCE, "langauge": "en"}, 'unknown field "spec.langauge"'),
}


@pytest.mark.parametrize(("spec", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_spec_is_refused_with_a_sentence(
    installation: Installation, spec: dict[str, Any], sentence: str
) -> None:
    given = a_manifest("wrong", spec)
    assert sentence in installation.refusal("create", "--dry-run=server", "-f", "-", given=given)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"source": {"s3": {"prefix": "other/"}}}, "source cannot be changed"),
        ({"attempt": 1}, "attempt can only be raised"),
        ({"deliveryAttempt": 1}, "deliveryAttempt can only be raised"),
        ({"cancel": False}, "cancel cannot be taken back"),
        ({"consent": {"denied": False}}, "consent.denied cannot be taken back"),
        ({"consent": {"policy": "Keep"}}, "consent.denied cannot be taken back"),
    ],
)
def test_what_may_not_change_does_not(
    installation: Installation, change: dict[str, Any], sentence: str
) -> None:
    spec = {
        "source": SOURCE,
        "attempt": 2,
        "deliveryAttempt": 2,
        "cancel": True,
        "consent": {"denied": True},
    }
    installation.apply("fixed", spec)
    given = a_manifest("fixed", {**spec, **change})
    assert sentence in installation.refusal("apply", "-f", "-", given=given)
