"""`--help` teaches: what every command says of itself."""

import pytest
import typer.main
from typer.core import TyperGroup

from multitrack.cli.main import app

_GROUP = typer.main.get_command(app)
assert isinstance(_GROUP, TyperGroup)
COMMANDS = _GROUP.commands
WITHOUT_EXAMPLE = {"gateway"}
"""The chart alone starts it: without arguments, settings in the environment."""


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - WITHOUT_EXAMPLE))
def test_help_shows_a_line_to_type(name: str) -> None:
    examples = [
        line.strip()
        for line in (COMMANDS[name].help or "").splitlines()
        if line.strip().startswith(f"multitrack {name}")
    ]
    assert examples
    assert all(line != f"multitrack {name}" for line in examples)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained(name: str) -> None:
    assert not [each.name for each in COMMANDS[name].params if not getattr(each, "help", "")]
