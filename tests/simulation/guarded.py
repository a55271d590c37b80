"""For each safeguard the shortest story in which it matters: told with it, every promise is kept; told without it, one is broken.

No run of these stories is a complete look before everybody is quiet (seed 3), so that a complete look does not mend what a sweep passed over.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.simulation.faults import CRASH_AFTER, CRASH_BEFORE, LATE, SLOW, UNSEEN
from tests.simulation.money_guarded import MONEY_GUARDED
from tests.simulation.people import value, whole
from tests.simulation.scenario import Act, Config, Scenario, load
from tests.simulation.stories import BOTH, PLAIN

from crossfoot_sandbox.faults import Kind

PEOPLE = replace(PLAIN, only="people")
COMPANIES = replace(BOTH, only="companies")
PRODUCTS = replace(PLAIN, only="products")

REPLY_LOST, REQUEST_LOST = Kind.REPLY_LOST.value, Kind.REQUEST_LOST.value
THROTTLED, GARBLED, ERROR_AFTER = Kind.THROTTLED.value, Kind.GARBLED.value, Kind.ERROR_AFTER.value

ADLER, BAKER, FIRM, GOODS = whole("person", 1), whole("person", 4), whole("company", 2), whole("product", 3)


def _create(at: float, side: str, record: str, values: Mapping[str, str]) -> Act:
    return Act(at, side, "create", record, values)


def _both(record: str, values: Mapping[str, str]) -> tuple[Act, Act]:
    """Known on both sides from the beginning."""
    return _create(0, "crm", record, values), _create(0, "ledger", record, values)


def _edit(at: float, side: str, record: str, during: str = "", **numbers: int) -> Act:
    """Fields by their words, each with the number of its new value."""
    kind = record.split(" ", 1)[0]
    typed: dict[str, str] = {}
    for word, number in numbers.items():
        typed |= value(kind, word, number)
    return Act(at, side, "edit", record, typed, during=during)


def _told(
    sentence: str, *acts: Act, config: Config = PEOPLE, faults: Mapping[str, str] | None = None
) -> Scenario:
    return Scenario(3, config, acts, sentence=sentence, faults=faults or {})


def _kept(name: str) -> Scenario:
    """A failure that was found once: its story is the shortest."""
    return load(Path(__file__).parent / "seeds" / f"{name}.toml")


def _whoever(call: str, run: int, fault: str) -> dict[str, str]:
    """A mishap of the worker that makes a call, whichever of the two that is."""
    return {f"{call}, worker {number}.1 run {run} #1": fault for number in (1, 2)}


_PERSON = _both("person 1", ADLER)
_MADE_UNHEARD = (_create(10, "crm", "product 1", GOODS), _edit(60, "crm", "product 1", code=7, name=7))
"""An item has no place for our key; by the time of the next run its origin bears another code and name, so that no match rule finds it either."""


_SIX = (
    *(act for number in range(6) for act in _both(f"person {number}", whole("person", 10 + number))),
    *(_edit(60, "ledger", f"person {number}", city=50 + number) for number in range(6)),
)
"""More than may change in one run without a person's word."""


def _unheard(sentence: str, fault: str) -> Scenario:
    return _told(
        sentence,
        *_MADE_UNHEARD,
        config=PRODUCTS,
        faults={"ledger create items, worker 1.1 run 2 #1": fault},
    )


