"""What a person writes about detectors, and what becomes of it; mistakes are named with their place."""

from datetime import date
from decimal import Decimal

import pytest

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.detecting import Detecting, Silence
from crossfoot.settings.files import SettingsError, diff, dump, edit, load, validate
from crossfoot.systems.hubspot.documents import DEALS
from crossfoot.systems.port import Description, Identity

GOOD = """\
version: 1
name: Harbour Cycles
invoice: both
syncs: {}
detectors:
  won_not_invoiced:
    after: 7              # days
    known:
      INV-0007:           # billed elsewhere
      '9001': 2026-12-31
  invoiced_without_deal: {mute: true}
  amounts_apart: {with_tax: true, tolerance: 0.05}
  overdue_on_renewal:
    deals: {field: dealtype, operator: is, value: existingbusiness}
halts: {share: 0.10, floor: 5}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(text, "s.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_it_means_what_it_says() -> None:
    found = load(GOOD).detectors.compiled
    assert found.silences["won_not_invoiced"] == Silence(
        after=7, known={"INV-0007": None, "9001": date(2026, 12, 31)}
    )
    assert found.silences["invoiced_without_deal"] == Silence(mute=True)
    assert found.silences["paid_deal_open"] == Silence()
    assert (found.with_tax, found.tolerance) == (True, Decimal("0.05"))
    assert found.renewals is not None
    assert found.renewals.sentence() == "dealtype is 'existingbusiness'"


def test_nothing_said_is_nothing_silenced() -> None:
    found = load("name: main\nsyncs: {}\n").detectors.compiled
    assert all(each == Silence() for each in found.silences.values())
    assert (found.with_tax, found.tolerance, found.renewals) == (
        False,
        Detecting().tolerance,
        None,
    )


def test_it_is_written_out_as_it_was_read_and_comments_stay() -> None:
    settings = load(GOOD)
    assert load(dump(settings)) == settings
    assert "detectors" not in dump(load("name: main\nsyncs: {}\n"))
    other = settings.changed(
        detectors=settings.detectors.changed(
            won_not_invoiced=settings.detectors.won_not_invoiced.changed(after=14)
        )
    )
    assert "after: 14" in edit(GOOD, other)
    assert "# billed elsewhere" in edit(GOOD, other)
    assert diff(settings, other) == ["For the detector 'won not invoiced', 'after' changes from '7' to '14'."]


@pytest.mark.parametrize(
    ("line", "wrong", "problem"),
    [
        (
            "    after: 7              # days",
            "    after: soon",
            "s.yaml:7:12: detectors.won_not_invoiced.after: 'soon' is not a number. Write a number without quotes.",
        ),
        (
            "    after: 7              # days",
            "    after: -1",
            "s.yaml:7:12: detectors.won_not_invoiced.after: -1 is out of range: input should be greater than or equal to 0.",
        ),
        (
            "{mute: true}",
            "{mut: true}",
            "s.yaml:11:27: detectors.invoiced_without_deal.mut: There is no setting 'mut' here. Did you mean 'mute'?",
        ),
        (
            "  invoiced_without_deal:",
            "  invoice_without_deal:",
            "s.yaml:11:3: detectors.invoice_without_deal: There is no setting 'invoice_without_deal' here. Did you mean 'invoiced_without_deal'?",
        ),
        (
            "{mute: true}",
            "{mute: 'yes'}",
            "s.yaml:11:33: detectors.invoiced_without_deal.mute: 'yes' is neither true nor false. Write true or false, without quotes.",
        ),
        (
            "'9001': 2026-12-31",
            "'9001': until spring",
            "s.yaml:10:15: detectors.won_not_invoiced.known.9001: 'until spring' is no day. Write it like 2026-12-31, without quotes.",
        ),
        (
            "'9001': 2026",
            "9001: 2026",
            's.yaml:10:7: detectors.won_not_invoiced.known.9001: A text is needed here. Write it in quotes, such as "9001".',
        ),
        (
            "operator: is,",
            "operator: equals,",
            "s.yaml:14:40: detectors.overdue_on_renewal.deals.operator: 'equals' is not possible here.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_write(line: str, wrong: str, problem: str) -> None:
    assert line in GOOD
    (found,) = problems(GOOD.replace(line, wrong))
    assert found.startswith(problem)


def test_a_condition_on_a_field_that_deals_have_not_is_found_when_the_account_is_known() -> None:
    description = Description(Identity("hubspot:1", "Kea", "NZD"), {Kind.DEAL: DEALS.paths})
    [problem] = [
        each for each in validate(load(GOOD), {Side.CRM: description}) if each.place[0] == "detectors"
    ]
    assert problem.place[:3] == ("detectors", "overdue_on_renewal", "deals")
    assert "dealtype" in problem.what
    assert validate(load(GOOD), {}) == []
