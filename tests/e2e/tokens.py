"""Tokens of people whom the cluster knows."""

from tests.e2e.installation import Installation

__all__ = ["token_of"]

_RBAC = "rbac.authorization.k8s.io"


def token_of(installation: Installation, name: str, role: str) -> str:
    """Make somebody and let them do what one of Kubernetes' own roles allows.

    Args:
        installation: In whose namespace.
        name: Of the ServiceAccount.
        role: `view`, `edit` or `admin`, which cover RecordingJobs too.
    """
    subject = {"kind": "ServiceAccount", "name": name, "namespace": installation.namespace}
    installation.make(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}},
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
            "subjects": [subject],
        },
    )
    return installation.kubectl("create", "token", name).strip()
