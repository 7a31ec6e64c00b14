"""Who asks a bucket that is not the installation's own: other credentials, or a role."""

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from workflow_templates.runtime.errors import RefusedError, TemporaryError

if TYPE_CHECKING:
    import boto3

__all__ = ["S3Login"]

_ROLE_SECONDS = 3600
"""The longest time that every role allows; a step's whole deadline is shorter."""


@dataclass(frozen=True, slots=True)
class S3Login:
    """Credentials, and the role that is assumed with them. Empty fields: as boto3 finds them."""

    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    role_arn: str = ""
    """Empty: none is assumed."""

    @classmethod
    def from_environment(cls, prefix: str, *, role_arn: str = "") -> Self:
        """Read `{prefix}AWS_ACCESS_KEY_ID` and its two companions; unset ones are empty."""
        return cls(
            os.environ.get(f"{prefix}AWS_ACCESS_KEY_ID", ""),
            os.environ.get(f"{prefix}AWS_SECRET_ACCESS_KEY", ""),
            os.environ.get(f"{prefix}AWS_SESSION_TOKEN", ""),
            role_arn,
        )

    def session(self) -> "boto3.Session":
        """A session of boto3; with a role, STS is asked for it.

        Raises:
            RefusedError: The role does not exist or may not be assumed, or without credentials.
            TemporaryError: STS is away or busy.
        """
        import boto3  # noqa: PLC0415 - slow to import, and most runs need no S3

        session = boto3.Session(
            aws_access_key_id=self.access_key_id or None,
            aws_secret_access_key=self.secret_access_key or None,
            aws_session_token=self.session_token or None,
        )
        return _as_role(session, self.role_arn) if self.role_arn else session


def _as_role(session: "boto3.Session", role_arn: str) -> "boto3.Session":
    import boto3  # noqa: PLC0415 - as above
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    region = session.region_name or os.environ.get("AWS_REGION") or "us-east-1"
    try:
        sts = session.client("sts", region_name=region)
        answer = sts.assume_role(
            RoleArn=role_arn, RoleSessionName="multitrack", DurationSeconds=_ROLE_SECONDS
        )
    except ClientError as error:
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        said = str(error.response.get("Error", {}).get("Code", ""))
        if status >= 500 or said.startswith("Throttling"):  # noqa: PLR2004 - HTTP
            raise TemporaryError(f"{role_arn}: STS is busy ({said}); try again later") from error
        raise RefusedError(
            f"{role_arn}: the role may not be assumed ({said}); "
            "allow sts:AssumeRole to the credentials, and name them in the role's trust policy"
        ) from error
    except BotoCoreError as error:
        detail = " ".join(str(error).split()).rstrip(".")
        if "credentials" in detail.lower():
            raise RefusedError(
                f"{role_arn}: no credentials to assume it with ({detail}); give some"
            ) from error
        raise TemporaryError(f"{role_arn}: STS is away ({detail}); try again later") from error
    given = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=region,
    )
