import pytest
from tests.sandbox.xero.conftest import World, messages, names

ZERO = "00000000-0000-0000-0000-000000000000"
ARCHIVED = "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API."


def test_a_created_contact_shows_all_slots_with_empty_texts(world: World) -> None:
    row = world.contact(
        Name="Ada", Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "21 555"}], IsCustomer=True
    )
    assert [phone["PhoneType"] for phone in row["Phones"]] == ["DEFAULT", "DDI", "FAX", "MOBILE"]
    assert row["Phones"][0] == {
        "PhoneType": "DEFAULT",
        "PhoneNumber": "",
        "PhoneAreaCode": "",
        "PhoneCountryCode": "",
    }
    assert row["Addresses"][0] == {
        "AddressType": "STREET",
        "City": "",
        "Region": "",
        "PostalCode": "",
        "Country": "",
    }
    assert row["IsCustomer"] is False
    assert row["UpdatedDateUTC"] == "/Date(1795392000000+0000)/"


def test_a_read_contact_shows_untouched_slots_by_type_only(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]
    row = world.get(f"/Contacts/{contact_id}").payload()["Contacts"][0]
    assert row["Phones"] == [{"PhoneType": kind} for kind in ("DEFAULT", "DDI", "FAX", "MOBILE")]
    assert row["Attachments"] == []
    assert "Attachments" not in world.rows("Contacts")[0]


def test_names_are_unique_among_active_contacts_without_case(world: World) -> None:
    world.contact(Name="Eastside Club")
    answer = world.put("/Contacts", {"Name": "EASTSIDE  club "})
    assert answer.status == 400
    assert messages(answer) == [
        "The contact name EASTSIDE club is already assigned to another contact. The contact name must be unique across all active contacts."
    ]
    assert answer.payload()["Elements"][0]["ContactID"] == ZERO
    assert "StatusAttributeString" not in answer.payload()["Elements"][0]


def test_the_name_of_an_archived_contact_is_free(world: World) -> None:
    first = world.contact(Name="Ada")["ContactID"]
    world.organisation.person_archives("Contacts", first)
    assert world.contact(Name="ada")["ContactID"] != first
    with pytest.raises(ValueError, match="already named"):
        world.organisation.person_restores("Contacts", first)


def test_put_never_edits_and_post_edits_by_name_silently(world: World) -> None:
    ada = world.contact(Name="Ada", EmailAddress="ada@a.example")["ContactID"]
    answer = world.post("/Contacts", {"Name": "ADA", "EmailAddress": "other@b.example"})
    row = answer.payload()["Contacts"][0]
    assert (row["ContactID"], row["Name"], row["EmailAddress"]) == (ada, "ADA", "other@b.example")


def test_post_finds_by_number_before_name(world: World) -> None:
    numbered = world.contact(Name="Ada", ContactNumber="hub-1")["ContactID"]
    world.contact(Name="Bea")
    answer = world.post("/Contacts", {"ContactNumber": "HUB-1", "Name": "Cleo"})
    assert answer.payload()["Contacts"][0]["ContactID"] == numbered
    refused = world.post("/Contacts", {"ContactNumber": "hub-1", "Name": "Bea"})
    assert refused.status == 400
    assert refused.payload()["Elements"][0]["ContactID"] == numbered


