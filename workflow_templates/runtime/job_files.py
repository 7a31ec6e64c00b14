"""Where a job's files lie in the bucket."""

from workflow_templates.runtime.store import S3Address

__all__ = ["job_address", "job_key"]


def job_key(uid: str, key: str = "") -> str:
    """The bucket's key of a job's file; of the prefix of all of them, with its slash, without one.

    Args:
        uid: Of the job; also an expression that stands for it.
        key: As in the step catalog.
    """
    return f"jobs/{uid}/{key}"


def job_address(bucket: str, uid: str, key: str = "") -> S3Address:
    """The same with its bucket."""
    return S3Address(bucket, job_key(uid, key))
