"""Reading a CSV file as people export it: with or without BOM, commas, semicolons or tabs, quotes, any line ends.

Every mistake becomes a `Problem` with file, line, column, what is wrong and how to fix it; nothing is guessed.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

csv.field_size_limit(
    10_000_000
)  # HubSpot exports put whole e-mails into one cell; the module's limit is 131,072

DELIMITERS = ",;\t"
EMAIL = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@[^@\s<>(),;:\"\[\]\\.]+(\.[^@\s<>(),;:\"\[\]\\.]+)+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one place. `line` counts from 1 as a text editor does; 0 means the file as a whole."""

    file: str
    line: int
    column: str
    wrong: str
    fix: str

    def __str__(self) -> str:
        place = (
            self.file
            + (f", line {self.line}" if self.line else "")
            + (f", column {self.column}" if self.column else "")
        )
        return f"{place}: {self.wrong} {self.fix}"


class BadFiles(Exception):
    """The files cannot be loaded; nothing of them was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: the line it starts on, and its cells by heading, blanks around them removed."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file with headings. `headings` keeps their order and spelling."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, heading: str) -> str:
        """How to name a column to a person: its heading and its place."""
        return f'{self.headings.index(heading) + 1} ("{heading}")'


@dataclass(slots=True)
class Reading:
    """The state of checking one set of files: what is wrong, and what is left out."""

    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    _seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def wrong(self, table: Table, line: int, heading: str, wrong: str, fix: str) -> None:
        """Note a mistake; an empty `heading` means the whole line."""
        self.problems.append(Problem(table.file, line, table.column(heading) if heading else "", wrong, fix))

    def leave_out(self, table: Table, what: str) -> None:
        """Note something that is right where it comes from, but that the sandbox has no place for."""
        self.left_out[f"{table.file}: {what}"] += 1

    def once(self, table: Table, row: Row, heading: str, what: str, value: str) -> None:
        """Note a mistake when this value came before. `what` names it to a person."""
        if value:
            here = f"{table.file}, line {row.line}"
            first = self._seen.setdefault((what, value.casefold()), here)
            if first != here:
                wrong = f'The {what} "{value}" stands in {first} already.'
                self.wrong(table, row.line, heading, wrong, "Keep one of the two rows.")

    def remarks(self) -> tuple[str, ...]:
        """The notes, each once, with how often."""
        return tuple(
            text if times == 1 else f"{text} ({times} times)" for text, times in self.left_out.items()
        )


def read(file: str, content: bytes) -> Table:
    """The table in a file. Raises `BadFiles` with every problem that can be told apart."""
    text = _decoded(file, content)
    lines = _lines(file, text, _delimiter(text))
    line, headings = next(lines, (0, []))
    if not any(headings):
        raise BadFiles(
            [Problem(file, line, "", "The file is empty.", "Export it again, with the row of headings.")]
        )
    problems = list(_heading_problems(file, line, headings))
    rows = []
    for line, cells in lines:
        if not any(cells):
            continue
        if len(cells) != len(headings):
            problems.append(
                Problem(
                    file,
                    line,
                    "",
                    f"The line has {len(cells)} cells, the headings are {len(headings)}.",
                    'Put texts that contain the separator or a line break in quotes ("...").',
                )
            )
            continue
        rows.append(
            Row(line, {heading: cell for heading, cell in zip(headings, cells, strict=True) if heading})
        )
    if problems:
        raise BadFiles(problems)
    return Table(file, tuple(headings), tuple(rows))


def _decoded(file: str, content: bytes) -> str:
    if content.startswith(b"PK\x03\x04"):
        wrong = "This is an Excel workbook or a ZIP archive, not a CSV file."
        raise BadFiles(
            [Problem(file, 0, "", wrong, "Save it as “CSV UTF-8 (comma delimited)”, or unpack the archive.")]
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFiles(
            [Problem(file, 0, "", "The file is UTF-16.", "Save it as “CSV UTF-8 (comma delimited)”.")]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = f"The byte {content[error.start]:#04x} is not UTF-8."
        raise BadFiles(
            [Problem(file, line, "", wrong, "Save the file as “CSV UTF-8 (comma delimited)”.")]
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadFiles([Problem(file, line, "", "There is a NUL character.", "Export the file again.")])
    return text


def _delimiter(text: str) -> str:
    """The sign that occurs most often in the headings, quotes left out."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for sign in text.lstrip():
        if sign == '"':
            quoted = not quoted
        elif sign in "\r\n" and not quoted:
            break
        elif sign in counts and not quoted:
            counts[sign] += 1
    return max(counts, key=lambda sign: counts[sign])


def _lines(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            wrong = (
                "A quote is opened and never closed."
                if "end of data" in str(error)
                else f"The quotes are wrong ({error})."
            )
            fix = 'Close the quote, and write a quote inside a quoted text twice ("").'
            raise BadFiles([Problem(file, start, "", wrong, fix)]) from None
        yield start, [cell.strip() for cell in cells]


def _heading_problems(file: str, line: int, headings: list[str]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for place, heading in enumerate(headings, start=1):
        known = seen.setdefault(heading.casefold(), place)
        if heading and known != place:
            column = f'{place} ("{heading}")'
            yield Problem(
                file, line, column, f"The heading stands twice, in column {known} too.", "Remove one of them."
            )
