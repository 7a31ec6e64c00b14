"""The key that signs links: one for all replicas, made once, kept in the bucket."""

import asyncio
import secrets

from multitrack.gateway.services import Services
from workflow_templates.runtime.errors import RefusedError
from workflow_templates.runtime.store import S3Address

__all__ = ["LINK_KEY", "link_key"]

LINK_KEY = "gateway/link-key"
"""Whoever can read the bucket can read the meetings anyway. Delete it to end all links."""
_BYTES = 32


async def link_key(services: Services) -> bytes:
    """Read the key; the first who asks makes it.

    Raises:
        MultitrackError: The store is away or refuses.
    """
    address = S3Address(services.settings.storage.bucket, LINK_KEY)

    def read_or_make() -> bytes:
        try:
            return services.store.read(address)
        except RefusedError:
            services.store.write_new(address, secrets.token_bytes(_BYTES))
            return services.store.read(address)

    return await asyncio.to_thread(read_or_make)
