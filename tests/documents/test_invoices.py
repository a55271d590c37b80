"""Invoices in agreement, end to end: what two colleagues do on their pages, and what the other one then sees."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from tests.documents.world import CONNECTION, Shop, history, shop

from crossfoot.model.identity import Kind, Ref, Side
from crossfoot.model.lines import Lines
from crossfoot.runtime import answers
from crossfoot_sandbox.faults import Faults, Placed
from crossfoot_sandbox.faults import Kind as Fault
from crossfoot_sandbox.xero.pages.bookkeepers import Bookkeeper

MIRROR = {"name": "Mirror", "quantity": "2", "price": "10.125"}
HOOK = {"name": "Hook", "quantity": "10", "price": "1.50", "hs_discount_percentage": "12.5"}


class Office:
    """A shop with a customer on both sides: Acme, for whom Ada works."""

    def __init__(self, it: Shop) -> None:
        self.it = it
        self.acme = it.portal.person_creates("companies", {"name": "Acme", "domain": "acme.test"})
        self.ada = it.portal.person_creates(
            "contacts",
            {
                "firstname": "Ada",
                "lastname": "Lovelace",
                "email": "ada@acme.test",
                "associatedcompanyid": self.acme,
            },
        )

    async def draft(self, *lines: Mapping[str, str], **values: str) -> str:
        """Ada's colleague drafts an invoice in HubSpot, and it arrives in Xero."""
        invoice: str = self.it.portal.person_drafts_invoice(
            {"hs_currency": "NZD", "hs_due_date": "2026-12-20", **values},
            self.ada,
            lines or (MIRROR, HOOK),
            self.acme,
            "",
        )
        await self.it.quiet()
        return invoice

    async def there(self, invoice: str) -> Mapping[str, Any]:
        """The invoice in Xero that belongs to one in HubSpot."""
        (seen,) = await self.it.seen(Side.LEDGER, Kind.INVOICE, await self.id_there(invoice))
        return seen

    async def here(self, invoice: str) -> Mapping[str, Any]:
        (seen,) = await self.it.seen(Side.CRM, Kind.INVOICE, invoice)
        return seen

    async def id_there(self, invoice: str) -> str:
        return (await self.it.linked("invoices"))[invoice]

    async def contact_there(self) -> str:
        await self.it.quiet()
        return (await self.it.linked("companies"))[self.acme]

    async def typed_in_xero(self, *lines: Mapping[str, Any], **values: Any) -> str:
        """Ben types an invoice in Xero; its id."""
        made: str = self.it.books.person_creates(
            "Invoices",
            {
                "Type": "ACCREC",
                "Contact": {"ContactID": await self.contact_there()},
                "Date": "2026-11-02",
                "DueDate": "2026-12-01",
                "LineItems": list(lines)
                or [{"Description": "Mirror", "Quantity": 2, "UnitAmount": "10.125", "AccountCode": "200"}],
                **values,
            },
        )
        return made


async def office(**how: Any) -> Office:
    return Office(await shop(**how))


def says(
    fields: Mapping[str, Any], path: str = "Lines"
) -> list[tuple[str | None, Decimal | None, Decimal | None]]:
    told = fields[path]
    assert isinstance(told, Lines)
    return [(each.description, each.quantity, each.price) for each in told]


async def test_a_draft_in_hubspot_is_a_draft_in_xero_with_customer_lines_and_a_link_back() -> None:
    here = await office()
    invoice = await here.draft()
    there = await here.there(invoice)
    assert there["Status"] == "DRAFT"
    assert there["Contact"] == await here.contact_there()
    assert says(there) == [("Mirror", Decimal(2), Decimal("10.125")), ("Hook", Decimal(10), Decimal("1.5"))]
    assert there["Url"] == f"https://app.hubspot.com/contacts/48000001/record/0-53/{invoice}"
    told = await here.here(invoice)
    assert (told["crossfoot_net"], told["crossfoot_tax"], told["crossfoot_total"]) == (
        Decimal("33.38"),
        Decimal("5.01"),
        Decimal("38.39"),
    )
    assert (told["crossfoot_number"], told["crossfoot_standing"]) == (there["InvoiceNumber"], "draft")
    assert await here.it.quiet() == 0, "and a second run writes nothing"


async def test_finalising_in_hubspot_approves_in_xero() -> None:
    here = await office()
    invoice = await here.draft()
    here.it.portal.person_finalises(invoice)
    await here.it.quiet()
    assert (await here.there(invoice))["Status"] == "AUTHORISED"
    assert (await here.here(invoice))["crossfoot_standing"] == "awaiting_payment"


