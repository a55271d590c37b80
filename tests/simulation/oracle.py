"""The invariants, each a function that returns evidence or None. They read the sandbox's own books and what was on the wire; links, base and
history come through the store, as a person would see them. The words are those of the promises.

Everything that is true "always" is checked here at the end from the books' own versions, which forget nothing.
"""

from collections.abc import Callable, Iterable, Mapping

from tests.simulation import about_conduct, about_money, about_people, about_records
from tests.simulation.evidence import View
from tests.simulation.words import Violation


def _any_of(*invariants: Callable[[View], str | None]) -> Callable[[View], str | None]:
    """One promise that has several ways of being broken."""

    def broken(view: View) -> str | None:
        return next((evidence for one in invariants if (evidence := one(view))), None)

    return broken


INVARIANTS: Mapping[str, Callable[[View], str | None]] = {
    "ONCE": _any_of(about_records.once, about_money.once),
    "SPARE": about_records.spare,
    "DEAD": _any_of(about_records.dead, about_money.reopened),
    "ORDER": about_money.order,
    "READY": about_money.ready,
    "GAP": about_conduct.gap,
    "STOP": about_conduct.stop,
    "POLITE": about_conduct.polite,
    "ONE2ONE": about_records.one2one,
    "SAME": about_people.same,
    "BASE": about_records.base,
    "DRY": about_conduct.dry,
    "DURABLE": about_conduct.durable,
    "HEARD": about_conduct.heard,
    "AGREE": _any_of(about_records.agree, about_money.agree),
    "CENT": about_money.cent,
    "KEEP": _any_of(about_records.keep, about_people.overwritten, about_people.contested),
    "FAIR": about_conduct.fair,
    "CALM": about_conduct.calm,
    "AGAIN": about_conduct.again,
}
"""In the order in which they are reported: a cause before its consequences."""

ALWAYS = ("ONCE", "SPARE", "DEAD", "ORDER", "READY", "GAP", "STOP", "POLITE", "BASE", "DRY")
"""Those that hold at every moment, whether or not the world came to rest."""


def judge(view: View, names: Iterable[str] = INVARIANTS) -> list[Violation]:
    """Every invariant that is broken."""
    return [Violation(name, evidence) for name in names if (evidence := INVARIANTS[name](view))]
