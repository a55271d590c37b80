"""YAML texts: read with the place of every value and numbers exact, and written back with comments as they were."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from crossfoot.settings.checks import Place, SettingsProblem

_CHARACTERS_MAX = 2_000_000
_NODES_MAX = 200_000
_DEPTH_MAX = 40


class SettingsError(Exception):
    """The settings cannot be used. `problems` are all that was found."""

    def __init__(self, problems: list[SettingsProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@cache
def _classes() -> tuple[Any, Any]:
    """A constructor and a representer that keep decimal numbers exact."""
    from ruamel.yaml.constructor import RoundTripConstructor  # noqa: PLC0415 - 100 ms that only files need
    from ruamel.yaml.representer import RoundTripRepresenter  # noqa: PLC0415 - 100 ms that only files need

    class Constructor(RoundTripConstructor):
        def construct_exact(self, node: Any) -> Any:
            try:
                return Decimal(node.value.replace("_", ""))
            except InvalidOperation:
                return node.value

    class Representer(RoundTripRepresenter):
        def represent_exact(self, number: Decimal) -> Any:
            return self.represent_scalar(
                "tag:yaml.org,2002:float" if "." in str(number) else "tag:yaml.org,2002:int", str(number)
            )

    Constructor.add_constructor("tag:yaml.org,2002:float", Constructor.construct_exact)
    Representer.add_representer(Decimal, Representer.represent_exact)
    return Constructor, Representer


def _yaml() -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415 - 100 ms that only files need

    yaml = YAML(typ="rt")
    yaml.Constructor, yaml.Representer = _classes()
    yaml.width = 160
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def parse(text: str, name: str) -> Any:
    """Ruamel's tree of a text. Raises `SettingsError` with the place of the first mistake."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - 100 ms that only files need

    if len(text) > _CHARACTERS_MAX:
        raise SettingsError(
            [
                SettingsProblem(
                    (),
                    "The settings are too long to be settings.",
                    f"At most {_CHARACTERS_MAX:,} characters.",
                    f"{name}:1:1",
                )
            ]
        )
    try:
        return _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        what = str(error.problem or error.context or "This is not YAML").strip().splitlines()[0]
        if what.startswith("found duplicate key"):
            what = what.partition(" with value")[0]
            raise SettingsError(
                [
                    SettingsProblem(
                        (),
                        f"{what.capitalize()}.",
                        "Each word may stand once; remove one of the two.",
                        position,
                    )
                ]
            ) from None
        raise SettingsError(
            [
                SettingsProblem(
                    (),
                    f"This cannot be read as YAML: {what}.",
                    "Check indentation, colons and quotes here.",
                    position,
                )
            ]
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SettingsError(
            [SettingsProblem((), f"This cannot be read as YAML: {what}.", "Check the text.", f"{name}:1:1")]
        ) from None


class Plain:
    """Turns ruamel's tree into plain values, within bounds, so that aliases of aliases cannot fill the memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = 0

    def value(self, node: Any, place: Place) -> Any:
        self.nodes += 1
        if self.nodes > _NODES_MAX or len(place) > _DEPTH_MAX:
            raise SettingsError(
                [
                    SettingsProblem(
                        place[:4],
                        "The settings are nested too deeply or refer to themselves.",
                        "Write them out without aliases.",
                        f"{self.name}:1:1",
                    )
                ]
            )
        if isinstance(node, dict):
            return {key: self.value(child, (*place, key)) for key, child in node.items()}
        if isinstance(node, list):
            return [self.value(child, (*place, index)) for index, child in enumerate(node)]
        if isinstance(node, bool) or node is None or isinstance(node, Decimal):
            return node
        if isinstance(node, int):
            return bool(node) if type(node).__name__ == "ScalarBoolean" else int(node)
        if isinstance(node, datetime):
            moment = datetime(
                node.year,
                node.month,
                node.day,
                node.hour,
                node.minute,
                node.second,
                node.microsecond,
                node.tzinfo or UTC,
            )
            return moment.astimezone(UTC)
        if isinstance(node, date):
            return node
        return str(node)


def written(tree: Any) -> str:
    """The text of a tree."""
    out = io.StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def position(tree: Any, place: Place, name: str, *, key: bool = False) -> str:
    """Where a place stands in the text: its value, or its key where the key itself is the mistake."""
    line, column = 0, 0
    node = tree
    for depth, step in enumerate(place):
        lc = getattr(node, "lc", None)
        if lc is None or lc.data is None or step not in lc.data:
            break
        mark = lc.data[step]
        last_key = key and depth == len(place) - 1
        line, column = (mark[2], mark[3]) if len(mark) == 4 and not last_key else (mark[0], mark[1])
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return f"{name}:{line + 1}:{column + 1}"
