"""The chart as one release, from entering to leaving."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import yaml

from tests.e2e.installation import CHART, Installation

__all__ = ["a_bucket", "a_place", "installed"]


def a_bucket(name: str) -> Installation:
    """An empty bucket, for an installation in the namespace of that name, which is not there."""
    endpoint = os.environ["S3_ENDPOINT_URL"]
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    place = Installation(name, name, s3)
    place.make_bucket()
    return place


def a_place(name: str) -> Installation:
    """A namespace that asks for restricted pods, and a bucket, both of that name: still empty."""
    place = a_bucket(name)
    place.prepare()
    return place


@contextmanager
def installed(place: Installation, values: Mapping[str, Any]) -> Iterator[None]:
    """Install the chart, and remove it with its namespace; MULTITRACK_E2E_KEEP leaves it there."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.yaml"
        file.write_text(yaml.safe_dump(dict(values)), encoding="utf-8")
        install = ("upgrade", "--install", "multitrack", str(CHART), "--values", str(file))
        place.helm(*install, "--take-ownership", "--wait", "--timeout", "180s")
    try:
        yield
    finally:
        if "MULTITRACK_E2E_KEEP" not in os.environ:
            place.kubectl("delete", "recordingjobs", "--all", "--wait=true", "--timeout=300s")
            place.helm("uninstall", "multitrack")
            place.kubectl("delete", "namespace", place.namespace, "--wait=true")
