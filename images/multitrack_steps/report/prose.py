"""Renders the summary's Markdown. A language model may have written it: no HTML, no images."""

from markdown_it import MarkdownIt
from markupsafe import Markup

__all__ = ["render_markdown"]

# Images would be requests to others' servers; raw HTML would be theirs to write.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(
    ["image", "html_block", "html_inline"]
)
_HEADING = "h4"
"""The page's own headings go down to h3."""


def render_markdown(text: str) -> Markup:
    """HTML of a Markdown text; all its headings are of one level, below the page's own."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _HEADING
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("rel", "noopener noreferrer")
    rendered = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(rendered)  # noqa: S704 - markdown-it escapes; its input is never inserted raw
