"""The settings file: mistakes are named and placed, comments survive, nothing is guessed."""

from decimal import Decimal

import pytest

from crossfoot.model.identity import Kind, Side
from crossfoot.settings.files import SettingsError, diff, dump, edit, load
from crossfoot.settings.lenses import Constant
from crossfoot.settings.mappings import Direction

GOOD = """\
version: 1
name: Harbour Cycles
region: NO          # Norway, not "no"
invoice: both
syncs:
  # whom we sell to
  people:
    crm: contact
    ledger: contact
    conflicts: ask
    filters:
      ledger:
        any:
          - {field: IsSupplier, operator: is_not, value: true}
          - {field: IsCustomer, operator: is, value: true}
      crm: {not: {field: country, operator: any_of, value: [NO, on]}}
    match:
      - name: email
        by:
          - {crm: email, ledger: EmailAddress, compare: email}
    mapping:
      email: {crm: email, ledger: EmailAddress, lens: email}   # never the private one
      full_name: {crm: [firstname, lastname], ledger: Name, lens: person_name, conflicts: crm}
      account: {ledger: AccountNumber, lens: constant, value: "0200", direction: to_ledger}
      stage: {crm: lifecyclestage, ledger: Region, lens: values, values: {lead: Lead, customer: Customer}, clears: false}
halts: {share: 0.10, floor: 5}
"""


