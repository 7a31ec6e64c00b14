"""A way into the cluster for one program: `kubectl port-forward`."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.installation import Installation

__all__ = ["forwarded"]

_SAYS = re.compile(r"Forwarding from 127\.0\.0\.1:([0-9]+) ->")


@contextmanager
def forwarded(installation: Installation, target: str, port: str) -> Iterator[str]:
    """Forward a port of this machine from entering to leaving.

    Args:
        installation: Whose namespace.
        target: `pod/NAME` or `service/NAME`.
        port: Name or number of the target's port.

    Yields:
        `http://127.0.0.1:PORT`.
    """
    argv = ["kubectl", "--namespace", installation.namespace, "port-forward", target, f":{port}"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        found = _SAYS.search(said)
        assert found, f"{' '.join(argv)}: {said}"
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
