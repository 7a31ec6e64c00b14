"""What a page of the documentation tells people to type, as commands that can be run."""

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Block", "blocks_of"]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r" {2,}#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: commands, or with `kind` yaml an object to apply."""

    kind: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Its commands, comments left out, each on one line."""
        whole = _COMMENT.sub("", self.text).replace("\\\n", " ")
        return [" ".join(line.split()) for line in whole.splitlines() if line.strip()]


def blocks_of(page: Path, *headings: str) -> list[Block]:
    """The blocks below some of a page's headings, in their order.

    Args:
        page: Markdown.
        headings: Each the text after `## `.
    """
    text = page.read_text(encoding="utf-8")
    sections = {
        section.partition("\n")[0]: section
        for section in re.split(r"^## ", text, flags=re.MULTILINE)
    }
    return [
        Block(kind, body)
        for heading in headings
        for kind, body in _BLOCK.findall(sections[heading])
    ]
