"""Writes the page: template, style and script of this folder become one file."""

import base64
import hashlib
import json
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from multitrack_steps.report.view import SpokenTurn, View

__all__ = ["render_page"]


def render_page(view: View, audio_href: str) -> str:
    """The page as HTML.

    The page carries its own content security policy: only its two scripts run, known by their
    hashes, and nothing is loaded but the sound. Text that slipped through escaping could not run.

    Args:
        view: What is shown.
        audio_href: Where the sound is, as seen from the page; empty for a page without player.
    """
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.tests["turn"] = lambda entry: isinstance(entry, SpokenTurn)
    script, early_script = _source("report.js"), _source("early.js")
    return environment.from_string(_source("report.html.j2")).render(
        view=view,
        audio_href=audio_href,
        style=_own(_source("report.css")),
        script=_own(script),
        early_script=_own(early_script),
        script_hashes=" ".join(f"'sha256-{_hash(source)}'" for source in (early_script, script)),
        timing=_own(_timing(view)),
    )


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def _own(source: str) -> Markup:
    """Our own files and integers, which hold nothing to escape."""
    return Markup(source)  # noqa: S704 - never text of a meeting


def _hash(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")


def _timing(view: View) -> str:
    """Integers only."""
    return json.dumps(view.timing, separators=(",", ":"))
