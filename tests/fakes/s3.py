"""An S3 server on loopback: moto's, speaking the real protocol to any client, in any process."""

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer
from mypy_boto3_s3.client import S3Client

__all__ = ["FakeS3", "running_s3"]

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    # Whatever the machine has set up for a real cloud must not be found.
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True, slots=True)
class FakeS3:
    """A running server, and an administrator's client for it."""

    endpoint_url: str
    client: S3Client

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to talk to this server."""
        return {**_CREDENTIALS, "AWS_ENDPOINT_URL_S3": self.endpoint_url}

    def put(self, bucket: str, objects: Mapping[str, bytes]) -> None:
        """Make the bucket if need be and fill it."""
        self.client.create_bucket(Bucket=bucket)
        for key, body in objects.items():
            self.client.put_object(Bucket=bucket, Key=key, Body=body)


@contextmanager
def running_s3(*, page: int = 1000) -> Iterator[FakeS3]:
    """Serve from entering to leaving; start-up takes about two seconds.

    Each server is a process of its own: within one process all of moto's servers hold the same
    buckets, and one test would find what another stored.

    Args:
        page: Objects in one page of a listing.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, page), daemon=True)
    process.start()
    theirs.close()
    endpoint_url = ours.recv()
    client = boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - the fake accepts any
        config=Config(s3={"addressing_style": "path"}),
    )
    try:
        yield FakeS3(endpoint_url, client)
    finally:
        client.close()
        ours.close()
        process.join()


def _serve(parent: Connection, page: int) -> None:
    """Serve, having told the parent where, until the parent closes its end or is gone."""
    os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = str(page)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    parent.send(f"http://{host}:{port}")
    with suppress(EOFError):
        parent.recv()
    server.stop()
