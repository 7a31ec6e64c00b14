"""The chart's values for these tests: small requests, little patience, a profile per fault."""

import os
from collections.abc import Mapping
from typing import Any

__all__ = [
    "AUTHORITY_SECRET",
    "HOST_ADDRESS",
    "LEGACY_PORT",
    "LEGACY_SECRET",
    "REPOSITORY_THROUGH_PROXY",
    "REPOSITORY_WITHOUT_BUCKET",
    "ZULIP_PORT",
    "ZULIP_SECRET",
    "chart_values",
]

REPOSITORY_WITHOUT_BUCKET = "repository-without-bucket"
REPOSITORY_THROUGH_PROXY = "repository-through-proxy"
"""ConfigMaps with another artifact repository; the tests that use them make them."""

REGISTRY = os.environ.get("MULTITRACK_IMAGE_REGISTRY", "localhost")
TAG = os.environ.get("MULTITRACK_IMAGE_TAG", "dev")

HOST_ADDRESS = "MULTITRACK_HOST_ADDRESS"
"""The environment variable with an address of this machine that pods can reach."""
LEGACY_PORT = 39282
"""Of the legacy API that the test of shadow jobs runs here."""
LEGACY_SECRET = "legacy-api"  # noqa: S105 - a name
ZULIP_PORT = 39281
"""Of the realm that the test of deliveries runs here."""
ZULIP_SECRET = "zulip-bot"  # noqa: S105 - a name
AUTHORITY_SECRET = "private-authority"  # noqa: S105 - a name

_SMALL = {"cpu": "50m", "memory": "512Mi"}
"""The machine below the cluster may have two cores in all."""
_SMALL_STEPS = (
    "pad-track",
    "mixdown-tracks",
    "generate-waveform",
    "merge-transcripts",
    "detect-topics",
    "generate-title",
    "generate-summary",
    "extract-action-items",
    "finalize",
    "compare-run",
    "cleanup-consent",
    "render-report",
)


def chart_values(
    bucket: str, daily: Mapping[str, Any] | None = None, endpoint: str | None = None
) -> dict[str, Any]:
    """What is set at every installation of these tests.

    Args:
        bucket: Of all jobs.
        daily: The chart's values `daily`; None: Daily's events are not taken.
        endpoint: Of the S3 service; None: the cluster's own.
    """
    return {
        **({"daily": dict(daily)} if daily else {}),
        "storage": {
            "bucket": bucket,
            "endpoint": endpoint or os.environ["S3_ENDPOINT_URL"],
            "region": "us-east-1",
            "secret": {"name": "multitrack-storage"},
        },
        "images": {"registry": REGISTRY, "tag": TAG},
        "delivery": _delivery(),
        "comparison": _comparison(),
        "gpu": {"nodeSelector": {"nvidia.com/gpu.present": "true"}},
        "operator": {
            "podStartPatience": 20,
            "wakeAfter": 15,
            "resyncInterval": 10,
            "loops": {
                "deletions": {"interval": 2, "firstPause": 5},
                "consentSweep": {"interval": 5},
                # It would find what an event of the tests has told, and prove nothing.
                "polling": {"enabled": False},
                "webhookMonitor": {"interval": 5},
                "inbox": {"interval": 2},
            },
        },
        "workflows": {
            "parameters": {"threads": "1"},
            "steps": {
                "transcribe-track": {"cpu": "100m", "memory": "1Gi"},
                "screen-tracks": {"cpu": "50m", "memory": "1Gi"},
                "diarize-track": {"cpu": "100m", "memory": "2Gi"},
                **dict.fromkeys(_SMALL_STEPS, _SMALL),
            },
        },
        "profiles": _profiles(),
    }


def _delivery() -> dict[str, Any]:
    """A realm and a private authority; no default stream, so that other tests tell nobody."""
    host = os.environ.get(HOST_ADDRESS)
    if host is None:
        return {}
    return {
        "link": "https://meetings.example/#/jobs/{namespace}/{name}",
        "allowedPrivateNetworks": [f"{host}/32"],
        "caSecret": {"name": AUTHORITY_SECRET},
        "zulip": {
            "url": f"http://{host}:{ZULIP_PORT}",
            "botEmail": "minutes-bot@zulip.example",
            "apiKeySecret": {"name": ZULIP_SECRET},
            "progress": True,
        },
    }


def _comparison() -> dict[str, Any]:
    """A legacy API whose transcripts go by the recording's id."""
    host = os.environ.get(HOST_ADDRESS)
    if host is None:
        return {}
    url = f"http://{host}:{LEGACY_PORT}"
    return {
        "legacyUrl": url,
        "transcriptUrl": f"{url}/v1/transcripts/{{recording_id}}",
        "tokenSecret": {"name": LEGACY_SECRET},
        "limits": {"most_word_difference": 0.001},
    }


def _profiles() -> dict[str, Any]:
    """Installations that lack something, or whose storage the tests can take away."""
    missing_key = {"name": "no-such-secret", "key": "access-key-id"}
    return {
        "no-image": {"images": {"overrides": {"edge": f"{REGISTRY}/no-such-image:{TAG}"}}},
        "no-secret": {"secrets": {"AWS_ACCESS_KEY_ID": missing_key}},
        "no-volume": {"modelVolume": {"claimName": "no-such-volume"}},
        "no-bucket": {"artifactRepository": {"configMap": REPOSITORY_WITHOUT_BUCKET}},
        "tiny-mixdown": {"steps": {"mixdown-tracks": {"memory": "24Mi"}}},
        "through-proxy": {
            "artifactRepository": {"configMap": REPOSITORY_THROUGH_PROXY},
            "parameters": {"s3-endpoint-url": "http://s3-proxy:7070"},
        },
    }
