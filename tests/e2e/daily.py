"""Daily beside the cluster: it runs on this machine, where pods can reach it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.e2e.installation import Installation
from tests.e2e.values import HOST_ADDRESS
from tests.fakes.daily import FakeDaily, running_daily
from tests.fakes.daily.hooks import new_secret

__all__ = ["DailyBeside", "daily_beside"]

_SECRET = "daily"  # noqa: S105 - the Secret's name
_API_KEY, _WEBHOOK = "api-key", "webhook-secret"


@dataclass(frozen=True, slots=True)
class DailyBeside:
    """Daily, and the key of its webhook."""

    daily: FakeDaily
    webhook_secret: str

    def install(self, installation: Installation) -> dict[str, Any]:
        """Make the Secret that an installation needs; returns the chart's values `daily`."""
        kept = {_API_KEY: self.daily.api_key, _WEBHOOK: self.webhook_secret}
        installation.make_secret(_SECRET, kept)
        return {
            "apiUrl": self.daily.api_url,
            "apiKeySecret": {"name": _SECRET, "key": _API_KEY},
            "jobs": {"language": "en"},
            "webhook": {"secret": {"name": _SECRET, "key": _WEBHOOK}},
        }


@contextmanager
def daily_beside() -> Iterator[DailyBeside | None]:
    """Serve from entering to leaving; None where nobody says how pods reach this machine."""
    host = os.environ.get(HOST_ADDRESS)
    if not host:
        yield None
        return
    with running_daily(host=host) as daily:
        yield DailyBeside(daily, new_secret())
