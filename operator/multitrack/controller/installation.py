"""Keeps looking for what the installation lacks, and tells whoever wants to know."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from multitrack.cluster.client import Cluster
from multitrack.controller.metrics import Metrics
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.startup_check import Problem, what_is_missing
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.runtime.store import S3Store

__all__ = ["Installation"]

_WHILE_INCOMPLETE, _WHILE_COMPLETE = 15.0, 300.0
"""Seconds between two looks."""

_log = logging.getLogger("multitrack.operator")


class Installation:
    """What is missing now. It changes while people install: nothing needs a restart."""

    def __init__(
        self,
        cluster: Cluster,
        settings: OperatorSettings,
        profiles: Mapping[str, InstallSettings],
        metrics: Metrics,
        open_store: Callable[[], S3Store],
        pauses: tuple[float, float] = (_WHILE_INCOMPLETE, _WHILE_COMPLETE),
    ) -> None:
        self._cluster = cluster
        self._settings = settings
        self._profiles = profiles
        self._metrics = metrics
        self._pauses = pauses
        self._open_store = open_store
        self.problems: tuple[Problem, ...] = ()

    async def keep_looking(self, tell: Callable[[tuple[Problem, ...]], None]) -> None:
        """Look until cancelled, sooner again while something is missing.

        Args:
            tell: Called with all problems whenever they have changed.
        """
        while True:
            if await self._look():
                tell(self.problems)
            await asyncio.sleep(self._pauses[0] if self.problems else self._pauses[1])

    async def _look(self) -> bool:
        """Whether anything has changed."""
        before = self.problems
        looking = what_is_missing(self._cluster, self._settings, self._profiles, self._open_store)
        self.problems = tuple([problem async for problem in looking])
        self._metrics.count_problems(self.problems)
        for problem in self.problems:
            if problem not in before:
                _log.error("installation incomplete", extra={"problem": problem.sentence})
        if before and not self.problems:
            _log.info("installation complete")
        return self.problems != before