def _problems(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(text, "s.yaml")
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_means_what_it_says() -> None:
    settings = load(GOOD)
    (people,) = settings.compile({}, {})
    assert settings.region == "NO"
    assert settings.brakes.share == Decimal("0.10")
    assert str(settings.brakes.share) == "0.10"
    assert (people.crm, people.ledger, people.conflicts) == (Kind.CONTACT, Kind.CONTACT, "ask")
    assert people.pair("account").lens == Constant(
        "constant", people.pair("account").lens.type, Side.LEDGER, value="0200"
    )
    assert people.pair("account").paths(Side.CRM) == ()
    assert people.filter(Side.CRM).sentence() == "not (country is one of 'NO', 'on')"
    assert not people.pair("stage").clears
    assert people.pair("full_name").paths(Side.CRM) == ("firstname", "lastname")


def test_what_is_written_out_is_read_back_as_the_same() -> None:
    settings = load(GOOD)
    assert load(dump(settings)) == settings
    assert dump(load(dump(settings))) == dump(settings)
    assert "'0200'" in dump(settings)
    assert "{crm: email, ledger: EmailAddress, lens: email}" in dump(settings)


def test_one_run_names_every_mistake_with_its_place_and_its_remedy() -> None:
    problems = _problems(
        GOOD.replace("region: NO ", "region: nz ")
        .replace("conflicts: ask", "conflcts: ask")
        .replace("lens: email}", "lens: emial}")
        .replace('"0200"', "0200")
        .replace("operator: is_not", "operator: like")
        .replace("share: 0.10", "share: 2")
        .replace("clears: false", "clears: sometimes")
    )
    assert problems == [
        "s.yaml:3:9: region: 'nz' is not possible here. Write two capital letters, for example NZ.",
        "s.yaml:10:5: syncs.people.conflcts: There is no setting 'conflcts' here. Did you mean 'conflicts'?",
        (
            "s.yaml:14:43: syncs.people.filters.ledger.any.0.operator: 'like' is not possible here. Possible are is, is_not, any_of, none_of, "
            "contains, contains_not, starts_with, ends_with, includes, is_empty, is_filled, more_than, at_least, less_than, at_most."
        ),
        "s.yaml:22:55: syncs.people.mapping.email.lens: 'emial' is not possible here. Did you mean 'email'?",
        "s.yaml:25:116: syncs.people.mapping.stage.clears: 'sometimes' is neither true nor false. Write true or false, without quotes.",
        "s.yaml:26:16: halts.share: 2 is out of range: input should be less than or equal to 1.",
    ]


# What is changed in the good file, where the mistake is found, and how it is told.
MISTAKES = [
    ("version: 1", "version: 2", "2", "version: '2' is not possible here. Possible are 1."),
    ("name: Harbour Cycles\n", "", "version", "'name' is missing. Add 'name:'."),
    (
        "region: NO ",
        "region: QQ ",
        "QQ",
        "region: 'QQ' is not a country. Write its two letters of ISO 3166, for example NZ.",
    ),
    (
        "  people:",
        "  People:",
        "People:",
        "syncs.People: 'People' is not possible here. Use small letters, digits and underscores, and begin with a letter.",
    ),
    (
        "  people:",
        "  friends: {}\n  people:",
        "{}",
        (
            "syncs.friends: 'friends' is none of companies, company_people, people, products, invoices, deals, payments, so nothing in it is known by default. "
            "Use one of these names, or say at least 'crm', 'ledger' and 'mapping'."
        ),
    ),
    (
        "crm: contact\n",
        "crm: product\n",
        "product",
        (
            "syncs.people.crm: A crm product cannot go with a ledger contact. "
            "Possible are company with contact, contact with contact_person, contact with contact, product with item, invoice with invoice, deal with invoice, payment with payment."
        ),
    ),
    (
        "ledger: AccountNumber",
        "ledger: 0200",
        "0200",
        'syncs.people.mapping.account.ledger.0: A text is needed here. Write it in quotes, such as "200".',
    ),
    (
        'lens: constant, value: "0200", direction: to_ledger',
        "crm: fax, lens: upper",
        "upper",
        (
            "syncs.people.mapping.account.lens: The lens 'upper' works one way only: it has no inverse, and this field goes both ways. "
            "Set the direction of this field to to_ledger or to_crm, or choose another lens."
        ),
    ),
    (
        'constant, value: "0200",',
        "constant,",
        "constant",
        "syncs.people.mapping.account.lens: The lens 'constant' needs 'value'. Add 'value:' to this row.",
    ),
    (
        "direction: to_ledger",
        "direction: none",
        "none",
        "syncs.people.mapping.account.direction: A field without a direction does nothing. Leave the row out instead.",
    ),
    (
        "crm: [firstname, lastname]",
        "crm: [a, b, c]",
        "[a, b, c]",
        (
            "syncs.people.mapping.full_name.crm: The lens 'person_name' needs 1 to 2 fields of the CRM here, and 3 are named. "
            "Correct the field names of this row."
        ),
    ),
    (
        "customer: Customer",
        "customer: Lead",
        "{lead",
        (
            "syncs.people.mapping.stage.values: Two CRM values stand for the same ledger value, so the way back is not known. "
            "Set the direction of this field to to_ledger, or give each its own ledger value."
        ),
    ),
    (
        "lens: email}",
        "lens: email, digits: 2}",
        "2}",
        "syncs.people.mapping.email.digits: The lens 'email' has no use for 'digits'. It belongs to 'money' and 'number'.",
    ),
    (
        "conflicts: ask",
        "direction: to_ledger\n    creates: to_crm",
        "to_crm",
        (
            "syncs.people.creates: Records cannot be created to the CRM while the sync goes to the ledger. "
            "Choose none, or the sync's direction."
        ),
    ),
    (
        "conflicts: ask",
        "direction: to_crm\n    creates: to_crm",
        "to_ledger}",
        (
            "syncs.people.mapping.account.direction: This field goes to the ledger, but its sync goes to the CRM only. "
            "Make them agree, or leave the row out."
        ),
    ),
    (
        "conflicts: ask",
        "direction: none",
        "none",
        (
            "syncs.people.direction: A sync without a direction does nothing. "
            "Write both, to_ledger or to_crm, or set its state to disabled."
        ),
    ),
    (
        "invoice: both",
        "invoice: companies",
        "crm: contact",
        (
            "syncs.people: Whoever invoices 'companies' has no sync 'people'. "
            "Remove it or disable it, or change 'invoice'; for 'companies' there are companies, company_people, products."
        ),
    ),
    (
        "operator: is, value: true",
        "operator: is",
        "{field",
        "syncs.people.filters.ledger.any.1: 'is' needs a 'value'.",
    ),
    (
        "operator: is, value: true",
        "operator: is_empty, value: true",
        "{field",
        "syncs.people.filters.ledger.any.1: 'is_empty' takes no value.",
    ),
    (
        "operator: is, value: true",
        "operator: any_of, value: x",
        "{field",
        "syncs.people.filters.ledger.any.1: 'any_of' needs a list of values, such as [a, b].",
    ),
    (
        "operator: is, value: true",
        'operator: more_than, value: "3"',
        "{field",
        "syncs.people.filters.ledger.any.1: 'more_than' needs a number or a date, without quotes.",
    ),
    (
        "{not: {field: country, operator: any_of, value: [NO, on]}}",
        "{field: a, operator: is_empty, all: []}",
        "{field",
        "syncs.people.filters.crm: A condition is one of 'all', 'any' and 'not', or a 'field' with an 'operator'.",
    ),
    (
        "compare: email}",
        "compare: mail}",
        "mail}",
        "syncs.people.match.0.by.0.compare: 'mail' is not possible here. Did you mean 'email'?",
    ),
    (
        "{crm: email, ledger: EmailAddress, compare: email}",
        "{crm: [], ledger: EmailAddress}",
        "{crm: []",
        "syncs.people.match.0.by.0: A match rule compares something on both sides. Name a field for crm and one for ledger.",
    ),
    (
        "  # whom we sell to\n",
        "  people: {}\n",
        "people:",
        'Found duplicate key "people". Each word may stand once; remove one of the two.',
    ),
]


@pytest.mark.parametrize(("line", "replacement", "at", "told"), MISTAKES)
def test_a_mistake_is_told_in_plain_words_and_pointed_at(
    line: str, replacement: str, at: str, told: str
) -> None:
    assert line in GOOD
    text = GOOD.replace(line, replacement, 1)
    (problem,) = _problems(text)
    name, row, column, message = problem.split(":", 3)
    assert name == "s.yaml"
    assert message == " " + told
    assert text.splitlines()[int(row) - 1][int(column) - 1 :].startswith(at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1",
        "just words",
        "a: [",
        "name: x\n\tb: 2",
        "\x00",
        "x: &a [*a]",
        "name: !!python/object:os.system x\nx: 1",
        "? [a]\n: 1",
        "42",
    ],
)
def test_what_is_no_settings_file_is_refused_with_a_place(text: str) -> None:
    for problem in _problems(text):
        assert problem.startswith("s.yaml:")


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (problem,) = _problems("\n".join(lines))
    assert "nested too deeply" in problem


