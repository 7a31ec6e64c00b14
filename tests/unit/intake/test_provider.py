"""Who gets an event: the legacy pipeline's two variables."""

import pytest

from multitrack.intake.provider import PROVIDER_VARIABLE, SHADOW_VARIABLE, Routing
from workflow_templates.runtime.errors import SettingsError

LEGACY = "https://legacy.example/hook"


@pytest.mark.parametrize(
    ("provider", "shadow", "legacy_url", "makes_jobs", "hands_on"),
    [
        (None, None, "", True, False),
        (None, None, LEGACY, False, True),
        ("argo", None, LEGACY, True, False),
        ("ARGO", "False", "", True, False),
        ("none", "0", LEGACY, False, True),
        ("argo", "true", LEGACY, True, True),
        ("none", "TRUE", LEGACY, True, True),
    ],
)
def test_routing(
    monkeypatch: pytest.MonkeyPatch,
    *,
    provider: str | None,
    shadow: str | None,
    legacy_url: str,
    makes_jobs: bool,
    hands_on: bool,
) -> None:
    for name, value in ((PROVIDER_VARIABLE, provider), (SHADOW_VARIABLE, shadow)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    routing = Routing.from_environment(legacy_url=legacy_url, fallback=False)
    assert (routing.makes_jobs, routing.hands_on) == (makes_jobs, hands_on)


@pytest.mark.parametrize(
    ("provider", "shadow", "fallback", "sentence"),
    [
        ("hatchet", "", False, "use argo"),
        ("celery", "", False, "use argo or none"),
        ("none", "", False, "set legacyUrl"),
        ("argo", "true", False, "set legacyUrl"),
        ("argo", "", True, "set legacyUrl"),
        ("argo", "perhaps", False, "use true or false"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_start(
    monkeypatch: pytest.MonkeyPatch, *, provider: str, shadow: str, fallback: bool, sentence: str
) -> None:
    monkeypatch.setenv(PROVIDER_VARIABLE, provider)
    monkeypatch.setenv(SHADOW_VARIABLE, shadow)
    with pytest.raises(SettingsError, match=sentence):
        Routing.from_environment(legacy_url="", fallback=fallback)
