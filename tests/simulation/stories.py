"""Short stories, told once without mishap and then once with every single mishap at every single effect."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.simulation.faults import CRASH_AFTER, CRASH_BEFORE, UNTOLD
from tests.simulation.money_stories import MONEY
from tests.simulation.people import value, whole
from tests.simulation.scenario import Act, Config, Scenario

from crossfoot_sandbox.faults import Kind

_PERSON = whole("person", 1)
_COMPANY = whole("company", 2)
_PRODUCT = whole("product", 3)
_OTHER = whole("person", 4)

MISHAPS = (CRASH_BEFORE, CRASH_AFTER, Kind.REFUSED.value, Kind.REQUEST_LOST.value, Kind.REPLY_LOST.value)

PLAIN = Config(until=125.0, interval=35.0, lag=2.0, invoice="people")
BOTH = replace(PLAIN, invoice="both")


def _story(seed: int, sentence: str, *acts: Act, config: Config = PLAIN) -> Scenario:
    return Scenario(seed, config, acts, sentence=sentence, faults={})


STORIES: Mapping[str, Scenario] = {
    **MONEY,
    "create in the CRM": _story(
        1,
        "Ada types a new contact into HubSpot; it appears in Xero, once.",
        Act(10, "crm", "create", "person 1", _PERSON),
    ),
    "create in the ledger": _story(
        2,
        "Ben types a new contact into Xero; it appears in HubSpot, once.",
        Act(10, "ledger", "create", "person 1", _PERSON),
    ),
    "edit on both sides": _story(
        3,
        "Both edit the same contact: different fields travel, the same field is a conflict and the newer change wins.",
        Act(0, "crm", "create", "person 1", _PERSON),
        Act(0, "ledger", "create", "person 1", _PERSON),
        Act(22, "crm", "edit", "person 1", value("person", "phone", 11)),
        Act(23, "ledger", "edit", "person 1", value("person", "email", 12)),
        Act(60, "crm", "edit", "person 1", value("person", "city", 13)),
        Act(62, "ledger", "edit", "person 1", value("person", "city", 14)),
    ),
    "company and product": _story(
        4,
        "A company from HubSpot and an item from Xero cross over, each once, and are edited on the far side.",
        Act(10, "crm", "create", "company 1", _COMPANY),
        Act(12, "ledger", "create", "product 1", _PRODUCT),
        Act(70, "ledger", "edit", "company 1", value("company", "phone", 21)),
        Act(71, "crm", "edit", "product 1", value("product", "price", 22)),
        config=BOTH,
    ),
    "changed code": _story(
        5,
        "A product's code is changed; the link holds, and no second item is made.",
        Act(0, "crm", "create", "product 1", _PRODUCT),
        Act(0, "ledger", "create", "product 1", _PRODUCT),
        Act(25, "crm", "edit", "product 1", value("product", "code", 31)),
        Act(65, "ledger", "edit", "product 1", value("product", "name", 32)),
    ),
    "archived": _story(
        6,
        "Ben archives a contact in Xero; the rule archives its partner in HubSpot, and neither comes back.",
        Act(0, "crm", "create", "person 1", _PERSON),
        Act(0, "ledger", "create", "person 1", _PERSON),
        Act(30, "ledger", "archive", "person 1"),
        config=replace(PLAIN, deletion="archive"),
    ),
    "merged": _story(
        7,
        "Ada merges two contacts in HubSpot; the link follows the survivor.",
        Act(0, "crm", "create", "person 1", _PERSON),
        Act(0, "ledger", "create", "person 1", _PERSON),
        Act(20, "crm", "create", "person 2", _OTHER),
        Act(24, "crm", "merge", "person 1", other="person 2"),
        Act(75, "ledger", "edit", "person 1", value("person", "city", 41)),
    ),
    "person in a company": _story(
        8,
        "Ada types a contact into HubSpot and puts it into a company; in Xero it becomes a person inside that company, once.",
        Act(0, "crm", "create", "company 1", _COMPANY),
        Act(0, "ledger", "create", "company 1", _COMPANY),
        Act(20, "crm", "create", "person 1", _PERSON),
        Act(21, "crm", "join", "person 1", other="company 1"),
        Act(60, "crm", "edit", "person 1", value("person", "email", 51)),
        config=BOTH,
    ),
}


READING = (CRASH_AFTER, Kind.REPLY_LOST.value)
"""What can go wrong with a call that changes nothing: whether it never arrived or its answer was lost makes no difference to anybody."""


def mishaps(scenario: Scenario, effects: tuple[str, ...]) -> Iterator[Scenario]:
    """The story with one mishap: each effect, each way in which it can go wrong."""
    if scenario.config.about_money:
        yield from _mishaps_of_money(scenario, effects)
        return
    for label in effects:
        commit = label.startswith("commit ")
        writes = ("create", "update")
        batch = (UNTOLD,) if label.split(" ")[1] in writes and not commit else ()
        for mishap in (CRASH_BEFORE, CRASH_AFTER) if commit else (*MISHAPS, *batch):
            yield replace(scenario, faults={label: mishap})


def _mishaps_of_money(scenario: Scenario, effects: tuple[str, ...]) -> Iterator[Scenario]:
    """The same without the ways that come to the same: these stories have many more calls that only read.

    To die before an effect is to die after the one before it.
    """
    for label in effects:
        words = label.split(" ")
        if words[0] == "commit":
            found: tuple[str, ...] = (CRASH_AFTER,)
        elif words[1] in _READS:
            found = READING
        else:
            found = MISHAPS[1:]
            found += (UNTOLD,) if words[1] in ("create", "update") else ()
        for mishap in found:
            yield replace(scenario, faults={label: mishap})


_READS = ("search", "list", "read", "see", "find", "look")
