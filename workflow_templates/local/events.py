"""What the engine tells whoever watches it."""

from dataclasses import dataclass

from workflow_templates.local.plan import Node, TaskPhase

__all__ = ["EngineEvent", "NodeEnded", "NodeProgress", "NodeStarted"]


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """A piece of work has begun."""

    node: Node


@dataclass(frozen=True, slots=True)
class NodeProgress:
    """A piece of work got on, or has something to say."""

    node: Node
    share: float | None
    """0 to 1; None: unchanged."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class NodeEnded:
    """A piece of work has ended; a skipped or omitted task never began."""

    node: Node
    phase: TaskPhase
    reused: bool = False
    sentence: str = ""


EngineEvent = NodeStarted | NodeProgress | NodeEnded
