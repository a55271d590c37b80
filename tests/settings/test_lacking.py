"""Fields that a mapping names and an account lacks: what they would have to be."""

from dataclasses import dataclass, field

import pytest

from crossfoot.model.identity import Kind, Side
from crossfoot.settings import files
from crossfoot.settings.lacking import Lacking, lacking


@dataclass(frozen=True)
class Field:
    label: str
    type: str = "text"
    writable: bool = True
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Has:
    fields: dict[Kind, dict[str, Field]]


ACCOUNTS = {
    Side.CRM: Has({Kind.PRODUCT: {"name": Field("Name"), "price": Field("Price", "money")}}),
    Side.LEDGER: Has(
        {Kind.ITEM: {"Name": Field("Name"), "Tax": Field("Tax", "option", options={"S": "Standard"})}}
    ),
}


def found(row: str, side: Side = Side.CRM) -> tuple[Lacking, ...]:
    settings = files.load(
        f"name: shop\nsyncs:\n  goods: {{crm: product, ledger: item, mapping: {{row: {row}}}}}\n"
    )
    return lacking(settings, side, ACCOUNTS)


@pytest.mark.parametrize(
    ("lens", "kind"),
    [
        ("text", "text"),
        ("phone", "text"),
        ("money", "money"),
        ("number", "number"),
        ("date", "date"),
        ("moment", "moment"),
        ("boolean", "boolean"),
    ],
)
def test_the_type_comes_from_the_lens(lens: str, kind: str) -> None:
    assert found(f"{{crm: since_when, ledger: Name, lens: {lens}}}") == (
        Lacking(Kind.PRODUCT, "since_when", "Since when", kind),
    )


def test_options_are_those_of_the_field_across_or_those_that_the_row_lists() -> None:
    (across,) = found("{crm: tax_word, ledger: Tax, lens: option}")
    assert (across.type, across.options) == ("option", {"S": "Standard"})
    (listed,) = found("{crm: tax_word, ledger: Tax, lens: values, values: {Usual: S}}")
    assert (listed.type, listed.options) == ("option", {"Usual": "Usual"})
    (untold,) = found("{crm: tax_word, ledger: Name, lens: option}")
    assert (untold.type, untold.options) == ("text", {})


def test_a_name_almost_like_one_that_is_there_tells_which() -> None:
    (slip,) = found("{crm: prices, ledger: Name}")
    assert slip.meant == "price"
    (new,) = found("{crm: warranty, ledger: Name}")
    assert new.meant == ""


def test_what_is_there_is_not_lacking_and_what_cannot_be_a_new_field_is_not_offered() -> None:
    assert found("{crm: name, ledger: Name}") == ()
    assert found("{crm: Warranty Terms, ledger: Name}") == ()
    assert found("{crm: holder, ledger: Name, lens: reference}") == ()


def test_each_field_is_lacking_once_and_every_one_of_several_is() -> None:
    both = found("{crm: [one_word, other_word], ledger: Name, lens: concat, direction: to_ledger}")
    assert [each.path for each in both] == ["one_word", "other_word"]
    assert [each.path for each in found("{crm: name, ledger: Nome}", Side.LEDGER)] == []
    assert [each.path for each in found("{crm: name, ledger: nome}", Side.LEDGER)] == ["nome"]
