"""Which pipeline gets an event: ours, the legacy one, or both.

The names and their meaning are those of the legacy pipeline's settings, so that a team switches
with the variables that it knows. Nothing has to be changed at Daily.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from workflow_templates.runtime.errors import SettingsError

__all__ = ["Provider", "Routing"]

PROVIDER_VARIABLE = "DURABLE_WORKFLOW_PROVIDER"
SHADOW_VARIABLE = "DURABLE_WORKFLOW_SHADOW_MODE"
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no", "")


class Provider(StrEnum):
    """Who processes recordings."""

    ARGO = "argo"
    """This system."""
    NONE = "none"
    """The legacy pipeline alone: events are handed on as they came."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Where events go."""

    provider: Provider
    shadow: bool
    """Both process each recording."""
    legacy_url: str
    """Where the legacy pipeline takes Daily's events; empty: there is none."""
    fallback: bool
    """What cannot become a job goes to the legacy pipeline instead."""

    @classmethod
    def from_environment(cls, *, legacy_url: str, fallback: bool) -> Self:
        """Read the two variables; unset, the provider is `argo`, or `none` with a legacy URL.

        Raises:
            SettingsError: A value that cannot be, or one that needs a legacy URL without one.
        """
        usual = Provider.NONE if legacy_url else Provider.ARGO
        text = os.environ.get(PROVIDER_VARIABLE, "").strip().lower() or usual.value
        shadow = _flag(SHADOW_VARIABLE)
        if text == "hatchet":
            raise SettingsError(f"{PROVIDER_VARIABLE}=hatchet: there is no such engine; use argo")
        if text not in list(Provider):
            raise SettingsError(f"{PROVIDER_VARIABLE}={text}: use argo or none")
        provider = Provider(text)
        if not legacy_url and (shadow or fallback or provider is Provider.NONE):
            asked = f"{SHADOW_VARIABLE}=true" if shadow else "the fallback"
            asked = f"{PROVIDER_VARIABLE}=none" if provider is Provider.NONE else asked
            raise SettingsError(
                f"{asked} hands events to the legacy pipeline; set legacyUrl to its webhook"
            )
        return cls(provider, shadow, legacy_url, fallback)

    @property
    def makes_jobs(self) -> bool:
        """Whether recordings become jobs here."""
        return self.shadow or self.provider is Provider.ARGO

    @property
    def hands_on(self) -> bool:
        """Whether the legacy pipeline gets every event."""
        return self.shadow or self.provider is Provider.NONE


def _flag(variable: str) -> bool:
    text = os.environ.get(variable, "").strip().lower()
    if text not in (*_YES, *_NO):
        raise SettingsError(f"{variable}={text}: use true or false")
    return text in _YES
