"""What the gateway's process is told."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from multitrack.api.base import Resource
from multitrack.controller.settings import Storage
from multitrack.intake.jobs import DailyJobs
from workflow_templates.runtime.settings_file import read_settings

__all__ = ["Authentication", "Downloads", "GatewaySettings", "Webhook", "load_gateway_settings"]


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


class Webhook(Resource):
    """How Daily's events are taken.

    The secret comes from `$MULTITRACK_DAILY_WEBHOOK_SECRET`; several, separated by blanks, are all
    accepted, so that one can replace another. Without it no events are taken.
    """

    largest_body: Annotated[int, Field(ge=1024, le=16 << 20)] = 1 << 20
    """Bytes of a request; more are refused."""
    legacy_url: str = ""
    """Where the legacy pipeline takes Daily's events; for DURABLE_WORKFLOW_PROVIDER=none and for
    shadow mode."""
    fallback_to_legacy: bool = False
    """Hand an event to the legacy pipeline if the cluster refuses its job."""


class GatewaySettings(Resource):
    """gateway.yaml."""

    job_namespaces: Annotated[tuple[str, ...], Field(min_length=1)]
    """Whose RecordingJobs are served; new ones go into the first, unless asked otherwise."""
    storage: Storage
    """The bucket of all jobs."""
    daily_jobs: DailyJobs = DailyJobs()
    """Jobs of Daily's recordings."""
    webhook: Webhook = Webhook()
    """How Daily's events are taken."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """Where everything is served."""
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING"], BeforeValidator(lambda text: str(text).upper())
    ] = "INFO"
    """How much is logged."""
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
