"""Decisions and next steps as the legacy API, its events and its webhook show them."""

from collections.abc import Sequence
from typing import Any

from workflow_templates.contracts.minutes import Decision, NextStep

__all__ = ["legacy_action_items"]


def legacy_action_items(
    decisions: Sequence[Decision], next_steps: Sequence[NextStep]
) -> dict[str, Any]:
    """`{decisions: […], next_steps: […]}`, JSON types; times in seconds where they are known."""
    return {
        "decisions": [decision.model_dump(mode="json") for decision in decisions],
        "next_steps": [step.model_dump(mode="json") for step in next_steps],
    }
