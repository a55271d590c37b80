"""Put-get and get-put for every lens with an inverse, on both sides; and what one-way lenses promise."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossfoot.model.countries import _ALIASES, _names
from crossfoot.model.fields import FieldType
from crossfoot.model.identity import Side
from crossfoot.model.lines import Line, Lines
from crossfoot.model.records import Value
from crossfoot.settings.building import LENSES, build_pair
from crossfoot.settings.mappings import UNTOLD, Direction, FieldPair, Inexpressible
from crossfoot.settings.shape import LensName, PairSettings

WORDS = st.text(max_size=30) | st.sampled_from(
    ["", "  ", "Ada", " Ada  Lovelace ", "van der Berg", "Cher", "King Jr.", "日本太郎", "O\u2019Neil"]
)
EMPTY = st.none()
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
PHONES = st.sampled_from(
    [
        "(09) 887-6543",
        "+64 9 8876543",
        "0064 9 887 6543",
        "021 123 456",
        "+1 415 555 2671 x5",
        "0800 FLOWERS",
        "call Bob",
        "12",
        "+",
        "(0)",
        "٠٩ ٨٨٧ ٦٥٤٣",
    ]
)
COUNTRIES = st.sampled_from(
    [*_names(), *_names().values(), *(alias for names in _ALIASES.values() for alias in names)]
)
LINES = st.lists(WORDS, max_size=8).map("\n".join) | st.lists(WORDS, max_size=8).map(", ".join)
AMOUNTS = st.none() | st.decimals(min_value=-1000, max_value=1000, places=4)
DOCUMENTS = st.lists(
    st.builds(
        Line,
        crm_id=st.sampled_from(["", "1", "2"]),
        ledger_id=st.sampled_from(["", "a", "b"]),
        description=st.none() | WORDS,
        quantity=AMOUNTS,
        price=AMOUNTS,
        discount_percent=AMOUNTS,
        item=st.none() | WORDS,
        account=st.none() | WORDS,
        tracking=st.sampled_from([(), (("Region", "North"),)]),
        net=AMOUNTS,
    ),
    max_size=3,
).map(lambda them: Lines(tuple(them)))
CHOICES: dict[str, Value] = {"lead": "LEAD", "won": "CUSTOMER", "yes": True, "2": Decimal(3)}


def _pair(
    lens: LensName,
    crm: tuple[str, ...] = ("a",),
    ledger: tuple[str, ...] = ("x",),
    direction: Direction = Direction.BOTH,
    **parameters: Any,
) -> FieldPair:
    return build_pair(
        "field",
        PairSettings(crm=crm, ledger=ledger, lens=lens, direction=direction, **parameters),
        Direction.BOTH,
        "NZ",
    )


NATIVE = {
    LensName.PHONE: PHONES | WORDS,
    LensName.COUNTRY: COUNTRIES | WORDS,
    LensName.MONEY: NUMBERS | WORDS,
    LensName.NUMBER: NUMBERS | st.booleans() | WORDS,
    LensName.DATE: st.dates() | st.datetimes(timezones=st.just(UTC)) | st.dates().map(str) | WORDS,
    LensName.MOMENT: st.datetimes(timezones=st.just(UTC)) | st.dates() | WORDS,
    LensName.BOOLEAN: st.booleans() | st.sampled_from(["yes", "No", "1", "off"]) | WORDS,
    LensName.ADDRESS: LINES,
    LensName.LINES: DOCUMENTS,
    LensName.EMAIL: st.emails() | WORDS,
    LensName.URL: st.sampled_from(["https://Acme.com/", "acme.com/Shop", "HTTP://x"]) | WORDS,
    LensName.DOMAIN: st.sampled_from(
        ["https://www.acme.co.nz/x", "bob@acme.com", "acme.com:80", "www.www.a.b"]
    )
    | WORDS,
}


def _seen(pair: FieldPair, side: Side, native: dict[str, Value]) -> Value:
    value = pair.read(side, native)
    assert value is not UNTOLD
    return value


TWO_WAY = {name: _pair(name) for name in LensName if name in FieldType._value2member_map_} | {
    "person_name split in the crm": _pair(LensName.PERSON_NAME, crm=("a", "b")),
    "person_name split in the ledger": _pair(LensName.PERSON_NAME, ledger=("x", "y")),
    "person_name split on both sides": _pair(LensName.PERSON_NAME, crm=("a", "b"), ledger=("x", "y")),
    "country as code in the ledger": _pair(LensName.COUNTRY, codes=("ledger",)),
    "money of four digits": _pair(LensName.MONEY, digits=4),
    "money of no digits": _pair(LensName.MONEY, digits=0),
    "number of two digits": _pair(LensName.NUMBER, digits=2),
    "phone without a region": build_pair(
        "field", PairSettings(crm=("a",), ledger=("x",), lens=LensName.PHONE), Direction.BOTH, None
    ),
}


def _natives(pair: FieldPair, side: Side) -> st.SearchStrategy[dict[str, Value]]:
    one = NATIVE.get(LensName(pair.lens.name), WORDS) | EMPTY
    return st.fixed_dictionaries(dict.fromkeys(pair.paths(side), one))


@pytest.mark.parametrize("name", TWO_WAY)
@pytest.mark.parametrize("side", Side)
@settings(max_examples=30)
@given(data=st.data())
def test_what_was_put_is_seen_again(name: str, side: Side, data: st.DataObject) -> None:
    pair = TWO_WAY[name]
    value = _seen(pair, side.other, data.draw(_natives(pair, side.other)))
    old = data.draw(_natives(pair, side))
    written = pair.write(side, value, old)
    assert set(written) == set(pair.paths(side))
    assert pair.same(_seen(pair, side, written), value)


@pytest.mark.parametrize("name", TWO_WAY)
@pytest.mark.parametrize("side", Side)
@settings(max_examples=30)
@given(data=st.data())
def test_what_was_put_into_nothing_is_seen_again(name: str, side: Side, data: st.DataObject) -> None:
    pair = TWO_WAY[name]
    value = _seen(pair, side.other, data.draw(_natives(pair, side.other)))
    assert pair.same(_seen(pair, side, pair.write(side, value, {})), value)


@pytest.mark.parametrize("name", TWO_WAY)
@pytest.mark.parametrize("side", Side)
@settings(max_examples=30)
@given(data=st.data())
def test_putting_back_what_is_there_changes_nothing(name: str, side: Side, data: st.DataObject) -> None:
    pair = TWO_WAY[name]
    old = data.draw(_natives(pair, side))
    assert pair.write(side, _seen(pair, side, old), old) == old


@pytest.mark.parametrize("name", TWO_WAY)
@pytest.mark.parametrize("side", Side)
@settings(max_examples=30)
@given(data=st.data())
def test_a_spelling_that_means_the_same_is_left_as_it_is(name: str, side: Side, data: st.DataObject) -> None:
    pair = TWO_WAY[name]
    old = data.draw(_natives(pair, side))
    across = pair.write(side.other, _seen(pair, side, old), {})
    assert pair.write(side, _seen(pair, side.other, across), old) == old


def test_every_lens_is_either_tested_by_these_laws_or_works_one_way() -> None:
    tested = {LensName(pair.lens.name) for pair in TWO_WAY.values()} | {LensName.VALUES, LensName.STATE}
    assert tested.isdisjoint(name for name, make in LENSES.items() if make.one_way)
    assert tested | {name for name, make in LENSES.items() if make.one_way} == set(LensName)


# ── value lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(crm=st.sampled_from(list(CHOICES)), other=st.sampled_from(list(CHOICES)))
def test_a_value_list_without_repetitions_works_both_ways(crm: str, other: str) -> None:
    pair = _pair(LensName.VALUES, values=CHOICES)
    assert pair.lens.two_way
    ledger: dict[str, Value] = {"x": CHOICES[crm]}
    assert pair.same(_seen(pair, Side.CRM, {"a": crm}), _seen(pair, Side.LEDGER, ledger))
    assert pair.write(Side.LEDGER, _seen(pair, Side.CRM, {"a": crm}), {"x": CHOICES[other]}) == ledger
    assert pair.write(Side.CRM, _seen(pair, Side.LEDGER, ledger), {"a": other}) == {"a": crm}
    assert pair.write(Side.CRM, None, {"a": other}) == {"a": None}


def test_a_value_that_is_not_listed_is_not_told_and_says_why() -> None:
    pair = _pair(LensName.VALUES, values=CHOICES)
    assert pair.read(Side.CRM, {"a": "lost"}) is UNTOLD
    assert pair.obstacle(Side.CRM, {"a": "lost"}) == "'lost' is not among the listed values of the mapping."
    assert pair.obstacle(Side.CRM, {"a": "lead"}) is None
    with pytest.raises(Inexpressible, match="lost"):
        pair.write(Side.LEDGER, "lost", {"x": None})


def test_an_unlisted_word_of_the_ledger_is_replaced_even_if_the_crm_uses_the_same_word() -> None:
    pair = _pair(LensName.VALUES, values={"open": "DRAFT", "closed": "DONE"})
    assert pair.write(Side.LEDGER, "open", {"x": "open"}) == {"x": "DRAFT"}


def test_a_value_list_with_repetitions_leads_to_the_ledger_only() -> None:
    pair = _pair(
        LensName.VALUES, direction=Direction.TO_LEDGER, values={"lead": "X", "won": "X", "lost": "Y"}
    )
    assert not pair.lens.two_way
    assert _seen(pair, Side.CRM, {"a": "won"}) == _seen(pair, Side.LEDGER, {"x": "X"}) == "X"
    assert pair.write(Side.LEDGER, "Y", {"x": "X"}) == {"x": "Y"}
    with pytest.raises(ValueError, match="does not write to the crm"):
        pair.write(Side.CRM, "X", {"a": "lead"})


# ── one way ────────────────────────────────────────────────────────────────────────────────────────────────────────────

ONE_WAY = {
    Side.LEDGER: {
        "upper": (_pair(LensName.UPPER, direction=Direction.TO_LEDGER), "ada", "ADA"),
        "lower": (_pair(LensName.LOWER, direction=Direction.TO_LEDGER), "ADA", "ada"),
        "default": (_pair(LensName.DEFAULT, direction=Direction.TO_LEDGER, value="none"), " ", "none"),
        "default that is not needed": (
            _pair(LensName.DEFAULT, direction=Direction.TO_LEDGER, value="none"),
            "some",
            "some",
        ),
        "constant": (
            _pair(LensName.CONSTANT, crm=(), direction=Direction.TO_LEDGER, value="0200"),
            None,
            "0200",
        ),
        "concat": (
            _pair(LensName.CONCAT, crm=("a", "b"), direction=Direction.TO_LEDGER, separator=" / "),
            "one",
            "one / one",
        ),
    },
    Side.CRM: {
        "upper": (_pair(LensName.UPPER, direction=Direction.TO_CRM), "ada", "ADA"),
        "constant": (
            _pair(LensName.CONSTANT, ledger=(), direction=Direction.TO_CRM, value="Xero"),
            None,
            "Xero",
        ),
    },
}


@pytest.mark.parametrize(
    ("side", "name"), [(side, name) for side, lenses in ONE_WAY.items() for name in lenses]
)
def test_a_one_way_lens_writes_what_it_says_and_is_content_with_it(side: Side, name: str) -> None:
    pair, source, wanted = ONE_WAY[side][name]
    shared = _seen(pair, side.other, dict.fromkeys(pair.paths(side.other), source))
    (path,) = pair.paths(side)
    written = pair.write(side, shared, {path: "before"})
    assert written == {path: wanted}
    assert pair.same(_seen(pair, side, written), shared)
    assert pair.write(side, shared, written) == written
    with pytest.raises(ValueError, match=f"does not write to the {side.other}"):
        pair.write(side.other, shared, {})


# ── what people see ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "full", "first", "last"),
    [
        ((None, None), "Ada Lovelace", "Ada", "Lovelace"),
        ((None, None), "Cher", "Cher", None),
        ((None, None), "Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ((None, None), "Martin Luther King Jr.", "Martin Luther", "King Jr."),
        ((None, None), "Juan Carlos de la Cruz III", "Juan Carlos", "de la Cruz III"),
        ((None, None), "Van Morrison", "Van", "Morrison"),
        ((None, None), "日本太郎", "日本太郎", None),
        (("Mary Ann", "Smith"), "Mary Ann Jones", "Mary Ann", "Jones"),
        (("Mary", "Ann Smith"), "Mary Ann Jones", "Mary", "Ann Jones"),
        (("Ada", "Lovelace King"), "Augusta Lovelace King", "Augusta", "Lovelace King"),
        (("Ada", "Byron"), "Ada", "Ada", None),
        (("Ada", "Byron"), None, None, None),
        (("Ada", None), "Adam Smith", "Adam", "Smith"),
    ],
)
def test_a_full_name_is_split_as_little_as_possible(
    old: tuple[str | None, str | None], full: str | None, first: str | None, last: str | None
) -> None:
    pair = TWO_WAY["person_name split in the crm"]
    assert pair.write(Side.CRM, full, dict(zip("ab", old, strict=True))) == {"a": first, "b": last}


def test_a_country_is_written_as_each_side_wants_it() -> None:
    pair = TWO_WAY[LensName.COUNTRY]
    assert pair.read(Side.CRM, {"a": "England"}) == "GB"
    assert pair.write(Side.CRM, "CI", {}) == {"a": "Côte d\u2019Ivoire"}
    assert pair.write(Side.LEDGER, "CI", {}) == {"x": "Cote d Ivoire"}
    assert pair.write(Side.LEDGER, "GB", {"x": "uk"}) == {"x": "uk"}
    assert pair.write(Side.LEDGER, "Neverland", {}) == {"x": "Neverland"}
    assert TWO_WAY["country as code in the ledger"].write(Side.LEDGER, "GB", {}) == {"x": "GB"}


def test_an_address_has_commas_in_the_crm_and_at_most_four_lines_in_the_ledger() -> None:
    pair = TWO_WAY[LensName.ADDRESS]
    assert pair.write(Side.LEDGER, _seen(pair, Side.CRM, {"a": "a, b, c, d, e"}), {}) == {
        "x": "a\nb\nc\nd, e"
    }
    assert pair.write(Side.CRM, _seen(pair, Side.LEDGER, {"x": "Flat 3\n12 High St"}), {}) == {
        "a": "Flat 3, 12 High St"
    }
    assert pair.write(Side.LEDGER, None, {"x": "a"}) == {"x": None}


def test_a_price_is_rounded_half_up_and_never_shortened_otherwise() -> None:
    pair = TWO_WAY["money of four digits"]
    assert pair.read(Side.CRM, {"a": Decimal("0.00005")}) == Decimal("0.0001")
    assert pair.read(Side.CRM, {"a": Decimal("-0.00005")}) == Decimal("-0.0001")
    assert pair.write(Side.LEDGER, Decimal("12345678901234567890123456789.12345"), {}) == {
        "x": Decimal("12345678901234567890123456789.1235")
    }
    assert pair.read(Side.CRM, {"a": "on request"}) == "on request"


def test_an_absent_path_is_not_told() -> None:
    pair = TWO_WAY["person_name split in the crm"]
    assert pair.read(Side.CRM, {"a": "Ada"}) is UNTOLD
    assert not UNTOLD
    assert pair.read(Side.CRM, {"a": "Ada", "b": None}) == "Ada"


def test_a_moment_travels_to_the_millisecond() -> None:
    pair = TWO_WAY[LensName.MOMENT]
    assert pair.read(Side.CRM, {"a": datetime(2026, 1, 1, 0, 0, 0, 1999, tzinfo=UTC)}) == datetime(
        2026, 1, 1, 0, 0, 0, 1000, tzinfo=UTC
    )


# ── documents ──────────────────────────────────────────────────────────────────────────────────────────────────────────


STATES = {"crm": ("draft", "open", "voided"), "ledger": ("DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED")}


@pytest.mark.parametrize("approve", ["AUTHORISED", "SUBMITTED"])
@pytest.mark.parametrize("side", Side)
@given(data=st.data())
def test_the_state_of_a_document_is_written_so_that_it_reads_the_same(
    approve: str, side: Side, data: st.DataObject
) -> None:
    pair = _pair(LensName.STATE, approve=approve)
    path = {Side.CRM: "a", Side.LEDGER: "x"}
    across, old = data.draw(st.sampled_from(STATES[side.other])), data.draw(st.sampled_from(STATES[side]))
    value = _seen(pair, side.other, {path[side.other]: across})
    assert pair.same(_seen(pair, side, pair.write(side, value, {path[side]: old})), value)
    kept: dict[str, Value] = {path[side]: old}
    assert pair.write(side, _seen(pair, side, kept), kept) == kept


def test_only_payments_make_a_document_paid_in_the_ledger() -> None:
    pair = _pair(LensName.STATE)
    assert _seen(pair, Side.LEDGER, {"x": "PAID"}) == "paid"
    assert pair.write(Side.CRM, "paid", {"a": "open"}) == {"a": "paid"}
    with pytest.raises(Inexpressible, match="record the payment"):
        pair.write(Side.LEDGER, "paid", {"x": "AUTHORISED"})


def test_where_the_crm_does_not_take_the_word_paid_a_paid_document_stays_open() -> None:
    pair = _pair(LensName.STATE, paid=False)
    assert _seen(pair, Side.LEDGER, {"x": "PAID"}) == _seen(pair, Side.CRM, {"a": "open"}) == "approved"


def test_a_line_keeps_what_only_its_side_tells() -> None:
    pair = _pair(LensName.LINES, new_lines={"account": "200", "tax": "OUTPUT2"})
    there = Line(
        ledger_id="l1", description="Mirror", price=Decimal(10), account="0260", tracking=(("Region", "N"),)
    )
    shared = Lines(
        (Line("c1", "l1", description="Mirror, oval", price=Decimal(12)), Line("c2", price=Decimal(5)))
    )
    (written,) = pair.write(Side.LEDGER, shared, {"x": Lines((there,))}).values()
    assert isinstance(written, Lines)
    assert (written.all[0].account, written.all[0].tracking) == ("0260", (("Region", "N"),))
    assert (written.all[1].account, written.all[1].tax) == ("200", "OUTPUT2")


def test_taxes_stand_for_each_other_as_the_settings_say() -> None:
    pair = _pair(LensName.LINES, parts=("description", "price", "tax"), taxes={"77": "OUTPUT2"})
    crm = Lines((Line("c1", description="Mirror", price=Decimal(10), tax="77"),))
    shared = _seen(pair, Side.CRM, {"a": crm})
    assert isinstance(shared, Lines)
    assert shared.all[0].tax == "OUTPUT2"
    (back,) = pair.write(Side.CRM, shared, {"a": None}).values()
    assert isinstance(back, Lines)
    assert back.all[0].tax == "77"


def test_a_due_date_is_so_many_days_later() -> None:
    pair = _pair(LensName.LATER, direction=Direction.TO_LEDGER, days=20)
    assert _seen(pair, Side.CRM, {"a": date(2026, 12, 20)}) == date(2027, 1, 9)
    assert _seen(pair, Side.LEDGER, {"x": date(2027, 1, 9)}) == date(2027, 1, 9)
