"""Which cluster is meant, and who asks: the pod's service account, or a kubeconfig."""

import os
from pathlib import Path

from yaml import YAMLError

from multitrack.cluster.errors import ClusterRefusedError
from multitrack.cluster.library import ConfigException, config

__all__ = ["log_in", "namespace_of"]

_NAMESPACE_OF_POD = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_USUAL_KUBECONFIG = Path("~/.kube/config")
_UNREADABLE = (
    ConfigException,
    OSError,
    YAMLError,
    # The library does not look at the shape of what it reads.
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
"""What it raises where a kubeconfig is none."""


async def log_in(context: str | None) -> None:
    """Set the client up.

    Args:
        context: One of the kubeconfig's; None: its current one.

    Raises:
        ClusterRefusedError: Neither is there, the kubeconfig is none, or has no such context.
    """
    try:
        config.load_incluster_config()
    except ConfigException:
        files = _kubeconfig()
        try:
            await config.load_kube_config(files, context=context)
        except _UNREADABLE as error:
            said = error if isinstance(error, ConfigException | OSError) else "not a kubeconfig"
            raise ClusterRefusedError(
                f"no cluster to talk to: {files}: {said}; set KUBECONFIG or run inside a cluster"
            ) from error


def namespace_of(context: str | None = None) -> str:
    """The namespace that a user means who names none."""
    if _NAMESPACE_OF_POD.exists():
        return _NAMESPACE_OF_POD.read_text(encoding="utf-8").strip()
    try:
        contexts, current = config.list_kube_config_contexts(_kubeconfig())
    except (*_UNREADABLE, ClusterRefusedError):
        return "default"
    chosen = next((each for each in contexts if each["name"] == context), current)
    return str(chosen.get("context", {}).get("namespace") or "default")


def _kubeconfig() -> str:
    """The client reads the variable when it is imported; we read it when we are asked."""
    files = os.environ.get("KUBECONFIG") or str(_USUAL_KUBECONFIG)
    if not any(Path(each).expanduser().exists() for each in files.split(os.pathsep)):
        raise ClusterRefusedError(
            f"no cluster to talk to: {files} is not there; set KUBECONFIG or run inside a cluster"
        )
    return files
