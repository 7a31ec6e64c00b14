"""Artifact repositories beside the chart's own: another bucket, or another way to it."""

from typing import Any

import yaml

__all__ = ["a_repository"]


def a_repository(name: str, *, bucket: str, address: str) -> dict[str, Any]:
    """A ConfigMap as the chart makes it.

    Args:
        name: The ConfigMap's.
        bucket: Need not exist.
        address: Host and port of an S3 service without TLS.
    """
    secret = {"name": "multitrack-storage"}
    s3 = {
        "endpoint": address,
        "insecure": True,
        "bucket": bucket,
        "keyFormat": "logs/{{workflow.name}}/{{pod.name}}",
        "accessKeySecret": {**secret, "key": "access-key-id"},
        "secretKeySecret": {**secret, "key": "secret-access-key"},
    }
    described = yaml.safe_dump({"archiveLogs": True, "s3": s3})
    metadata, entries = {"name": name}, {"multitrack": described}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": entries}
