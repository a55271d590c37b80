"""A record without a link: is it the same thing as a record across, a new thing, or must a person say?

Only an unambiguous match links by itself. Nothing is created while a twin is plausible.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from crossfoot.model.records import Observation, Standing
from crossfoot.settings.rules import EQUAL, MatchRule, Sync


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record across that may be the same thing."""

    observation: Observation
    rule: str
    """The match rule under which it was found; for a similar one the rule that scored."""
    exact: bool
    rivals: int = 0
    """How many other records on the newcomer's own side answer to the same key."""
    linked: bool = False
    """Whether it belongs to another record already."""
    score: int = 100
    """How alike the two are, 0 to 100."""
    parted: bool = False
    """Whether it had a partner once and was parted from it, so that it is left alone until a person says otherwise."""
    absorbed: bool = False
    """Whether the key is that of a record which became part of it: a person merged the two, and it may mean anything for the newcomer."""
    contradicted: bool = False
    """Whether something speaks against it though the keys are equal, for example two tax numbers."""


def index_rules(sync: Sync, references: frozenset[str]) -> tuple[MatchRule, ...]:
    """The sync's rules without their references to other records, whose ids differ from side to side.

    A record is found by what is left; whether it also belongs to the same record is compared afterwards, through the links.
    """
    return tuple(
        replace(
            rule,
            parts=tuple(part for part in rule.parts if not references.intersection(part.crm + part.ledger)),
        )
        for rule in sync.match
    )


CREATION_KEY = "creation key"
"""Goes before every rule: one of the two records was made by us from the other one, whatever became of both since."""


class Verdict(StrEnum):
    """What matching found."""

    SAME = "same"
    NEW = "new"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Match:
    """The result for one record. `twins` are the candidates to link with (one) or to show to a person."""

    verdict: Verdict
    rule: str = ""
    twins: tuple[str, ...] = ()
    why: str = ""
    twin: Observation | None = None
    """For SAME: what the record across holds."""


def match(sync: Sync, candidates: Sequence[Candidate]) -> Match:
    """Try the sync's rules in order; the first rule that finds anything decides. Where it finds too much, later rules may tell it apart."""
    made = [candidate for candidate in candidates if candidate.rule == CREATION_KEY]
    if made:
        return _judge(CREATION_KEY, made)
    for place, rule in enumerate(sync.match):
        found = _by(rule, candidates)
        if found:
            first = _judge(rule.name, found)
            if first.verdict is Verdict.SAME:
                return first
            among = {each.observation.ref.id for each in found if not each.contradicted}
            for later in sync.match[place + 1 :]:
                both = [each for each in _by(later, candidates) if each.observation.ref.id in among]
                if both and (second := _judge(f"{rule.name} and {later.name}", both)).verdict is Verdict.SAME:
                    return second
            return first
    similar = [
        candidate
        for candidate in candidates
        for rule in sync.match
        if rule.similar and rule.name == candidate.rule and candidate.score >= rule.threshold
        if not candidate.linked and candidate.observation.live
    ]
    if similar:
        equal = next(rule for rule in sync.match if rule.name == similar[0].rule).threshold == EQUAL
        same = f"same {similar[0].rule}, but that proves nothing"
        why = same if equal else "alike, but nothing proves it"
        return Match(Verdict.ASK, similar[0].rule, _ids(similar), why)
    return Match(Verdict.NEW)


def _by(rule: MatchRule, candidates: Sequence[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if candidate.exact and candidate.rule == rule.name]


def _judge(rule: str, found: list[Candidate]) -> Match:
    found = [each for each in found if not each.absorbed] or found
    free = [candidate for candidate in found if not candidate.linked and candidate.observation.live]
    unclear = found[0].rivals or found[0].contradicted or found[0].absorbed or found[0].parted
    if len(free) == 1 and len(found) == 1 and not unclear:
        return Match(Verdict.SAME, rule, _ids(free), f"same {rule}", free[0].observation)
    if len(found) > 1:
        why = f"{len(found)} records across have the same {rule}"
    elif found[0].rivals:
        why = f"{found[0].rivals + 1} records here have the same {rule}"
    elif found[0].contradicted:
        why = f"the record across with the same {rule} differs in what should tell them apart"
    elif found[0].observation.standing is Standing.ARCHIVED:
        why = f"an archived record across has the same {rule}"
    elif found[0].observation.standing is Standing.MISSING:
        why = f"the record across with the same {rule} is no longer found"
    elif found[0].parted and not found[0].linked:
        why = f"the record across with the same {rule} was parted from its partner"
    elif found[0].absorbed:
        why = f"a record across with the same {rule} was merged into another one"
    else:
        why = f"the record across with the same {rule} belongs to another record"
    return Match(Verdict.ASK, rule, _ids(found), why)


def _ids(candidates: list[Candidate]) -> tuple[str, ...]:
    return tuple(sorted({candidate.observation.ref.id for candidate in candidates}))
