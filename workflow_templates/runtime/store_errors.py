"""What botocore's errors mean for whoever asked: the one place that translates them.

RefusedError      no such bucket, key or right; no valid credentials; another region's bucket
SettingsError     a malformed bucket name, endpoint or profile
TemporaryError    throttling, 5xx, time-outs, no connection, an object that changes while it is read
"""

from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError

from workflow_templates.runtime.errors import (
    MultitrackError,
    RefusedError,
    SettingsError,
    TemporaryError,
)

__all__ = ["FOREIGN_ERRORS", "BucketMissingError", "ObjectMissingError", "as_ours"]

FOREIGN_ERRORS = (BotoCoreError, ClientError, RetriesExceededError)
"""What boto3's client and its managed transfers raise."""


class BucketMissingError(RefusedError):
    """There is no such bucket."""


class ObjectMissingError(RefusedError):
    """There is no such object. Final, unless the caller knows that one is to come."""


_TRANSPORT = (
    botocore_errors.HTTPClientError,
    botocore_errors.ConnectionError,
    botocore_errors.IncompleteReadError,
    botocore_errors.ChecksumError,
    botocore_errors.FlexibleChecksumError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.MetadataRetrievalError,
    RetriesExceededError,
)
_NO_CREDENTIALS = (
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.NoAuthTokenError,
    botocore_errors.TokenRetrievalError,
    botocore_errors.SSOError,
    botocore_errors.LoginError,
)
_RENEW = "the S3 credentials are not valid; renew AWS_ACCESS_KEY_ID and its secret"
_OTHER_REGION = "the bucket is in another region; set AWS_REGION to its region"
_REFUSALS = {
    "AuthorizationHeaderMalformed": _OTHER_REGION,
    "ExpiredToken": _RENEW,
    "IllegalLocationConstraintException": _OTHER_REGION,
    "InvalidAccessKeyId": _RENEW,
    "InvalidObjectState": "the object is archived; restore it first",
    "InvalidToken": _RENEW,
    "NoSuchBucket": "there is no such bucket; check its name and the endpoint",
    "PermanentRedirect": _OTHER_REGION,
    "SignatureDoesNotMatch": _RENEW,
    "TokenRefreshRequired": _RENEW,
}
"""What S3's codes mean and what to do, where the HTTP status alone would mislead."""

_BUSY = frozenset(
    {
        "OperationAborted",
        "PreconditionFailed",
        "RequestTimeout",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
    }
)
"""These come with 4xx, and pass: the object or the server is in use by somebody else."""


def as_ours(error: Exception, *, doing: str, bucket: str, key: str, right: str) -> MultitrackError:
    """The error of ours that says the same, in one sentence with what to do.

    Args:
        error: One of `FOREIGN_ERRORS`.
        doing: Verb for the sentence: "read", "list".
        bucket: The bucket that was asked for.
        key: The key or prefix; empty for a whole bucket.
        right: What the request needs, as IAM spells it: `s3:GetObject`.
    """
    place = f"s3://{bucket}/{key}"
    if isinstance(error, ClientError):
        return _answered(error, doing, place, bucket, right)
    if isinstance(error, _NO_CREDENTIALS):
        return RefusedError(
            f"{place}: no S3 credentials ({_detail(error)}); "
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
        )
    if isinstance(error, _TRANSPORT):
        return TemporaryError(f"{place}: cannot {doing} it now ({_detail(error)}); try again later")
    return SettingsError(f"{place}: not usable ({_detail(error)}); check address and S3 settings")


def _answered(
    error: ClientError, doing: str, place: str, bucket: str, right: str
) -> MultitrackError:
    """The server answered, and the answer is no."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = f"{code} {_message(error)}".strip()
    if code in _BUSY or status in (408, 412, 429) or status >= 500:  # noqa: PLR2004 - HTTP
        return TemporaryError(f"{place}: cannot {doing} it now ({said}); try again later")
    if code in _REFUSALS:
        meaning = _REFUSALS[code]
    elif status == 404:  # noqa: PLR2004 - HTTP
        return ObjectMissingError(
            f"{place}: there is no such object; check bucket and key (the server said: {said})"
        )
    elif status in (401, 403):
        meaning = f"not allowed to {doing} it; grant {right} on bucket {bucket!r}"
    else:
        meaning = f"the server refuses to {doing} it; check the address"
    kind = BucketMissingError if code == "NoSuchBucket" else RefusedError
    return kind(f"{place}: {meaning} (the server said: {said})")


def _message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", "")).strip().rstrip(".")


def _detail(error: Exception) -> str:
    cause = error.last_exception if isinstance(error, RetriesExceededError) else error
    return " ".join(str(cause).split()).rstrip(".")
