"""Where a webhook may go."""

from collections.abc import Sequence

import pytest

from workflow_templates.delivery.destination import find_destination, parse_networks
from workflow_templates.runtime.errors import SettingsError, TemporaryError

PRIVATE = {
    "loopback": "127.0.0.1",
    "a private network": "10.1.2.3",
    "the cloud's metadata": "169.254.169.254",
    "shared address space": "100.64.0.1",
    "nowhere": "0.0.0.0",  # noqa: S104 - refused, not listened on
    "multicast": "224.0.0.1",
    "IPv6 loopback": "::1",
    "a unique local address": "fd00::1",
    "a link": "fe80::1",
    "IPv4 in IPv6": "::ffff:10.0.0.1",
    "IPv4 behind NAT64": "64:ff9b::a00:1",
    "IPv4 in 6to4": "2002:a00:1::1",
}


def answering(*addresses: str) -> "Resolver":
    return Resolver(addresses)


class Resolver:
    """A name service that says what it is told to say, and counts."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.addresses


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_no_address_of_our_own_network_is_called(address: str) -> None:
    with pytest.raises(SettingsError, match="is not a public address") as refused:
        find_destination("https://r.example/secret", resolve_name=answering(address))
    assert "secret" not in str(refused.value)


def test_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"leads to 10\.0\.0\.1"):
        find_destination("https://r.example", resolve_name=answering("93.184.215.14", "10.0.0.1"))


def test_a_name_is_resolved_once_and_only_checked_addresses_are_kept() -> None:
    names = answering("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    found = find_destination("https://r.example:8443/x", resolve_name=names)
    assert names.asked == [("r.example", 8443)]
    assert found.addresses == tuple(names.addresses)
    assert found.site == "https://r.example:8443"


def test_an_allowed_network_may_be_called_also_without_tls() -> None:
    networks = parse_networks("10.0.0.0/8, fd00::/8")
    for url in ("http://r.internal/x", "https://r.internal/x"):
        found = find_destination(url, allowed_private=networks, resolve_name=answering("10.9.8.7"))
        assert found.addresses == ("10.9.8.7",)


WRONG = {
    "plain http to the world": ("http://r.example/x", "goes by https"),
    "another scheme": ("file:///etc/passwd", "not a URL of the web"),
    "no host": ("https:///x", "not a URL of the web"),
    "no port": ("https://r.example:99999/", "not a URL"),
}


@pytest.mark.parametrize(("url", "want"), WRONG.values(), ids=WRONG)
def test_what_is_no_receiver_is_refused(url: str, want: str) -> None:
    with pytest.raises(SettingsError, match=want):
        find_destination(url, resolve_name=answering("93.184.215.14"))


def test_a_name_that_cannot_be_resolved_may_be_tried_again() -> None:
    def fail(host: str, port: int) -> Sequence[str]:
        raise OSError(-3, f"Temporary failure in name resolution of {host}:{port}")

    with pytest.raises(TemporaryError, match="cannot be resolved now"):
        find_destination("https://r.example", resolve_name=fail)


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="webhook-allowed-private"):
        parse_networks("10.0.0.1/8")
