"""The connection to the API server: it waits for nothing but the API server."""

import asyncio
import threading
from pathlib import Path

import pytest

from multitrack.cluster.client import connect
from multitrack.cluster.errors import ClusterRefusedError
from multitrack.cluster.login import namespace_of
from multitrack.cluster.session import proxy_for
from tests.fakes.kubernetes import FakeKubernetes

_MORE_THAN_ALL_THREADS = 64


async def test_the_api_server_is_asked_while_every_thread_waits_for_storage(
    kubernetes: FakeKubernetes,
) -> None:
    storage_answers = threading.Event()
    waiting = [
        asyncio.create_task(asyncio.to_thread(storage_answers.wait, 20))
        for _ in range(_MORE_THAN_ALL_THREADS)
    ]
    try:
        async with connect() as cluster, asyncio.timeout(5):
            assert await cluster.list_jobs("meetings") == []
    finally:
        storage_answers.set()
        await asyncio.gather(*waiting)
    assert kubernetes.count("list", "recordingjobs") == 1


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "https://api.example:6443", None),
        ({"https_proxy": "http://proxy:3128"}, "https://api.example:6443", "http://proxy:3128"),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://api.example:6443", "http://proxy:3128"),
        ({"http_proxy": "http://proxy:3128"}, "https://api.example:6443", None),
        (
            {"https_proxy": "http://proxy:3128", "no_proxy": "other,api.example"},
            "https://api.example:6443",
            None,
        ),
    ],
)
def test_a_proxy_is_taken_from_the_environment_as_kubectl_does(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "kubeconfig is not there"),
        ("", "kubeconfig: not a kubeconfig"),
        ("these are words", "kubeconfig: not a kubeconfig"),
        ("a: [", "kubeconfig: not a kubeconfig"),
        ("contexts: []\ncurrent-context: gone\n", "name gone"),
    ],
)
async def test_a_kubeconfig_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, said: str
) -> None:
    file = tmp_path / "kubeconfig"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(file))
    assert namespace_of() == "default"
    with pytest.raises(ClusterRefusedError, match=said) as raised:
        async with connect():
            pass
    assert str(file) in str(raised.value)
    assert "set KUBECONFIG" in str(raised.value)