def test_an_update_keeps_what_it_does_not_mention(world: World) -> None:
    contact_id = world.contact(
        Name="Ada",
        FirstName="Ada",
        Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "1", "PhoneAreaCode": "9"}],
    )["ContactID"]
    answer = world.post(
        f"/Contacts/{contact_id}",
        {"EmailAddress": "a@a.example", "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "2"}]},
    )
    phones = {phone["PhoneType"]: phone for phone in answer.payload()["Contacts"][0]["Phones"]}
    assert phones["DEFAULT"]["PhoneNumber"] == "1"
    assert phones["MOBILE"]["PhoneNumber"] == "2"
    assert answer.payload()["Contacts"][0]["FirstName"] == "Ada"


@pytest.mark.parametrize(("merges", "area"), [(True, "9"), (False, "")])
def test_fields_left_out_of_a_sent_slot_stay_or_go_by_switch(world: World, merges: bool, area: str) -> None:
    world.switch(slot_fields_merge=merges)
    phone = {"PhoneType": "DEFAULT", "PhoneNumber": "1", "PhoneAreaCode": "9"}
    contact_id = world.contact(Name="Ada", Phones=[phone])["ContactID"]
    answer = world.post(f"/Contacts/{contact_id}", {"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "2"}]})
    shown = answer.payload()["Contacts"][0]["Phones"][0]
    assert (shown["PhoneNumber"], shown["PhoneAreaCode"]) == ("2", area)


@pytest.mark.parametrize("clears", [True, False])
def test_an_empty_text_clears_or_is_ignored_by_switch(world: World, clears: bool) -> None:
    world.switch(empty_text_clears=clears)
    contact_id = world.contact(Name="Ada", EmailAddress="a@a.example")["ContactID"]
    row = world.post(f"/Contacts/{contact_id}", {"EmailAddress": ""}).payload()["Contacts"][0]
    assert ("EmailAddress" in row) is not clears


def test_contact_persons_are_replaced_whole_and_five_at_most(world: World) -> None:
    people = [{"FirstName": f"P{n}", "EmailAddress": f"p{n}@a.example"} for n in range(6)]
    contact_id = world.contact(Name="Acme", ContactPersons=people[:5])["ContactID"]
    world.post(f"/Contacts/{contact_id}", {"ContactPersons": people[:1]})
    assert len(world.organisation.book("Contacts")[contact_id].values["ContactPersons"]) == 1
    assert world.post(f"/Contacts/{contact_id}", {"ContactPersons": people}).status == 400


def test_persons_are_shown_when_paging_and_by_id_only(world: World) -> None:
    world.contact(Name="Acme", ContactPersons=[{"FirstName": "P"}])
    assert world.rows("Contacts")[0]["ContactPersons"] == []
    assert world.rows("Contacts", query={"page": 1})[0]["ContactPersons"][0]["FirstName"] == "P"


def test_an_archived_contact_cannot_be_edited_not_even_archived_again(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]
    archive = {"Contacts": [{"ContactID": contact_id, "ContactStatus": "ARCHIVED"}]}
    assert world.post("/Contacts", archive).payload()["Contacts"][0]["ContactStatus"] == "ARCHIVED"
    answer = world.post("/Contacts", archive, query={"summarizeErrors": "False"})
    row = answer.payload()["Contacts"][0]
    assert answer.status == 200
    assert (row["StatusAttributeString"], row["ContactID"], row["Addresses"]) == ("ERROR", contact_id, [])
    assert row["ValidationErrors"] == [{"Message": ARCHIVED}]
    unarchive = world.post(f"/Contacts/{contact_id}", {"ContactStatus": "ACTIVE"})
    assert messages(unarchive) == [ARCHIVED]


def test_archived_contacts_are_listed_only_on_request(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]
    world.organisation.person_archives("Contacts", contact_id)
    since = {"If_Modified_Since": "2020-01-01T00:00:00"}
    assert world.rows("Contacts", **since) == []
    shown = world.rows("Contacts", query={"includeArchived": "True"}, **since)
    assert [row["ContactStatus"] for row in shown] == ["ARCHIVED"]


def test_a_merge_shows_its_winner_when_paging_and_by_id_only(world: World) -> None:
    winner, loser = world.contact(Name="Ada")["ContactID"], world.contact(Name="Ada L")["ContactID"]
    world.organisation.person_merges(winner, loser, by="cleo")
    assert world.get(f"/Contacts/{loser}").payload()["Contacts"][0]["MergedToContactID"] == winner
    everyone = {"includeArchived": "true"}
    assert all("MergedToContactID" not in row for row in world.rows("Contacts", query=everyone))
    paged = world.rows("Contacts", query={**everyone, "page": 1})
    assert [row.get("MergedToContactID") for row in paged if row["ContactID"] == loser] == [winner]
    record = world.organisation.book("Contacts")[loser]
    assert (record.status, record.merged_to, record.versions[-1].author) == (
        "ARCHIVED",
        winner,
        "person:cleo",
    )


def test_an_erasure_request_ends_all_use(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]
    world.organisation.person_erases(contact_id)
    assert world.rows("Contacts") == []
    assert world.get(f"/Contacts/{contact_id}").payload()["Contacts"][0]["ContactStatus"] == "GDPRREQUEST"
    assert world.post(f"/Contacts/{contact_id}", {"FirstName": "A"}).status == 400


def test_a_contact_is_found_by_its_number(world: World) -> None:
    contact_id = world.contact(Name="Ada", ContactNumber="HUB 7/1")["ContactID"]
    assert world.get("/Contacts/HUB 7").status == 404
    world.organisation.contacts.change(
        world.organisation.contacts[contact_id], {"ContactNumber": "HUB-7"}, 1_795_392_000_000, "vendor"
    )
    assert world.get("/Contacts/hub-7").payload()["Contacts"][0]["ContactID"] == contact_id


@pytest.mark.parametrize(
    ("switch", "status"),
    [({"duplicate_contact_number": "refused"}, 400), ({"duplicate_contact_number": "accepted"}, 200)],
)
def test_a_taken_contact_number_is_refused_or_accepted_by_switch(
    world: World, switch: dict[str, str], status: int
) -> None:
    world.switch(**switch)
    world.contact(Name="Ada", ContactNumber="7")
    answer = world.put("/Contacts", {"Name": "Bea", "ContactNumber": "7"})
    assert answer.status == status
    if status == 400:
        assert messages(answer) == ["The contact number 7 is already assigned to another contact."]


@pytest.mark.parametrize("matches", [True, False])
def test_the_number_of_an_archived_contact_matches_it_or_not_by_switch(world: World, matches: bool) -> None:
    world.switch(number_matches_archived=matches, duplicate_contact_number="accepted")
    world.organisation.person_archives("Contacts", world.contact(Name="Ada", ContactNumber="7")["ContactID"])
    answer = world.post("/Contacts", {"Name": "Bea", "ContactNumber": "7"})
    assert answer.status == (400 if matches else 200)


@pytest.mark.parametrize("matches", [True, False])
def test_the_name_of_an_archived_contact_matches_it_or_not_by_switch(world: World, matches: bool) -> None:
    world.switch(name_matches_archived=matches)
    world.organisation.person_archives("Contacts", world.contact(Name="Ada")["ContactID"])
    assert world.post("/Contacts", {"Name": "Ada"}).status == (400 if matches else 200)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"Name": "a" * 256}, "The Name field cannot be longer than 255 characters."),
        ({"Name": "A <b>"}, "The contact name cannot contain the characters < or >."),
        ({"Name": "A", "EmailAddress": "nonsense"}, "Email address must be valid."),
        (
            {"Name": "A", "ContactNumber": "9" * 51},
            "The ContactNumber field cannot be longer than 50 characters.",
        ),
        (
            {"Name": "A", "Phones": [{"PhoneType": "FAX", "PhoneAreaCode": "0" * 11}]},
            "The PhoneAreaCode field cannot be longer than 10 characters.",
        ),
        (
            {"Name": "A", "Addresses": [{"AddressType": "POBOX", "Country": "N2"}]},
            "The Country field can only contain letters.",
        ),
        (
            {"Name": "A", "DefaultCurrency": "JPY"},
            "The current organisation is not subscribed to currency 'JPY'.",
        ),
        (
            {"EmailAddress": "a@a.example"},
            "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(world: World, values: dict[str, object], text: str) -> None:
    answer = world.put("/Contacts", values)
    assert messages(answer) == [text]
    assert len(world.organisation.book("Contacts")) == 0


@pytest.mark.parametrize(("mode", "status"), [("trimmed", 200), ("refused", 400)])
def test_spaces_in_names_are_trimmed_or_refused_by_switch(world: World, mode: str, status: int) -> None:
    world.switch(name_spaces=mode)
    answer = world.put("/Contacts", {"Name": " Ada  Lovelace "})
    assert answer.status == status
    if status == 200:
        assert names(answer.payload()["Contacts"]) == ["Ada Lovelace"]


def test_countries_may_hold_more_than_letters_by_switch(world: World) -> None:
    world.switch(country_letters_only=False)
    assert world.put("/Contacts", {"Name": "A", "Addresses": [{"Country": "Côte d'Ivoire"}]}).status == 200


@pytest.mark.parametrize("touches", [True, False])
def test_a_write_without_change_moves_the_date_or_not_by_switch(world: World, touches: bool) -> None:
    world.switch(unchanged_write_touches=touches)
    contact_id = world.contact(Name="Ada")["ContactID"]
    world.clock.advance(60)
    world.post(f"/Contacts/{contact_id}", {"Name": "Ada"})
    record = world.organisation.book("Contacts")[contact_id]
    assert (record.updated == world.clock.now()) is touches


def test_every_version_names_its_author(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]
    world.clock.advance(1)
    world.organisation.person_edits("Contacts", contact_id, {"FirstName": "Ada"}, by="cleo")
    record = world.organisation.book("Contacts")[contact_id]
    assert [version.author for version in record.versions] == ["app:app", "person:cleo"]
    assert dict(record.versions[1].changes) == {"FirstName": "Ada"}
    assert record.created_by == "app:app"
    assert record.versions[1].at == world.clock.now()


def test_people_are_refused_in_plain_words(world: World) -> None:
    organisation = world.organisation
    ada = organisation.person_creates("Contacts", {"Name": "Ada"})
    with pytest.raises(ValueError, match="already assigned to another contact"):
        organisation.person_creates("Contacts", {"Name": "ada"})
    with pytest.raises(ValueError, match="people cannot write ContactNumber"):
        organisation.person_edits("Contacts", ada, {"ContactNumber": "1"})
    with pytest.raises(ValueError, match="Error converting value"):
        organisation.person_edits("Contacts", ada, {"SalesDefaultLineAmountType": "SOMETIMES"})
    with pytest.raises(ValueError, match="two different active"):
        organisation.person_merges(ada, ada)
    organisation.person_archives("Contacts", ada)
    with pytest.raises(ValueError, match="archived contact"):
        organisation.person_edits("Contacts", ada, {"FirstName": "A"})
    organisation.person_restores("Contacts", ada)
    assert organisation.book("Contacts")[ada].status == "ACTIVE"


def test_suppliers_are_vendor_knowledge(world: World) -> None:
    contact_id = world.organisation.person_creates("Contacts", {"Name": "Mill", "IsSupplier": True})
    world.post(f"/Contacts/{contact_id}", {"IsSupplier": False})
    assert world.rows("Contacts", query={"where": "IsSupplier==true"})[0]["IsSupplier"] is True


def test_becoming_a_customer_moves_no_date(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]
    world.clock.advance(60)
    world.organisation.person_edits("Contacts", contact_id, {"IsCustomer": True})
    record = world.organisation.book("Contacts")[contact_id]
    assert (record.values["IsCustomer"], record.updated_ms) == (True, 1_795_392_000_000)
    assert record.versions[-1].author == "vendor"
    assert world.rows("Contacts", If_Modified_Since="2026-11-23T00:01:00") == []


def test_history_tells_versions_and_takes_notes(world: World) -> None:
    contact_id = world.organisation.person_creates("Contacts", {"Name": "Ada"}, by="cleo")
    world.clock.advance(5)
    made = world.put(
        f"/Contacts/{contact_id}/History", {"HistoryRecords": [{"Details": "Linked to HubSpot 7"}]}
    )
    assert made.payload()["HistoryRecords"][0]["Details"] == "Linked to HubSpot 7"
    rows = world.get(f"/Contacts/{contact_id}/History").payload()["HistoryRecords"]
    assert [(row["Changes"], row["User"]) for row in rows] == [
        ("Note", "System Generated"),
        ("Created", "cleo"),
    ]
    assert rows[0]["DateUTCString"] == "2026-11-23T00:00:05"
    assert world.put(f"/Contacts/{contact_id}/History", {"Details": "x" * 2501}).status == 400


def test_bulk_loading_spreads_the_dates_and_keeps_the_order(world: World) -> None:
    ids = world.organisation.bulk_load(
        "Contacts", [{"Name": f"N{n}", "ContactNumber": str(n)} for n in range(50)]
    )
    rows = world.rows("Contacts", query={"page": 1, "pageSize": 50, "order": "UpdatedDateUTC ASC"})
    assert [row["ContactID"] for row in rows] == ids
    assert len({row["UpdatedDateUTC"] for row in rows}) == 50
    assert world.organisation.book("Contacts")[ids[0]].created_by == "person:import"
    assert world.put("/Contacts", {"Name": "n7"}).status == 400


def test_payment_terms_merge_by_side(world: World) -> None:
    terms = {"Sales": {"Day": 20, "Type": "OFFOLLOWINGMONTH"}}
    contact_id = world.contact(Name="Ada", PaymentTerms=terms)["ContactID"]
    answer = world.post(
        f"/Contacts/{contact_id}", {"PaymentTerms": {"Bills": {"Day": 7, "Type": "DAYSAFTERBILLDATE"}}}
    )
    shown = answer.payload()["Contacts"][0]["PaymentTerms"]
    assert shown == {**terms, "Bills": {"Day": 7, "Type": "DAYSAFTERBILLDATE"}}


def test_a_name_cannot_be_cleared(world: World) -> None:
    contact_id = world.contact(Name="Ada")["ContactID"]
    assert world.post(f"/Contacts/{contact_id}", {"Name": " "}).payload()["Contacts"][0]["Name"] == "Ada"


def test_a_contact_needs_a_name_to_be_made(world: World) -> None:
    assert messages(world.put("/Contacts", {"ContactNumber": "7"})) == ["The Contact Name must be specified."]


def test_phones_of_other_kinds_are_passed_over(world: World) -> None:
    row = world.contact(Name="Ada", Phones=[{"PhoneType": "OFFICE", "PhoneNumber": "1"}])
    assert [phone["PhoneNumber"] for phone in row["Phones"]] == ["", "", "", ""]
