"""What the doctor found, drawn and as data."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from crossfoot.app.doctor import Examined
from crossfoot.cli import words
from crossfoot.model.ailments import Ailment


def found(examined: Sequence[Examined], *, repaired: int = 0) -> Iterator[RenderableType]:
    """Per kind of record: how many properties there are, and what is wrong with which."""
    table = words.table(
        "Crossfoot's properties in HubSpot",
        "Records",
        "Properties",
        "Property",
        "What is wrong",
        numbers=["Properties"],
    )
    for each in examined:
        kind, number = words.kinds(each.kind), str(len(each.fields))
        if not each.ailments:
            table.add_row(kind, number, "", Text("nothing", "green"))
        for place, ailment in enumerate(each.ailments):
            table.add_row(
                "" if place else kind,
                "" if place else number,
                f"{ailment.label} ({ailment.path})",
                Text(_sentence(ailment), "" if ailment.harmless else "red"),
            )
    yield table
    if repaired:
        yield Text(f"Repaired: {words.count(repaired, 'property', 'properties')}.")
    broken = [ailment for each in examined for ailment in each.broken]
    if broken:
        yield Text(f"{counted(broken)} {'needs' if len(broken) == 1 else 'need'} repair.", "red")
    else:
        yield Text("All is well.", "green")


def _sentence(ailment: Ailment) -> str:
    harmless = " (does no harm)" if ailment.harmless else ""
    return f"It {ailment.what}{harmless}. {ailment.fix}".strip()


def counted(ailments: Sequence[Ailment]) -> str:
    """How many properties are ill."""
    return words.count(len({(each.path, each.label) for each in ailments}), "property", "properties")


def found_data(examined: Sequence[Examined], *, healthy: bool, repaired: int) -> dict[str, Any]:
    """The same as data."""
    return {
        "healthy": healthy,
        "repaired": repaired,
        "records": [
            {
                "kind": each.kind,
                "properties": [info.path for info in each.fields],
                "wrong": [
                    {
                        "name": ailment.path,
                        "label": ailment.label,
                        "wrong": ailment.kind,
                        "what": _sentence(ailment),
                        "harmless": ailment.harmless,
                        "repairable": ailment.mendable,
                    }
                    for ailment in each.ailments
                ],
            }
            for each in examined
        ],
    }
