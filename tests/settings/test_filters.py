"""What each operator lets through."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model.records import Value
from crossfoot.settings.filters import All, Always, Any, Condition, Not, Operator, Test, Wanted

YES, NO = True, False


@pytest.mark.parametrize(
    ("found", "operator", "wanted", "holds"),
    [
        ("Lead ", "is", "lead", YES),
        ("lead", "is", "leads", NO),
        (None, "is", "lead", NO),
        (None, "is_not", "lead", YES),
        ("lead", "is_not", "LEAD", NO),
        (True, "is", True, YES),
        (False, "is_not", True, YES),
        ("true", "is", True, YES),
        (Decimal("1.50"), "is", "1.5", YES),
        ("NZ", "any_of", ("nz", "au"), YES),
        ("UK", "any_of", ("nz", "au"), NO),
        (None, "any_of", ("nz",), NO),
        (None, "none_of", ("nz",), YES),
        ("NZ", "none_of", ("nz", "au"), NO),
        ("Acme Ltd", "contains", "ME l", YES),
        ("Acme Ltd", "contains_not", "ltd", NO),
        (None, "contains_not", "ltd", YES),
        ("Acme Ltd", "starts_with", "acme", YES),
        ("Acme Ltd", "ends_with", "LTD", YES),
        ("gold; silver", "includes", "Silver", YES),
        ("gold;silverware", "includes", "silver", NO),
        ("", "is_empty", None, YES),
        ("  ", "is_empty", None, YES),
        (False, "is_empty", None, NO),
        (Decimal(0), "is_filled", None, YES),
        (None, "is_filled", None, NO),
        (Decimal(5), "more_than", Decimal(5), NO),
        (Decimal(5), "at_least", Decimal(5), YES),
        ("5", "less_than", Decimal(6), YES),
        (Decimal(5), "at_most", Decimal("4.99"), NO),
        ("many", "more_than", Decimal(5), NO),
        (None, "less_than", Decimal(5), NO),
        (True, "more_than", Decimal(0), YES),
        (date(2026, 1, 31), "more_than", date(2026, 1, 30), YES),
        (datetime(2026, 1, 31, 10, tzinfo=UTC), "more_than", date(2026, 1, 31), NO),
        (datetime(2026, 1, 31, 10, tzinfo=UTC), "at_most", date(2026, 1, 31), YES),
        (date(2026, 1, 31), "less_than", datetime(2026, 1, 31, 10, tzinfo=UTC), YES),
    ],
)
def test_an_operator_compares_as_people_mean_it(
    found: Value, operator: str, wanted: Wanted, holds: bool
) -> None:
    test = Test("field", Operator(operator), wanted)
    assert test.holds({"field": found}) is holds
    assert Not(test).holds({"field": found}) is not holds


def test_every_operator_has_a_phrase_and_says_what_it_takes() -> None:
    for operator in Operator:
        value: Wanted = {"nothing": None, "several": ("a",), "ordered": Decimal(1)}.get(operator.takes, "a")
        assert Test("field", operator, value).sentence({"field": "Status"}).startswith("Status ")


def test_what_was_not_told_counts_as_empty() -> None:
    assert Test("field", Operator.IS_EMPTY).holds({})
    assert not Test("field", Operator.IS, "x").holds({})


TREES: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from([Always(), Test("a", Operator.IS_FILLED), Test("b", Operator.IS, "x")]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda nodes: All(tuple(nodes))),
        st.lists(inner, max_size=3).map(lambda nodes: Any(tuple(nodes))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@given(tree=TREES, a=st.sampled_from([None, "x"]), b=st.sampled_from([None, "x", "y"]))
def test_a_tree_looks_only_at_its_paths_and_holds_or_not(tree: Condition, a: Value, b: Value) -> None:
    fields = {"a": a, "b": b}
    assert tree.holds(fields) is not Not(tree).holds(fields)
    assert tree.holds({path: fields[path] for path in tree.paths()}) is tree.holds(fields)
    assert All((tree, Not(tree))).holds(fields) is False
    assert Any((tree, Not(tree))).holds(fields) is True


def test_a_filter_reads_as_a_sentence() -> None:
    tree = All(
        (
            Test("kind", Operator.IS_NOT, value=True),
            Any(
                (Test("country", Operator.ANY_OF, ("NZ", "AU")), Not(Test("name", Operator.CONTAINS, "test")))
            ),
            Test("since", Operator.AT_LEAST, date(2026, 1, 31)),
        )
    )
    assert tree.sentence({"kind": "Supplier", "country": "Country"}) == (
        "Supplier is not yes and (Country is one of 'NZ', 'AU' or not (name contains 'test')) and since is on or after 2026-01-31"
    )
    assert All(()).sentence() == Always().sentence() == "every record"
    assert Any(()).sentence() == "no record"
