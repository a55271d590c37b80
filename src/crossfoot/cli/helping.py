"""Help for people: an option says what is written behind it, a number or a name, and not of which type of the program that is."""

from typing import Any

from typer.core import TyperCommand, TyperGroup


def _plain(params: list[Any]) -> list[Any]:
    """Without the types of flags and arguments: a flag takes nothing, and an argument's name says what it is."""
    for each in params:
        if getattr(each, "is_flag", False) or each.param_type_name == "argument":
            each.display_type_rich = lambda ctx: None  # noqa: ARG005  a method of typer's
        elif each.type_descriptor.annotation is int:
            each.display_type_rich = lambda ctx: "NUMBER"  # noqa: ARG005
    return params


class Command(TyperCommand):
    """A command with help for people."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments, as help shows them."""
        return _plain(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands with help for people."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options, as help shows them."""
        return _plain(super().get_params(ctx))
