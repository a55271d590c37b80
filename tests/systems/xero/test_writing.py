"""Writes of contacts and items against the sandbox's own books."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest
from tests.systems.xero.world import Ledger, applied, archive, create, update

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.model.records import Fields, Standing
from crossfoot.systems.port import Answer, Refused, Unknown, Wait
from crossfoot_sandbox.faults import Kind as Fault

KEY = "hubspot:1:contact:7"


def refused(answer: Answer) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


async def test_a_batch_of_creates_is_one_call_and_each_bears_its_key(ledger: Ledger) -> None:
    writes = [create(Kind.CONTACT, {"Name": f"Contact {n}"}, f"{KEY}{n}", f"op{n}") for n in range(50)]
    answers = await ledger.system.write(writes)

    assert len(ledger.calls()) == 1
    for write, answer in zip(writes, answers, strict=True):
        done = applied(answer)
        held = ledger.holds("Contacts", done.id)
        assert (held["Name"], held["ContactNumber"]) == (write.values["Name"], write.key)
        assert done.observation is not None
        assert done.observation.fields["Name"] == write.values["Name"]
        assert done.observation.children == ()


async def test_what_was_written_reads_back_as_it_was_meant(ledger: Ledger) -> None:
    values = {
        "Name": "Acme",
        "EmailAddress": "hello@acme.example",
        "Phones.DEFAULT": "+64 9 887 6543",
        "Phones.MOBILE": "021 555 123 ext 4",
        "Addresses.POBOX.Lines": "1 High Street\nKumeu",
        "Addresses.POBOX.City": "Auckland",
        "DefaultCurrency": "GBP",
        "TaxNumber": None,
    }
    (answer,) = await ledger.system.write([create(Kind.CONTACT, values, KEY)])
    (seen,) = await ledger.system.read(Kind.CONTACT, [applied(answer).id], {})
    assert seen.fields["Phones.DEFAULT"] == "+64 9 8876543"
    assert seen.fields["Phones.MOBILE"] == "021 555 123 ext 4"
    assert {path: seen.fields[path] for path in values if not path.startswith("Phones")} == {
        path: value for path, value in values.items() if not path.startswith("Phones")
    }


async def test_one_bad_record_in_a_batch_does_not_stop_the_others(ledger: Ledger) -> None:
    twin = ledger.contact(Name="Taken")
    writes = [
        create(Kind.CONTACT, {"Name": "Free"}, "k1", "a"),
        create(Kind.CONTACT, {"Name": "  taken "}, "k2", "b"),
        create(Kind.CONTACT, {"Name": "Odd", "EmailAddress": "not an address"}, "k3", "c"),
    ]
    free, taken, odd = await ledger.system.write(writes)
    applied(free)
    assert (refused(taken).problem.cause, refused(taken).twin) == (Cause.TAKEN, twin)
    assert "taken" in refused(taken).problem.what
    assert refused(odd).problem.field == "EmailAddress"
    assert len(ledger.organisation.book("Contacts")) == 2


async def test_creating_again_after_a_lost_answer_makes_no_second_contact(ledger: Ledger) -> None:
    write = create(Kind.CONTACT, {"Name": "Ada"}, KEY)
    ledger.fault(Fault.REPLY_LOST, "PUT /Contacts")
    (lost,) = await ledger.system.write([write])
    assert isinstance(lost, Unknown)
    (contact,) = ledger.organisation.book("Contacts")

    (again,) = await ledger.system.write([write])  # inside six minutes: replayed under the idempotency key
    assert applied(again).id == contact
    ledger.later(3600)
    ledger.organisation.person_edits("Contacts", contact, {"TaxNumber": "9"})
    (later,) = await ledger.system.write([write])  # after that: found by our key
    assert applied(later).id == contact
    observation = applied(later).observation
    assert observation is not None
    assert observation.fields["TaxNumber"] == "9"
    assert len(ledger.organisation.book("Contacts")) == 1


async def test_our_own_creation_that_was_archived_meanwhile_is_not_made_again(ledger: Ledger) -> None:
    (made,) = await ledger.system.write([create(Kind.CONTACT, {"Name": "Ada"}, KEY)])
    contact = applied(made).id
    ledger.later(3600)
    ledger.organisation.person_archives("Contacts", contact)
    (answer,) = await ledger.system.write([create(Kind.CONTACT, {"Name": "Ada"}, KEY)])
    assert refused(answer).twin == contact
    assert len(ledger.organisation.book("Contacts")) == 1


async def test_another_request_under_a_remembered_key_waits_until_xero_forgets_it(ledger: Ledger) -> None:
    await ledger.system.write([create(Kind.CONTACT, {"Name": "Ada"}, KEY)])
    shapes: tuple[Literal["element", "message"], ...] = ("element", "message")
    for shape in shapes:
        ledger.sandbox.xero.switches = replace(ledger.sandbox.xero.switches, idempotency_conflict_shape=shape)
        (answer,) = await ledger.system.write([create(Kind.CONTACT, {"Name": "Bo"}, "other")])
        assert isinstance(answer, Wait)
        assert answer.seconds == 360


@pytest.mark.parametrize(
    "fault", [Fault.ERROR_AFTER, Fault.GARBLED, Fault.REPLY_LOST, Fault.REQUEST_LOST, Fault.ERROR_BEFORE]
)
async def test_a_write_without_a_usable_answer_is_unknown_and_not_repeated(
    ledger: Ledger, fault: Fault
) -> None:
    ledger.fault(fault, "PUT /Contacts")
    answers = await ledger.system.write(
        [create(Kind.CONTACT, {"Name": f"C{n}"}, f"k{n}", f"o{n}") for n in range(3)]
    )
    assert all(isinstance(answer, Unknown) for answer in answers)
    assert len(ledger.calls()) == 1


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.REFUSED])
async def test_a_write_that_certainly_did_nothing_is_sent_again(ledger: Ledger, fault: Fault) -> None:
    ledger.fault(fault, "PUT /Contacts")
    (answer,) = await ledger.system.write([create(Kind.CONTACT, {"Name": "Ada"}, KEY)])
    applied(answer)
    assert len(ledger.organisation.book("Contacts")) == 1
    assert ledger.clock.slept


async def test_a_write_that_never_gets_through_waits(ledger: Ledger) -> None:
    ledger.fault(Fault.REFUSED, "POST /Contacts", nth=0)
    contact = ledger.contact(Name="Ada")
    (answer,) = await ledger.system.write([update(Kind.CONTACT, contact, {"TaxNumber": "1"})])
    assert isinstance(answer, Wait)


async def test_only_creates_carry_an_idempotency_key(ledger: Ledger) -> None:
    (made,) = await ledger.system.write([create(Kind.CONTACT, {"Name": "Ada"}, KEY, "op-1")])
    await ledger.system.write([update(Kind.CONTACT, applied(made).id, {"Name": "Eve"}, operation="op-2")])
    first, second = ledger.sent
    assert (first.method, first.headers["Idempotency-Key"]) == ("PUT", "op-1")
    assert second.method == "POST"
    assert "Idempotency-Key" not in second.headers


async def test_an_edit_there_and_back_within_six_minutes_holds(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Ada")
    for number in ("1", "2", "1"):
        await ledger.system.write([update(Kind.CONTACT, contact, {"TaxNumber": number})])
        assert ledger.holds("Contacts", contact)["TaxNumber"] == number


async def test_an_update_sends_only_what_changes_and_keeps_the_rest(ledger: Ledger) -> None:
    contact = ledger.contact(
        Name="Acme",
        TaxNumber="1",
        EmailAddress="a@acme.example",
        Phones=[{"PhoneType": "FAX", "PhoneNumber": "1"}],
        ContactPersons=[{"FirstName": "Bo"}],
    )
    (answer,) = await ledger.system.write(
        [update(Kind.CONTACT, contact, {"EmailAddress": None, "Phones.MOBILE": "+64 21 555 1234"})]
    )
    sent = json.loads(ledger.sent[-1].body)["Contacts"][0]
    assert set(sent) == {"ContactID", "EmailAddress", "Phones"}
    fields = (applied(answer).observation or pytest.fail("not told")).fields
    assert (fields["EmailAddress"], fields["TaxNumber"], fields["Phones.FAX"]) == (None, "1", "1")
    assert "Website" not in fields
    assert len(ledger.holds("Contacts", contact)["ContactPersons"]) == 1


async def test_a_changed_address_is_sent_whole_even_where_xero_replaces_the_slot(ledger: Ledger) -> None:
    ledger.sandbox.xero.switches = replace(ledger.sandbox.xero.switches, slot_fields_merge=False)
    contact = ledger.contact(
        Name="Acme",
        Addresses=[
            {"AddressType": "POBOX", "AddressLine1": "PO Box 1", "City": "Auckland", "PostalCode": "0810"}
        ],
    )
    (before,) = await ledger.system.read(Kind.CONTACT, [contact], {Kind.CONTACT: ["Addresses.POBOX.City"]})
    await ledger.system.write(
        [update(Kind.CONTACT, contact, {"Addresses.POBOX.City": "Kumeu"}, before.fields)]
    )
    (after,) = await ledger.system.read(Kind.CONTACT, [contact], {})
    assert [after.fields[f"Addresses.POBOX.{part}"] for part in ("Lines", "City", "PostalCode")] == [
        "PO Box 1",
        "Kumeu",
        "0810",
    ]


async def test_an_address_of_five_lines_is_refused_not_cut(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme")
    (answer,) = await ledger.system.write(
        [update(Kind.CONTACT, contact, {"Addresses.STREET.Lines": "1\n2\n3\n4\n5"})]
    )
    assert refused(answer).problem.cause is Cause.INEXPRESSIBLE
    assert ledger.calls() == []


async def test_an_archived_contact_cannot_be_changed_and_says_how_to_mend_it(ledger: Ledger) -> None:
    contact, other = ledger.contact(Name="Gone"), ledger.contact(Name="There")
    ledger.organisation.person_archives("Contacts", contact)
    gone, there = await ledger.system.write(
        [update(Kind.CONTACT, contact, {"TaxNumber": "1"}), update(Kind.CONTACT, other, {"TaxNumber": "1"})]
    )
    assert refused(gone).problem.cause is Cause.ARCHIVED
    assert "Restore" in refused(gone).problem.fix
    applied(there)


async def test_archiving_archives_and_archiving_again_is_done_already(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Old")
    (first,) = await ledger.system.write([archive(Kind.CONTACT, contact)])
    observation = applied(first).observation
    assert observation is not None
    assert observation.standing is Standing.ARCHIVED
    (second,) = await ledger.system.write([archive(Kind.CONTACT, contact)])
    assert applied(second).id == contact


@pytest.mark.parametrize("switch", ["404", "element"])
async def test_a_contact_that_is_not_there_does_not_stop_the_others(
    ledger: Ledger, switch: Literal["404", "element"]
) -> None:
    ledger.sandbox.xero.switches = replace(ledger.sandbox.xero.switches, unknown_id_in_batch=switch)
    ids = [ledger.contact(Name=f"Contact {n}") for n in range(4)]
    ids.insert(2, "00000000-aaaa-4bbb-8ccc-000000000000")
    answers = await ledger.system.write(
        [update(Kind.CONTACT, one, {"TaxNumber": "1"}, operation=one) for one in ids]
    )
    assert refused(answers[2]).problem.cause is Cause.MISSING
    assert [applied(answer).id for answer in answers if answer is not answers[2]] == [*ids[:2], *ids[3:]]


async def test_a_calculated_or_unknown_field_is_refused_without_a_call(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Ada")
    calculated, unknown = await ledger.system.write(
        [update(Kind.CONTACT, contact, {"IsPerson": True}), update(Kind.CONTACT, contact, {"Colour": "red"})]
    )
    assert refused(calculated).problem.cause is Cause.READ_ONLY
    assert refused(unknown).problem.cause is Cause.INVALID
    assert ledger.calls() == []


async def test_an_expired_token_is_renewed_once_and_the_write_goes_through(ledger: Ledger) -> None:
    ledger.clock.clock.advance(3600)
    fresh = ledger.sandbox.xero.grant("app", [ledger.organisation])
    ledger.tokens._tokens.append(fresh.access_token)
    (answer,) = await ledger.system.write([create(Kind.CONTACT, {"Name": "Ada"}, KEY)])
    applied(answer)
    assert ledger.tokens.refreshed == 1


async def test_items_are_created_updated_and_keep_four_decimals(ledger: Ledger) -> None:
    values: Fields = {
        "Code": "SKU-1",
        "Name": "Widget",
        "IsSold": True,
        "SalesDetails.UnitPrice": Decimal("1.2345"),
        "SalesDetails.AccountCode": "200",
    }
    (made,) = await ledger.system.write([create(Kind.ITEM, values)])
    item = applied(made).id
    (seen,) = await ledger.system.read(Kind.ITEM, [item], {})
    assert {path: seen.fields[path] for path in values} == values
    assert seen.fields["SalesDetails.TaxType"] is not None

    (changed,) = await ledger.system.write(
        [update(Kind.ITEM, item, {"SalesDetails.UnitPrice": Decimal("2.5")}, seen.fields)]
    )
    fields = (applied(changed).observation or pytest.fail("not told")).fields
    assert (fields["SalesDetails.UnitPrice"], fields["SalesDetails.AccountCode"]) == (Decimal("2.5"), "200")
    sent = json.loads(ledger.sent[-1].body)["Items"][0]
    assert set(sent) == {"ItemID", "Code", "SalesDetails"}


async def test_changing_the_code_keeps_the_item(ledger: Ledger) -> None:
    item = ledger.item(Code="OLD")
    (answer,) = await ledger.system.write([update(Kind.ITEM, item, {"Code": "NEW"}, {"Code": "OLD"})])
    assert applied(answer).id == item
    assert ledger.holds("Items", item)["Code"] == "NEW"


async def test_a_taken_code_names_the_item_in_the_way(ledger: Ledger) -> None:
    twin = ledger.item(Code="SKU-1")
    taken, free = await ledger.system.write(
        [
            create(Kind.ITEM, {"Code": "sku-1"}, operation="a"),
            create(Kind.ITEM, {"Code": "SKU-2"}, operation="b"),
        ]
    )
    assert (refused(taken).problem.cause, refused(taken).twin) == (Cause.TAKEN, twin)
    applied(free)


async def test_an_item_that_is_not_sold_cannot_have_a_price(ledger: Ledger) -> None:
    item = ledger.item(Code="SKU-1", IsSold=False)
    (seen,) = await ledger.system.read(Kind.ITEM, [item], {})
    (answer,) = await ledger.system.write(
        [update(Kind.ITEM, item, {"SalesDetails.UnitPrice": Decimal(3)}, seen.fields)]
    )
    assert "not sold" in refused(answer).problem.what
    (answer,) = await ledger.system.write(
        [update(Kind.ITEM, item, {"IsSold": True, "SalesDetails.UnitPrice": Decimal(3)}, seen.fields)]
    )
    fields = (applied(answer).observation or pytest.fail("not told")).fields
    assert fields["SalesDetails.UnitPrice"] == Decimal(3)


async def test_stopping_to_sell_an_item_empties_its_sales_side(ledger: Ledger) -> None:
    item = ledger.item(Code="SKU-1", Description="Text", SalesDetails={"UnitPrice": Decimal(3)})
    (seen,) = await ledger.system.read(Kind.ITEM, [item], {})
    (answer,) = await ledger.system.write(
        [update(Kind.ITEM, item, {"IsSold": False, "Description": None}, seen.fields)]
    )
    fields = (applied(answer).observation or pytest.fail("not told")).fields
    assert (fields["IsSold"], fields["Description"], fields["SalesDetails.UnitPrice"]) == (False, None, None)


async def test_a_tracked_item_keeps_its_tracking_through_a_change_of_cost(ledger: Ledger) -> None:
    item = ledger.item(
        Code="SKU-1",
        InventoryAssetAccountCode="630",
        PurchaseDetails={"UnitPrice": Decimal(2), "COGSAccountCode": "310"},
    )
    (seen,) = await ledger.system.read(Kind.ITEM, [item], {})
    assert seen.fields["IsTrackedAsInventory"] is True
    (answer,) = await ledger.system.write(
        [update(Kind.ITEM, item, {"PurchaseDetails.UnitPrice": Decimal("2.75")}, seen.fields)]
    )
    fields = (applied(answer).observation or pytest.fail("not told")).fields
    assert (fields["IsTrackedAsInventory"], fields["PurchaseDetails.COGSAccountCode"]) == (True, "310")


async def test_items_are_never_archived(ledger: Ledger) -> None:
    item = ledger.item(Code="SKU-1")
    (answer,) = await ledger.system.write([archive(Kind.ITEM, item)])
    assert refused(answer).problem.cause is Cause.INEXPRESSIBLE
    assert ledger.calls() == []


async def test_nothing_to_write_calls_nobody(ledger: Ledger) -> None:
    assert await ledger.system.write([]) == []
    assert ledger.calls() == []


async def test_trouble_while_the_bad_record_is_sought_leaves_the_rest_waiting(ledger: Ledger) -> None:
    ids = [ledger.contact(Name=f"Contact {n}") for n in range(3)]
    ids.append("00000000-aaaa-4bbb-8ccc-000000000000")
    ledger.calls_left = 2
    answers = await ledger.system.write(
        [update(Kind.CONTACT, one, {"TaxNumber": "1"}, operation=one) for one in ids]
    )
    assert [applied(answer).id for answer in answers[:2]] == ids[:2]
    assert all(isinstance(answer, Wait) for answer in answers[2:])


@pytest.mark.parametrize("kind", [Kind.CONTACT, Kind.ITEM])
async def test_a_twin_that_cannot_be_looked_up_is_still_a_refusal(ledger: Ledger, kind: Kind) -> None:
    ledger.contact(Name="Taken")
    ledger.item(Code="Taken")
    ledger.calls_left = 1
    (answer,) = await ledger.system.write(
        [create(kind, {"Name": "Taken", "Code": "Taken"} if kind is Kind.ITEM else {"Name": "Taken"}, "key")]
    )
    assert (refused(answer).problem.cause, refused(answer).twin) == (Cause.TAKEN, None)
