"""The S3 store. Only it and `store_login` touch boto3, which is imported when a store is opened.

Credentials come from where boto3 looks for them (environment, profile, service account); endpoint
and region from the arguments, else from the environment. Errors leave as ours, see `store_errors`.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypedDict

from workflow_templates.runtime.errors import SettingsError

if TYPE_CHECKING:
    from boto3.s3.transfer import TransferConfig
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CopySourceTypeDef

    from workflow_templates.runtime.store_login import S3Login

__all__ = ["S3Address", "S3Listing", "S3Object", "S3Store"]

_SCHEME = "s3://"
_MIB = 1 << 20
_CONNECT_TIMEOUT_SECONDS = 10
_READ_TIMEOUT_SECONDS = 60
_TRANSFER_THREADS = 4
_PIECE_BYTES = 64 << 10
_PART_BYTES = 8 * _MIB
"""With four threads a transfer holds some 50 MiB, whatever the object's size."""
_COPY_PART_BYTES = 256 * _MIB
"""Nothing passes through here: large parts save requests."""


@dataclass(frozen=True, slots=True, order=True)
class S3Address:
    """A bucket and a key, or a prefix of keys."""

    bucket: str
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `s3://bucket/key`; the key may be empty.

        Raises:
            SettingsError: Another scheme, or no bucket.
        """
        bucket, _, key = text.removeprefix(_SCHEME).partition("/")
        if not text.startswith(_SCHEME) or not bucket:
            raise SettingsError(f"{text!r}: not an S3 address; write s3://bucket/prefix")
        return cls(bucket, key)

    def __str__(self) -> str:
        return f"{_SCHEME}{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class S3Object:
    """One object as a listing or a head request describes it."""

    address: S3Address
    size: int
    """Bytes."""
    etag: str
    """Without quotes. Equal for equal bytes only if both were uploaded in the same parts."""
    version: str | None = None
    """None in a listing, and where the bucket keeps no versions."""
    metadata: Mapping[str, str] = field(default_factory=dict, compare=False)
    """What its writer noted with it; empty in a listing."""


@dataclass(frozen=True, slots=True)
class S3Listing:
    """What lies below a prefix."""

    objects: tuple[S3Object, ...]
    """Sorted by key."""
    folders: tuple[str, ...] = ()
    """Prefixes that end at the next `/`, sorted; only where the listing did not descend."""


class S3Store:
    """Objects by address. Methods block, retry briefly (botocore's standard mode) and then raise.

    Raises:
        RefusedError: No such bucket, key or right, or no valid credentials. From every method.
        SettingsError: The bucket's name or the client's settings are malformed.
        TemporaryError: The server is away, busy or broken.
    """

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    @classmethod
    def open(
        cls, *, endpoint_url: str = "", region: str = "", login: "S3Login | None" = None
    ) -> Self:
        """Make a client; nothing is asked of the server yet.

        Args:
            endpoint_url: Empty: `$AWS_ENDPOINT_URL_S3`, `$AWS_ENDPOINT_URL`, or Amazon's.
            region: Empty: `$AWS_REGION`, `$AWS_DEFAULT_REGION`, the profile's, or us-east-1.
            login: None: whoever boto3 finds in the environment.

        Raises:
            SettingsError: The endpoint is no URL, or a profile is missing or broken.
            MultitrackError: A login's role cannot be assumed, see `S3Login`.
        """
        import boto3  # noqa: PLC0415 - slow to import, and most runs need no S3
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        endpoint = endpoint_url or _environment("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        config = Config(
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            read_timeout=_READ_TIMEOUT_SECONDS,
            retries={"mode": "standard"},
            # Other servers than Amazon's lack host-style buckets and checksum trailers.
            s3={"addressing_style": "path" if endpoint else "auto"},
            request_checksum_calculation="when_required" if endpoint else "when_supported",
            response_checksum_validation="when_required" if endpoint else "when_supported",
        )
        try:
            session = login.session() if login else boto3.Session()
            client = session.client(
                "s3",
                endpoint_url=endpoint or None,
                region_name=region
                or _environment("AWS_REGION")
                or session.region_name
                or "us-east-1",
                config=config,
            )
        except (BotoCoreError, ValueError) as error:
            raise SettingsError(
                f"S3: cannot be set up ({str(error).rstrip('.')}); check endpoint and profile"
            ) from error
        return cls(client)

    def list(self, prefix: S3Address, *, descend: bool = True) -> S3Listing:
        """Find all objects whose key starts with the prefix, over as many pages as there are.

        Args:
            prefix: Its key may be empty: the whole bucket.
            descend: False: stop at the next `/`; what lies deeper is named in `folders`.
        """
        objects: list[S3Object] = []
        folders: list[str] = []
        with _conversion("list", prefix, "s3:ListBucket"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=prefix.bucket, Prefix=prefix.key, Delimiter="" if descend else "/"
            )
            for page in pages:
                objects += (
                    S3Object(
                        S3Address(prefix.bucket, entry["Key"]),
                        entry["Size"],
                        entry["ETag"].strip('"'),
                    )
                    for entry in page.get("Contents", [])
                )
                folders += (entry["Prefix"] for entry in page.get("CommonPrefixes", []))
        return S3Listing(
            tuple(sorted(objects, key=lambda found: found.address)), tuple(sorted(folders))
        )

    def check_bucket(self, bucket: str) -> None:
        """Make sure that the bucket is there and may be listed; raises what is in the way."""
        with _conversion("list", S3Address(bucket, ""), "s3:ListBucket"):
            self._client.list_objects_v2(Bucket=bucket, MaxKeys=1)

    def head(self, address: S3Address, version: str | None = None) -> S3Object:
        """Ask for size, ETag, version and metadata of one object."""
        with _conversion("read", address, _get_right(version)):
            answer = self._client.head_object(
                Bucket=address.bucket, Key=address.key, **_version(version)
            )
        return S3Object(
            address,
            answer["ContentLength"],
            answer["ETag"].strip('"'),
            answer.get("VersionId"),
            answer.get("Metadata", {}),
        )

    def read(self, address: S3Address, version: str | None = None) -> bytes:
        """Read a small object whole."""
        with _conversion("read", address, _get_right(version)):
            answer = self._client.get_object(
                Bucket=address.bucket, Key=address.key, **_version(version)
            )
            return answer["Body"].read()

    def write(self, address: S3Address, body: bytes, *, content_type: str = "") -> None:
        """Write a small object whole, replacing what is there."""
        extra: _ContentType = {"ContentType": content_type} if content_type else {}
        with _conversion("write", address, "s3:PutObject"):
            self._client.put_object(Bucket=address.bucket, Key=address.key, Body=body, **extra)

    def write_new(self, address: S3Address, body: bytes, *, content_type: str = "") -> bool:
        """Write a small object whole, unless it is there; says whether it was written."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - as above

        extra: _ContentType = {"ContentType": content_type} if content_type else {}
        with _conversion("write", address, "s3:PutObject"):
            try:
                self._client.put_object(
                    Bucket=address.bucket, Key=address.key, Body=body, IfNoneMatch="*", **extra
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") == "PreconditionFailed":
                    return False
                raise
        return True

    def stream(
        self, address: S3Address, first: int = 0, last: int | None = None
    ) -> Iterator[bytes]:
        """Read an object in pieces of 64 KiB; the first one is asked for at the first `next`.

        Args:
            address: Of the object.
            first: First byte.
            last: Last byte, included; None: to the end.
        """
        asked = f"bytes={first}-{'' if last is None else last}"
        extra: _Range = {"Range": asked} if first or last is not None else {}
        with _conversion("read", address, "s3:GetObject"):
            body = self._client.get_object(Bucket=address.bucket, Key=address.key, **extra)["Body"]
            with closing(body):
                yield from body.iter_chunks(_PIECE_BYTES)

    def link(self, address: S3Address, *, seconds: int, file_name: str, content_type: str) -> str:
        """A URL that anyone can read the object with, for that long; the server is not asked."""
        disposition = f'inline; filename="{file_name}"'
        with _conversion("sign", address, "s3:GetObject"):
            return self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": address.bucket,
                    "Key": address.key,
                    "ResponseContentDisposition": disposition,
                    "ResponseContentType": content_type,
                },
                ExpiresIn=seconds,
            )

    def download(self, address: S3Address, file: Path, version: str | None = None) -> None:
        """Stream one object into `file`, replacing it in one move: no reader sees half of it.

        Raises:
            OSError: The file cannot be written.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        fragment = file.with_name(f".{file.name}.part")
        try:
            with _conversion("read", address, _get_right(version)), fragment.open("wb") as stream:
                self._client.download_fileobj(
                    address.bucket,
                    address.key,
                    stream,
                    ExtraArgs=dict(_version(version)),
                    Config=_transfer(),
                )
            fragment.replace(file)
        finally:
            fragment.unlink(missing_ok=True)

    def upload(self, file: Path, address: S3Address, *, content_type: str = "") -> None:
        """Stream a file to one object, in parts if it is large; it appears whole or not at all.

        Raises:
            OSError: The file cannot be read.
        """
        extra = {"ContentType": content_type} if content_type else {}
        with file.open("rb") as stream, _conversion("write", address, "s3:PutObject"):
            self._client.upload_fileobj(
                stream, address.bucket, address.key, ExtraArgs=extra, Config=_transfer()
            )

    def copy(
        self,
        source: S3Address,
        target: S3Address,
        version: str | None = None,
        *,
        if_etag: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Copy within the server, in parts if it is large, so that 5 GB are no limit.

        Args:
            source: Of the original.
            target: Replaced.
            version: Of the original; None: the newest.
            if_etag: Copy only while the original has this ETag; another one is a TemporaryError.
            metadata: Noted with the copy instead of the original's; None: the original's.
        """
        extra: dict[str, object] = {"CopySourceIfMatch": f'"{if_etag}"'} if if_etag else {}
        if metadata is not None:
            extra |= {"Metadata": dict(metadata), "MetadataDirective": "REPLACE"}
        origin: CopySourceTypeDef = {"Bucket": source.bucket, "Key": source.key}
        if version:
            origin["VersionId"] = version
        right = f"{_get_right(version)} on {source} and s3:PutObject here"
        with _conversion(f"copy {source} to", target, right):
            self._client.copy(
                origin,
                target.bucket,
                target.key,
                ExtraArgs=extra,
                Config=_transfer(_COPY_PART_BYTES),
            )

    def delete(self, address: S3Address, version: str | None = None) -> None:
        """Delete one object, or one version of it.

        Without a version, a bucket that keeps versions keeps the bytes too.
        """
        right = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
        with _conversion("delete", address, right):
            self._client.delete_object(Bucket=address.bucket, Key=address.key, **_version(version))

    @contextmanager
    def requesting(self, doing: str, address: S3Address, right: str) -> Iterator["S3Client"]:
        """The client, for requests that only one module needs; errors leave as ours.

        Args:
            doing: Verb for the sentence: "read", "list".
            address: What it is done to.
            right: What it needs, as IAM spells it.
        """
        with _conversion(doing, address, right):
            yield self._client


def _environment(*names: str) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


class _Version(TypedDict, total=False):
    VersionId: str


class _ContentType(TypedDict, total=False):
    ContentType: str


class _Range(TypedDict, total=False):
    Range: str


def _version(version: str | None) -> _Version:
    return {"VersionId": version} if version else {}


def _get_right(version: str | None) -> str:
    return "s3:GetObjectVersion" if version else "s3:GetObject"


def _transfer(part_bytes: int = _PART_BYTES) -> "TransferConfig":
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 - as above

    return TransferConfig(
        max_concurrency=_TRANSFER_THREADS,
        multipart_threshold=part_bytes,
        multipart_chunksize=part_bytes,
    )


@contextmanager
def _conversion(doing: str, address: S3Address, right: str) -> Iterator[None]:
    from workflow_templates.runtime.store_errors import (  # noqa: PLC0415 - imports botocore
        FOREIGN_ERRORS,
        as_ours,
    )

    try:
        yield
    except FOREIGN_ERRORS as error:
        raise as_ours(
            error, doing=doing, bucket=address.bucket, key=address.key, right=right
        ) from error
