"""Whose certificates are trusted: the public authorities, and those that the installation adds."""

import os
import ssl

from workflow_templates.runtime.errors import SettingsError

__all__ = ["CA_VARIABLE", "trusted_authorities"]

CA_VARIABLE = "MULTITRACK_CA_CERTIFICATES"
"""Certificates of private authorities, as PEM; they are trusted beside the public ones."""


def trusted_authorities(added: str | None = None) -> ssl.SSLContext:
    """What connections to receivers are checked against.

    Args:
        added: Certificates as PEM; None: those in `$MULTITRACK_CA_CERTIFICATES`.

    Raises:
        SettingsError: They are no certificates.
    """
    import httpx  # noqa: PLC0415 - slow to import, and only deliveries need it

    context = httpx.create_ssl_context()
    certificates = os.environ.get(CA_VARIABLE, "") if added is None else added
    if certificates.strip():
        try:
            context.load_verify_locations(cadata=certificates)
        except (ssl.SSLError, ValueError) as error:
            raise SettingsError(
                f"{CA_VARIABLE}: no certificates in PEM ({error}); put the authority's certificate "
                "into its Secret"
            ) from error
    return context
