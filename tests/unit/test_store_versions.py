"""All versions of objects, against a real S3 protocol on loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.s3 import FakeS3, running_s3
from tests.fakes.s3_faults import Rule, running_faulty_s3
from workflow_templates.runtime.errors import RefusedError
from workflow_templates.runtime.store import S3Address, S3Store
from workflow_templates.runtime.store_versions import (
    abort_uploads,
    delete_version,
    has_been_deleted,
    has_deleted_below,
    list_versions,
)


@pytest.fixture(scope="module")
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        yield server


@pytest.fixture
def store(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return S3Store.open()


def versioned(s3: FakeS3, bucket: str) -> None:
    s3.client.create_bucket(Bucket=bucket)
    s3.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def test_old_versions_and_delete_markers_are_found_and_go(s3: FakeS3, store: S3Store) -> None:
    versioned(s3, "history")
    for body in (b"one", b"two"):
        s3.client.put_object(Bucket="history", Key="room/a", Body=body)
    s3.client.put_object(Bucket="history", Key="room/b", Body=b"x")
    s3.client.put_object(Bucket="history", Key="other", Body=b"x")
    store.delete(S3Address("history", "room/a"))
    found = list_versions(store, S3Address("history", "room/"))
    assert [each.address.key for each in found] == ["room/a"] * 3 + ["room/b"]
    for each in found:
        delete_version(store, each)
    assert list_versions(store, S3Address("history", "room/")) == ()
    assert len(list_versions(store, S3Address("history"))) == 1


def test_a_bucket_without_versions_is_emptied_too(s3: FakeS3, store: S3Store) -> None:
    s3.put("plain", {"a": b"x"})
    for each in list_versions(store, S3Address("plain")):
        delete_version(store, each)
    assert not store.list(S3Address("plain")).objects


def test_a_server_that_knows_no_versions_is_listed_plainly(
    s3: FakeS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put("simple", {"a": b"x"})
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    with running_faulty_s3(s3.endpoint_url) as faulty:
        faulty.rules.append(Rule(lambda each: "versions" in each.target, 501, "NotImplemented"))
        store = S3Store.open(endpoint_url=faulty.url)
        [found] = list_versions(store, S3Address("simple"))
        assert (found.address.key, found.version) == ("a", None)
        delete_version(store, found)
        assert list_versions(store, S3Address("simple")) == ()


def test_a_lock_is_named_with_its_end(s3: FakeS3, store: S3Store) -> None:
    s3.client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    until = datetime.now(UTC) + timedelta(days=30)
    s3.client.put_object(
        Bucket="locked",
        Key="a",
        Body=b"x",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until,
    )
    [found] = list_versions(store, S3Address("locked"))
    with pytest.raises(RefusedError) as refused:
        delete_version(store, found)
    assert f"COMPLIANCE until {until:%Y-%m-%d}" in str(refused.value)
    assert "s3:BypassGovernanceRetention" in str(refused.value)


def test_unfinished_uploads_are_aborted(s3: FakeS3, store: S3Store) -> None:
    s3.client.create_bucket(Bucket="parts")
    for key in ("jobs/1/mix.mp3", "jobs/2/mix.mp3"):
        s3.client.create_multipart_upload(Bucket="parts", Key=key)
    assert abort_uploads(store, S3Address("parts", "jobs/1/")) == 1
    left = s3.client.list_multipart_uploads(Bucket="parts")["Uploads"]
    assert [upload["Key"] for upload in left] == ["jobs/2/mix.mp3"]


def test_a_missing_right_is_named(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.put("guarded", {"a": b"x"})
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    with running_faulty_s3(s3.endpoint_url) as faulty:
        faulty.rules.append(Rule(lambda each: each.method == "DELETE", 403, "AccessDenied"))
        store = S3Store.open(endpoint_url=faulty.url)
        [found] = list_versions(store, S3Address("guarded"))
        with pytest.raises(RefusedError, match="grant s3:DeleteObjectVersion on bucket 'guarded'"):
            delete_version(store, found)


def test_only_an_object_of_that_very_key_can_have_been_deleted(s3: FakeS3, store: S3Store) -> None:
    versioned(s3, "daily")
    for key in ("acme/1700", "acme/1700-ann"):
        s3.client.put_object(Bucket="daily", Key=key, Body=b"x")
    store.delete(S3Address("daily", "acme/1700-ann"))
    assert has_been_deleted(store, S3Address("daily", "acme/1700-ann"))
    assert not has_been_deleted(store, S3Address("daily", "acme/17"))
    store.delete(S3Address("daily", "acme/1700"))
    assert has_been_deleted(store, S3Address("daily", "acme/1700"))


def test_what_lies_there_or_deeper_is_not_deleted_below_a_prefix(
    s3: FakeS3, store: S3Store
) -> None:
    versioned(s3, "rooms")
    for key in ("acme/standup/Ann", "acme/standup/Ben", "acme/1700"):
        s3.client.put_object(Bucket="rooms", Key=key, Body=b"x")
    store.delete(S3Address("rooms", "acme/standup/Ann"))
    assert has_deleted_below(store, S3Address("rooms", "acme/standup/"))
    assert has_deleted_below(store, S3Address("rooms", "acme/standup"))
    assert not has_deleted_below(store, S3Address("rooms", "acme/"))
    assert not has_deleted_below(store, S3Address("rooms", "acme/17"))


def test_whoever_may_not_list_versions_takes_nothing_for_deleted(store: S3Store) -> None:
    assert not has_been_deleted(store, S3Address("no-such-bucket", "a"))
    assert not has_deleted_below(store, S3Address("no-such-bucket", "a/"))
