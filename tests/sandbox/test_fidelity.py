"""FIDELITY.md tells the truth: every behaviour has a word and a source, and the counts in the index are those of the tables."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

import crossfoot_sandbox

PACKAGE = Path(crossfoot_sandbox.__file__).parent
INDEX = PACKAGE / "FIDELITY.md"
WORDS = ("recorded", "documented", "assumed", "missing")
TABLES = {"HubSpot": PACKAGE / "hubspot" / "FIDELITY.md", "Xero": PACKAGE / "xero" / "FIDELITY.md"}


@dataclass(frozen=True)
class Behaviour:
    endpoint: str
    what: str
    fidelity: str
    source: str


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def behaviours(text: str) -> list[Behaviour]:
    """The rows of every table whose columns are endpoint, behaviour, fidelity, source."""
    rows, inside = [], False
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
        elif re.match(r"\|\s*Endpoint\s*\|", line):
            inside = True
        elif inside and not re.fullmatch(r"[|\s:-]+", line):
            found = cells(line)
            assert len(found) == 4, f"a row needs four cells: {line}"
            rows.append(Behaviour(found[0], found[1], found[2].strip("*`").lower(), found[3]))
    return rows


def stated() -> dict[str, Counter[str]]:
    """The counts in the index."""
    found = {}
    for line in INDEX.read_text(encoding="utf-8").splitlines():
        row = cells(line)
        if row[0] in TABLES and len(row) == 5:
            found[row[0]] = Counter(dict(zip(WORDS, map(int, row[1:]), strict=True)))
    return found


def counted(stand_in: str) -> Counter[str]:
    return Counter(one.fidelity for one in behaviours(TABLES[stand_in].read_text(encoding="utf-8")))


@pytest.mark.parametrize("stand_in", TABLES)
def test_every_behaviour_has_an_endpoint_a_word_and_a_source(stand_in: str) -> None:
    rows = behaviours(TABLES[stand_in].read_text(encoding="utf-8"))
    assert len(rows) >= 40
    for row in rows:
        assert row.endpoint, row
        assert row.what, row
        assert row.fidelity in WORDS, row
        assert row.source, row


@pytest.mark.parametrize("stand_in", TABLES)
def test_no_behaviour_is_counted_twice(stand_in: str) -> None:
    rows = behaviours(TABLES[stand_in].read_text(encoding="utf-8"))
    assert [
        row for row, times in Counter((one.endpoint, one.what) for one in rows).items() if times > 1
    ] == []


@pytest.mark.parametrize("stand_in", TABLES)
def test_the_counts_in_the_index_are_true(stand_in: str) -> None:
    true = counted(stand_in)
    row = f"| {stand_in} | " + " | ".join(str(true[word]) for word in WORDS) + " |"
    assert row in INDEX.read_text(encoding="utf-8").splitlines()
    assert stated()[stand_in] == true


def test_no_more_is_assumed_or_missing_than_the_index_admits() -> None:
    admitted = re.search(
        r"At most (\d+) % of all rows are assumed or missing", INDEX.read_text(encoding="utf-8")
    )
    assert admitted is not None
    total = sum((counted(stand_in) for stand_in in TABLES), Counter[str]())
    share = 100 * (total["assumed"] + total["missing"]) / total.total()
    assert share <= int(admitted[1]), f"{share:.1f} % are assumed or missing"


def test_the_four_words_are_explained_and_the_tables_linked() -> None:
    text = INDEX.read_text(encoding="utf-8")
    for word in WORDS:
        assert re.search(rf"^\| {word} \| \w", text, re.MULTILINE)
    for table in TABLES.values():
        assert f"({table.relative_to(PACKAGE).as_posix()})" in text


SAMPLE = """\
Text | with bars
| Endpoint | Behaviour | Fidelity | Source |
|---|---|---|:-:|
| GET /a | lists `a\\|b` | **recorded** | S |
| GET /b | is odd | missing | - |

| Endpoint | Behaviour | Fidelity | Source |
|---|---|---|---|
| GET /c | is slow | Assumed | guess |
| Other |
"""


def test_tables_are_read_as_they_are_written() -> None:
    with pytest.raises(AssertionError, match="four cells"):
        behaviours(SAMPLE)
    rows = behaviours(SAMPLE.replace("| Other |\n", ""))
    assert [(row.endpoint, row.fidelity) for row in rows] == [
        ("GET /a", "recorded"),
        ("GET /b", "missing"),
        ("GET /c", "assumed"),
    ]
