"""Is it the same thing, a new thing, or must a person say? Only what is unambiguous links by itself."""

from dataclasses import replace
from typing import Any

import pytest
from tests.sync.given import PEOPLE, ledger

from crossfoot.model.records import Standing
from crossfoot.settings.likeness import KeyForm
from crossfoot.settings.rules import MatchPart, MatchRule
from crossfoot.sync.match import CREATION_KEY, Candidate, Match, Verdict, index_rules, match

EMAIL = MatchRule("email", (MatchPart(("email",), ("Email",), KeyForm.EMAIL),))
NAME = MatchRule("name", (MatchPart(("name",), ("Name",), KeyForm.TEXT),))
ALIKE = MatchRule("similar name", NAME.parts, similar=True, threshold=88)
SYNC = replace(PEOPLE, match=(EMAIL, NAME, ALIKE))


def candidate(record_id: str = "A", rule: str = "email", /, **more: Any) -> Candidate:
    standing = more.pop("standing", Standing.LIVE)
    return Candidate(ledger(record_id, standing), rule, **({"exact": rule != ALIKE.name} | more))


def matched(*candidates: Candidate) -> Match:
    return match(SYNC, candidates)


def test_nobody_across_makes_a_new_record() -> None:
    assert matched() == Match(Verdict.NEW)


def test_one_record_across_with_the_same_key_is_the_same() -> None:
    twin = candidate("A")
    assert matched(twin) == Match(Verdict.SAME, "email", ("A",), "same email", twin.observation)


@pytest.mark.parametrize(
    ("candidates", "why"),
    [
        ((candidate("B"), candidate("A")), "2 records across have the same email"),
        ((candidate(rivals=2),), "3 records here have the same email"),
        (
            (candidate(contradicted=True),),
            "the record across with the same email differs in what should tell them apart",
        ),
        ((candidate(standing=Standing.ARCHIVED),), "an archived record across has the same email"),
        ((candidate(linked=True),), "the record across with the same email belongs to another record"),
        (
            (candidate(parted=True),),
            "the record across with the same email was parted from its partner",
        ),
        ((candidate(absorbed=True),), "a record across with the same email was merged into another one"),
        (
            (candidate("A"), candidate("B", linked=True)),
            "2 records across have the same email",
        ),
    ],
    ids=[
        "two across",
        "rivals here",
        "contradicted",
        "archived",
        "linked",
        "parted",
        "absorbed",
        "one of two is linked",
    ],
)
def test_whatever_is_not_unambiguous_asks_a_person_and_says_why(
    candidates: tuple[Candidate, ...], why: str
) -> None:
    found = matched(*candidates)
    assert (found.verdict, found.rule, found.why) == (Verdict.ASK, "email", why)
    assert found.twins == tuple(sorted(each.observation.ref.id for each in candidates))
    assert found.twin is None


def test_who_bears_the_key_goes_before_one_that_absorbed_a_record_which_bore_it() -> None:
    found = matched(candidate("A"), candidate("B", absorbed=True))
    assert (found.verdict, found.twins) == (Verdict.SAME, ("A",))


def test_what_was_made_from_it_goes_before_every_rule() -> None:
    ours, other = candidate("A", CREATION_KEY), candidate("B")
    found = matched(other, ours)
    assert (found.verdict, found.twins, found.why) == (Verdict.SAME, ("A",), "same creation key")
    taken = matched(other, replace(ours, linked=True))
    assert (taken.verdict, taken.twins) == (Verdict.ASK, ("A",))
    lost = matched(candidate("A", CREATION_KEY, standing=Standing.MISSING))
    assert lost.why == "the record across with the same creation key is no longer found"


def test_the_first_rule_that_finds_anybody_decides_even_if_it_only_asks() -> None:
    both = matched(candidate("B", "name"), candidate("A"))
    assert (both.verdict, both.twins) == (Verdict.SAME, ("A",))
    doubtful = matched(candidate("B", "name"), candidate("A", linked=True))
    assert (doubtful.verdict, doubtful.twins) == (Verdict.ASK, ("A",))
    assert matched(candidate("B", "name")).rule == "name"


def test_the_same_record_found_twice_is_one_candidate_to_show() -> None:
    assert matched(candidate("A", ALIKE.name, score=90), candidate("A", ALIKE.name, score=95)).twins == ("A",)


@pytest.mark.parametrize(("score", "verdict"), [(87, Verdict.NEW), (88, Verdict.ASK), (100, Verdict.ASK)])
def test_a_similar_name_only_ever_asks_and_only_from_its_threshold_on(score: int, verdict: Verdict) -> None:
    found = matched(candidate("A", ALIKE.name, score=score))
    assert found.verdict is verdict
    if verdict is Verdict.ASK:
        assert (found.rule, found.why) == ("similar name", "alike, but nothing proves it")


@pytest.mark.parametrize("more", [{"linked": True}, {"standing": Standing.ARCHIVED}])
def test_a_similar_record_that_is_not_free_does_not_hold_up_a_newcomer(more: dict[str, Any]) -> None:
    assert matched(candidate("A", ALIKE.name, score=95, **more)).verdict is Verdict.NEW


def test_a_candidate_of_a_rule_that_the_sync_has_not_got_is_nobody() -> None:
    assert matched(candidate("A", "shoe size")).verdict is Verdict.NEW


def test_records_are_indexed_without_their_references() -> None:
    """Ids differ from side to side, so a key with one in it would never be found."""
    company = MatchPart(("company",), ("Contact",), KeyForm.EXACT)
    sync = replace(PEOPLE, match=(MatchRule("company and email", (company, *EMAIL.parts)), EMAIL))
    indexed = index_rules(sync, frozenset({"company", "Contact"}))
    assert [rule.parts for rule in indexed] == [EMAIL.parts, EMAIL.parts]
    assert [rule.name for rule in indexed] == ["company and email", "email"]
    assert index_rules(sync, frozenset()) == sync.match


def test_a_second_rule_tells_apart_what_the_first_finds_too_often() -> None:
    """Five people share an e-mail; the one who also has the same name is the same."""
    shared = [candidate("A", rivals=4), candidate("B", rivals=4)]
    told_apart = matched(*shared, candidate("A", "name"))
    assert (told_apart.verdict, told_apart.twins, told_apart.why) == (
        Verdict.SAME,
        ("A",),
        "same email and name",
    )
    still = matched(*shared, candidate("A", "name", rivals=1))
    assert (still.verdict, still.twins) == (Verdict.ASK, ("A", "B"))
    assert matched(*shared, candidate("C", "name")).verdict is Verdict.ASK


def test_a_contradiction_is_not_overruled_by_a_later_rule() -> None:
    """The same e-mail with another tax number asks a person, whatever the names say."""
    asked = matched(candidate("A", contradicted=True), candidate("A", "name"))
    assert (asked.verdict, asked.twins) == (Verdict.ASK, ("A",))