def test_an_edit_keeps_comments_and_spelling() -> None:
    settings = load(GOOD)
    people = settings.syncs["people"]
    assert people.mapping
    mapping = {name: row for name, row in people.mapping.items() if name != "stage"}
    mapping["email"] = mapping["email"].changed(conflicts="ledger")
    mapping["phone"] = mapping["email"].changed(crm="phone", ledger="Phones.DEFAULT", lens="phone")
    changed = settings.changed(
        name="Harbour", syncs={"people": people.changed(state="paused", mapping=mapping)}
    )
    text = edit(GOOD, changed)
    assert load(text) == load(dump(changed))
    for kept in (
        '# Norway, not "no"',
        "# whom we sell to",
        "# never the private one",
        'value: "0200"',
        "share: 0.10",
    ):
        assert kept in text
    assert "stage" not in text
    assert "conflicts: ledger" in text


def test_an_edit_that_changes_nothing_changes_no_meaning_and_no_comment() -> None:
    text = edit(GOOD, load(GOOD))
    assert load(text) == load(GOOD)
    assert text.count("#") == GOOD.count("#")


def test_a_difference_is_told_in_sentences() -> None:
    old = load(GOOD)
    new = load(
        GOOD.replace("region: NO ", "region: SE ")
        .replace("conflicts: ask", "conflicts: newest\n    direction: both\n    first_contact_clears: true")
        .replace("      stage:", "      phase:")
        .replace("lens: email}", "lens: email, direction: to_crm, clears: false}")
        .replace("operator: is, value: true", "operator: is, value: false")
        .replace("floor: 5", "floor: 9")
    )
    assert diff(old, old) == []
    assert diff(old, new) == [
        "The region changes from 'NO' to 'SE'.",
        "The number of records below which no run stops changes from '5' to '9'.",
        "In people, the conflict rule changes from 'ask' to 'newest'.",
        "In people, an empty field overwrites a filled one when two records are linked for the first time.",
        "In people, what takes part from the ledger changes: IsSupplier is not yes or IsCustomer is no.",
        "In people, the field 'stage' is no longer synced.",
        "In people, the field 'email' changes: email ↔ EmailAddress, as email becomes email ← EmailAddress, as email, emptying does not travel.",
        "In people, the field 'phase' is synced: lifecyclestage ↔ Region, as values, emptying does not travel, values lead = Lead, customer = Customer.",
    ]


def test_a_sync_that_comes_or_goes_is_told() -> None:
    old = load("name: x\nsyncs:\n  people:\n")
    new = load("name: x\nsyncs:\n  products: {direction: to_crm}\n")
    assert diff(old, new) == [
        "The sync 'people' is removed.",
        "The sync 'products' is added, with the default mapping.",
    ]
    assert new.syncs["products"].direction is Direction.TO_CRM
