"""What there is of a meeting's audio, in all versions, and what proves that it is gone."""

import json
from collections.abc import Iterable
from typing import Any

from tests.e2e.installation import Installation, eventually
from workflow_templates.runtime.deletions import DeletionList
from workflow_templates.runtime.store import S3Store

__all__ = ["audio_left", "await_struck_off", "keep_versions", "keys", "proofs"]

_KINDS = ("source/", "audio/", "probe/", "mix.mp3", "waveform.json")
"""What below a job's prefix holds speech."""


def keep_versions(installation: Installation) -> None:
    """The bucket keeps old versions of everything from now on."""
    installation.s3.put_bucket_versioning(
        Bucket=installation.bucket, VersioningConfiguration={"Status": "Enabled"}
    )


def keys(installation: Installation, prefix: str, bucket: str = "") -> set[str]:
    """Of all versions and delete markers; of the installation's bucket unless another is named."""
    listed = installation.s3.list_object_versions(
        Bucket=bucket or installation.bucket, Prefix=prefix
    )
    found = (*listed.get("Versions", []), *listed.get("DeleteMarkers", []))
    return {each["Key"] for each in found}


def audio_left(installation: Installation, uid: str, original: str) -> set[str]:
    """Keys of a job's copies, and of its one original."""
    prefix = f"jobs/{uid}/"
    below = keys(installation, prefix)
    copies = {key for key in below if key.removeprefix(prefix).startswith(_KINDS)}
    return copies | keys(installation, original)


def proofs(installation: Installation, uid: str) -> list[dict[str, Any]]:
    """Audits that outlive the job, the newest last."""
    bucket, s3 = installation.bucket, installation.s3
    found = sorted(keys(installation, f"deletions/done/{uid}/"))
    return [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in found]


def await_struck_off(installation: Installation, uids: Iterable[str], seconds: float) -> None:
    """Until the deletion list has no entry of these jobs."""
    entries, ours = DeletionList(S3Store(installation.s3), installation.bucket), set(uids)
    eventually(
        lambda: not ours & {entry.job_uid for entry in entries.pending()[0]},
        "no entry of these jobs in the deletion list",
        seconds,
    )
