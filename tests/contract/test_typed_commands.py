"""What the pages for people tell them to type is understood as it stands."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from multitrack.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
_GROUP = typer.main.get_command(app)
assert isinstance(_GROUP, TyperGroup)
COMMANDS = _GROUP.commands


def typed(program: str) -> Iterator[tuple[str, str]]:
    """Page and command line of every call of the program in a block of code; pipes are cut."""
    for page in PAGES:
        for block in re.findall(
            r"^```\w*\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        ):
            for line in block.replace("\\\n", " ").splitlines():
                if found := re.match(rf"(?:\.venv/bin/)?{program} (.+)", line.strip()):
                    yield page.name, found[1]


@pytest.mark.parametrize(("page", "line"), sorted(set(typed("multitrack"))))
def test_the_command_has_what_is_typed(page: str, line: str) -> None:
    name, *arguments = shlex.split(re.split(r" [|>] ", line)[0], comments=True)
    assert name in COMMANDS, f"{page}: multitrack {line}"
    COMMANDS[name].make_context(name, arguments)


@pytest.mark.parametrize(("page", "line"), sorted(set(typed("make"))))
def test_the_makefile_has_what_is_typed(page: str, line: str) -> None:
    targets = re.findall(r"(?m)^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"))
    words = shlex.split(line, comments=True)
    assert all(word in targets or "=" in word for word in words), f"{page}: make {line}"
