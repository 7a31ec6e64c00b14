"""All versions of what lies in a bucket: listed, deleted, and explained where they cannot be.

A bucket that keeps versions keeps deleted bytes, too; delete markers hide them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workflow_templates.runtime.errors import MultitrackError, RefusedError
from workflow_templates.runtime.store import S3Address, S3Store

__all__ = [
    "ObjectVersion",
    "abort_uploads",
    "delete_version",
    "has_been_deleted",
    "has_deleted_below",
    "list_versions",
]

_NOT_IMPLEMENTED = frozenset({"NotImplemented", "MethodNotAllowed", "501", "405"})


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of an object, or a marker that it was deleted."""

    address: S3Address
    version: str | None
    """`null` in a bucket that keeps none; None where the server does not know of versions."""


def list_versions(store: S3Store, prefix: S3Address) -> tuple[ObjectVersion, ...]:
    """All versions and delete markers whose key begins so, sorted by key.

    Raises:
        MultitrackError: As the store's methods.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import

    found: list[ObjectVersion] = []
    with store.requesting("list the versions of", prefix, "s3:ListBucketVersions") as client:
        pages = client.get_paginator("list_object_versions").paginate(
            Bucket=prefix.bucket, Prefix=prefix.key
        )
        try:
            for page in pages:
                for entry in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                    address = S3Address(prefix.bucket, entry["Key"])
                    found.append(ObjectVersion(address, entry["VersionId"]))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _NOT_IMPLEMENTED:
                raise
            # Garage and its like keep no versions and cannot be asked for any.
            return tuple(ObjectVersion(each.address, None) for each in store.list(prefix).objects)
    return tuple(sorted(found, key=lambda each: each.address))


def has_been_deleted(store: S3Store, address: S3Address) -> bool:
    """Whether an object that cannot be read was there: only a bucket that keeps versions remembers.

    Args:
        store: Of the bucket.
        address: Of one object; others whose keys begin so say nothing about it.

    Returns:
        False also where nobody may ask, or the server does not answer.
    """
    return address in _remembered(store, address)


def has_deleted_below(store: S3Store, prefix: S3Address) -> bool:
    """Whether an object lay directly below a prefix that lies there no more.

    Args:
        store: Of the bucket.
        prefix: What the keys begin with; deeper folders do not count.

    Returns:
        False also where nobody may ask, or the server does not answer.
    """
    remembered = {
        each
        for each in _remembered(store, prefix)
        if "/" not in each.key.removeprefix(prefix.key).lstrip("/")
    }
    if not remembered:
        return False
    return bool(remembered - {found.address for found in store.list(prefix).objects})


def _remembered(store: S3Store, prefix: S3Address) -> set[S3Address]:
    """Objects of which a version or a delete marker is there."""
    try:
        found = list_versions(store, prefix)
    except MultitrackError:
        return set()
    return {each.address for each in found if each.version is not None}


def delete_version(store: S3Store, doomed: ObjectVersion) -> None:
    """Delete one version for good.

    Raises:
        RefusedError: The right is missing, or the version is locked; says which and until when.
        MultitrackError: As the store's methods.
    """
    try:
        store.delete(doomed.address, doomed.version)
    except RefusedError as error:
        if (lock := _lock_of(store, doomed)) is not None:
            raise RefusedError(
                f"{doomed.address}: version {doomed.version} is locked ({lock}) and cannot be "
                "deleted; lift the lock, which needs s3:PutObjectLegalHold or "
                "s3:BypassGovernanceRetention, or wait until it ends"
            ) from error
        raise


def abort_uploads(store: S3Store, prefix: S3Address) -> int:
    """Abort uploads in parts that somebody left unfinished: their parts are bytes, too.

    Returns:
        How many there were.

    Raises:
        MultitrackError: As the store's methods.
    """
    uploads = list(_uploads(store, prefix))
    for address, upload in uploads:
        with store.requesting("abort an upload to", address, "s3:AbortMultipartUpload") as client:
            client.abort_multipart_upload(Bucket=address.bucket, Key=address.key, UploadId=upload)
    return len(uploads)


def _uploads(store: S3Store, prefix: S3Address) -> Iterator[tuple[S3Address, str]]:
    right = "s3:ListBucketMultipartUploads"
    with store.requesting("list the uploads to", prefix, right) as client:
        pages = client.get_paginator("list_multipart_uploads").paginate(
            Bucket=prefix.bucket, Prefix=prefix.key
        )
        for page in pages:
            for entry in page.get("Uploads", []):
                yield S3Address(prefix.bucket, entry["Key"]), entry["UploadId"]


def _lock_of(store: S3Store, doomed: ObjectVersion) -> str | None:
    """What holds a version, in words; None if nothing does, or nobody may ask."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import

    if doomed.version is None:
        return None
    place = {
        "Bucket": doomed.address.bucket,
        "Key": doomed.address.key,
        "VersionId": doomed.version,
    }
    with store.requesting("read the lock of", doomed.address, "s3:GetObjectRetention") as client:
        try:
            answer = client.head_object(**place)  # type: ignore[arg-type]  # a TypedDict's keys
        except ClientError:
            return None
    if answer.get("ObjectLockLegalHoldStatus") == "ON":
        return "legal hold"
    mode = str(answer.get("ObjectLockMode", ""))
    return f"{mode} until {answer['ObjectLockRetainUntilDate']:%Y-%m-%d}" if mode else None
