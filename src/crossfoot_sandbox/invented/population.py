"""Who lives in a generated world: the records of both sides before they have ids, and what colleagues do to them later.

Numbers are exact, so that benchmarks can state their arithmetic: `contacts` records are made in HubSpot's contacts and in
Xero's contacts each, `companies` in HubSpot's companies (and among Xero's contacts), `products` on each side, and of every
kind the share `overlap` is on both sides. Only the share `awkward` of them is anything but plain.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from crossfoot_sandbox.invented import firms, goods, names, people, places
from crossfoot_sandbox.invented.choices import Choices, in_turn, scattered
from crossfoot_sandbox.invented.manifest import Side, What
from crossfoot_sandbox.invented.people import Person, Values

STAFF_PER_COMPANY = (0, 1, 1, 2, 2, 3)
SEVEN = "seven people"


@dataclass(frozen=True, slots=True)
class Ref:
    """A record to be: the `index`-th of one book of one side."""

    side: Side
    book: str
    index: int


@dataclass(frozen=True, slots=True)
class Later:
    """What a colleague does after the import: archive a record, or merge another into it."""

    act: Literal["archive", "merge"]
    record: Ref
    other: Ref | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """How much to make."""

    contacts: int
    companies: int
    products: int
    overlap: float
    awkward: float


class Taken(Protocol):
    """What the books hold already."""

    def email(self, email: str) -> bool:
        """Whether a HubSpot contact has this e-mail address."""
        ...

    def name(self, name: str) -> bool:
        """Whether an active Xero contact has this name."""
        ...

    def code(self, code: str) -> bool:
        """Whether a Xero item has this code."""
        ...


@dataclass
class Population:
    """The records to be made, and the truth about them."""

    seed: int | str
    size: Size
    accounts: goods.Accounts
    taken: "Taken"
    rows: dict[tuple[Side, str], list[Values]] = field(default_factory=dict)
    pairs: list[tuple[What, str, Ref, Ref]] = field(default_factory=list)
    lone: list[tuple[What, str, Ref]] = field(default_factory=list)
    staff: list[tuple[Ref, Ref, Ref | None]] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    _people: int = 0
    _firms: int = 0
    _goods: int = 0
    _foreign: set[str] = field(default_factory=set)
    _only_in_hubspot: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._offset = Choices(self.seed, "offset").below(4096)
        self._companies()
        self._persons()
        self._products()

    def add(self, side: Side, book: str, values: Values) -> Ref:
        """One more record of a book."""
        rows = self.rows.setdefault((side, book), [])
        rows.append(values)
        return Ref(side, book, len(rows) - 1)

    def count(self, side: Side, book: str) -> int:
        """Records of a book so far."""
        return len(self.rows.get((side, book), ()))

    def choices(self, *name: object) -> Choices:
        """The choices of one named thing."""
        return Choices(self.seed, *name)

    def kind(self, plain: str, kinds: Sequence[str], *name: object) -> str:
        """`plain`, or for the awkward share one of the kinds in turn, so that even a small world has every kind."""
        index = name[-1]
        assert isinstance(index, int)
        return in_turn(plain, kinds, index, self.size.awkward)

    def person(self, *, domain: str = "", company: str = "") -> Person:
        """One more person, unknown on both sides so far."""
        while True:
            self._people += 1
            index = scattered(self._people, self._offset, len(names.GIVEN) * len(names.FAMILY))
            choices = self.choices("person", self._people)
            person = people.invent(index, choices, domain=domain, company=company)
            if not self.taken.email(person.email) and not self.taken.name(person.name):
                return person

    def firm(self) -> firms.Firm:
        """One more company, unknown on both sides so far."""
        while True:
            self._firms += 1
            size = len(names.COMPANY_FIRST) * len(names.COMPANY_SECOND)
            firm = firms.invent(scattered(self._firms, self._offset, size), self.choices("firm", self._firms))
            if not any(self.taken.name(f"{firm.base} {legal}") for legal in firm.legal):
                return firm

    def good(self) -> goods.Good:
        """One more product, unknown on both sides so far."""
        while True:
            self._goods += 1
            size = len(names.GOODS_FIRST) * len(names.GOODS_SECOND)
            good = goods.invent(scattered(self._goods, self._offset, size), self.choices("good", self._goods))
            if not self.taken.code(good.code):
                return good

    # Companies

    def _companies(self) -> None:
        both = round(self.size.companies * self.size.overlap)
        kinds = (SEVEN, *firms.TWISTS)
        for number in range(2 * self.size.companies - both):
            choices = self.choices("company", number)
            firm = self.firm()
            if number < both:
                self._company_on_both_sides(firm, self.kind("equal", kinds, number), choices)
            elif number < self.size.companies:
                kind = self.kind("plain", ("domain of another company", "angle brackets"), number)
                self._company_in_hubspot(firm, kind, choices)
            else:
                self._company_in_xero(firm, self.kind("plain", ("supplier", "archived", "no e-mail"), number))

    def _company_on_both_sides(self, firm: firms.Firm, kind: str, choices: Choices) -> None:
        staff = self._staff_of(firm, 7 if kind == SEVEN else choices.one_of(STAFF_PER_COMPANY))
        crm, ledger = firms.for_hubspot(firm), firms.for_xero(firm, staff)
        if kind in firms.TWISTS:
            firms.TWISTS[kind](crm, ledger, firm, choices)
        company, contact = self.add("hubspot", "companies", crm), self.add("xero", "Contacts", ledger)
        self.pairs.append(("companies", kind, company, contact))
        self._employ(staff, company, contact)

    def _company_in_hubspot(self, firm: firms.Firm, kind: str, choices: Choices) -> None:
        staff = self._staff_of(firm, choices.one_of(STAFF_PER_COMPANY))
        crm = firms.for_hubspot(firm)
        if kind == "angle brackets":
            crm["name"] = f"{firm.base} <head office>"
        elif kind == "domain of another company" and self.count("hubspot", "companies"):
            crm["domain"] = self.rows["hubspot", "companies"][0]["domain"]
        company = self.add("hubspot", "companies", crm)
        self.lone.append(("companies", kind, company))
        self._employ(staff, company, None)

    def _company_in_xero(self, firm: firms.Firm, kind: str) -> None:
        ledger = firms.for_xero(firm, [])
        if kind == "supplier":
            ledger["IsSupplier"] = True
        elif kind == "no e-mail":
            ledger["EmailAddress"] = ""
        contact = self.add("xero", "Contacts", ledger)
        self.lone.append(("companies", kind, contact))
        if kind == "archived":
            self.later.append(Later("archive", contact))

    def _staff_of(self, firm: firms.Firm, wanted: int) -> list[Person]:
        """Staff, as far as the number of contacts allows: half of them stay people of their own."""
        allowed = max(0, self.size.contacts // 2 - self.count("hubspot", "contacts"))
        return [self.person(domain=firm.domain, company=firm.name) for _ in range(min(wanted, allowed))]

    def _employ(self, staff: list[Person], company: Ref, contact: Ref | None) -> None:
        for person in staff:
            self.staff.append((self.add("hubspot", "contacts", people.for_hubspot(person)), company, contact))

    # People

    def _persons(self) -> None:
        in_hubspot = self.size.contacts - self.count("hubspot", "contacts")
        in_xero = max(0, self.size.contacts - self.count("xero", "Contacts"))
        both = round(min(in_hubspot, in_xero) * self.size.overlap)
        kinds = (*people.TWISTS, "other alphabet", "archived in HubSpot", "archived in Xero")
        for number in range(both):
            self._person_on_both_sides(number, self.kind("equal", kinds, number))
        for side, total in (("hubspot", in_hubspot - both), ("xero", in_xero - both)):
            makers = self._hubspot_only() if side == "hubspot" else self._xero_only()
            self._alone(makers, total)

    def _person_on_both_sides(self, number: int, kind: str) -> None:
        person = self.person()
        if kind == "other alphabet":
            person = self._in_another_alphabet(person, number)
        crm, ledger = people.for_hubspot(person), people.for_xero(person)
        if kind in people.TWISTS:
            people.TWISTS[kind](crm, ledger, person, self.choices("twist", number))
        contact, twin = self.add("hubspot", "contacts", crm), self.add("xero", "Contacts", ledger)
        self.pairs.append(("people", kind, contact, twin))
        if kind.startswith("archived"):
            self.later.append(Later("archive", contact if kind == "archived in HubSpot" else twin))

    def _alone(self, makers: "dict[str, tuple[int, Maker]]", total: int) -> None:
        """Fill one side with `total` records of people who are only there; some kinds take two records."""
        made = turn = 0
        while made < total:
            kind = self.kind("plain", [name for name in makers if name != "plain"], turn)
            turn += 1
            if made + makers[kind][0] > total:
                kind = "plain"
            for record in makers[kind][1](turn):
                self.lone.append(("people", kind, record))
            made += makers[kind][0]

    def _hubspot_only(self) -> "dict[str, tuple[int, Maker]]":
        def one(change: Callable[[Values, int], None] = lambda _values, _turn: None) -> "tuple[int, Maker]":
            def make(turn: int) -> Iterator[Ref]:
                person = self.person()
                values = people.for_hubspot(person)
                change(values, turn)
                self._only_in_hubspot.append(person)
                yield self.add("hubspot", "contacts", values)

            return 1, make

        def archived(turn: int) -> Iterator[Ref]:
            yield from self._archived(one()[1](turn))

        return {
            "plain": one(),
            "no e-mail": one(lambda values, _turn: values.update(email="")),
            "angle brackets": one(
                lambda values, _turn: values.update(lastname=f"{values['lastname']} <VIP>")
            ),
            "double spaces": one(
                lambda values, _turn: values.update(firstname=f"{values['firstname']}  Jo ")
            ),
            "very long name": one(
                lambda values, _turn: values.update(lastname=" ".join([values["lastname"]] * 60))
            ),
            "odd phone": one(
                lambda values, turn: values.update(phone=places.ODD_PHONES[turn % len(places.ODD_PHONES)])
            ),
            "odd country": one(
                lambda values, turn: values.update(
                    country=places.ODD_COUNTRIES[turn % len(places.ODD_COUNTRIES)]
                )
            ),
            "other alphabet": (1, self._foreigner),
            "namesake": (2, self._namesakes),
            "near-duplicate": (2, self._near_duplicates),
            "archived": (1, archived),
            "merged": (2, lambda _turn: self._merged("hubspot", "contacts", people.for_hubspot)),
        }

    def _xero_only(self) -> "dict[str, tuple[int, Maker]]":
        def one(**changes: object) -> "tuple[int, Maker]":
            def make(_turn: int) -> Iterator[Ref]:
                yield self.add("xero", "Contacts", {**people.for_xero(self.person()), **changes})

            return 1, make

        def archived(turn: int) -> Iterator[Ref]:
            yield from self._archived(one()[1](turn))

        return {
            "plain": one(),
            "supplier": one(IsSupplier=True),
            "no e-mail": one(EmailAddress=""),
            "shared e-mail": (2, self._shared_email),
            "namesake": (1, self._namesake_of_a_hubspot_contact),
            "archived": (1, archived),
            "merged": (2, lambda _turn: self._merged("xero", "Contacts", people.for_xero)),
        }

    def _in_another_alphabet(self, person: Person, index: int) -> Person:
        for foreigner in people.in_another_alphabet(person, index):
            if foreigner.name not in self._foreign and not self.taken.name(foreigner.name):
                break
        self._foreign.add(foreigner.name)
        return foreigner

    def _foreigner(self, turn: int) -> Iterator[Ref]:
        person = self._in_another_alphabet(self.person(), self.size.contacts + turn)
        yield self.add("hubspot", "contacts", people.for_hubspot(person))

    def _namesakes(self, _turn: int) -> Iterator[Ref]:
        """Two different people with one name: a contact name is unique in Xero, in HubSpot it is not."""
        first, second = self.person(), self.person()
        for person in (first, replace(second, given=first.given, family=first.family)):
            yield self.add("hubspot", "contacts", people.for_hubspot(person))

    def _near_duplicates(self, _turn: int) -> Iterator[Ref]:
        """One person twice: the name misspelt, another e-mail, the same telephone."""
        person = self.person()
        yield self.add("hubspot", "contacts", people.for_hubspot(person))
        misspelt = replace(person, family=person.family[:-2] + person.family[-1], email=f"old.{person.email}")
        yield self.add("hubspot", "contacts", people.for_hubspot(misspelt))

    def _shared_email(self, _turn: int) -> Iterator[Ref]:
        """Two people who share a letter box, as couples and small firms do."""
        first, second = self.person(), self.person()
        for person in (first, replace(second, email=first.email)):
            yield self.add("xero", "Contacts", people.for_xero(person))

    def _namesake_of_a_hubspot_contact(self, _turn: int) -> Iterator[Ref]:
        """A different person who has the name of somebody in HubSpot: equal names, nothing else alike."""
        person = self.person()
        if self._only_in_hubspot:
            other = self._only_in_hubspot.pop()
            person = replace(person, given=other.given, family=other.family)
        yield self.add("xero", "Contacts", people.for_xero(person))

    def _archived(self, made: Iterator[Ref]) -> Iterator[Ref]:
        for record in made:
            self.later.append(Later("archive", record))
            yield record

    def _merged(self, side: Side, book: str, render: Callable[[Person], Values]) -> Iterator[Ref]:
        """Two records of one person that a colleague merged; only the survivor is named."""
        person = self.person()
        kept = self.add(side, book, render(person))
        other = replace(person, family=f"{person.family} Jr", email=f"second.{person.email}")
        self.later.append(Later("merge", kept, self.add(side, book, render(other))))
        yield kept

    # Products

    def _products(self) -> None:
        both = round(self.size.products * self.size.overlap)
        for number in range(2 * self.size.products - both):
            choices = self.choices("product", number)
            good = self.good()
            crm, ledger = goods.for_hubspot(good), goods.for_xero(good, self.accounts)
            if number < both:
                kind = self.kind("equal", tuple(goods.TWISTS), number)
                if kind in goods.TWISTS:
                    goods.TWISTS[kind](crm, ledger, self.accounts, choices)
                product, item = self.add("hubspot", "products", crm), self.add("xero", "Items", ledger)
                self.pairs.append(("products", kind, product, item))
            elif number < self.size.products:
                kind = self.kind("plain", ("no SKU", "SKU too long", "name too long"), number)
                crm |= _product_alone(kind, good)
                self.lone.append(("products", kind, self.add("hubspot", "products", crm)))
            else:
                kind = self.kind("plain", ("tracked", "not sold", "no name"), number)
                self._item_alone(kind, ledger)

    def _item_alone(self, kind: str, ledger: Values) -> None:
        if kind == "tracked":
            goods.tracked(ledger, self.accounts)
        elif kind == "not sold":
            ledger |= {"IsSold": False, "Description": None, "SalesDetails": None}
        elif kind == "no name":
            ledger["Name"] = None
        self.lone.append(
            ("products", kind, self.add("xero", "Items", {k: v for k, v in ledger.items() if v is not None}))
        )


Maker = Callable[[int], Iterator[Ref]]


def _product_alone(kind: str, good: goods.Good) -> Values:
    """Xero holds 30 characters of a code and 50 of a name (Xero fact 7.3); HubSpot does not mind."""
    return {
        "plain": {},
        "no SKU": {"hs_sku": ""},
        "SKU too long": {"hs_sku": f"{good.code}-WITH-A-VERY-LONG-SUFFIX-{good.code}"},
        "name too long": {"name": f"{good.name} (limited edition, with gift box and hand-written card)"},
    }[kind]
