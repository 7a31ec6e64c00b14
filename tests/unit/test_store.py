"""The S3 store against a real S3 protocol on loopback."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from botocore import exceptions as botocore_errors
from botocore.exceptions import ClientError
from s3transfer.exceptions import RetriesExceededError

from tests.fakes.s3 import FakeS3, running_s3
from workflow_templates.runtime.errors import (
    MultitrackError,
    RefusedError,
    SettingsError,
    TemporaryError,
)
from workflow_templates.runtime.store import S3Address, S3Store
from workflow_templates.runtime.store_errors import BucketMissingError, ObjectMissingError, as_ours


@pytest.fixture(scope="module")
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        yield server


@pytest.fixture
def store(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    return opened(s3, monkeypatch)


def opened(server: FakeS3, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return S3Store.open()


def test_a_listing_reads_every_page_and_is_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_s3(page=3) as s3:
        s3.put("paged", {f"room/{index:02}": b"x" for index in range(10)} | {"other/1": b"x"})
        assert s3.client.list_objects_v2(Bucket="paged")["IsTruncated"]
        listing = opened(s3, monkeypatch).list(S3Address("paged", "room/"))
    keys = [found.address.key for found in listing.objects]
    assert keys == [f"room/{index:02}" for index in range(10)]


def test_a_listing_that_does_not_descend_names_the_folders(s3: FakeS3, store: S3Store) -> None:
    s3.put("deep", {"a/1": b"x", "a/b/2": b"x", "a/c/3": b"x"})
    listing = store.list(S3Address("deep", "a/"), descend=False)
    assert [found.address.key for found in listing.objects] == ["a/1"]
    assert listing.folders == ("a/b/", "a/c/")


def test_head_says_size_etag_and_version(s3: FakeS3, store: S3Store) -> None:
    s3.client.create_bucket(Bucket="versioned")
    s3.client.put_bucket_versioning(
        Bucket="versioned", VersioningConfiguration={"Status": "Enabled"}
    )
    first = s3.client.put_object(Bucket="versioned", Key="k", Body=b"first")["VersionId"]
    second = s3.client.put_object(Bucket="versioned", Key="k", Body=b"second!")["VersionId"]
    address = S3Address("versioned", "k")
    assert (store.head(address).size, store.head(address).version) == (7, second)
    assert store.head(address, first).size == 5
    assert store.head(address).etag.isalnum()
    assert store.read(address, first) == b"first"


def test_a_large_file_survives_upload_copy_and_download(
    s3: FakeS3, store: S3Store, tmp_path: Path
) -> None:
    s3.put("large", {})
    body = bytes(range(256)) * (9 << 12)  # 9 MiB: more than one part
    (tmp_path / "original").write_bytes(body)
    store.upload(tmp_path / "original", S3Address("large", "one"), content_type="audio/flac")
    store.copy(S3Address("large", "one"), S3Address("large", "two"))
    store.download(S3Address("large", "two"), tmp_path / "below" / "copy")
    assert (tmp_path / "below" / "copy").read_bytes() == body
    assert s3.client.head_object(Bucket="large", Key="one")["ContentType"] == "audio/flac"


def test_an_old_version_can_be_copied_and_deleted(s3: FakeS3, store: S3Store) -> None:
    s3.client.create_bucket(Bucket="history")
    s3.client.put_bucket_versioning(Bucket="history", VersioningConfiguration={"Status": "Enabled"})
    old = s3.client.put_object(Bucket="history", Key="k", Body=b"old")["VersionId"]
    s3.client.put_object(Bucket="history", Key="k", Body=b"new")
    store.copy(S3Address("history", "k"), S3Address("history", "saved"), old)
    assert store.read(S3Address("history", "saved")) == b"old"
    store.delete(S3Address("history", "k"), old)
    with pytest.raises(RefusedError):
        store.read(S3Address("history", "k"), old)
    assert store.read(S3Address("history", "k")) == b"new"


def test_an_empty_object_downloads_as_an_empty_file(
    s3: FakeS3, store: S3Store, tmp_path: Path
) -> None:
    s3.put("empty", {"nothing": b""})
    store.download(S3Address("empty", "nothing"), tmp_path / "nothing")
    assert (tmp_path / "nothing").read_bytes() == b""


def test_a_failed_download_leaves_the_earlier_file_and_no_fragment(
    s3: FakeS3, store: S3Store, tmp_path: Path
) -> None:
    s3.put("failing", {})
    file = tmp_path / "kept"
    file.write_bytes(b"earlier")
    with pytest.raises(RefusedError, match=r"s3://failing/absent: there is no such object"):
        store.download(S3Address("failing", "absent"), file)
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept"]
    assert file.read_bytes() == b"earlier"


def test_an_unknown_bucket_is_refused_by_name(store: S3Store) -> None:
    with pytest.raises(RefusedError, match=r"s3://nowhere/room: there is no such bucket"):
        store.list(S3Address("nowhere", "room"))


def test_a_missing_object_is_deleted_without_complaint(s3: FakeS3, store: S3Store) -> None:
    s3.put("tidy", {})
    store.delete(S3Address("tidy", "absent"))


def test_a_server_that_is_away_is_temporary(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    for name, value in {**s3.environment, "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    away = S3Store.open(endpoint_url=f"http://127.0.0.1:{port}")
    with pytest.raises(TemporaryError, match=r"s3://b/k: cannot list it now .*try again later"):
        away.list(S3Address("b", "k"))


def test_no_credentials_are_refused_with_what_to_set(
    s3: FakeS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(RefusedError, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        S3Store.open().list(S3Address("b"))


def test_a_malformed_endpoint_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match="check endpoint and profile"):
        S3Store.open(endpoint_url="not a URL")


def test_a_malformed_bucket_name_is_a_wrong_setting(store: S3Store) -> None:
    with pytest.raises(SettingsError, match="My Bucket"):
        store.list(S3Address("My Bucket", "x"))


ADDRESSES = {
    "bucket and prefix": ("s3://b/room/x", S3Address("b", "room/x")),
    "bucket alone": ("s3://b", S3Address("b", "")),
    "bucket with a slash": ("s3://b/", S3Address("b", "")),
}


@pytest.mark.parametrize(("text", "want"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses_are_read(text: str, want: S3Address) -> None:
    assert S3Address.parse(text) == want


@pytest.mark.parametrize("text", ["s3://", "s3:///key", "https://b/k", "b/k"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="write s3://bucket/prefix"):
        S3Address.parse(text)


@dataclass(frozen=True, slots=True)
class Case:
    error: Exception
    want: type[MultitrackError]
    want_words: str


def an_answer(code: str, status: int) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": "Said the server."},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        "GetObject",
    )


CASES = {
    "a missing key is final": Case(
        an_answer("NoSuchKey", 404), ObjectMissingError, "no such object"
    ),
    "a missing key of a HEAD request": Case(
        an_answer("404", 404), ObjectMissingError, "no such object"
    ),
    "a missing bucket": Case(an_answer("NoSuchBucket", 404), BucketMissingError, "no such bucket"),
    "a missing right is named": Case(
        an_answer("AccessDenied", 403), RefusedError, "grant s3:GetObject on bucket 'b'"
    ),
    "a HEAD request forbidden": Case(an_answer("403", 403), RefusedError, "grant s3:GetObject"),
    "an unknown access key": Case(an_answer("InvalidAccessKeyId", 403), RefusedError, "renew"),
    "a wrong secret": Case(an_answer("SignatureDoesNotMatch", 403), RefusedError, "renew"),
    "an expired session": Case(an_answer("ExpiredToken", 400), RefusedError, "renew"),
    "another region": Case(an_answer("PermanentRedirect", 301), RefusedError, "AWS_REGION"),
    "an archived object": Case(an_answer("InvalidObjectState", 403), RefusedError, "restore it"),
    "any other refusal": Case(an_answer("EntityTooLarge", 413), RefusedError, "EntityTooLarge"),
    "throttling passes": Case(an_answer("SlowDown", 503), TemporaryError, "SlowDown"),
    "too many requests pass": Case(an_answer("Other", 429), TemporaryError, "try again"),
    "a slow request passes": Case(an_answer("RequestTimeout", 400), TemporaryError, "try again"),
    "an internal error passes": Case(an_answer("InternalError", 500), TemporaryError, "again"),
    "an object that changes": Case(an_answer("PreconditionFailed", 412), TemporaryError, "again"),
    "no connection": Case(
        botocore_errors.EndpointConnectionError(endpoint_url="http://x"), TemporaryError, "http://x"
    ),
    "a read that times out": Case(
        botocore_errors.ReadTimeoutError(endpoint_url="http://x"), TemporaryError, "http://x"
    ),
    "a transfer that gives up": Case(
        RetriesExceededError(OSError("cut off")), TemporaryError, "cut off"
    ),
    "half a credential": Case(
        botocore_errors.PartialCredentialsError(provider="env", cred_var="SECRET"),
        RefusedError,
        "no S3 credentials",
    ),
    "a missing profile": Case(
        botocore_errors.ProfileNotFound(profile="work"), SettingsError, "work"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_foreign_error_says_whether_trying_again_helps(case: Case) -> None:
    ours = as_ours(case.error, doing="read", bucket="b", key="k", right="s3:GetObject")
    assert type(ours) is case.want
    assert case.want_words in str(ours)
    assert str(ours).startswith("s3://b/k: ")


def test_a_written_object_is_streamed_in_pieces_and_in_part(s3: FakeS3, store: S3Store) -> None:
    s3.put("pieces", {})
    address = S3Address("pieces", "k")
    body = bytes(range(256)) * 1000
    store.write(address, body, content_type="audio/mpeg")
    pieces = list(store.stream(address))
    assert b"".join(pieces) == body
    assert len(pieces) > 1
    assert b"".join(store.stream(address, 10, 19)) == body[10:20]
    assert b"".join(store.stream(address, len(body) - 5)) == body[-5:]
    assert s3.client.head_object(Bucket="pieces", Key="k")["ContentType"] == "audio/mpeg"


def test_a_link_opens_without_credentials(s3: FakeS3, store: S3Store) -> None:
    s3.put("linked", {"k": b"sound"})
    link = store.link(
        S3Address("linked", "k"), seconds=60, file_name="mix.mp3", content_type="audio/mpeg"
    )
    answer = httpx.get(link)
    assert (answer.status_code, answer.content) == (200, b"sound")
    assert answer.headers["content-type"] == "audio/mpeg"