GUARDED: Mapping[str, Scenario] = {
    **MONEY_GUARDED,
    # ── nothing is made twice ──
    "own key on create": _told(
        "Xero's answer to a new contact is lost, and Ben corrects its name and e-mail before Crossfoot looks: only the key tells whose copy it is.",
        _create(10, "crm", "person 1", ADLER),
        _edit(60, "ledger", "person 1", first=7, email=7),
        faults={"ledger create contacts, worker 1.1 run 2 #1": REPLY_LOST},
    ),
    "intent before the call": _unheard(
        "Crossfoot dies after it had asked for a new item; Ada changes the product meanwhile.", CRASH_AFTER
    ),
    "unknown is not refused": _unheard(
        "The answer to a new item is lost; Ada changes the product meanwhile.", REPLY_LOST
    ),
    "look before repeat": _unheard(
        "The answer to a new item is lost; Ada changes the product before Crossfoot finds out what became of it.",
        REPLY_LOST,
    ),
    "no answer is unknown": _unheard("Xero makes the item, and the connection breaks.", REPLY_LOST),
    "a server's error is unknown": _unheard("Xero makes the item, and answers with a 500.", ERROR_AFTER),
    "an unreadable answer is unknown": _unheard(
        "Xero makes the item, and half of its answer arrives.", GARBLED
    ),
    "HubSpot's lost answer is unknown": _told(
        "HubSpot's answer to a write that overrules Ada's edit is lost; it had happened, so history must name her edit.",
        *_PERSON,
        _edit(60, "crm", "person 1", city=13),
        _edit(62, "ledger", "person 1", city=14),
        faults={"crm update contacts, worker 1.1 run 3 #1": REPLY_LOST},
    ),
    "lease": _told(
        "Xero takes a minute to answer one worker; another one begins meanwhile.",
        _create(10, "crm", "person 1", ADLER),
        config=replace(PEOPLE, workers=2),
        faults=_whoever("ledger create contacts", 2, LATE),
    ),
    "fence": _told(
        "A worker waits minutes for Xero's answer. Another takes over and finishes its work; when the answer comes, it is no longer the first one's to store.",
        _create(10, "crm", "person 1", ADLER),
        config=replace(PEOPLE, workers=2, until=280.0),
        faults=_whoever("ledger create contacts", 2, SLOW),
    ),
    "creation never edits": _told(
        "Ben types a contact of the same name into Xero just while Crossfoot asks for a new one: his is not to be written over.",
        _create(10, "crm", "person 1", ADLER),
        replace(
            _create(40, "ledger", "person 2", {**BAKER, "first": "Ben", "last": "Adler"}),
            during="ledger create contacts, worker 1.1 run 2 #1",
        ),
        _edit(60, "ledger", "person 2", first=4),
    ),
    "a stranger in the way is asked about": _told(
        "Ben types a contact of the same name into Xero just while Crossfoot asks for a new one: somebody else's is not to be taken for ours.",
        _create(10, "crm", "person 1", ADLER),
        replace(
            _create(40, "ledger", "person 2", {**BAKER, "first": "Ben", "last": "Adler"}),
            during="ledger create contacts, worker 1.1 run 2 #1",
        ),
        _edit(60, "ledger", "person 2", first=4),
    ),
    # ── who is the same as whom ──
    "plausible twins are asked about": _told(
        "Two contacts in Xero bear the e-mail of one in HubSpot. Nothing is made before a person has said which is the same, or Ben has corrected one.",
        _create(0, "crm", "person 1", {**ADLER, "first": "Benjamin"}),
        _create(0, "ledger", "person 1", ADLER),
        _create(0, "ledger", "person 2", {**BAKER, "email": ADLER["email"]}),
        _edit(60, "ledger", "person 2", email=30),
    ),
    "rivals are asked about": _told(
        "Two products in HubSpot bear the code of one item in Xero; the first of them is not simply the one.",
        _create(0, "crm", "product 1", {**whole("product", 1), "code": GOODS["code"]}),
        *_both("product 2", GOODS),
        _edit(60, "crm", "product 1", code=21),
        config=PRODUCTS,
    ),
    "a partner is not given away": _told(
        "A new product in HubSpot bears the code of an item in Xero that has a partner already.",
        *_both("product 1", GOODS),
        _create(60, "crm", "product 2", {**whole("product", 2), "code": GOODS["code"]}),
        _edit(100, "crm", "product 2", code=21),
        config=PRODUCTS,
    ),
    "kept apart": _told(
        "Two contacts have nearly the same name. A person says that they are not the same, and is not asked again.",
        _create(0, "crm", "person 1", ADLER),
        _create(0, "ledger", "person 2", {**BAKER, "first": "Ben", "last": "Adlers", "email": ""}),
    ),
    "one link from two ends": _told(
        "The same contact on both sides is found from both ends; the preview shows one link.",
        *_PERSON,
        config=replace(PEOPLE, preview=True),
    ),
    "unique holder": _told(
        "A product was typed into HubSpot twice. The preview says that Xero can hold its code only once, and does not try.",
        _create(0, "crm", "product 1", GOODS),
        _create(0, "crm", "product 1", GOODS),
        config=replace(PRODUCTS, preview=True),
    ),
    "a copy is known by its key": _kept("once-a-backup-forgot-a-link"),
    "a copy's origin is read": _kept("dead-a-backup-forgot-whom-a-copy-was-made-from"),
    "one record is not claimed twice": _told(
        "A backup that knows nothing of a copy in HubSpot is put back. The copy bears another e-mail by now, and the first one is somebody else's.",
        _create(10, "ledger", "person 1", ADLER),
        Act(20, "", "back up"),
        _edit(80, "crm", "person 1", email=12),
        _create(81, "crm", "person 2", {**BAKER, "email": ADLER["email"]}),
        Act(90, "", "put back"),
    ),
    "our own write makes nothing newer": _kept("keep-our-own-write-broke-a-tie"),
    "parted from its own copy": _kept("durable-a-backup-forgot-a-copy-that-was-merged"),
    # ── what is gone, and what only seems so ──
    "404 is not a deletion": _told(
        "HubSpot does not find a contact for a moment; its partner in Xero stays.",
        *_PERSON,
        _edit(60, "ledger", "person 1", phone=11),
        config=replace(PEOPLE, deletion="archive"),
        faults={"crm read contacts, worker 1.1 run 3 #1": UNSEEN},
    ),
    "merges followed": _told(
        "Ada merges two contacts in HubSpot; nobody has archived anything.",
        *_PERSON,
        _create(30, "crm", "person 2", BAKER),
        Act(60, "crm", "merge", "person 1", other="person 2"),
        config=replace(PEOPLE, deletion="archive"),
    ),
    "a survivor's partner stays its own": _told(
        "Ada merges two companies in HubSpot that both have a partner in Xero; the survivor has one partner.",
        *_both("company 1", whole("company", 1)),
        *_both("company 2", FIRM),
        Act(30, "crm", "merge", "company 1", other="company 2"),
        config=COMPANIES,
    ),
    "ended links remembered": _told(
        "A person has himself erased in Xero. Ada goes on editing his contact in HubSpot, and he does not come back.",
        *_PERSON,
        Act(30, "ledger", "erase", "person 1"),
        _edit(60, "crm", "person 1", city=9),
    ),
    "not found settles nothing": _told(
        "HubSpot's answer to a write that overrules Ada's edit is lost, and the look at the contact does not find it: what became of the write stays open, so that her edit is told when it is known.",
        *_PERSON,
        _edit(60, "crm", "person 1", city=13),
        _edit(62, "ledger", "person 1", city=14),
        faults={
            "crm update contacts, worker 1.1 run 3 #1": REPLY_LOST,
            "crm read contacts, worker 1.1 run 4 #1": UNSEEN,
        },
    ),
    "nothing is decided while an outcome is unknown": _told(
        "Xero's answer to Ada's town is lost, and the look at the contact does not find it. Ada types another town, which must not lose to her own first one.",
        *_PERSON,
        _edit(60, "crm", "person 1", city=13),
        _edit(80, "crm", "person 1", city=15),
        config=replace(PEOPLE, rule="ledger"),
        faults={
            "ledger update contacts, worker 1.1 run 3 #1": REPLY_LOST,
            "ledger read contacts, worker 1.1 run 4 #1": UNSEEN,
        },
    ),
    # ── no edit is lost ──
    "base on acknowledgement": _told(
        "A request to Xero is lost. What was to be written is not what both sides agreed on.",
        *_PERSON,
        _edit(60, "crm", "person 1", phone=11),
        faults={"ledger update contacts, worker 1.1 run 3 #1": REQUEST_LOST},
    ),
    "agreement first": _told(
        "Both type the same new town, which is no conflict. When Ada corrects it later, hers is the only change, whatever the rule says.",
        _create(0, "crm", "person 1", ADLER),
        _edit(20, "crm", "person 1", city=7),
        _edit(21, "ledger", "person 1", city=7),
        _edit(60, "crm", "person 1", city=8),
        config=replace(PEOPLE, rule="ledger"),
    ),
    "clear the signal last": _told(
        "Crossfoot dies between noting a new contact and deciding about it.",
        _create(10, "crm", "person 1", ADLER),
        faults={"commit _keep, worker 1.1 run 2 #1": CRASH_BEFORE},
    ),
    "clear only if no newer signal": _told(
        "Ben writes an e-mail in capitals, and goes on editing just while Crossfoot writes to the same contact; the answer shows it.",
        *_PERSON,
        _edit(60, "crm", "person 1", phone=11),
        Act(61, "ledger", "edit", "person 1", {"email": ADLER["email"].upper()}),
        _edit(75, "ledger", "person 1", "ledger update contacts, worker 1.1 run 3 #1", city=9),
    ),
    "an edit in the answer is looked at": _told(
        "Ben goes on editing just while Crossfoot writes to the same contact; the answer shows it.",
        *_PERSON,
        _edit(60, "crm", "person 1", phone=11),
        _edit(75, "ledger", "person 1", "ledger update contacts, worker 1.1 run 3 #1", city=9),
    ),
    "send only changed fields": _told(
        "Ben edits a telephone number; nothing else of the contact is written in HubSpot.",
        *_PERSON,
        _edit(60, "ledger", "person 1", phone=11),
    ),
    "a lost edit is told": _told(
        "Both edit the town, the newer one wins, and history names the one that lost.",
        *_PERSON,
        _edit(60, "crm", "person 1", city=13),
        _edit(62, "ledger", "person 1", city=14),
    ),
    "remembered is what is sent": _told(
        "Crossfoot has planned to write Ben's town and has to wait for HubSpot; meanwhile Ada types another, which loses by the rule. The answer to the write is lost, and history names her edit all the same.",
        *_PERSON,
        _edit(60, "ledger", "person 1", city=13),
        _edit(80, "crm", "person 1", city=14),
        config=replace(PEOPLE, rule="ledger"),
        faults={
            "crm read contacts, worker 1.1 run 3 #1": THROTTLED,
            "crm update contacts, worker 1.1 run 3 #1": REPLY_LOST,
        },
    ),
    "decided again before it is sent": _told(
        "Crossfoot has planned to write Ben's telephone number and has to wait for HubSpot; meanwhile Ada types a newer one.",
        *_PERSON,
        _edit(60, "ledger", "person 1", phone=11),
        _edit(80, "crm", "person 1", phone=12),
        faults={"crm read contacts, worker 1.1 run 3 #1": THROTTLED},
    ),
    "moves are counted": _told(
        "The last look before Ben's telephone number is written shows that Ada has typed a newer one.",
        *_PERSON,
        _edit(60, "ledger", "person 1", phone=11),
        _edit(80, "crm", "person 1", phone=12),
        faults={"crm read contacts, worker 1.1 run 3 #1": THROTTLED},
    ),
    "overlap of listings": _told(
        "Ada types a contact just before the listing; HubSpot's search knows of it a few seconds later.",
        _create(66, "crm", "person 1", ADLER),
        config=replace(PEOPLE, lag=30.0),
    ),
    "cursor and records in one transaction": _told(
        "Crossfoot dies while it stores what a listing has shown.",
        _create(6, "crm", "person 1", ADLER),
        faults={"commit _sweep_kind, worker 1.1 run 2 #3": CRASH_AFTER},
    ),
    "each field's own equality": _told(
        "Ben writes an e-mail in capitals; nothing has changed.",
        _create(0, "crm", "person 1", ADLER),
        _create(0, "ledger", "person 1", {**ADLER, "email": ADLER["email"].upper()}),
        config=replace(PEOPLE, rule="ledger"),
    ),
    # ── looks ──
    "fresh look before an update": _told(
        "Ben edits a telephone number; the contact in HubSpot is looked at before it is written to.",
        *_PERSON,
        _edit(60, "ledger", "person 1", phone=11),
    ),
    "written at once or not at all": _told(
        "Xero takes no more calls for a moment. After the pause the look is too old to write on.",
        *_PERSON,
        _edit(60, "crm", "person 1", city=9),
        faults={"ledger update contacts, worker 1.1 run 3 #1": THROTTLED},
    ),
    "a listing is behind what is known": _told(
        "HubSpot's search still shows the number that Crossfoot has just replaced by Ben's.",
        *_PERSON,
        _edit(40, "crm", "person 1", city=10),
        _edit(60, "ledger", "person 1", phone=11),
        config=replace(PEOPLE, lag=30.0),
    ),
    "an index is as old as its lag": _told(
        "HubSpot's search does not show yet what Ada has typed; it is no look to write on.",
        *_PERSON,
        _edit(60, "crm", "person 1", city=10),
        _edit(70, "ledger", "person 1", phone=11),
        _edit(100, "crm", "person 1", phone=12),
        config=replace(PEOPLE, lag=30.0, until=180.0),
    ),
    "a listing is as old as its question": _told(
        "Xero takes a minute to answer a listing, and Ben edits meanwhile.",
        *_PERSON,
        _edit(60, "crm", "person 1", phone=11),
        _edit(90, "ledger", "person 1", phone=12),
        config=replace(PEOPLE, until=200.0),
        faults={"ledger list contacts, worker 1.1 run 3 #1": LATE},
    ),
    "a late answer is no look": _told(
        "HubSpot takes a minute to answer the look at a contact, and Ada edits meanwhile.",
        *_PERSON,
        _edit(60, "ledger", "person 1", phone=11),
        _edit(90, "crm", "person 1", phone=12),
        config=replace(PEOPLE, until=200.0),
        faults={"crm read contacts, worker 1.1 run 3 #1": LATE},
    ),
    "a slow system is written to": _told(
        "Both systems take two seconds to answer; an edit travels all the same.",
        *_PERSON,
        _edit(60, "crm", "person 1", phone=11),
        config=replace(PEOPLE, answers=2.0),
    ),
    # ── brakes and limits ──
    "halt on mass change": _told("Ben edits all six contacts within a second.", *_SIX),
    "what changes a value is a change": _told("Ben edits all six contacts within a second.", *_SIX),
    "too many is too many for all": _told(
        "Xero takes no more calls for a moment; nobody calls before the time that it names.",
        *_PERSON,
        _edit(60, "crm", "person 1", city=9),
        faults={"ledger update contacts, worker 1.1 run 3 #1": THROTTLED},
    ),
    "calls are counted before they are made": _told(
        "A person, a company and a product are new in Xero, and HubSpot is listed before and after they are made there: six searches, of "
        "which five fit into a second.",
        _create(10, "ledger", "person 1", ADLER),
        _create(10, "ledger", "company 2", FIRM),
        _create(10, "ledger", "product 3", GOODS),
        config=BOTH,
    ),
}
