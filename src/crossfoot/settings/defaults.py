"""What a sync does unless the user says otherwise: mapping, match rules and filters per preset.

No system is named here. A system's `CARRIES` table says which native path carries which shared field; a preset joins the tables of two
systems over the shared fields that both carry. What is not carried by both is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Kind, Side
from crossfoot.settings import document_defaults
from crossfoot.settings.choices import DeletionRule
from crossfoot.settings.document_defaults import DocumentSettings
from crossfoot.settings.filters import Operator
from crossfoot.settings.likeness import KeyForm
from crossfoot.settings.mappings import Direction
from crossfoot.settings.shape import (
    ConditionSettings,
    LensName,
    PairSettings,
    PartSettings,
    RuleSettings,
    SyncSettings,
)

Carries = Mapping[Kind, Mapping[str, tuple[str, ...]]]
"""Per kind: shared field name to the native paths that carry it, as a system's `defaults.CARRIES` has it."""

KINDS: Mapping[str, tuple[Kind, Kind]] = {
    "companies": (Kind.COMPANY, Kind.CONTACT),
    "company_people": (Kind.CONTACT, Kind.CONTACT_PERSON),
    "people": (Kind.CONTACT, Kind.CONTACT),
    "products": (Kind.PRODUCT, Kind.ITEM),
    **document_defaults.KINDS,
}
"""The presets in the order in which records depend on each other, with the kinds that they join."""

MODES: Mapping[str, tuple[str, ...]] = {
    "people": ("people", "products"),
    "companies": ("companies", "company_people", "products"),
    "both": ("companies", "company_people", "people", "products"),
}
"""Whom the user invoices, and the presets for that."""

_PLACE = {
    "address": FieldType.ADDRESS,
    "city": FieldType.TEXT,
    "region": FieldType.TEXT,
    "postal_code": FieldType.CODE,
    "country": FieldType.COUNTRY,
}
_PERSON = {"first_name": FieldType.PERSON_NAME, "last_name": FieldType.PERSON_NAME, "email": FieldType.EMAIL}
_REACH = {
    "phone": FieldType.PHONE,
    "mobile": FieldType.PHONE,
    "fax": FieldType.PHONE,
    "website": FieldType.URL,
}

SHARED: Mapping[str, Mapping[str, FieldType]] = {
    "companies": {
        "name": FieldType.TEXT,
        "domain": FieldType.DOMAIN,
        "email": FieldType.EMAIL,
        **_REACH,
        **_PLACE,
        "tax_number": FieldType.CODE,
        "company_number": FieldType.CODE,
        "currency": FieldType.CODE,
    },
    "company_people": {**_PERSON, "company": FieldType.REFERENCE, "job_title": FieldType.TEXT},
    "people": {
        **_PERSON,
        # After first and last name: where both would fill the same native field, the first row of a mapping does.
        "full_name": FieldType.PERSON_NAME,
        **_REACH,
        "job_title": FieldType.TEXT,
        **_PLACE,
        "tax_number": FieldType.CODE,
        "currency": FieldType.CODE,
    },
    "products": {
        "code": FieldType.CODE,
        "name": FieldType.TEXT,
        "description": FieldType.LONG_TEXT,
        "price": FieldType.MONEY,
        "sales_account": FieldType.CODE,
        "sales_tax": FieldType.CODE,
        "cost": FieldType.MONEY,
        "purchase_account": FieldType.CODE,
        "purchase_tax": FieldType.CODE,
        "purchase_description": FieldType.LONG_TEXT,
        "sold": FieldType.BOOLEAN,
        "purchased": FieldType.BOOLEAN,
        "tracked": FieldType.BOOLEAN,
    },
}
"""Per preset: shared field name to what it means, in the order of the mapping."""

_FROM_LEDGER = frozenset({"website", "tracked"})
"""Shared fields that accounting systems tell but do not let others write."""

_PRICE_DIGITS = 4
"""Unit prices have up to four decimals (Xero fact 7.3, `unitdp=4`)."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What both systems carry for one preset."""

    crm: Mapping[str, tuple[str, ...]]
    ledger: Mapping[str, tuple[str, ...]]

    def both(self, *names: str, form: KeyForm) -> tuple[PartSettings, ...]:
        """One part over the first of these shared fields that each side carries; none if a side carries none."""
        crm, ledger = self._all(self.crm, names), self._all(self.ledger, names)
        return (PartSettings(crm=crm, ledger=ledger, compare=form),) if crm and ledger else ()

    def one(self, *names: str, form: KeyForm) -> tuple[PartSettings, ...]:
        """One part over the first of these shared fields that both sides carry."""
        for name in names:
            if name in self.crm and name in self.ledger:
                return (PartSettings(crm=self.crm[name], ledger=self.ledger[name], compare=form),)
        return ()

    @staticmethod
    def _all(carried: Mapping[str, tuple[str, ...]], names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(path for name in names for path in carried.get(name, ())))


