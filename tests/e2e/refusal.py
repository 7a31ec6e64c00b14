"""An API server that takes no job for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.installation import Installation, a_manifest, eventually

__all__ = ["refusing_jobs"]

_NAME = "multitrack-e2e-refuses-jobs"
_TRY = ("create", "--dry-run=server", "--filename", "-")
_A_JOB = a_manifest("tried-out", {"source": {"s3": {"prefix": "nothing/"}}})


@contextmanager
def refusing_jobs(installation: Installation) -> Iterator[None]:
    """Answer 500 to whoever makes a job in the namespace, from entering to leaving.

    An admission webhook that is asked first and is not there: on clusters that is why API servers
    refuse what is in order.
    """
    installation.make(_admission_webhook(installation.namespace))
    try:
        eventually(lambda: not _takes_jobs(installation), "the API server refuses", 30)
        yield
    finally:
        installation.kubectl("delete", "validatingwebhookconfiguration", _NAME)
    eventually(lambda: _takes_jobs(installation), "the API server takes jobs again", 30)


def _takes_jobs(installation: Installation) -> bool:
    try:
        installation.kubectl(*_TRY, given=_A_JOB)
    except AssertionError as error:
        if "failed calling webhook" not in str(error):
            raise
        return False
    return True


def _admission_webhook(namespace: str) -> dict[str, Any]:
    webhook = {
        "name": "nobody.multitrack.dev",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "failurePolicy": "Fail",
        "timeoutSeconds": 1,
        "clientConfig": {"service": {"namespace": namespace, "name": "nobody"}},
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "rules": [
            {
                "apiGroups": ["multitrack.dev"],
                "apiVersions": ["*"],
                "operations": ["CREATE"],
                "resources": ["recordingjobs"],
            }
        ],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": _NAME},
        "webhooks": [webhook],
    }
