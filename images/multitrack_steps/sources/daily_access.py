"""How Daily and the bucket into which it records are reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from workflow_templates.runtime.daily.models import DailyRecording, RecordingPlace
from workflow_templates.runtime.errors import SettingsError
from workflow_templates.runtime.store import S3Store
from workflow_templates.runtime.store_login import S3Login

__all__ = ["DailyAccess"]

_CREDENTIALS = "MULTITRACK_DAILY_"
"""What the bucket's own AWS_* variables begin with."""


@dataclass(frozen=True, slots=True)
class DailyAccess:
    """The installation's settings. What Daily says of a recording goes before them."""

    api_url: str
    bucket: str = ""
    region: str = ""
    endpoint_url: str = ""
    role_arn: str = ""
    is_last_try: bool = True
    """Nobody comes back later: what is there has to do."""

    @classmethod
    def of(cls, parameters: Mapping[str, str], *, is_last_try: bool) -> Self:
        """Read a step's parameters."""
        return cls(
            parameters["daily-api-url"],
            parameters["daily-bucket"],
            parameters["daily-bucket-region"],
            parameters["daily-endpoint-url"],
            parameters["daily-assume-role"],
            is_last_try,
        )

    def bucket_of(self, recording: DailyRecording) -> str:
        """The bucket that holds a recording.

        Raises:
            SettingsError: Neither Daily nor the installation names one.
        """
        bucket = recording.place.bucket or self.bucket
        if not bucket:
            raise SettingsError(
                f"daily:{recording.id}: Daily does not say in which bucket it lies; "
                "record into a bucket of your own, and name it: daily.sourceBucket.name"
            )
        return bucket

    def store_of(self, place: RecordingPlace) -> S3Store:
        """A store for the bucket, with its own credentials where there are any.

        Args:
            place: What Daily says of it; empty: the installation's settings alone.

        Raises:
            SettingsError: The endpoint is no URL.
            RefusedError: The role may not be assumed.
            TemporaryError: Nobody can say now whether it may.
        """
        return S3Store.open(
            endpoint_url=place.endpoint or self.endpoint_url,
            region=place.region or self.region,
            login=S3Login.from_environment(_CREDENTIALS, role_arn=self.role_arn),
        )
