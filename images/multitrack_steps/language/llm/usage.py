"""What was asked and answered in all, in tokens: also in tries that failed or were repeated."""

from multitrack_steps.language.llm.tokens import estimate_tokens
from workflow_templates.contracts.results import Tokens

__all__ = ["Usage"]

_MOST_LETTERS_PER_TOKEN = 12
"""No tokenizer packs prose so tightly: an endpoint that counts fewer tokens did not read it all."""


class Usage:
    """The sum over one step, and what a reader should know about it."""

    def __init__(self) -> None:
        self._tokens = Tokens()
        self._estimated = False
        self._cut_prompt = False

    @property
    def tokens(self) -> Tokens:
        """The sum so far."""
        return self._tokens

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence each."""
        warnings: list[str] = []
        if self._estimated:
            warnings.append("The endpoint reports no token counts; they were estimated.")
        if self._cut_prompt:
            warnings.append(
                "The endpoint read less than it was sent, so parts of the meeting may be missing: "
                "lower llm-context to what the server really holds."
            )
        return tuple(warnings)

    def add(self, prompt: str, answer: str, reported: tuple[int, int] | None) -> None:
        """Count one answer.

        Args:
            prompt: All that was sent.
            answer: All that came back, reasoning included.
            reported: Prompt and completion tokens as the endpoint counts them.
        """
        if reported is None:
            self._estimated = True
            counted = Tokens(prompt=estimate_tokens(prompt), completion=estimate_tokens(answer))
        else:
            counted = Tokens(prompt=reported[0], completion=reported[1])
            if 0 < reported[0] * _MOST_LETTERS_PER_TOKEN < len(prompt):
                self._cut_prompt = True
        self._tokens += counted
