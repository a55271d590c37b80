"""`crossfoot invoice`: shows the invoice of a deal that would be made, or why it cannot be, and asks."""

from tests.cli.conftest import Command, person
from tests.cli.test_daily import linked
from tests.sandbox.served import Served


def a_deal(sandbox: Served, at_work: Command, name: str, price: str = "10.125") -> str:
    """A deal with a customer that both systems have, not won yet."""
    customer = linked(at_work, "people", 1)[0]["hubspot_id"]
    values = {
        "dealname": name,
        "dealstage": "contractsent",
        "pipeline": "default",
        "deal_currency_code": "NZD",
    }
    made = person(sandbox, side="hubspot", act="create", kind="deals", values=values)
    portal = sandbox.world.portal
    portal.person_links("deals", made, "contacts", customer)
    if price:
        portal.person_adds_line("deals", made, {"name": "Mirror", "quantity": "2", "price": price})
    return made


def with_deals(at_work: Command) -> None:
    settings = at_work.folder / "settings.yaml"
    assert at_work("settings", "export", settings).code == 0
    bills = "documents:\n  account: '200'\n  deals:\n  - {share: 30%, on_request: true}\n  - {share: rest}\n"
    settings.write_text(settings.read_text().replace("syncs:\n", f"{bills}syncs:\n  deals:\n", 1))
    ended = at_work("settings", "apply", settings, "--create-fields", "--yes")
    assert ended.code == 0, ended


def test_a_person_invoices_a_deal_that_is_not_won(sandbox: Served, at_work: Command) -> None:
    with_deals(at_work)
    made = a_deal(sandbox, at_work, "Mirrors for the hotel")
    assert at_work("sync").code == 0
    declined = at_work("invoice", "Mirrors for the hotel", typed="n\n")
    assert (declined.code, "Nothing was asked for" in declined.err) == (1, True)
    for told in ("Invoice 1 of 2 of the deal, in Xero", "Mirror (30 %)", "6.08", "without tax"):
        assert told in declined.out
    declined = at_work("invoice", f"hubspot/deal/{made}", "--json", typed="n\n")
    assert (declined.code, declined.data["asked"], declined.data["number"]) == (1, False, 1)
    asked = at_work("invoice", f"hubspot/deal/{made}", "--json", "--yes")
    assert asked.code == 0, asked
    assert (asked.data["number"], asked.data["of"], asked.data["asked"]) == (1, 2, True)
    assert at_work("sync").code == 0
    explained = at_work("explain", f"hubspot/deal/{made}")
    assert "INV-" in explained.out
    twice = at_work("invoice", f"hubspot/deal/{made}", "--number", "1", "--yes")
    assert (twice.code, "has this invoice already" in twice.err) == (1, True)
    rest = at_work("invoice", f"hubspot/deal/{made}", "--json", "--yes")
    assert (rest.code, rest.data["number"]) == (0, 2)
    assert at_work("invoice", f"hubspot/deal/{made}", "--withdraw").code == 0


def test_a_deal_that_cannot_be_invoiced_says_why(sandbox: Served, at_work: Command) -> None:
    with_deals(at_work)
    made = a_deal(sandbox, at_work, "Nothing for the hotel", price="")
    assert at_work("sync").code == 0
    ended = at_work("invoice", f"hubspot/deal/{made}", "--yes")
    assert ended.code == 1
    assert "cannot be made" in ended.out
    assert "Add a line in HubSpot" in ended.out


def test_what_is_no_deal_and_a_number_too_high_are_told(sandbox: Served, at_work: Command) -> None:
    customer = linked(at_work, "people", 1)[0]["hubspot_id"]
    ended = at_work("invoice", f"hubspot/contact/{customer}")
    assert (ended.code, "is no deal" in ended.err) == (2, True)
    with_deals(at_work)
    made = a_deal(sandbox, at_work, "Mirrors for the inn")
    assert at_work("sync").code == 0
    ended = at_work("invoice", f"hubspot/deal/{made}", "--number", "9")
    assert (ended.code, "at most 2 invoices" in ended.err) == (2, True)


def test_an_invoice_that_may_be_the_deals_already_is_to_be_answered_first(
    sandbox: Served, at_work: Command
) -> None:
    with_deals(at_work)
    made = a_deal(sandbox, at_work, "Mirrors for the ferry", price="44.44")
    customer = linked(at_work, "people", 1)[0]["xero_id"]
    lines = [{"Description": "x", "Quantity": 1, "UnitAmount": "88.88", "AccountCode": "200"}]
    values = {"Type": "ACCREC", "Contact": {"ContactID": customer}, "Date": "2026-11-02", "LineItems": lines}
    person(sandbox, side="xero", act="create", kind="Invoices", values=values)
    assert at_work("sync").code == 0
    ended = at_work("invoice", f"hubspot/deal/{made}", "--yes")
    assert ended.code == 1
    assert "Same contact and amount, but that proves nothing. See 'crossfoot review list'." in ended.out
