"""People inside contacts: who they are, and how writes to them come through."""

import json

import pytest
from tests.systems.doors import FixedTokens, Script, UnlimitedBudget, VirtualClock
from tests.systems.xero.world import Ledger, applied, archive, create, update

from crossfoot.model.identity import Kind
from crossfoot.model.problems import Cause
from crossfoot.model.records import Observation, Standing
from crossfoot.systems.port import Answer, Applied, Refused, Response, Trouble, Unknown, Wait
from crossfoot.systems.xero import persons
from crossfoot.systems.xero.answers import Contact, Person
from crossfoot.systems.xero.system import XeroSystem
from crossfoot_sandbox.faults import Kind as Fault

PERSON = Kind.CONTACT_PERSON


def refused(answer: Answer) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


def ids(contact: Contact) -> list[str]:
    return [person.ref.id for person in persons.observe(contact, Standing.LIVE)]


async def people(ledger: Ledger, contact: str) -> list[Observation]:
    return await ledger.system.find(PERSON, "Contact", [contact], {})


@pytest.mark.parametrize(
    ("name", "first", "last", "expected"),
    [
        ("Ada King", "Ada", "King", True),
        ("ada  KING", " Ada", "King ", True),
        ("Madonna", "Madonna", None, True),
        ("Acme Ltd", "Ada", "King", False),
        ("Acme Ltd", None, None, False),
        (None, None, None, False),
    ],
)
def test_a_contact_is_a_person_when_it_has_its_persons_name(
    name: str | None, first: str | None, last: str | None, expected: bool
) -> None:
    assert persons.is_person(Contact(name=name, first_name=first, last_name=last)) is expected


def test_a_contact_that_is_a_person_has_no_primary_person() -> None:
    person = Contact(
        contact_id="c", name="Ada King", first_name="Ada", last_name="King", email_address="a@x.example"
    )
    assert ids(person) == []


def test_an_email_alone_is_a_primary_person() -> None:
    assert ids(Contact(contact_id="c", name="Acme", email_address="a@x.example")) == ["c/primary"]


def test_further_people_are_named_by_email_else_by_name() -> None:
    contact = Contact(
        contact_id="c",
        name="Acme",
        contact_persons=(
            Person(first_name="Bo", email_address="BO@x.example"),
            Person(first_name="Cy", last_name="Lee"),
            Person(),
        ),
    )
    assert ids(contact) == ["c/bo@x.example", "c/cy lee"]


def test_people_who_share_an_email_stay_apart_whatever_their_order() -> None:
    two = (
        Person(first_name="Bo", email_address="team@x.example"),
        Person(first_name="Cy", email_address="team@x.example"),
    )
    contact, turned = (
        Contact(contact_id="c", name="Acme", contact_persons=some) for some in (two, two[::-1])
    )
    assert sorted(ids(contact)) == sorted(ids(turned)) == ["c/team@x.example|bo", "c/team@x.example|cy"]


