"""What the gateway's process is told."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from multitrack.api.base import Resource
from multitrack.controller.settings import Storage
from workflow_templates.runtime.settings_file import read_settings

__all__ = ["Authentication", "Downloads", "GatewaySettings", "load_gateway_settings"]


class Authentication(StrEnum):
    """How the gateway knows who asks, and what they may do."""

    KUBERNETES = "kubernetes"
    """Bearer tokens of the cluster: TokenReview, then SubjectAccessReview in the job's
    namespace."""
    TOKEN = "token"  # noqa: S105 - a kind of authentication
    """One token for everything: `$MULTITRACK_GATEWAY_TOKEN`."""
    NONE = "none"
    """Whoever reaches the gateway may do everything."""


class Downloads(StrEnum):
    """How files reach whoever asks for them."""

    STREAM = "stream"
    """Through the gateway: the bucket need not be reachable for browsers."""
    REDIRECT = "redirect"
    """Straight from the bucket, by links that the gateway signs when it is asked."""


class GatewaySettings(Resource):
    """gateway.yaml."""

    job_namespaces: Annotated[tuple[str, ...], Field(min_length=1)]
    """Whose RecordingJobs are served; new ones go into the first, unless asked otherwise."""
    storage: Storage
    """The bucket of all jobs."""
    authentication: Authentication = Authentication.KUBERNETES
    """How the gateway knows who asks."""
    downloads: Downloads = Downloads.STREAM
    """How files reach whoever asks for them."""


def load_gateway_settings(file: Path) -> GatewaySettings:
    """Read gateway.yaml.

    Raises:
        SettingsError: No such file, not YAML, an unknown key or a value that cannot be.
    """
    return read_settings(file, GatewaySettings)
