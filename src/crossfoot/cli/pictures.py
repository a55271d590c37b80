"""What the screen shows, as SVG files for a README: no font from the web, no address outside the file."""

import io
import re
from pathlib import Path

from rich.console import Console, RenderableType
from rich.terminal_theme import TerminalTheme

WIDTH = 100

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
            record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor"
        )
        for part in parts:
            console.print(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        self_contained(console.export_svg(title=title, theme=THEME, unique_id=path.stem)), "utf-8"
    )


def self_contained(svg: str) -> str:
    """The picture with the fonts of whoever looks at it."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)
    svg = re.sub(r"font-family:\s*Fira Code[^;]*;", f"font-family: {_FONTS};", svg)
    svg = re.sub(r"font-family:\s*arial;", "font-family: system-ui, sans-serif;", svg)
    return re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
