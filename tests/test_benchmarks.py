"""The benchmarks work, small, and their counts (not their times) keep the bounds that are promised for the large ones."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from benchmarks import cpu, document_calls, first_sync, invoices, memory, shown
from benchmarks.books import Size
from benchmarks.first_sync import LIFELIKE, First

SMALL = Size.of(300)


def test_the_least_calls_of_ten_thousand_contacts_are_those_of_the_arithmetic() -> None:
    assert first_sync.least_calls(Size.of(10_000)) == {
        "read HubSpot": 100,
        "read Xero": 10,
        "write HubSpot": 40,
        "write Xero": 80,
    }


@pytest.fixture(scope="module", params=["limits alone", "answers take time", "rolling minutes"])
def first(request: pytest.FixtureRequest) -> First:
    taking_time = LIFELIKE if request.param == "answers take time" else None
    rolling = request.param == "rolling minutes"
    return asyncio.run(first_sync.measured(SMALL, answer_seconds=taking_time, rolling=rolling))


def test_a_first_sync_links_who_is_the_same_and_creates_who_is_missing(first: First) -> None:
    assert (first.linked, first.created) == (SMALL.same, 2 * SMALL.new)


def test_a_first_sync_writes_in_full_batches_and_meets_no_limit(first: First) -> None:
    assert first.calls["hubspot: create contacts"] == -(-SMALL.new // 100)
    assert first.calls["xero: create contacts"] == -(-SMALL.new // 50)
    assert first.refused_by_limits == 0


def test_a_first_sync_reads_each_side_in_no_more_than_the_sweep_and_the_closing_sweep_take(
    first: First,
) -> None:
    # Pages of 200, one that shows the end, and as much again for what was created; a sandbox second may be gone over again.
    assert first.calls["hubspot: search contacts"] <= 2 + 4
    assert first.calls["xero: list contacts"] <= 2 + 4


def test_the_run_after_it_lists_each_side_once_and_writes_nothing(first: First) -> None:
    assert first.second_run == {"hubspot: search contacts": 1, "xero: list contacts": 1}
    assert first.second_run_wrote == 0


@pytest.fixture(scope="module")
def documents() -> tuple[invoices.Moved, invoices.Moved]:
    return asyncio.run(invoices.moved(200))


def test_the_least_calls_for_a_thousand_documents_are_those_of_the_arithmetic() -> None:
    assert document_calls.least_new(1000, 5).total == 93
    assert document_calls.least_paid(1000).total == 11
    assert document_calls.least_new_heard(1000, 5).total == 76
    assert document_calls.least_paid_heard(1000).total == 24


def test_new_invoices_and_payments_take_the_calls_of_the_arithmetic_and_a_handful_more(
    documents: tuple[invoices.Moved, invoices.Moved],
) -> None:
    """In so small a number the price of hearing weighs most; what is above the floor is told one by one in the benchmarks' README."""
    new, paid = documents
    assert new.total <= new.heard.total + 7
    assert paid.total <= paid.heard.total + 5


def test_documents_are_written_in_full_batches_and_their_lines_never_read_one_by_one(
    documents: tuple[invoices.Moved, invoices.Moved],
) -> None:
    new, paid = documents
    assert (new.calls["create invoices"], new.calls["update invoices"]) == (4, 2)
    assert paid.calls["update invoices"] == 2
    for each in (new, paid):
        assert "read line_items" not in each.calls
        assert "find invoices" not in each.calls
        assert "read invoices" not in each.calls


async def test_cpu_is_measured_against_a_floor_of_the_same_answers_and_rows() -> None:
    cost = await cpu.measured(SMALL)
    assert cost.records == 600
    assert cost.ours > cost.floor > 0


def test_memory_is_measured_in_a_process_that_holds_no_books() -> None:
    assert 10 < memory.measured(30) < 500


def test_a_benchmark_prints_a_table_or_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["first_sync", "--contacts", "30"])
    first_sync.main()
    assert "| calls refused by limits" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["first_sync", "--contacts", "30", "--json"])
    first_sync.main()
    assert json.loads(capsys.readouterr().out)["limits alone"]["refused_by_limits"] == 0


def test_a_table_has_columns_as_wide_as_their_widest_cell() -> None:
    assert shown.lines(shown.Table("T", ("", "n"), [("calls", "230")])) == [
        "T",
        "",
        "|       | n   |",
        "|-------|-----|",
        "| calls | 230 |",
    ]


def test_every_benchmark_is_explained() -> None:
    folder = Path(shown.__file__).parent
    about = (folder / "README.md").read_text("utf-8")
    for file in folder.glob("*.py"):
        if "def main(" in file.read_text("utf-8"):
            assert f"benchmarks.{file.stem}" in about