async def test_two_people_edit_different_lines_of_a_draft() -> None:
    here = await office()
    invoice = await here.draft()
    lines = (await here.here(invoice))["lines"]
    here.it.portal.person_edits("line_items", lines.all[0].crm_id, {"price": "11"})
    there = (await here.there(invoice))["Lines"]
    here.it.books.person_edits(
        "Invoices",
        await here.id_there(invoice),
        {
            "LineItems": [
                {
                    "LineItemID": there.all[0].ledger_id,
                    "Description": "Mirror",
                    "Quantity": 2,
                    "UnitAmount": "10.125",
                    "AccountCode": "200",
                },
                {
                    "LineItemID": there.all[1].ledger_id,
                    "Description": "Hook, brass",
                    "Quantity": 10,
                    "UnitAmount": "1.5",
                    "DiscountRate": "12.5",
                    "AccountCode": "260",
                },
            ]
        },
    )
    await here.it.quiet()
    wanted = [("Mirror", Decimal(2), Decimal(11)), ("Hook, brass", Decimal(10), Decimal("1.5"))]
    assert says(await here.there(invoice)) == says(await here.here(invoice), "lines") == wanted
    after = (await here.there(invoice))["Lines"]
    assert [each.ledger_id for each in after] == [each.ledger_id for each in there], "no line was made anew"
    assert after.all[1].account == "260", "what only Xero knows stays"


async def test_after_approval_an_edit_of_lines_in_hubspot_is_a_proposal_and_the_books_stay() -> None:
    here = await office(switches={"finalised_invoices_locked": False})
    invoice = await here.draft()
    here.it.portal.person_finalises(invoice)
    await here.it.quiet()
    lines = (await here.here(invoice))["lines"]
    here.it.portal.person_edits("line_items", lines.all[0].crm_id, {"price": "99"})
    await here.it.quiet()
    assert says(await here.there(invoice))[0] == ("Mirror", Decimal(2), Decimal("10.125"))
    (question,) = await here.it.questions()
    assert (question.field, question.crm_id) == ("lines", invoice)
    assert await here.it.state("invoices", Ref(Side.CRM, Kind.INVOICE, invoice)) == (
        "conflict",
        "waits for a decision on lines",
    )
    with pytest.raises(answers.AnswerError, match="Xero has approved this document"):
        await answers.choose(here.it.joined, question.id, Side.CRM, "ada")
    assert [each.id for each in await here.it.questions()] == [question.id], "it stays open"
    await answers.choose(here.it.joined, question.id, Side.LEDGER, "ada")
    await here.it.quiet()
    assert says(await here.here(invoice), "lines")[0] == ("Mirror", Decimal(2), Decimal("10.125"))


async def test_lines_that_hubspot_takes_no_more_are_told_and_not_tried_again_in_every_run() -> None:
    here = await office()
    invoice = await here.draft()
    here.it.portal.person_finalises(invoice)
    await here.it.quiet()
    there = (await here.there(invoice))["Lines"]
    row = {
        "LineItemID": there.all[0].ledger_id,
        "Description": "Mirror",
        "Quantity": 2,
        "UnitAmount": "10.125",
    }
    nail = {"Description": "Nail", "Quantity": 1, "UnitAmount": "1", "AccountCode": "200"}
    # Another place for the line that stays, one line out, one in.
    here.it.books.person_edits(
        "Invoices", await here.id_there(invoice), {"LineItems": [nail, {**row, "AccountCode": "200"}]}
    )
    await here.it.quiet()
    ref = Ref(Side.CRM, Kind.INVOICE, invoice)
    assert (await here.it.state("invoices", ref))[0] == "failed"
    assert "cannot be changed: it is open" in (await here.it.problem("invoices", ref)).said
    assert (await here.here(invoice))["crossfoot_total"] == (await here.there(invoice))["Total"]
    before = len(here.it.sent)
    await here.it.run()
    assert [
        call.what for call in here.it.sent[before:] if "line items" in call.what and "read" not in call.what
    ] == []


async def test_an_invoice_typed_in_xero_appears_in_hubspot_billed_elsewhere() -> None:
    here = await office()
    made = await here.typed_in_xero(Status="AUTHORISED")
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    told = await here.here(invoice)
    assert (told["hs_invoice_status"], told["hs_invoice_billable"]) == ("open", False)
    assert told["company"] == here.acme
    assert says(told, "lines") == [("Mirror", Decimal(2), Decimal("10.125"))]
    assert told["crossfoot_total"] == Decimal("23.29")
    assert await here.it.quiet() == 0


