"""The pages of the documentation, taken apart: code blocks, code in running text, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def prose(self) -> str:
        """The text without its code blocks."""
        return _FENCE.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        """The code blocks of one language."""
        return [body for found, body in _FENCE.findall(self.text) if found == language]

    def commands(self) -> Iterator[str]:
        """The lines that a reader would type."""
        for block in self.blocks("console"):
            yield from (line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ "))

    def code(self) -> list[str]:
        """What stands in code marks within the text."""
        return _CODE.findall(self.prose)

    def links(self) -> list[str]:
        """Where links and pictures lead, those to the outside world left out."""
        return [target for target in _LINK.findall(self.prose) if "://" not in target]

    def anchors(self) -> set[str]:
        """The names by which its headings can be linked to."""
        return {
            re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
            for heading in _HEADING.findall(self.prose)
        }


def pages() -> list[Page]:
    """README, CONTRIBUTING and everything under docs."""
    return [
        Page(path)
        for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
    ]
