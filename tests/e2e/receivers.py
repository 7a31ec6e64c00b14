"""Who deliveries go to, beside the cluster: a Zulip realm and a receiver, with their Secrets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.installation import Installation
from tests.e2e.values import AUTHORITY_SECRET, ZULIP_PORT, ZULIP_SECRET
from tests.fakes.authority import make_authority
from tests.fakes.loopback import Around
from tests.fakes.receiver import Receiver, running_receiver
from tests.fakes.zulip import FakeZulip, running_zulip

__all__ = ["receiver_beside", "zulip_beside"]


@contextmanager
def zulip_beside(
    installation: Installation, host: str, around: Around | None = None
) -> Iterator[FakeZulip]:
    """The realm that the chart's values name, and the Secret with its key."""
    with running_zulip(host, ZULIP_PORT, around=around) as realm:
        installation.make_secret(ZULIP_SECRET, {"api-key": realm.key})
        yield realm


@contextmanager
def receiver_beside(
    installation: Installation, host: str, folder: Path, around: Around | None = None
) -> Iterator[Receiver]:
    """A receiver whose certificate the chart's values trust, and the Secret `receiver`.

    Args:
        folder: An empty folder for the authority's files.
    """
    authority = make_authority(folder, host)
    installation.make_secret(AUTHORITY_SECRET, {"ca.crt": authority.certificate})
    with running_receiver(host, tls=authority.tls, around=around) as server:
        installation.make_secret("receiver", {"hmac": server.secret})
        yield server
