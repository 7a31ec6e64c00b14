"""Kopf's side: which objects are watched, and where their events go. Nothing is decided here."""

from collections.abc import Mapping
from typing import Any

import kopf

from multitrack.api import names
from multitrack.controller.loop import Controller

__all__ = ["operator_settings", "register"]

_WATCH_SECONDS = 600

_LISTED_AT_ONCE = 20
"""Workflows hold their templates twice, 150 kB and more: hundreds at once do not fit in memory."""

_KEPT_SECONDS = 1.0
"""Kopf keeps an object whole for so long after its last event, in case there is another one."""


def register(controller: Controller) -> kopf.OperatorRegistry:
    """Send every event to the controller: levels, not edges; nothing is kept on the objects."""
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    def log_in(**kwargs: Any) -> kopf.ConnectionInfo | None:
        return kopf.login_with_service_account(**kwargs) or kopf.login_with_kubeconfig(**kwargs)

    @kopf.on.event(names.GROUP, names.VERSION, names.PLURAL, registry=registry)
    async def on_job(event: Mapping[str, Any], **_: Any) -> None:
        controller.see_job(event["object"], is_gone=event["type"] == "DELETED")

    @kopf.on.event(
        "argoproj.io",
        "v1alpha1",
        "workflows",
        labels={names.JOB_UID_LABEL: kopf.PRESENT},
        registry=registry,
    )
    async def on_workflow(event: Mapping[str, Any], **_: Any) -> None:
        controller.see_workflow(event["object"], is_gone=event["type"] == "DELETED")

    return registry


def operator_settings() -> kopf.OperatorSettings:
    """How Kopf watches and posts."""
    settings = kopf.OperatorSettings()
    # The API server sends only our Workflows; Kopf's own filter would receive all of them.
    selector = names.JOB_UID_LABEL
    settings.watching.label_selectors["argoproj.io", "workflows"] = selector
    settings.watching.server_timeout = _WATCH_SECONDS
    settings.watching.chunk_size = _LISTED_AT_ONCE
    settings.queueing.idle_timeout = _KEPT_SECONDS
    settings.posting.loggers = False
    settings.posting.reporting_component = "multitrack"
    settings.scanning.disabled = True
    return settings
