"""The GPU node, taken away and brought back by a command that the environment names."""

import os
import subprocess
from dataclasses import dataclass

import pytest

from tests.e2e.installation import Installation, eventually

__all__ = ["GpuNode", "gpu_node"]

COMMAND = "MULTITRACK_NODE_COMMAND"
"""Called as: COMMAND NODE down (it crashes), reclaim (as a spot market does), or up."""

_GPU = "nvidia.com/gpu.present=true"


@dataclass(frozen=True, slots=True)
class GpuNode:
    """A node that can be taken away."""

    name: str
    command: str
    installation: Installation

    def crash(self) -> None:
        """Away at once, with all its pods; its object stays."""
        self._run("down")
        self._await_ready("Unknown")

    def reclaim(self) -> None:
        """Away at once, with its object."""
        self._run("reclaim")

    def bring_back(self) -> None:
        """Empty, and ready for pods."""
        self._run("up")
        self._await_ready("True")
        eventually(lambda: self._devices() or None, "the node's GPUs")

    def _run(self, action: str) -> None:
        argv = [self.command, self.name, action]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def _await_ready(self, status: str) -> None:
        wanted = f"--for=condition=Ready={status}"
        self.installation.kubectl("wait", f"node/{self.name}", wanted, "--timeout=120s")

    def _devices(self) -> int:
        allocatable = self.installation.read("node", self.name)["status"]["allocatable"]
        return int(allocatable.get("nvidia.com/gpu", 0))


def gpu_node(installation: Installation) -> GpuNode:
    """The cluster's GPU node; without the command the test is skipped."""
    command = os.environ.get(COMMAND)
    if not command:
        pytest.skip(f"no node can be taken away here; set {COMMAND} to a command that does it")
    names = installation.read("nodes", "--selector", _GPU)["items"]
    assert names, f"no node has the label {_GPU}"
    return GpuNode(names[0]["metadata"]["name"], command, installation)
