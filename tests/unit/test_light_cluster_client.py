"""The Kubernetes client is loaded once, not twice."""

import subprocess
import sys

CODE = """
import sys, multitrack.cluster.client
sys.exit("loaded" if "kubernetes.client" in sys.modules else 0)
"""
STILL_THERE = """
import multitrack.cluster.client
import kubernetes.client, kubernetes.config
kubernetes.client.V1Pod(); kubernetes.config.load_kube_config
"""


def test_the_synchronous_client_is_not_loaded() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_whoever_imports_it_still_gets_it() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", STILL_THERE], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
