"""What the screen shows, as SVG files for a README: no font from the web, no address outside the file."""

import io
import re
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.terminal_theme import TerminalTheme

WIDTH = 100
_CELL = 12.2  # width of one sign, as Rich draws it
_TEXT = re.compile(
    r'<text(?P<before>[^>]*?) x="(?P<x>[\d.]+)"(?P<between>[^>]*?) textLength="(?P<length>[\d.]+)"(?P<after>[^>]*)>'
    r"(?P<content>[^<]*)</text>"
)

_FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"

THEME = TerminalTheme(
    (250, 250, 248),
    (40, 44, 52),
    [
        (40, 44, 52),
        (190, 40, 50),
        (30, 120, 60),
        (150, 100, 0),
        (30, 90, 170),
        (130, 60, 150),
        (0, 115, 130),
        (110, 115, 120),
    ],
)
"""Dark on light, legible in both modes of a web page."""


def picture(path: Path, title: str, *parts: RenderableType) -> None:
    """Draw parts into an SVG file. Raises `OSError`."""
    with io.StringIO() as nowhere:
        console = Console(
            record=True, width=WIDTH + 4, file=nowhere, force_terminal=True, color_system="truecolor"
        )
        console.print(Padding(Group(*parts), (1, 2)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        self_contained(console.export_svg(title=title, theme=THEME, unique_id=path.stem)), "utf-8"
    )


def self_contained(svg: str) -> str:
    """The picture with the fonts of whoever looks at it."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)
    svg = re.sub(r"font-family:\s*Fira Code[^;]*;", f"font-family: {_FONTS};", svg)
    svg = re.sub(r"font-family:\s*arial;", "font-family: system-ui, sans-serif;", svg)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    # The usual fonts are 0.602 of their size wide: lines meet also where `textLength` is not understood.
    svg = svg.replace("font-size: 20px;", f"font-size: {_CELL / 0.602:.2f}px;")
    return _TEXT.sub(_placed, svg)


def _placed(text: re.Match[str]) -> str:
    """A text where it begins, without the blanks around it: some viewers drop blanks at the beginning."""
    content = text["content"].replace("&#160;", " ").strip("\n")
    if not content.strip():
        return ""
    left = len(content) - len(content.lstrip())
    right = len(content) - len(content.rstrip())
    x = float(text["x"]) + left * _CELL
    length = float(text["length"]) - (left + right) * _CELL
    told = content.strip().replace(" ", "&#160;")
    return f'<text{text["before"]} x="{x:g}"{text["between"]} textLength="{length:g}"{text["after"]}>{told}</text>'
