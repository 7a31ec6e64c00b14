"""A way to the bucket that the tests can close: a TCP proxy in the cluster, behind a Service."""

import inspect
import os
from typing import Any
from urllib.parse import urlsplit

from tests.e2e import tcp_proxy
from tests.e2e.installation import Installation
from tests.e2e.values import REGISTRY, TAG

__all__ = ["PORT", "S3Proxy"]

PORT = 7070

_NAME = "s3-proxy"
_LABELS = {"app": _NAME}


class S3Proxy:
    """Open at first; while it is closed connections are refused, as where a service is down."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        installation.make(_service(), _deployment())
        self.open()

    def open(self) -> None:
        """Let everybody through."""
        self._scale(1)
        self._installation.kubectl("rollout", "status", f"deployment/{_NAME}", "--timeout=60s")

    def close(self) -> None:
        """Cut what goes through, refuse what comes."""
        self._scale(0)
        gone = ("wait", "pod", "--selector", f"app={_NAME}", "--for=delete", "--timeout=60s")
        self._installation.kubectl(*gone)

    def _scale(self, replicas: int) -> None:
        self._installation.kubectl("scale", f"deployment/{_NAME}", f"--replicas={replicas}")


def _service() -> dict[str, Any]:
    ports = [{"port": PORT, "targetPort": PORT}]
    spec = {"selector": _LABELS, "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": _NAME}, "spec": spec}


def _deployment() -> dict[str, Any]:
    """The operator's image has a Python; nothing else of it is used."""
    url = urlsplit(os.environ["S3_ENDPOINT_URL"])
    there = [url.hostname, str(url.port or 443), str(PORT)]
    container = {
        "name": "proxy",
        "image": f"{REGISTRY}/multitrack-operator:{TAG}",
        "command": ["python3", "-c", inspect.getsource(tcp_proxy), *there],
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {"terminationGracePeriodSeconds": 0, "containers": [container]}
    template = {"metadata": {"labels": _LABELS}, "spec": pod}
    spec = {"selector": {"matchLabels": _LABELS}, "template": template}
    metadata = {"name": _NAME}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
