"""The operator and the gateway load one Kubernetes client: the asynchronous one, alone."""

import subprocess
import sys

CODE = """
import sys
import multitrack.controller.process, multitrack.gateway.process
sys.exit("loaded" if "kubernetes.client" in sys.modules else 0)
"""


def test_the_synchronous_client_is_not_loaded() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
