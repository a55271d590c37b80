"""The commands `crossfoot` and `crossfoot-sandbox` as they are, for the reference page and for checking examples."""

import inspect
import shlex
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command

PROGRAMS = ("crossfoot", "crossfoot-sandbox")


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command."""

    names: tuple[str, ...]
    takes: str
    """What is written behind it; empty for a flag."""
    help: str


@dataclass(frozen=True, slots=True)
class Command:
    """One command, as its help says it."""

    program: str
    path: str
    """With the names of its groups: `crossfoot review accept`."""
    help: str
    arguments: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]


@cache
def root(program: str) -> Any:
    """The program's command. typer brings its own copy of click, which has no public types."""
    if program == "crossfoot":
        from crossfoot.cli.main import app
    else:
        from crossfoot_sandbox.cli import app
    return get_command(app)


@cache
def commands() -> dict[str, Command]:
    """Every command by its path, in the order of the help."""
    found: dict[str, Command] = {}
    for program in PROGRAMS:
        _walk(program, program, root(program), found)
    return found


def _walk(program: str, path: str, command: Any, found: dict[str, Command]) -> None:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            _walk(program, f"{path} {name}", inner, found)
        return
    options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    found[path] = Command(
        program,
        path,
        " ".join(inspect.cleandoc(command.help or "").split()),
        tuple(((each.metavar or each.name.upper()).strip("[]"), each.help or "") for each in arguments),
        tuple(Option((*each.opts, *each.secondary_opts), _takes(each), each.help or "") for each in options),
    )


_WORDS = {str: "TEXT", int: "NUMBER", float: "NUMBER", Path: "FILE"}


def _takes(option: Any) -> str:
    if option.is_flag:
        return ""
    annotation = option.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " · ".join(f"`{each.value}`" for each in annotation)
    return str(option.metavar or _WORDS.get(annotation, "TEXT"))


def mistake(line: str) -> str | None:
    """What is wrong with a line such as `crossfoot plan --json`; None if the program would understand it."""
    program, *words = shlex.split(line, comments=True)
    command, name = root(program), program
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return f"there is no command '{name} {words[0]}'"
        name, command = f"{name} {words[0]}", command.commands[words.pop(0)]
    if words == ["--help"]:
        return None
    if hasattr(command, "commands"):
        return f"'{name}' needs a command"
    try:
        command.make_context(name, words).close()
    except Exception as error:
        # typer's copy of click does not export the base class of its usage errors.
        explain = getattr(error, "format_message", None)
        if explain is None:
            raise
        return str(explain())
    return None
