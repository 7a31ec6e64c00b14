"""The HTTP session of the Kubernetes client, without what costs a thread for every request.

The client's own session looks for a login in `~/.netrc` and for a proxy in the environment before
each request, the former in the threads in which storage is read: while the bucket answers slowly,
requests to the API server would wait for it.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from multitrack.cluster.library import client

__all__ = ["look_at_environment_once", "proxy_for"]

_READ_BUFFER_BYTES = 2 << 20
"""A watch tells an object in one line; etcd takes objects of 1.5 MiB."""


def look_at_environment_once(api: client.ApiClient) -> None:
    """Give the client a session that looks for no login, and for a proxy only now.

    Args:
        api: Not used yet.
    """
    rest = api.rest_client
    connector = rest.pool_manager.connector
    rest.pool_manager.detach()
    rest.pool_manager = aiohttp.ClientSession(connector=connector, read_bufsize=_READ_BUFFER_BYTES)
    rest.proxy = rest.proxy or proxy_for(api.configuration.host)


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address: `https_proxy` and its like.

    Args:
        url: Where to; a host that `no_proxy` names is reached without.
    """
    place = urlsplit(url)
    if place.hostname is None or proxy_bypass(place.hostname):
        return None
    return getproxies().get(place.scheme)