def completed(
    name: str,
    settings: SyncSettings,
    invoice: str,
    documents: DocumentSettings,
    crm: Carries,
    ledger: Carries,
) -> SyncSettings:
    """The settings with everything that was left out filled in from the preset of this name, if there is one."""
    if name not in KINDS:
        return settings
    crm_kind, ledger_kind = settings.crm or KINDS[name][0], settings.ledger or KINDS[name][1]
    tables = Tables(crm.get(crm_kind, {}), ledger.get(ledger_kind, {}))
    preset = (
        _document(name, documents, tables, *crm.get(Kind.DEAL, {}).get("page", ("",))[:1])
        if name in document_defaults.KINDS
        else _plain(name, invoice, tables)
    )
    return settings.model_copy(
        update={
            "crm": crm_kind,
            "ledger": ledger_kind,
            **{
                word: value
                for word, value in preset.items()
                if getattr(settings, word) is None or word not in settings.model_fields_set
            },
        }
    )


def _plain(name: str, invoice: str, tables: Tables) -> dict[str, object]:
    return {
        "mapping": default_mapping(name, tables),
        "match": tuple(default_match(name, tables)),
        "filters": default_filters(name, tables),
        "newcomers": default_newcomers(name, invoice, tables),
    }


def _document(name: str, documents: DocumentSettings, tables: Tables, deal_page: str) -> dict[str, object]:
    return {
        "creates": document_defaults.CREATES.get(name, Direction.BOTH),
        "deletion": document_defaults.DELETIONS.get(name, DeletionRule.IGNORE),
        "handover": document_defaults.handover(name, tables.ledger),
        "mapping": document_defaults.document_mapping(name, documents, tables.crm, tables.ledger),
        "match": document_defaults.document_match(name, tables.crm, tables.ledger),
        "filters": document_defaults.document_filters(name, documents, tables.crm, tables.ledger),
        "newcomers": document_defaults.document_newcomers(name, tables.crm, tables.ledger, deal_page),
    }


def default_mapping(preset: str, tables: Tables) -> dict[str, PairSettings]:
    """One row for each shared field of the preset that both sides carry."""
    return {
        name: PairSettings(
            crm=tables.crm[name],
            ledger=tables.ledger[name],
            lens=LensName(kind),
            direction=Direction.TO_CRM if name in _FROM_LEDGER else Direction.BOTH,
            digits=_PRICE_DIGITS if kind is FieldType.MONEY else None,
        )
        for name, kind in SHARED[preset].items()
        if name in tables.crm and name in tables.ledger
    }


def default_match(preset: str, tables: Tables) -> Iterator[RuleSettings]:
    """The preset's match rules, as far as both sides carry what they compare."""
    number = tables.one("tax_number", form=KeyForm.NUMBER)
    email = tables.one("email", form=KeyForm.EMAIL)
    full = tables.both("first_name", "last_name", form=KeyForm.PERSON_NAME)
    company = tables.one("company", form=KeyForm.EXACT)
    name = tables.one("name", form=KeyForm.COMPANY_NAME if preset == "companies" else KeyForm.TEXT)
    code = tables.one("code", form=KeyForm.CODE)
    if preset == "people":
        whole = tables.one("full_name", form=KeyForm.PERSON_NAME) or full
        yield from _rule("email", email)
        yield from _rule("similar name", whole, similar=True, against=email)
    elif preset == "companies":
        domain = tables.both("domain", "website", "email", form=KeyForm.DOMAIN)
        yield from _rule("tax number", number)
        yield from _rule("domain", domain, against=number)
        yield from _rule("name", name, against=number)
        yield from _rule("similar name", name, similar=True, against=(*number, *domain))
    elif preset == "company_people":
        if company and email:
            yield from _rule("company and email", (*company, *email))
        if company and full:
            yield from _rule("company and name", (*company, *full), against=email)
    else:
        yield from _rule("code", code)
        yield from _rule("name", name, against=code)


def _rule(
    name: str,
    parts: tuple[PartSettings, ...],
    *,
    similar: bool = False,
    against: tuple[PartSettings, ...] = (),
) -> Iterator[RuleSettings]:
    if parts:
        yield RuleSettings(name=name, by=parts, similar=similar, against=against)


def default_filters(preset: str, tables: Tables) -> dict[Side, ConditionSettings]:
    """Who takes part: no suppliers who are not customers too."""
    customer, supplier = (tables.ledger.get(name, ("",))[0] for name in ("is_customer", "is_supplier"))
    if preset not in ("companies", "people") or not customer or not supplier:
        return {}
    return {
        Side.LEDGER: ConditionSettings(
            any=(_test(supplier, Operator.IS_NOT, value=True), _test(customer, Operator.IS, value=True))
        )
    }


def default_newcomers(preset: str, invoice: str, tables: Tables) -> dict[Side, ConditionSettings]:
    """Whose record a new one is: people and companies each in their own sync, and the people of companies with them."""
    person = tables.ledger.get("is_person", ("",))[0]
    company = tables.crm.get("company", ("",))[0]
    found: dict[Side, ConditionSettings] = {}
    if person and preset in ("companies", "people"):
        found[Side.LEDGER] = _test(person, Operator.IS if preset == "people" else Operator.IS_NOT, value=True)
    if company and preset == "company_people":
        found[Side.CRM] = _test(company, Operator.IS_FILLED)
    if company and preset == "people" and invoice == "both":
        found[Side.CRM] = _test(company, Operator.IS_EMPTY)
    return found


def _test(path: str, operator: Operator, *, value: bool | None = None) -> ConditionSettings:
    return ConditionSettings(field=path, operator=operator, value=value)
