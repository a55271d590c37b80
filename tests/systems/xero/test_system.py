"""The connector against the sandbox: describe, list, read, find."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import unquote

import pytest
from tests.systems.xero.world import Ledger, applied, create
from tests.witnesses.court import sit

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.model.records import Standing
from crossfoot.systems.port import Account, FieldInfo, System, Trouble, ValueType
from crossfoot.systems.xero import listing, settings
from crossfoot.systems.xero.system import CAPABILITIES
from crossfoot_sandbox.faults import Kind as Fault


def test_the_connector_is_a_system(ledger: Ledger) -> None:
    system: System = ledger.system
    assert (system.name, system.title, system.side) == ("xero", "Xero", "ledger")


async def test_describing_tells_who_it_is_and_which_currencies_it_has(ledger: Ledger) -> None:
    description = await ledger.system.describe()

    identity = description.identity
    assert identity.key == f"xero:{ledger.organisation.tenant_id}"
    assert (identity.name, identity.currency, identity.country) == ("Ako Books", "NZD", "NZ")
    assert "GBP" in description.currencies
    assert description.facts["version"] == "NZ"
    assert set(description.fields) == set(CAPABILITIES.kinds)
    assert ledger.calls() == [
        "GET /connections",
        "GET /api.xro/2.0/Organisation",
        "GET /api.xro/2.0/Currencies",
        "GET /api.xro/2.0/TaxRates",
        "GET /api.xro/2.0/Accounts",
    ]


async def test_describing_tells_the_tax_rates_and_what_may_be_booked_where(ledger: Ledger) -> None:
    ledger.bookkeeper.archives_account("260")
    description = await ledger.system.describe()
    taxes = {tax.id: tax for tax in description.taxes}
    assert taxes["OUTPUT2"].percent == Decimal(15)
    assert (taxes["OUTPUT2"].active, taxes["OUTPUT2"].for_sales) == (True, True)
    assert [each.id for each in description.taxes if not each.active]
    accounts = {account.code: account for account in description.accounts}
    sales, bank, debtors, archived = (accounts[code] for code in ("200", "090", "610", "260"))
    assert (sales.sales, sales.payments, sales.active, sales.name) == (True, False, True, "Sales")
    assert (bank.sales, bank.payments) == (False, True)
    assert (debtors.sales, debtors.payments) == (False, False)
    assert not archived.active
    # Whatever Xero itself would take for a line is told so.
    for account in description.accounts:
        if account.active and account.sales:
            line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": account.code}
            ledger.invoice(Status="AUTHORISED", LineItems=[{**line, "TaxType": "NONE"}])


def test_a_bank_account_without_a_code_is_known_by_its_id() -> None:
    bank = settings.AccountAnswer(account_id="some-id", name="Savings", type="BANK", status="ACTIVE")
    assert settings._account(bank) == Account("some-id", "Savings", sales=False, payments=True)


async def test_an_invoice_is_in_one_of_the_organisations_currencies(ledger: Ledger) -> None:
    info = (await ledger.system.describe()).fields[Kind.INVOICE]["CurrencyCode"]
    assert info.type is ValueType.OPTION
    assert {"NZD", "GBP"} <= set(info.options)
    assert "XAU" not in info.options


async def test_a_contact_has_a_page_in_xero(ledger: Ledger) -> None:
    account = (await ledger.system.describe()).identity
    page = ledger.system.url(account, Kind.CONTACT_PERSON, "some-id/primary")
    assert page is not None
    assert page.endswith("/contacts/contact/some-id")
    assert ledger.system.url(account, Kind.ITEM, "some-id") is None
    assert ledger.system.url(replace(account, url=None), Kind.CONTACT, "some-id") is None


async def test_lock_dates_are_facts(ledger: Ledger) -> None:
    ledger.organisation.change_organisation(PeriodLockDate=date(2026, 3, 31))
    description = await ledger.system.describe()
    assert description.facts["period lock date"] == "2026-03-31"


async def test_a_disconnected_organisation_is_consent_gone(ledger: Ledger) -> None:
    ledger.sandbox.xero.disconnect("app", ledger.organisation)
    with pytest.raises(Trouble) as trouble:
        await ledger.system.describe()
    assert trouble.value.problem.cause is Cause.CONSENT
    with pytest.raises(Trouble) as trouble:
        await ledger.system.read(Kind.CONTACT, ["5cc8cf28-567e-4d43-b287-687cfcaec47c"], {})
    assert trouble.value.problem.cause is Cause.CONSENT


async def test_credentials_of_another_organisation_are_the_wrong_account(ledger: Ledger) -> None:
    other = ledger.sandbox.xero.add_organisation(name="Other Books")
    pair = ledger.sandbox.xero.grant("app", [other])
    ledger.sandbox.xero.disconnect("app", ledger.organisation)
    ledger.tokens._tokens[:] = [pair.access_token]
    with pytest.raises(Trouble) as trouble:
        await ledger.system.describe()
    assert trouble.value.problem.cause is Cause.WRONG_ACCOUNT
    assert "Other Books" in trouble.value.problem.what


async def test_a_missing_scope_is_forbidden(ledger: Ledger) -> None:
    pair = ledger.sandbox.xero.grant("app", [ledger.organisation], ["accounting.settings"])
    ledger.tokens._tokens[:] = [pair.access_token]
    with pytest.raises(Trouble) as trouble:
        await ledger.listed(Kind.CONTACT)
    assert trouble.value.problem.cause is Cause.FORBIDDEN


async def test_xero_has_no_custom_fields(ledger: Ledger) -> None:
    with pytest.raises(Trouble) as trouble:
        await ledger.system.create_field(Kind.CONTACT, FieldInfo("Colour", "Colour"))
    assert trouble.value.problem.cause is Cause.INEXPRESSIBLE


async def test_kinds_that_xero_does_not_have_are_named(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="company"):
        await ledger.system.read(Kind.COMPANY, ["1"], {})
    with pytest.raises(ValueError, match="with the contacts"):
        ledger.system.list(Kind.CONTACT_PERSON, {}, None)


async def test_a_listing_observes_a_contact_with_the_people_in_it(ledger: Ledger) -> None:
    contact = ledger.contact(
        Name="Acme Ltd",
        FirstName="Ada",
        LastName="King",
        EmailAddress="Ada@acme.example",
        Phones=[
            {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": "8876543"}
        ],
        Addresses=[
            {"AddressType": "POBOX", "AddressLine1": "PO Box 1", "AddressLine2": "Kumeu", "City": "Auckland"}
        ],
        ContactPersons=[{"FirstName": "Bo", "EmailAddress": "Bo@acme.example", "IncludeInEmails": True}],
    )
    (seen,), _ = await ledger.listed(Kind.CONTACT)

    assert seen.ref.id == contact
    assert seen.live
    assert seen.modified == ledger.clock.now()
    assert seen.fields["Name"] == "Acme Ltd"
    assert seen.fields["IsPerson"] is False
    assert seen.fields["Phones.DEFAULT"] == "+64 9 8876543"
    assert seen.fields["Phones.MOBILE"] is None
    assert seen.fields["Addresses.POBOX.Lines"] == "PO Box 1\nKumeu"
    assert seen.fields["Addresses.POBOX.City"] == "Auckland"
    assert seen.fields["TaxNumber"] is None
    primary, bo = seen.children or ()
    assert primary.ref.id == f"{contact}/primary"
    assert (primary.fields["FirstName"], primary.fields["Contact"]) == ("Ada", contact)
    assert bo.ref.id == f"{contact}/bo@acme.example"
    assert (bo.parent, bo.fields["IncludeInEmails"], bo.fields["LastName"]) == (contact, True, None)


async def test_only_the_paths_asked_for_are_observed_but_addresses_whole(ledger: Ledger) -> None:
    ledger.contact(Name="Acme")
    async for page in ledger.system.list(
        Kind.CONTACT, {Kind.CONTACT: ["Name", "Addresses.STREET.City"]}, None
    ):
        assert set(page.observations[0].fields) == {
            "Name",
            *(
                f"Addresses.STREET.{part}"
                for part in ("Lines", "City", "Region", "PostalCode", "Country", "AttentionTo")
            ),
        }


async def test_a_second_listing_is_one_call_and_brings_what_changed(ledger: Ledger) -> None:
    old, changed = ledger.contact(Name="Old"), ledger.contact(Name="Changed")
    ledger.later(3600)
    _, cursor = await ledger.listed(Kind.CONTACT)
    ledger.calls()
    ledger.later(10)
    ledger.organisation.person_edits("Contacts", changed, {"TaxNumber": "1"})

    seen, cursor = await ledger.listed(Kind.CONTACT, cursor)
    assert [record.ref.id for record in seen] == [changed]
    assert old not in {record.ref.id for record in seen}
    assert len(ledger.calls()) == 1
    ledger.later(600)
    seen, cursor = await ledger.listed(Kind.CONTACT, cursor)
    again, _ = await ledger.listed(Kind.CONTACT, cursor)
    assert again == []


async def test_a_change_in_the_very_second_of_a_listing_is_in_the_next(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Ada")
    _, cursor = await ledger.listed(Kind.CONTACT)
    ledger.organisation.person_edits("Contacts", contact, {"TaxNumber": "1"})
    seen, _ = await ledger.listed(Kind.CONTACT, cursor)
    assert seen[0].fields["TaxNumber"] == "1"


async def test_archived_merged_and_erased_contacts_are_told_as_such(ledger: Ledger) -> None:
    archived, winner, loser, erased = (
        ledger.contact(Name=name, FirstName="A", LastName="B")
        for name in ("Archived", "Winner", "Loser", "Erased")
    )
    ledger.organisation.person_archives("Contacts", archived)
    ledger.organisation.person_merges(winner, loser)
    ledger.organisation.person_erases(erased)

    listed, _ = await ledger.listed(Kind.CONTACT)
    read = await ledger.system.read(Kind.CONTACT, [archived, winner, loser, erased], {})
    for seen in (listed, read):
        by_id = {record.ref.id: record for record in seen}
        assert by_id[archived].standing is Standing.ARCHIVED
        assert by_id[winner].standing is Standing.LIVE
        assert (by_id[loser].standing, by_id[loser].survivor) == (Standing.MERGED, winner)
        assert (by_id[erased].standing, by_id[erased].fields) == (Standing.ERASED, {})
        assert [child.standing for child in by_id[loser].children or ()] == [Standing.ARCHIVED]
        assert [(child.standing, child.fields) for child in by_id[erased].children or ()] == [
            (Standing.ERASED, {})
        ]


async def test_reading_answers_in_the_order_asked_in_one_call(ledger: Ledger) -> None:
    ids = [ledger.contact(Name=f"Contact {n}") for n in range(50)]
    nowhere = "00000000-aaaa-4bbb-8ccc-000000000000"
    asked = [*reversed(ids[:49]), nowhere]

    seen = await ledger.system.read(Kind.CONTACT, asked, {})
    assert [record.ref.id for record in seen] == asked
    assert seen[-1].standing is Standing.MISSING
    assert len(ledger.calls()) == 1


async def test_reading_nothing_calls_nobody(ledger: Ledger) -> None:
    for kind in (Kind.CONTACT, Kind.CONTACT_PERSON, Kind.ITEM):
        assert await ledger.system.read(kind, [], {}) == []
    assert ledger.calls() == []


async def test_a_person_who_left_the_contact_is_archived(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme", ContactPersons=[{"FirstName": "Bo", "LastName": "Li"}])
    nowhere = "00000000-aaaa-4bbb-8ccc-000000000000"
    there, gone, missing = await ledger.system.read(
        Kind.CONTACT_PERSON, [f"{contact}/bo li", f"{contact}/primary", f"{nowhere}/primary"], {}
    )
    assert (there.standing, there.fields["FirstName"]) == (Standing.LIVE, "Bo")
    assert (gone.standing, gone.parent) == (Standing.ARCHIVED, contact)
    assert missing.standing is Standing.MISSING


async def test_finding_compares_without_case_and_leaves_archived_out(ledger: Ledger) -> None:
    ada, bo = ledger.contact(Name="Ada"), ledger.contact(Name="Bo", EmailAddress="bo@x.example")
    gone = ledger.contact(Name="Gone", EmailAddress="bo@x.example")
    ledger.organisation.person_archives("Contacts", gone)

    by_name = await ledger.system.find(Kind.CONTACT, "Name", ["ADA", "nobody"], {})
    by_email = await ledger.system.find(Kind.CONTACT, "EmailAddress", ["Bo@X.example"], {})
    assert [record.ref.id for record in by_name] == [ada]
    assert [record.ref.id for record in by_email] == [bo]
    assert len(ledger.calls()) == 2


async def test_by_our_key_what_we_made_is_found_wherever_a_person_has_put_it(ledger: Ledger) -> None:
    keys = ["hubspot:1:contact:1", "hubspot:1:contact:2"]
    writes = [create(Kind.CONTACT, {"Name": f"Name of {key}"}, key, key) for key in keys]
    archived, merged = (applied(answer).id for answer in await ledger.system.write(writes))
    winner = ledger.contact(Name="Winner")
    ledger.organisation.person_archives("Contacts", archived)
    ledger.organisation.person_merges(winner, merged)

    found = await ledger.system.find(Kind.CONTACT, "ContactNumber", keys, {})
    assert {(record.ref.id, record.standing, record.survivor) for record in found} == {
        (archived, Standing.ARCHIVED, None),
        (merged, Standing.MERGED, winner),
    }


async def test_a_name_with_a_double_quote_is_found_although_filters_cannot_hold_one(ledger: Ledger) -> None:
    quoted = ledger.contact(Name='The "Grand" Hotel')
    ledger.contact(Name='The "Grand" Hotel Annex')
    plain = ledger.contact(Name="Plain")
    found = await ledger.system.find(Kind.CONTACT, "Name", ['the "grand" hotel', "Plain"], {})
    assert {record.ref.id for record in found} == {quoted, plain}


async def test_many_values_are_found_in_few_calls(ledger: Ledger) -> None:
    keys = [f"hubspot:1:contact:{n}" for n in range(60)]
    made = await ledger.system.write(
        [create(Kind.CONTACT, {"Name": f"Name of {key}"}, key, key) for key in keys]
    )
    ids = {applied(answer).id for answer in made}
    ledger.calls()
    found = await ledger.system.find(Kind.CONTACT, "ContactNumber", keys, {})
    assert {record.ref.id for record in found} == ids
    calls = ledger.calls()
    assert len(calls) == 2
    assert all(len(unquote(call)) < 1800 for call in calls)


async def test_finding_by_another_field_is_refused(ledger: Ledger) -> None:
    for kind, path in (
        (Kind.CONTACT, "TaxNumber"),
        (Kind.CONTACT_PERSON, "EmailAddress"),
        (Kind.ITEM, "IsSold"),
    ):
        with pytest.raises(ValueError, match=path):
            await ledger.system.find(kind, path, ["x"], {})


async def test_the_people_of_a_contact_are_found_by_it(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme", FirstName="Ada", ContactPersons=[{"FirstName": "Bo"}])
    found = await ledger.system.find(Kind.CONTACT_PERSON, "Contact", [contact], {})
    assert [person.ref.id for person in found] == [f"{contact}/primary", f"{contact}/bo"]


async def test_items_are_listed_in_one_call_with_four_decimals(ledger: Ledger) -> None:
    item = ledger.item(
        Code="SKU-1", Name="Widget", SalesDetails={"UnitPrice": Decimal("1.2345"), "AccountCode": "200"}
    )
    ledger.item(Code="SKU-2")
    ledger.later(3600)
    seen, cursor = await ledger.listed(Kind.ITEM)
    by_id = {record.ref.id: record for record in seen}
    assert len(by_id) == 2
    assert by_id[item].fields["SalesDetails.UnitPrice"] == Decimal("1.2345")
    assert by_id[item].fields["IsSold"] is True
    assert len(ledger.calls()) == 1

    ledger.organisation.person_edits("Items", item, {"Name": "Better widget"})
    seen, cursor = await ledger.listed(Kind.ITEM, cursor)
    assert [record.fields["Name"] for record in seen] == ["Better widget"]


async def test_a_long_price_list_comes_in_pages_of_one_call(ledger: Ledger) -> None:
    for n in range(5):
        ledger.item(Code=f"SKU-{n}")
    pages = [page async for page in listing.list_items(ledger.system._client, {}, None, size=2)]
    assert [len(page.observations) for page in pages] == [2, 2, 1]
    assert [page.last for page in pages] == [False, False, True]
    assert len(ledger.calls()) == 1


@pytest.mark.parametrize("count", [3, 21])
async def test_items_are_read_in_one_call_however_many(ledger: Ledger, count: int) -> None:
    ids = [ledger.item(Code=f"SKU-{n}") for n in range(count)]
    gone = ledger.item(Code="GONE")
    ledger.organisation.person_deletes(gone)
    seen = await ledger.system.read(Kind.ITEM, [*ids, gone], {})
    assert [record.ref.id for record in seen] == [*ids, gone]
    assert seen[-1].standing is Standing.MISSING
    assert len(ledger.calls()) == 1


async def test_items_are_found_by_code(ledger: Ledger) -> None:
    item, odd = ledger.item(Code="SKU-1"), ledger.item(Code='3/4" pipe')
    ledger.item(Code="SKU-2")
    assert [seen.ref.id for seen in await ledger.system.find(Kind.ITEM, "Code", ["sku-1"], {})] == [item]
    found = await ledger.system.find(Kind.ITEM, "Code", ["sku-1", '3/4" pipe'], {})
    assert {seen.ref.id for seen in found} == {item, odd}
    assert await ledger.system.find(Kind.ITEM, "Code", [], {}) == []


@pytest.mark.parametrize(
    "fault",
    [Fault.ERROR_BEFORE, Fault.REQUEST_LOST, Fault.REPLY_LOST, Fault.GARBLED, Fault.HTML, Fault.REFUSED],
)
async def test_a_listing_survives_any_single_fault(ledger: Ledger, fault: Fault) -> None:
    ledger.contact(Name="Ada")
    ledger.fault(fault, "GET /Contacts")
    seen, _ = await ledger.listed(Kind.CONTACT)
    assert [record.fields["Name"] for record in seen] == ["Ada"]


async def test_a_throttled_read_waits_as_long_as_xero_says(ledger: Ledger) -> None:
    ledger.fault(Fault.THROTTLED, "GET /Contacts")
    await ledger.listed(Kind.CONTACT)
    waited = ledger.clock.slept
    assert len(waited) == 1
    assert [seconds for _, seconds in ledger.budget.held] == waited


async def test_the_limit_of_the_day_is_trouble_that_tells_when_it_ends(ledger: Ledger) -> None:
    ledger.sandbox.xero.add_app("small", "secret", ("accounting.contacts", "offline_access"), tier="starter")
    pair = ledger.sandbox.xero.grant("small", [ledger.organisation])
    ledger.tokens._tokens[:] = [pair.access_token]
    for _ in range(1000):
        ledger.clock.clock.advance(1)
        await ledger.system.find(Kind.CONTACT, "Name", ["x"], {})
    with pytest.raises(Trouble) as trouble:
        await ledger.system.find(Kind.CONTACT, "Name", ["x"], {})
    assert trouble.value.problem.cause is Cause.LIMIT
    assert trouble.value.retry_after is not None
    assert 3600 < trouble.value.retry_after <= timedelta(days=1).total_seconds()


async def test_xero_offline_is_trouble_after_a_few_tries(ledger: Ledger) -> None:
    ledger.sandbox.xero.switches = replace(ledger.sandbox.xero.switches, offline="organisation")
    with pytest.raises(Trouble) as trouble:
        await ledger.listed(Kind.CONTACT)
    assert trouble.value.problem.cause is Cause.UNAVAILABLE
    assert trouble.value.retry_after
    assert len(ledger.calls()) == 4


async def test_304_is_nothing_new(ledger: Ledger) -> None:
    ledger.contact(Name="Ada")
    ledger.later(3600)
    _, cursor = await ledger.listed(Kind.CONTACT)
    ledger.sandbox.xero.switches = replace(ledger.sandbox.xero.switches, modified_since_304=True)
    seen, cursor = await ledger.listed(Kind.CONTACT, cursor)
    assert seen == []
    ledger.organisation.person_edits("Contacts", ledger.contact(Name="Bo"), {"TaxNumber": "2"})
    seen, _ = await ledger.listed(Kind.CONTACT, cursor)
    assert [record.fields["Name"] for record in seen] == ["Bo"]


async def test_being_ready_reserves_calls_of_the_organisations_minute(ledger: Ledger) -> None:
    await ledger.system.ready(3)
    ((key, allowance, calls),) = ledger.budget.reserved
    assert ledger.organisation.tenant_id in key
    assert (allowance.calls, calls) == (60, 3)


async def test_every_call_is_judged_by_xeros_own_files(ledger: Ledger) -> None:
    court = sit()
    if court is None or "xero" not in court.judges:
        pytest.skip("Xero's OpenAPI files are not beside the repository")
    before = court.judges["xero"].counted.copy()
    await ledger.system.describe()
    await ledger.system.write([create(Kind.CONTACT, {"Name": "Ada", "Phones.FAX": "1"}, "key")])
    await ledger.listed(Kind.CONTACT)
    counted = court.judges["xero"].counted - before
    assert (counted["requests"], counted["bodies"], counted["responses"]) == (7, 1, 7)
