"""Where a webhook may go: https, and to no machine of our own network.

A name is resolved once, every address that it has is checked, and the connection goes to a checked
one: a name that later points elsewhere (DNS rebinding) changes nothing.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from workflow_templates.runtime.errors import SettingsError, TemporaryError

__all__ = ["Destination", "Network", "Resolve", "find_destination", "parse_networks", "resolve"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses; raises OSError where there are none."""

_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that was checked."""

    url: str
    host: str
    addresses: tuple[str, ...]
    """Every one may be connected to."""

    @property
    def site(self) -> str:
        """For messages and records: what follows the host is often secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{self.host}" + (f":{parts.port}" if parts.port else "")


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read `10.0.0.0/8, fd00::/8`.

    Raises:
        SettingsError: Not a network.
    """
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(
            f"webhook-allowed-private: {error}; write networks such as 10.0.0.0/8, with commas"
        ) from error


def find_destination(
    url: str, *, allowed_private: Sequence[Network] = (), resolve_name: Resolve = resolve
) -> Destination:
    """Check where a URL leads.

    Args:
        url: Of the receiver.
        allowed_private: Networks that are ours and may be called, there also by plain http.
        resolve_name: Asked once.

    Raises:
        SettingsError: Not a URL, not https, or an address that may not be called.
        TemporaryError: The name cannot be resolved now.
    """
    scheme, host, port = _parts(url)
    try:
        addresses = tuple(resolve_name(host, port))
    except OSError as error:
        raise TemporaryError(
            f"{scheme}://{host}: the name cannot be resolved now ({error.strerror or error}); "
            "check it, or try again later"
        ) from error
    inside = [each for each in addresses if _is_within(each, allowed_private)]
    for address in addresses:
        if address not in inside and not _is_public(ipaddress.ip_address(address)):
            raise SettingsError(
                f"{scheme}://{host}: leads to {address}, which is not a public address; "
                "use another, or allow its network in webhook-allowed-private"
            )
    if scheme != "https" and len(inside) != len(addresses):
        raise SettingsError(
            f"{scheme}://{host}: a webhook goes by https; "
            "plain http is for networks in webhook-allowed-private"
        )
    return Destination(url, host, addresses)


def _parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"webhook-url: not a URL ({error}); write https://host/path") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsError("webhook-url: not a URL of the web; write https://host/path")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    plain = _plain(ipaddress.ip_address(address))
    return any(plain in network for network in networks)


def _is_public(address: _Address) -> bool:
    plain = _plain(address)
    return plain.is_global and not plain.is_multicast


def _plain(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address
