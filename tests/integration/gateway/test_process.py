"""`multitrack gateway` as a pod runs it: settings, secrets, and a signal at the end."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.gateway_process import running_gateway_process
from tests.integration.gateway.test_events import closing, following, until
from tests.integration.gateway.world import World


async def test_a_signal_ends_it_at_once_though_somebody_follows(
    world: World, tmp_path: Path
) -> None:
    world.apply()
    with running_gateway_process(tmp_path, world.kubernetes.environment) as gateway:
        async with following(gateway.url) as socket:
            await until(socket, "DAG_STATUS")
            gateway.popen.send_signal(signal.SIGTERM)
            assert await closing(socket) in (1001, 1012)
        ended = await asyncio.wait_for(asyncio.to_thread(gateway.popen.wait), 10)
    assert ended in (0, -signal.SIGTERM)
    assert "Traceback" not in gateway.log.read_text(encoding="utf-8")


def test_its_own_token_comes_from_the_environment_and_is_never_logged(
    world: World, tmp_path: Path
) -> None:
    environment = {**world.kubernetes.environment, "MULTITRACK_GATEWAY_TOKEN": "s3cret-token"}
    told = {"authentication": "token", "logLevel": "DEBUG"}
    with running_gateway_process(tmp_path, environment, more=told) as gateway:
        for token, want in (("s3cret-token", 200), ("other", 401)):
            headers = {"Authorization": f"Bearer {token}"}
            assert httpx.get(f"{gateway.url}/v1/jobs", headers=headers).status_code == want
    assert "s3cret-token" not in gateway.log.read_text(encoding="utf-8")


def test_a_setting_that_is_not_known_is_one_sentence(tmp_path: Path) -> None:
    settings = tmp_path / "gateway.yaml"
    settings.write_text("jobNamespaces: [meetings]\nstorage: {bucket: b}\nauthentification: none\n")
    ran = subprocess.run(
        [sys.executable, "-m", "multitrack.cli.main", "gateway", "--settings", str(settings)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "authentification" in ran.stderr
    assert "Traceback" not in ran.stderr
