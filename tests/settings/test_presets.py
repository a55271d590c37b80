"""The default settings of the two systems that we have, in each mode, and what is wrong with settings for an account."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Side
from crossfoot.model.records import Value
from crossfoot.settings.connection import ConnectionSettings, Invoice
from crossfoot.settings.files import dump, load, validate
from crossfoot.settings.lenses import Lens, Rounded
from crossfoot.settings.mappings import Direction
from crossfoot.settings.presets import KINDS, MODES, SHARED, default_settings
from crossfoot.settings.shape import ConditionSettings, LensName, PairSettings, RuleSettings
from crossfoot.systems.hubspot.defaults import CARRIES as CRM
from crossfoot.systems.port import FieldInfo, ValueType
from crossfoot.systems.xero.defaults import CARRIES as LEDGER


def _settings(invoice: Invoice = "both") -> ConnectionSettings:
    return default_settings("Harbour Cycles", "NZ", invoice, crm_carries=CRM, ledger_carries=LEDGER)


@pytest.mark.parametrize("invoice", MODES)
def test_a_new_connection_has_the_syncs_of_its_mode_in_the_order_of_dependence(invoice: Invoice) -> None:
    syncs = _settings(invoice).compile(CRM, LEDGER)
    assert tuple(sync.name for sync in syncs) == MODES[invoice]
    assert [(sync.crm, sync.ledger) for sync in syncs] == [KINDS[name] for name in MODES[invoice]]


@pytest.mark.parametrize("invoice", MODES)
def test_default_settings_are_free_of_mistakes_and_survive_a_file(invoice: Invoice) -> None:
    settings = _settings(invoice)
    assert list(settings.mistakes()) == []
    assert load(dump(settings)) == settings
    assert load(dump(settings)).compile({}, {}) == settings.compile({}, {}) == settings.compile(CRM, LEDGER)


@pytest.mark.parametrize("invoice", MODES)
def test_a_short_file_means_the_same_as_the_default_settings(invoice: Invoice) -> None:
    short = f"name: Harbour Cycles\nregion: NZ\ninvoice: {invoice}\nsyncs:\n" + "".join(
        f"  {name}:\n" for name in reversed(MODES[invoice])
    )
    assert load(short).compile(CRM, LEDGER) == _settings(invoice).compile(CRM, LEDGER)


def test_every_shared_field_that_both_systems_carry_is_mapped_with_its_own_lens() -> None:
    for sync in _settings().compile(CRM, LEDGER):
        carried = [
            name for name in SHARED[sync.name] if name in CRM[sync.crm] and name in LEDGER[sync.ledger]
        ]
        assert [pair.name for pair in sync.pairs] == carried
        for pair in sync.pairs:
            assert pair.lens.type is SHARED[sync.name][pair.name]
            assert pair.crm == CRM[sync.crm][pair.name]
            assert pair.ledger == LEDGER[sync.ledger][pair.name]
            assert pair.clears


def test_first_and_last_name_come_before_the_full_name_that_fills_the_same_fields() -> None:
    people = _settings().compile(CRM, LEDGER)[2]
    names = [pair.name for pair in people.pairs]
    assert names.index("first_name") < names.index("last_name") < names.index("full_name")


def test_a_price_has_up_to_four_decimals() -> None:
    products = _settings().compile(CRM, LEDGER)[-1]
    for name in ("price", "cost"):
        lens = products.pair(name).lens
        assert isinstance(lens, Rounded)
        assert lens.digits == 4


CUSTOMER = {"IsSupplier": False, "IsCustomer": True}


@pytest.mark.parametrize(
    ("fields", "syncs"),
    [
        ({"IsPerson": True, **CUSTOMER}, ["people"]),
        ({"IsPerson": False, **CUSTOMER}, ["companies"]),
        ({"IsPerson": False, "IsSupplier": True, "IsCustomer": False}, []),
        ({"IsPerson": False, "IsSupplier": True, "IsCustomer": True}, ["companies"]),
        ({"IsPerson": True, "IsSupplier": False, "IsCustomer": False}, ["people"]),
        ({"IsPerson": True, "IsSupplier": True, "IsCustomer": None}, []),
    ],
)
def test_suppliers_stay_out_and_people_and_companies_each_have_their_sync(
    fields: dict[str, Value], syncs: list[str]
) -> None:
    taken = [
        sync.name
        for sync in _settings().compile(CRM, LEDGER)
        if sync.ledger is Kind.CONTACT
        and sync.filter(Side.LEDGER).holds(fields)
        and sync.newcomer(Side.LEDGER).holds(fields)
    ]
    assert taken == syncs


@pytest.mark.parametrize(
    ("invoice", "company", "syncs"),
    [
        ("both", None, ["people"]),
        ("both", "512", ["company_people"]),
        ("people", None, ["people"]),
        ("people", "512", ["people"]),
        ("companies", None, []),
        ("companies", "512", ["company_people"]),
    ],
)
def test_a_person_of_the_crm_belongs_to_at_most_one_sync(
    invoice: Invoice, company: str | None, syncs: list[str]
) -> None:
    fields = {"associatedcompanyid": company}
    assert [
        sync.name
        for sync in _settings(invoice).compile(CRM, LEDGER)
        if sync.crm is Kind.CONTACT
        and sync.filter(Side.CRM).holds(fields)
        and sync.newcomer(Side.CRM).holds(fields)
    ] == syncs


def test_the_match_rules_are_tried_in_the_order_of_their_strength() -> None:
    rules = {
        sync.name: [(rule.name, rule.similar) for rule in sync.match]
        for sync in _settings().compile(CRM, LEDGER)
    }
    assert rules == {
        "companies": [("domain", False), ("name", False), ("similar name", True)],
        "company_people": [("company and email", False), ("company and name", False)],
        "people": [("email", False), ("similar name", True)],
        "products": [("code", False), ("name", False)],
    }


def test_companies_match_by_tax_number_first_where_both_systems_carry_one() -> None:
    crm = {**CRM, Kind.COMPANY: {**CRM[Kind.COMPANY], "tax_number": ("vat",)}}
    companies = default_settings("x", None, "companies", crm_carries=crm, ledger_carries=LEDGER).compile(
        crm, LEDGER
    )[0]
    assert companies.match[0].name == "tax number"
    assert companies.match[0].key(Side.CRM, {"vat": "123-456"}) == companies.match[0].key(
        Side.LEDGER, {"TaxNumber": "123 456"}
    )
    assert companies.match[1].contradicted({"vat": "1"}, {"TaxNumber": "2"})


def test_a_company_is_recognised_by_the_domain_of_its_site_or_of_the_ledgers_email() -> None:
    domain = _settings().compile(CRM, LEDGER)[0].match[0]
    key = domain.key(Side.LEDGER, {"Website": None, "EmailAddress": "accounts@acme.co.nz"})
    assert key == domain.key(Side.CRM, {"domain": "acme.co.nz", "website": None}) == "acme.co.nz"
    assert domain.key(Side.LEDGER, {"Website": None, "EmailAddress": "acme@gmail.com"}) is None


def test_a_sync_of_another_name_says_everything_itself() -> None:
    text = "name: x\nsyncs:\n  partners:\n    crm: contact\n    ledger: contact\n    mapping:\n      email: {crm: email, ledger: EmailAddress, lens: email}\n"
    (sync,) = load(text).compile(CRM, LEDGER)
    assert (sync.name, sync.match, dict(sync.filters)) == ("partners", (), {})
    assert sync.pairs[0].direction is Direction.BOTH
    assert isinstance(sync.pairs[0].lens, Lens)


def test_every_field_type_has_a_lens_of_its_name() -> None:
    assert {kind.value for kind in FieldType} <= {name.value for name in LensName}


# ── against the accounts ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Found:
    """What an account was found to have."""

    fields: dict[Kind, dict[str, FieldInfo]]


@dataclass(frozen=True)
class Needed:
    """What a kind cannot do without."""

    required_paths: tuple[str, ...] = field(default=())


def _accounts(**special: FieldInfo) -> dict[Side, Found]:
    """Accounts that have every field of the default settings, as writable text, but for the special ones."""
    settings = _settings()
    found = {}
    for side, carries in ((Side.CRM, CRM), (Side.LEDGER, LEDGER)):
        fields = {
            kind: {path: FieldInfo(path, path.title()) for paths in shared.values() for path in paths}
            for kind, shared in carries.items()
        }
        for sync in settings.compile(CRM, LEDGER):
            for path in sync.paths(side):
                fields[sync.kind(side)].setdefault(path, FieldInfo(path, path.title()))
            for pair in sync.pairs:
                if pair.lens.type is FieldType.MONEY:
                    fields[sync.kind(side)][pair.paths(side)[0]] = FieldInfo(
                        pair.paths(side)[0], pair.name, ValueType.MONEY
                    )
        for flag in ("IsPerson", "IsCustomer", "IsSupplier"):
            if side is Side.LEDGER:
                fields[Kind.CONTACT][flag] = FieldInfo(flag, flag, ValueType.BOOLEAN, writable=False)
        found[side] = Found(fields)
    for name, info in special.items():
        side_name, kind_name = name.split("_", 1)
        found[Side(side_name)].fields[Kind(kind_name)][info.path] = info
    return found


def _people(**changes: Any) -> ConnectionSettings:
    settings = _settings()
    return settings.changed(syncs={"people": settings.syncs["people"].changed(**changes)})


def _row(**changes: Any) -> dict[str, Any]:
    return {
        "mapping": {
            "field": PairSettings(**({"crm": "email", "ledger": "EmailAddress", "lens": "text"} | changes))
        }
    }


def _test(**node: Any) -> dict[str, Any]:
    return {"filters": {Side.LEDGER: ConditionSettings(all=(ConditionSettings(**node),))}}


def _rule(**part: Any) -> dict[str, Any]:
    return {
        "match": (
            RuleSettings.model_validate(
                {"name": "x", "by": [{"crm": "email", "ledger": "EmailAddress"} | part]}
            ),
        )
    }


def test_default_settings_fit_accounts_that_have_their_fields() -> None:
    needs = {Side.LEDGER: {Kind.CONTACT: Needed(("Name",))}, Side.CRM: {Kind.CONTACT: Needed()}}
    assert [str(problem) for problem in validate(_settings(), _accounts(), needs)] == []


OPTION = FieldInfo("stage", "Stage", ValueType.OPTION, options={"lead": "Lead", "customer": "Customer"})


@pytest.mark.parametrize(
    ("changes", "special", "expected"),
    [
        (
            _row(ledger="EmailAdress"),
            {},
            "mapping.field.ledger: The ledger has no field 'EmailAdress'. Did you mean 'EmailAddress'?",
        ),
        (
            _row(crm="shoe_size"),
            {},
            "mapping.field.crm: The CRM has no field 'shoe_size'. Look up the field's internal name there.",
        ),
        (
            _row(ledger="IsPerson", lens="boolean"),
            {},
            (
                "mapping.field.direction: The ledger calculates 'IsPerson' (IsPerson) itself, so it cannot be written. "
                "Set the direction of this field to to_crm, or leave the row out."
            ),
        ),
        (_row(ledger="IsPerson", lens="boolean", direction="to_crm"), {}, None),
        (
            _row(crm="size"),
            {"crm_contact": FieldInfo("size", "Size", ValueType.NUMBER)},
            "mapping.field.lens: 'Size' (size) is a number field of the CRM, and the lens 'text' writes texts. Choose the lens 'number'.",
        ),
        (
            _row(crm="size", direction="to_ledger"),
            {"crm_contact": FieldInfo("size", "Size", ValueType.NUMBER)},
            None,
        ),
        (
            _row(crm="stage", lens="values", values={"lead": "L", "custmer": "C"}),
            {"crm_contact": OPTION},
            "mapping.field.values: 'Stage' (stage) of the CRM has no option 'custmer'. Did you mean 'customer'?",
        ),
        (
            _row(crm="stage", lens="values", values={"lead": "L", "customer": "C"}),
            {"crm_contact": OPTION},
            None,
        ),
        (
            _test(field="IsPersn", operator="is", value=True),
            {},
            "filters.ledger.all.0.field: The ledger has no field 'IsPersn'. Did you mean 'IsPerson'?",
        ),
        (
            _test(field="IsPerson", operator="is", value="yes"),
            {},
            "filters.ledger.all.0.value: 'IsPerson' (IsPerson) is either true or false. Write true or false, without quotes.",
        ),
        (
            _test(field="stage", operator="any_of", value=["Lead", "gone"]),
            {"ledger_contact": OPTION},
            "filters.ledger.all.0.value: 'Stage' (stage) has no option 'gone'. Its options are lead, customer.",
        ),
        (
            _test(field="Name", operator="at_least", value=3),
            {},
            "filters.ledger.all.0.operator: 'Name' (Name) has no order, so 'at_least' says nothing about it. Use is, any_of or contains.",
        ),
        (_rule(crm="e_mail"), {}, "match.0.by.0.crm: The CRM has no field 'e_mail'. Did you mean 'email'?"),
    ],
)
def test_what_does_not_fit_the_account_is_told(
    changes: dict[str, Any], special: dict[str, FieldInfo], expected: str | None
) -> None:
    found = [str(problem) for problem in validate(_people(**changes), _accounts(**special))]
    assert found == ([] if expected is None else [f"syncs.people.{expected}"])


def test_a_record_that_could_never_be_created_is_told_before_it_is_tried() -> None:
    needs = {Side.LEDGER: {Kind.CONTACT: Needed(("Name",))}}
    (problem,) = validate(_people(**_row(lens="email")), _accounts(), needs)
    assert str(problem) == (
        "syncs.people.mapping: A new record in the ledger cannot do without 'Name' (Name), and no row of the mapping fills it in. "
        "Add a row for it, or set 'creates' to to_crm."
    )
    assert validate(_people(**_row(lens="email"), creates="to_crm"), _accounts(), needs) == []


def test_an_account_without_such_records_is_told() -> None:
    accounts = _accounts()
    del accounts[Side.LEDGER].fields[Kind.CONTACT]
    kinds = ", ".join(accounts[Side.LEDGER].fields)
    assert "contact_person, item" in kinds
    assert (
        str(validate(_people(), accounts)[0])
        == f"syncs.people.ledger: The ledger has no records of the kind 'contact'. It has {kinds}."
    )
