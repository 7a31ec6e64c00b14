"""cli.md: every command and option."""

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from docs.generator.markdown import heading, table
from multitrack.cli.main import app

__all__ = ["page"]


def page() -> Iterator[str]:
    """The page's lines."""
    root = typer.main.get_command(app)
    yield heading("The command line")
    yield "After this page you know every command and option, and what a script can rely on."
    yield "\nExit codes: 0 done; 1 a bug, or a gate not met; 2 bad input or usage; 3 refused by"
    yield "another system for good; 75 temporary, try again; 130 interrupted, then `--resume`."
    assert isinstance(root, TyperGroup)  # noqa: S101 - what Typer makes of an app with commands
    for name, command in root.commands.items():
        yield f"\n## multitrack {name}\n"
        yield (command.help or "").strip()
        shown = [
            _parameter(parameter)
            for parameter in command.params
            if isinstance(parameter, TyperArgument | TyperOption) and not parameter.hidden
        ]
        yield from table(("argument or option", "meaning"), shown)


def _parameter(parameter: TyperArgument | TyperOption) -> tuple[str, str]:
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    if isinstance(parameter, TyperArgument):
        names = f"`{parameter.metavar or str(parameter.name).upper()}`"
    text = (parameter.help or "").replace("\\[", "[")
    if parameter.envvar:
        text += f" Environment: `{parameter.envvar}`."
    return names, text
