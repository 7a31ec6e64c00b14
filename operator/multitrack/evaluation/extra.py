"""The packages that only evaluation needs, and what to say where they are missing."""

from workflow_templates.comparison.extra import evaluate_extra

__all__ = ["evaluate_extra"]