async def test_the_first_person_becomes_primary_the_next_ones_further_people(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme")
    answers = await ledger.system.write(
        [
            create(
                PERSON,
                {"Contact": contact, "FirstName": "Ada", "EmailAddress": "Ada@x.example"},
                operation="a",
            ),
            create(
                PERSON, {"Contact": contact, "FirstName": "Bo", "EmailAddress": "Bo@x.example"}, operation="b"
            ),
        ]
    )
    assert [applied(answer).id for answer in answers] == [f"{contact}/primary", f"{contact}/bo@x.example"]
    observation = applied(answers[1]).observation
    assert observation is not None
    assert (observation.fields["EmailAddress"], observation.parent) == ("Bo@x.example", contact)
    assert len(ledger.calls()) == 2
    held = ledger.holds("Contacts", contact)
    assert (held["FirstName"], held["EmailAddress"]) == ("Ada", "Ada@x.example")


async def test_writes_to_many_contacts_are_one_read_and_one_write(ledger: Ledger) -> None:
    contacts = [ledger.contact(Name=f"Company {n}") for n in range(30)]
    answers = await ledger.system.write(
        [create(PERSON, {"Contact": one, "FirstName": "Ada"}, operation=one) for one in contacts]
    )
    assert [applied(answer).id for answer in answers] == [f"{one}/primary" for one in contacts]
    assert [call.split("?")[0] for call in ledger.calls()] == [
        "GET /api.xro/2.0/Contacts",
        "POST /api.xro/2.0/Contacts",
    ]
    assert ledger.budget.reserved[-1][2] == 2


async def test_a_person_who_is_there_already_is_not_made_again(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme", FirstName="Ada", EmailAddress="ada@x.example")
    write = create(PERSON, {"Contact": contact, "FirstName": "Bo", "EmailAddress": "bo@x.example"})
    ledger.fault(Fault.REPLY_LOST, "POST /Contacts")
    (lost,) = await ledger.system.write([write])
    assert isinstance(lost, Unknown)
    ledger.calls()

    (again,) = await ledger.system.write([write])
    assert applied(again).id == f"{contact}/bo@x.example"
    (primary,) = await ledger.system.write(
        [create(PERSON, {"Contact": contact, "EmailAddress": "ADA@x.example"})]
    )
    assert applied(primary).id == f"{contact}/primary"
    assert len(await people(ledger, contact)) == 2
    assert not any(call.startswith("POST") for call in ledger.calls())


async def test_a_contact_holds_a_primary_and_five_further_people(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme")
    answers = await ledger.system.write(
        [create(PERSON, {"Contact": contact, "FirstName": f"Person {n}"}, operation=str(n)) for n in range(7)]
    )
    assert len({applied(answer).id for answer in answers[:6]}) == 6
    assert refused(answers[6]).problem.cause is Cause.INEXPRESSIBLE
    assert "five" in refused(answers[6]).problem.what
    assert len(await people(ledger, contact)) == 6


async def test_one_bad_person_does_not_stop_the_others_of_the_contact(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme")
    good, bad, also_good = await ledger.system.write(
        [
            create(PERSON, {"Contact": contact, "EmailAddress": email}, operation=email)
            for email in ("ada@x.example", "no address", "bo@x.example")
        ]
    )
    applied(good)
    assert refused(bad).problem.field == "EmailAddress"
    applied(also_good)


async def test_a_changed_email_changes_the_persons_id_and_nothing_else(ledger: Ledger) -> None:
    contact = ledger.contact(
        Name="Acme",
        ContactPersons=[
            {"FirstName": "Bo", "LastName": "Li", "EmailAddress": "bo@x.example", "IncludeInEmails": True},
            {"FirstName": "Cy", "EmailAddress": "cy@x.example"},
        ],
    )
    (answer,) = await ledger.system.write(
        [update(PERSON, f"{contact}/bo@x.example", {"EmailAddress": "li@x.example"})]
    )
    assert applied(answer).id == f"{contact}/li@x.example"
    bo, cy = await people(ledger, contact)
    assert (bo.fields["LastName"], bo.fields["IncludeInEmails"]) == ("Li", True)
    assert cy.ref.id == f"{contact}/cy@x.example"

    (again,) = await ledger.system.write(
        [update(PERSON, f"{contact}/bo@x.example", {"EmailAddress": "li@x.example"})]
    )
    assert applied(again).id == f"{contact}/li@x.example"


async def test_the_primary_person_is_changed_in_place(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme", FirstName="Ada", LastName="King", EmailAddress="ada@x.example")
    (answer,) = await ledger.system.write([update(PERSON, f"{contact}/primary", {"LastName": "Lovelace"})])
    assert applied(answer).id == f"{contact}/primary"
    assert json.loads(ledger.sent[-1].body)["Contacts"] == [{"ContactID": contact, "LastName": "Lovelace"}]
    assert ledger.holds("Contacts", contact)["FirstName"] == "Ada"


async def test_a_change_that_is_there_already_is_not_sent(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme", FirstName="Ada")
    (answer,) = await ledger.system.write([update(PERSON, f"{contact}/primary", {"FirstName": "Ada"})])
    applied(answer)
    assert [call.split(" ")[0] for call in ledger.calls()] == ["GET"]


async def test_archiving_takes_people_out_and_is_done_already_when_repeated(ledger: Ledger) -> None:
    contact = ledger.contact(
        Name="Acme",
        FirstName="Ada",
        EmailAddress="ada@x.example",
        ContactPersons=[{"FirstName": "Bo"}, {"FirstName": "Cy"}],
    )
    writes = [archive(PERSON, f"{contact}/primary", "a"), archive(PERSON, f"{contact}/bo", "b")]
    for _ in range(2):
        for write, answer in zip(writes, await ledger.system.write(writes), strict=True):
            done = applied(answer)
            assert done.id == write.id
            assert done.observation is not None
            assert done.observation.standing is Standing.ARCHIVED
    assert [person.ref.id for person in await people(ledger, contact)] == [f"{contact}/cy"]
    assert "EmailAddress" not in ledger.holds("Contacts", contact)


async def test_a_person_moves_to_another_contact(ledger: Ledger) -> None:
    old = ledger.contact(Name="Old Ltd", ContactPersons=[{"FirstName": "Bo", "EmailAddress": "bo@x.example"}])
    new = ledger.contact(Name="New Ltd", FirstName="Ada")
    (before,) = await people(ledger, old)
    (answer,) = await ledger.system.write([update(PERSON, before.ref.id, {"Contact": new}, before.fields)])
    assert applied(answer).id == f"{new}/bo@x.example"
    assert await people(ledger, old) == []
    assert [person.fields["FirstName"] for person in await people(ledger, new)] == ["Ada", "Bo"]


async def test_a_person_who_cannot_arrive_does_not_leave(ledger: Ledger) -> None:
    old = ledger.contact(Name="Old Ltd", ContactPersons=[{"FirstName": "Bo"}])
    new = ledger.contact(Name="New Ltd")
    ledger.organisation.person_archives("Contacts", new)
    (before,) = await people(ledger, old)
    (answer,) = await ledger.system.write([update(PERSON, before.ref.id, {"Contact": new}, before.fields)])
    assert refused(answer).problem.cause is Cause.ARCHIVED
    assert len(await people(ledger, old)) == 1


async def test_a_move_whose_second_half_is_lost_can_be_repeated(ledger: Ledger) -> None:
    old = ledger.contact(Name="Old Ltd", ContactPersons=[{"FirstName": "Bo"}])
    new = ledger.contact(Name="New Ltd", FirstName="Ada")
    (before,) = await people(ledger, old)
    write = update(PERSON, before.ref.id, {"Contact": new}, before.fields)
    ledger.fault(Fault.REQUEST_LOST, "POST /Contacts", nth=2)
    (lost,) = await ledger.system.write([write])
    assert isinstance(lost, Unknown)
    (again,) = await ledger.system.write([write])
    assert applied(again).id == f"{new}/bo"
    assert await people(ledger, old) == []
    assert len(await people(ledger, new)) == 2


async def test_people_of_missing_and_archived_contacts_are_refused_with_the_reason(ledger: Ledger) -> None:
    gone = ledger.contact(Name="Gone", FirstName="Ada")
    ledger.organisation.person_archives("Contacts", gone)
    nowhere = "00000000-aaaa-4bbb-8ccc-000000000000"
    values = {"FirstName": "Bo"}
    archived, missing, nobody = await ledger.system.write(
        [
            create(PERSON, {**values, "Contact": gone}, operation="a"),
            create(PERSON, {**values, "Contact": nowhere}, operation="b"),
            create(PERSON, values, operation="c"),
        ]
    )
    assert refused(archived).problem.cause is Cause.ARCHIVED
    assert refused(missing).problem.cause is Cause.MISSING
    assert refused(nobody).problem.field == "Contact"
    (left,) = await ledger.system.write([archive(PERSON, f"{gone}/primary")])
    applied(left)


async def test_what_xero_cannot_hold_of_a_person_is_refused_without_a_write(ledger: Ledger) -> None:
    contact = ledger.contact(
        Name="Ada King Ltd",
        FirstName="Ada",
        EmailAddress="ada@x.example",
        ContactPersons=[{"FirstName": "Bo", "EmailAddress": "bo@x.example"}],
    )
    primary, bo = f"{contact}/primary", f"{contact}/bo@x.example"
    cases = [
        (update(PERSON, bo, {"FirstName": None, "EmailAddress": None}), Cause.INVALID),
        (update(PERSON, bo, {"EmailAddress": "ada@x.example"}), Cause.TAKEN),
        (update(PERSON, f"{contact}/nobody@x.example", {"LastName": "X", "FirstName": "Y"}), Cause.MISSING),
        (update(PERSON, primary, {"IncludeInEmails": False}), Cause.READ_ONLY),
        (update(PERSON, primary, {"FirstName": "Ada King", "LastName": "Ltd"}), Cause.INEXPRESSIBLE),
        (create(PERSON, {"Contact": contact, "LastName": " "}), Cause.INVALID),
        (update(PERSON, bo, {"Colour": "red"}), Cause.INVALID),
    ]
    for write, cause in cases:
        (answer,) = await ledger.system.write([write])
        assert refused(answer).problem.cause is cause
        assert refused(answer).problem.fix
    assert not any(call.startswith("POST") for call in ledger.calls())


async def test_trouble_before_anything_was_written_is_raised(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme")
    for left in (0, 1):
        ledger.calls_left = left
        with pytest.raises(Trouble):
            await ledger.system.write([create(PERSON, {"Contact": contact, "FirstName": "Bo"})])


async def test_trouble_in_the_midst_leaves_the_rest_waiting(ledger: Ledger) -> None:
    old = ledger.contact(Name="Old Ltd", ContactPersons=[{"FirstName": "Bo"}, {"FirstName": "Cy"}])
    new = ledger.contact(Name="New Ltd")
    writes = [update(PERSON, f"{old}/cy", {"LastName": "Lee"}), update(PERSON, f"{old}/bo", {"Contact": new})]
    ledger.calls_left = 2
    stayed, moved = await ledger.system.write(writes)
    assert applied(stayed).id == f"{old}/cy lee"
    assert isinstance(moved, Wait)
    with pytest.raises(Trouble):
        await ledger.system.write(writes[1:])


async def test_trouble_between_arriving_and_leaving_waits_with_the_person_in_both(ledger: Ledger) -> None:
    old = ledger.contact(Name="Old Ltd", ContactPersons=[{"FirstName": "Bo"}])
    new = ledger.contact(Name="New Ltd")
    (before,) = await people(ledger, old)
    ledger.calls_left = 2
    (moved,) = await ledger.system.write([update(PERSON, before.ref.id, {"Contact": new}, before.fields)])
    assert isinstance(moved, Wait)
    assert ledger.holds("Contacts", new)["FirstName"] == "Bo"
    assert ledger.holds("Contacts", old)["ContactPersons"]


async def test_trouble_while_looking_for_the_bad_person_leaves_the_others_waiting(ledger: Ledger) -> None:
    contact = ledger.contact(Name="Acme")
    ledger.calls_left = 4
    writes = [
        create(PERSON, {"Contact": contact, "EmailAddress": email}, operation=email)
        for email in ("ada@x.example", "no address", "bo@x.example")
    ]
    good, bad, rest = await ledger.system.write(writes)
    assert applied(good).id == f"{contact}/primary"
    assert isinstance(bad, Wait)
    assert isinstance(rest, Wait)


@pytest.mark.parametrize("shown", [b"", b',"FirstName":"Ada"'])
async def test_an_answer_that_does_not_show_what_was_written_is_unknown(shown: bytes) -> None:
    read = b'{"Contacts":[{"ContactID":"c1","Name":"Acme","FirstName":"Ada"}]}'
    told = b'{"Contacts":[{"ContactID":"c1","Name":"Acme"%s}]}' % shown
    writes = [create(PERSON, {"Contact": "c1", "FirstName": "Bo"}), archive(PERSON, "c1/primary")]
    for write in writes:
        answers = Script([Response(200, {}, read), Response(200, {}, told)])
        system = XeroSystem(
            send=answers, tokens=FixedTokens(), clock=VirtualClock(), budget=UnlimitedBudget(), tenant="t1"
        )
        (answer,) = await system.write([write])
        left = write.action == "archive" and not shown
        assert isinstance(answer, Applied if left else Unknown)
