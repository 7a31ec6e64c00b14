"""The server in a process of its own, for measurements: what it does costs its clients no time."""

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from tests.fakes.kubernetes.server import running_kubernetes

__all__ = ["KubernetesApart", "running_kubernetes_apart"]


@dataclass(frozen=True, slots=True)
class KubernetesApart:
    """A running server in another process."""

    environment: Mapping[str, str]
    """What a client needs to talk to it."""
    _ours: Connection

    def count(self, plural: str) -> int:
        """How many objects of a kind there are."""
        self._ours.send(plural)
        return cast("int", self._ours.recv())


@contextmanager
def running_kubernetes_apart(
    folder: Path, *, creation_seconds: float = 0
) -> Iterator[KubernetesApart]:
    """Serve from entering to leaving.

    Args:
        folder: Takes the kubeconfig.
        creation_seconds: What a creation takes beyond the fake's own work: a real server writes
            to etcd.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, folder, creation_seconds), daemon=True)
    process.start()
    theirs.close()
    environment = cast("Mapping[str, str]", ours.recv())
    try:
        yield KubernetesApart(environment, ours)
    finally:
        ours.close()
        process.join()


def _serve(parent: Connection, folder: Path, creation_seconds: float) -> None:
    """Serve and count, until the parent closes its end or is gone."""
    with running_kubernetes(folder) as server:
        server.delay(creation_seconds, verb="create")
        parent.send(dict(server.environment))
        with suppress(EOFError):
            while True:
                parent.send(len(server.all(parent.recv())))
