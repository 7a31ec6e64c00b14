"""What fault runs have done and found, as a Markdown table."""

from dataclasses import dataclass, field

__all__ = ["Figures"]


@dataclass(slots=True)
class Figures:
    """Of one run."""

    seed: int | None = None
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, done: str, found: str) -> None:
        """One line: the promise, what was done to break it, what came of it."""
        self.rows.append((what, done, found))

    def table(self) -> str:
        """Empty where nothing was run."""
        if not self.rows:
            return ""
        lines = [f"| {what} | {done} | {found} |" for what, done, found in self.rows]
        head = ["| promise | done against it | found |", "| --- | --- | --- |"]
        return "\n".join([f"MULTITRACK_SEED={self.seed}", "", *head, *lines])
