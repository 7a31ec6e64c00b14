"""How long an endpoint that is away or busy is waited for."""

from dataclasses import dataclass

from multitrack_steps.language.llm.failures import Failure, Objection
from workflow_templates.contracts.base import Seconds

__all__ = ["Patience"]


@dataclass(frozen=True, slots=True)
class Patience:
    """The tries of one request within one run of a step.

    The step itself is tried again by its engine, much later; so this bridges what passes quickly.
    """

    tries: int = 5
    first_delay: Seconds = 0.5
    """Doubled after each further try."""
    longest_delay: Seconds = 60.0
    """If the endpoint asks for a longer pause than this, the step ends and is tried again later."""
    silent_tries: int = 2
    """Tries that may end in silence: each costs the whole timeout."""

    def delay_after(self, tries: int, failure: Failure) -> Seconds | None:
        """How long to wait before the next try; None: no further one."""
        if failure.objection is not Objection.TRY_AGAIN or tries >= self.tries:
            return None
        if failure.is_silence and tries >= self.silent_tries:
            return None
        asked = failure.retry_after or 0.0
        if asked > self.longest_delay:
            return None
        return max(asked, min(self.longest_delay, self.first_delay * 2.0 ** (tries - 1)))