async def test_payments_and_credits_in_xero_show_in_hubspot() -> None:
    here = await office()
    made = await here.typed_in_xero(Status="AUTHORISED")
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    ben = Bookkeeper(here.it.books)
    paid = ben.pays(made, Decimal(10))
    await here.it.quiet()
    told = await here.here(invoice)
    assert (told["crossfoot_standing"], told["crossfoot_paid"], told["crossfoot_due"]) == (
        "part_paid",
        Decimal(10),
        Decimal("13.29"),
    )
    assert told["crossfoot_last_payment_on"] is not None
    ben.credits(made, Decimal("13.29"))
    await here.it.quiet()
    told = await here.here(invoice)
    assert (told["crossfoot_credited"], told["crossfoot_due"]) == (Decimal("13.29"), Decimal(0))
    assert (told["crossfoot_standing"], told["hs_invoice_status"]) == ("paid", "paid")
    ben.removes_payment(paid)
    await here.it.quiet()
    told = await here.here(invoice)
    assert (told["crossfoot_standing"], told["crossfoot_due"]) == ("part_paid", Decimal(10))


async def test_a_voided_invoice_is_voided_in_hubspot_and_nothing_is_due() -> None:
    here = await office()
    made = await here.typed_in_xero(Status="AUTHORISED")
    await here.it.quiet()
    (invoice,) = [crm for crm, ledger in (await here.it.linked("invoices")).items() if ledger == made]
    Bookkeeper(here.it.books).voids("Invoices", made)
    await here.it.quiet()
    told = await here.here(invoice)
    assert (told["hs_invoice_status"], told["crossfoot_standing"], told["crossfoot_due"]) == (
        "voided",
        "voided",
        Decimal(0),
    )


@pytest.mark.parametrize("fault", [Fault.REPLY_LOST, Fault.ERROR_AFTER])
async def test_an_invoice_whose_answer_was_lost_is_found_by_its_link_and_not_made_twice(fault: Fault) -> None:
    faults = Faults(placed=[Placed(fault, operation="PUT /Invoices")])
    here = await office(faults=faults)
    await here.draft()
    assert faults.happened
    assert len(await here.it.all(Side.LEDGER, Kind.INVOICE)) == 1


async def test_what_was_archived_in_hubspot_is_not_made_anew_from_its_copy_though_all_is_forgotten() -> None:
    here = await office()
    archived, kept = await here.draft(), await here.draft()
    there = await here.id_there(archived)
    here.it.portal.person_archives("invoices", archived)
    await here.it.forgets_everything()
    await here.it.quiet()
    assert list(await here.it.all(Side.CRM, Kind.INVOICE)) == [kept]
    assert list(await here.it.linked("invoices")) == [kept]
    state, reason = await here.it.state("invoices", Ref(Side.LEDGER, Kind.INVOICE, there))
    assert (state, reason) == ("doubtful", "an archived record across has the same creation key")
    # A person who says that the two are not one decides that the copy stays alone.
    [question] = await here.it.questions()
    await answers.keep_apart(here.it.joined, question.id, "ada")
    await here.it.quiet()
    assert list(await here.it.all(Side.CRM, Kind.INVOICE)) == [kept]


async def test_what_cannot_be_invoiced_yet_says_why_and_does_not_stop_the_others() -> None:
    here = await office()
    nobody = here.it.portal.person_creates("invoices", {"hs_currency": "NZD"})
    await here.draft()
    state, reason = await here.it.state("invoices", Ref(Side.CRM, Kind.INVOICE, nobody))
    assert state == "not_ready"
    assert "needs a value for 'Contact'" in reason
    assert len(await here.it.linked("invoices")) == 1


async def test_what_xero_remarks_on_an_invoice_that_it_takes_stands_in_its_history() -> None:
    it = await office(documents={"account": "260", "approve": "DRAFT"})
    del it.it.books.accounts[it.it.books.account("260")["AccountID"]]  # since Crossfoot looked at the books
    invoice = await it.draft(MIRROR)
    it.it.portal.person_finalises(invoice)
    await it.it.quiet()
    ref = Ref(Side.LEDGER, Kind.INVOICE, await it.id_there(invoice))
    async with it.it.joined.database.read() as tx:
        lines = await history.of_record(tx, CONNECTION, ref, ["invoices"])
    [told] = [line.text for line in lines if line.event == "warning"]
    assert told.startswith("Xero remarked: Account code '260' has been removed")
