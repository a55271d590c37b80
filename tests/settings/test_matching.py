"""Who is recognised as the same, who is worth asking about, and who is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossfoot.model.identity import Side
from crossfoot.model.records import Fields, Value
from crossfoot.settings.likeness import KeyForm, blocks, company_name, likeness, own_domain, plain, reduced
from crossfoot.settings.rules import MatchPart, MatchRule

PERSON = MatchRule(
    "similar name",
    (MatchPart(("first", "last"), ("Name",), KeyForm.PERSON_NAME),),
    similar=True,
    against=(MatchPart(("email",), ("EmailAddress",), KeyForm.EMAIL),),
)
COMPANY = MatchRule("similar name", (MatchPart(("name",), ("Name",), KeyForm.COMPANY_NAME),), similar=True)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Acme Ltd", "ACME Limited"),
        ("Acme (Pty) Ltd.", "acme"),
        ("The Acme Company, Inc.", "Acme"),
        ("Müller GmbH & Co. KG", "Muller"),
        ("A.C.M.E. S.A.", "ACME SA"),
        ("Smith & Sons", "Smith and Sons Ltd"),
        ("O'Brien Plumbing", "O\u2019Brien Plumbing Limited"),
        ("Łódź Sp", "lodz sp"),
        ("Ørsted A/S", "orsted a s"),
    ],
)
def test_a_company_is_the_same_under_any_legal_form(a: str, b: str) -> None:
    assert company_name(a) == company_name(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Acme North", "Acme South"), ("Limited", "Inc"), ("The Company", "The Corporation"), ("Sole", "Soles")],
)
def test_different_companies_stay_different(a: str, b: str) -> None:
    assert company_name(a) != company_name(b)
    assert company_name(a)


@given(st.text(max_size=40))
def test_a_reduced_text_reduces_to_itself(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert company_name(company_name(text)) == company_name(text)


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_a_text_without_accents_is_reduced_as_one_with_them(text: str) -> None:
    assert plain(f"{text} \u00e9") == f"{plain(text)} e".strip()


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("bob@acme.co.nz", "acme.co.nz"),
        ("https://www.acme.co.nz/about", "acme.co.nz"),
        ("bob@gmail.com", None),
        ("https://facebook.com/acme", None),
        ("localhost", None),
        (None, None),
    ],
)
def test_only_a_domain_of_ones_own_says_who_one_is(value: str | None, domain: str | None) -> None:
    assert own_domain(value) == domain


@pytest.mark.parametrize(
    ("form", "values", "key"),
    [
        ("number", ("123-456 789",), "123456789"),
        ("number", ("NZ 123.456",), "nz123456"),
        ("code", (" Sku-1  a",), "sku-1 a"),
        ("email", (" Ada@Example.com",), "ada@example.com"),
        ("phone", ("09 887 6543",), "+6498876543"),
        ("person_name", ("Ada", None), "ada"),
        ("person_name", ("José", "O'Neil-Łask"), "jose oneil lask"),
        ("domain", (None, "x@gmail.com", "x@acme.com"), "acme.com"),
        ("exact", (" 512 ",), "512"),
        ("text", ("",), None),
        ("text", ("...",), None),
    ],
)
def test_a_key_is_what_all_spellings_have_in_common(
    form: str, values: tuple[Value, ...], key: str | None
) -> None:
    assert reduced(KeyForm(form), values, "NZ") == key


def test_an_exact_rule_needs_every_part_and_both_sides_give_the_same_key() -> None:
    rule = MatchRule(
        "company and email",
        (
            MatchPart(("company",), ("Contact",), KeyForm.EXACT),
            MatchPart(("email",), ("EmailAddress",), KeyForm.EMAIL),
        ),
    )
    crm, ledger = (
        {"company": "c-1", "email": "Ada@example.com"},
        {"Contact": "c-1", "EmailAddress": "ada@example.com"},
    )
    assert rule.key(Side.CRM, crm) == rule.key(Side.LEDGER, ledger) is not None
    assert rule.key(Side.CRM, {"company": "c-1", "email": None}) is None
    assert rule.key(Side.CRM, {"company": "c-1"}) is None
    assert rule.key(Side.CRM, {"company": "c-2", "email": "ada@example.com"}) != rule.key(Side.LEDGER, ledger)
    assert rule.score(crm, ledger) == 100
    assert rule.score({**crm, "email": "adi@example.com"}, ledger) == 0
    assert rule.blocks(Side.CRM, crm) == frozenset()


def test_parts_of_a_key_do_not_run_into_each_other() -> None:
    rule = MatchRule(
        "two", (MatchPart(("a",), ("x",), KeyForm.CODE), MatchPart(("b",), ("y",), KeyForm.CODE))
    )
    assert rule.key(Side.CRM, {"a": "1 2", "b": "3"}) != rule.key(Side.CRM, {"a": "1", "b": "2 3"})


def _person(first: str, last: str | None, email: str | None = None) -> Fields:
    return {"first": first, "last": last, "email": email}


@pytest.mark.parametrize(
    ("crm", "name"),
    [
        (("Ada", "Lovelace"), "Ada Lovelace"),
        (("Ada", "Lovelace"), "Lovelace, Ada"),
        (("Ada", "Lovelace"), "A. Lovelace"),
        (("Ada", "Lovelace"), "Ada Lovelaec"),
        (("Ada", "Lovelace"), "ADA LOVELACE"),
        (("Dr Ada", "Lovelace"), "Ada Lovelace"),
        (("José", "García"), "Jose Garcia"),
        (("Cher", None), "Cher"),
    ],
)
def test_plausible_twins_share_a_block_and_score_high(crm: tuple[str, str | None], name: str) -> None:
    fields: Fields = _person(*crm)
    across: Fields = {"Name": name, "EmailAddress": None}
    assert PERSON.blocks(Side.CRM, fields) & PERSON.blocks(Side.LEDGER, across)
    assert PERSON.score(fields, across) >= PERSON.threshold
    assert PERSON.key(Side.CRM, fields) is None


@pytest.mark.parametrize("name", ["Ada Byron", "Grace Hopper", "Adam Loveless", "B. Lovelace", ""])
def test_strangers_score_low(name: str) -> None:
    assert PERSON.score(_person("Ada", "Lovelace"), {"Name": name, "EmailAddress": None}) < PERSON.threshold


def test_another_email_speaks_against_a_similar_name_but_not_against_an_equal_one() -> None:
    crm = _person("Ada", "Lovelace", "ada@a.com")
    assert PERSON.score(crm, {"Name": "Ada Lovelaec", "EmailAddress": "other@b.com"}) < PERSON.threshold
    assert PERSON.score(crm, {"Name": "Ada Lovelace", "EmailAddress": "other@b.com"}) == 100
    assert PERSON.contradicted(crm, {"Name": "x", "EmailAddress": "other@b.com"})
    assert not PERSON.contradicted(crm, {"Name": "x", "EmailAddress": None})
    assert not PERSON.contradicted(crm, {"Name": "x", "EmailAddress": "ADA@a.com"})


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("Harbour Cycles Ltd", "Harbor Cycles", True),
        ("Webworks", "Web Works Limited", True),
        ("Acme", "Acne Studios", False),
    ],
)
def test_similar_company_names_are_worth_asking_about(a: str, b: str, alike: bool) -> None:
    crm: Fields = {"name": a}
    ledger: Fields = {"Name": b}
    assert (COMPANY.score(crm, ledger) >= COMPANY.threshold) is alike
    if alike:
        assert COMPANY.blocks(Side.CRM, crm) & COMPANY.blocks(Side.LEDGER, ledger)


@given(form=st.sampled_from(KeyForm), a=st.text(max_size=12), b=st.text(max_size=12))
def test_likeness_is_symmetrical_and_full_for_equal_values_only(form: KeyForm, a: str, b: str) -> None:
    score = likeness(form, a, b)
    assert score == likeness(form, b, a)
    assert 0 <= score <= 100
    assert (score == 100) is (a == b)


@given(form=st.sampled_from(KeyForm), text=st.text(min_size=1, max_size=20))
def test_whatever_has_a_name_has_a_block(form: KeyForm, text: str) -> None:
    key = reduced(form, (text,), "NZ")
    if key:
        assert blocks(form, key)
