"""`multitrack run` needs none of the packages that only a cluster needs."""

import subprocess
import sys

BLOCKED = """
import sys
for name in ("aiohttp", "hera", "kopf", "kubernetes_asyncio", "prometheus_client", "yaml"):
    sys.modules[name] = None
sys.argv = ["multitrack", "--version"]
from multitrack.cli.main import main
sys.exit(main())
"""


def test_the_command_starts_without_the_operators_packages() -> None:
    argv = [sys.executable, "-c", BLOCKED]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("multitrack ")
