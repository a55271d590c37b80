"""The invariants about conduct: how Crossfoot calls, looks, writes, stops and comes to rest."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.simulation.about_money import its_own_fault
from tests.simulation.books import CRM_NAMES, DOCUMENTS, FIELDS, Edit, Entry, plain
from tests.simulation.evidence import View
from tests.simulation.wire import Exchange

FRESH = timedelta(seconds=1.3)
"""A look is at most a second old when the write that rests on it is sent; the rest is the way there."""
STEPS = timedelta(seconds=1.2)
"""So long it takes at most to write a document step by step."""
FLAPS = 2
"""Writes by us per field: at most so many per edit by a person."""


def gap(view: View) -> str | None:
    """Every write to an existing record that could overwrite an edit follows a look at it that is at most a second old, and sends only what differs.

    The look may be another process's: what it saw is in the common memory, with its moment.
    """
    looks: dict[tuple[str, str, str], datetime] = {}
    first: dict[tuple[str, str, str], datetime] = {}
    told: list[tuple[str, str, str]] = []
    last = ""
    for call in view.wire:
        for record_id, values in call.targets:
            if not record_id and call.kind == "line":
                continue  # a line is made with its document, which was listed or has just been made
            if not record_id:
                if view.listed(call) is None:
                    return f"{call.label}: a record was made in a run that had not looked what is there"
                continue
            idle = _needless(view, call, record_id, values)
            if idle:
                return f"{call.label}: {idle} of record {record_id} was written though it did not change"
            if _shows_only(values):
                continue
            place = call.place(record_id)
            seen = looks.get(place)
            # A document is written in steps (properties, lines, customer, state), one right after the other: they are one write too.
            stepwise = call.kind in DOCUMENTS and call.system == "crm"
            # A batch that was refused as a whole is sent again in halves, at once: it is the same write.
            sent = first.get(place, call.at)
            slow = timedelta(seconds=6 * view.config.answers)
            if call.at - sent > (STEPS + slow if stepwise else FRESH):
                sent = call.at
            if (stepwise and not call.lost) or (400 <= call.status < 500 and call.status != 429):
                first.setdefault(place, call.at)
            if seen is not None and sent - seen > FRESH and _interrupted(view, call, place):
                view.counters["two looks in a row, each interrupted"] += 1
                continue
            if seen is None or sent - seen > FRESH + timedelta(seconds=view.config.answers):
                age = (
                    "never looked at"
                    if seen is None
                    else f"looked at {(call.at - seen).total_seconds():.1f} s before"
                )
                return f"{call.label}: record {record_id} was written and {age}"
        # What a write in steps tells is known when all its steps are done.
        told = told if call.writes and call.life == last else []
        last = call.life
        for record_id in call.shown:
            looks[call.place(record_id)] = call.at
            first.pop(call.place(record_id), None)
            if call.writes and call.system == "crm" and call.kind in DOCUMENTS:
                told.append(call.place(record_id))
        looks |= dict.fromkeys(told, call.at)
    return None


def _shows_only(values: Mapping[str, object]) -> bool:
    """Whether a write only shows what the other side says, in properties of ours that no person fills in: there is no edit to overwrite."""
    theirs = {"crossfoot_key", "crossfoot_sales_account", "crossfoot_sales_tax"}
    return bool(values) and all(name.startswith("crossfoot_") and name not in theirs for name in values)


def _interrupted(view: View, call: Exchange, place: tuple[str, str, str]) -> bool:
    """Whether a mishap came into the look on which a write rests, and into the one before it.

    Looking at a document takes several calls. A look that took too long is made again; the second one counts, or a system that is always slow
    would never be written to.
    """
    looks = [
        each
        for each in view.wire
        if each.life == call.life
        and each.run == call.run
        and each.system == call.system
        and each.at < call.at
    ]
    shown = [
        number
        for number, each in enumerate(looks)
        if not each.writes and each.place(place[2]) == place and place[2] in each.shown
    ][-2:]
    ends = [*shown[1:], len(looks)]
    before = max(shown[0] - 2, 0) if shown else 0
    spans = [
        looks[before : ends[0]],
        *(looks[start:end] for start, end in zip(shown[1:], ends[1:], strict=True)),
    ]
    return len(shown) == 2 and all(any(each.injected or each.lost for each in span) for span in spans)


def _needless(view: View, call: Exchange, record_id: str, values: Mapping[str, object]) -> str:
    """A property that was sent to the CRM with the value that it had: the answer to an edit of another field, or worse."""
    entry = view.entry(call.system, call.kind, record_id)
    if call.system != "crm" or entry is None or record_id not in call.shown:
        return ""
    changed = {word for edit in entry.edits if edit.ours and edit.at == call.at for word in edit.values}
    return next(
        (
            name
            for word, name in CRM_NAMES.get(call.kind, {}).items()
            if name in values and word not in changed and word != "company"
        ),
        "",
    )


def calm(view: View) -> str | None:
    """A full re-examination right after quiet writes nothing; nothing flaps by our hand."""
    if view.again.get("CALM"):
        return f"a full re-examination in peace wrote again: {', '.join(view.again['CALM'][:3])}"
    edits = Counter((typed.alias, typed.word) for typed in view.typed)
    for entry in view.entries:
        for word in FIELDS[entry.kind]:
            told = [edit for edit in entry.edits if word in edit.values]
            ours = sum(1 for edit in told if edit.ours)
            alias = view.alias(entry)
            if ours > FLAPS * edits[alias, word] + 2:
                return f"{alias}: Crossfoot wrote {word} in the {entry.side} {ours} times for {edits[alias, word]} edits by people"
            for first, second, third in zip(told, told[1:], told[2:], strict=False):
                if (
                    first.ours
                    and second.ours
                    and third.ours
                    and first.values[word] == third.values[word] != second.values[word]
                    and not _typed_again(view, alias, word, first, third)
                ):
                    return f"{alias}: Crossfoot wrote {word} = '{first.values[word]}', '{second.values[word]}', '{first.values[word]}' in the {entry.side}"
    return None


def _typed_again(view: View, alias: str, word: str, first: Edit, third: Edit) -> bool:
    """Whether a person typed the value anew between two of our writes of it: people bear the same first name twice."""
    return any(
        (typed.alias, typed.word) == (alias, word)
        and first.at < typed.at < third.at
        and plain(typed.kind, word, typed.value) == third.values[word]
        for typed in view.typed
    )


def again(view: View) -> str | None:
    """Repeating every signal changes nothing."""
    wrote = view.again.get("AGAIN")
    return f"repeated signals led to writes: {', '.join(wrote[:3])}" if wrote else None


def heard(view: View) -> str | None:
    """What Crossfoot remembers of a live record is what its side holds: no change was passed over."""
    for entry in view.entries:
        known = view.memory.get((entry.side, entry.kind, entry.id))
        if not entry.live:
            continue
        if known is None:
            return f"{view.alias(entry)} in the {entry.side} was never heard of"
        for word in FIELDS[entry.kind]:
            if word in known and known[word] != entry.values.get(word, ""):
                return f"{view.alias(entry)}: {word} is '{entry.values.get(word, '')}' in the {entry.side}, and Crossfoot still believes '{known[word]}'"
    return None


def durable(view: View) -> str | None:
    """Whatever died, nothing is left for a human to repair."""
    return f"in peace there is still: {', '.join(view.unsettled[:3])}" if view.unsettled else None


def stop(view: View) -> str | None:
    """Without a person's word no sweep changes or archives more than max(5, 10 %) of a kind."""
    approved = {number + 1 for number, run in enumerate(view.runs) if run.approved}
    turns: dict[tuple[str, str], set[str]] = defaultdict(set)
    listing: dict[str, bool] = {}
    kinds = {(entry.side, entry.id): entry.kind for entry in view.entries}
    linked = Counter(link.kind for link in view.links)
    for call in view.wire:
        if call.lists and not listing.get(call.life, False):
            for key in [key for key in turns if key[0].startswith(f"{call.life}|")]:
                turns[key].clear()
        listing[call.life] = call.lists
        if not call.targets or call.run in approved:
            continue
        for record_id, _ in call.targets:
            if not record_id or call.kind == "line" or _completes(view, call, record_id):
                continue
            kind = kinds.get((call.system, record_id), call.kind)
            reached = turns[f"{call.life}|{call.system}", kind]
            reached.add(record_id)
            if len(reached) > max(5, linked[kind] // 10):
                return f"{len(reached)} {kind} records were changed in the {call.system} in one sweep without a person's word ({call.label})"
    return None


def _completes(view: View, call: Exchange, record_id: str) -> bool:
    """Whether a document only gets what it never had: a new one its lines and customer, one of the CRM the number of its copy."""
    entry = view.entry(call.system, call.kind, record_id) if call.kind in DOCUMENTS else None
    if entry is None or entry.side != "crm":
        return False
    number = entry.held("number", call.at - timedelta(milliseconds=1))
    return not number or (entry.ours and call.at - entry.created_at < timedelta(minutes=1))


WINDOWS: Mapping[str, tuple[int, float]] = {"search": (5, 1.0), "crm": (110, 10.0), "ledger": (60, 60.0)}
"""Calls per seconds: HubSpot's search, HubSpot's other calls, Xero (HubSpot fact 5.2, Xero fact 2.1)."""


def polite(view: View) -> str | None:
    """Never over a vendor's limit by our own count; after a 429 no call before the time that it names."""
    until: dict[str, tuple[datetime, datetime, str]] = {}
    recent: dict[str, deque[datetime]] = defaultdict(deque)
    for call in sorted(view.wire, key=lambda each: each.sent):
        name = "search" if call.system == "crm" and call.lists else call.system
        calls, seconds = WINDOWS[name]
        window = recent[name]
        window.append(call.sent)
        while (call.sent - window[0]).total_seconds() >= seconds:
            window.popleft()
        if len(window) > calls:
            return f"{call.label} was call number {len(window)} within {seconds:g} s"
        for wait in (until.get(call.system), until.get(f"{call.system} {call.life}")):
            if wait is None or not wait[0] < call.sent < wait[1]:
                continue
            return f"{call.label} was sent {(wait[1] - call.sent).total_seconds():.1f} s too early after {wait[2]} was refused with 'too many'"
        if call.status == 429 and call.retry_after and not call.unheard:
            told = call.at + timedelta(seconds=0.2)  # when the refusal has arrived
            # Whoever dies before it is in the common memory takes it along: the others cannot know.
            common = call.stored or not view.config.shared_budget
            until[call.system if common else f"{call.system} {call.life}"] = (
                told,
                call.at + timedelta(seconds=call.retry_after - 0.2),
                call.label,
            )
    return None


def fair(view: View) -> str | None:
    """No record stands aside, refused or not ready, for a reason that is not its own."""
    for entry in view.entries:
        state, reason = view.standings.get((entry.side, entry.kind, entry.id), ("", ""))
        if not entry.live or state not in ("failed", "not_ready", "pending"):
            continue
        if not _taken(view, entry, reason):
            return f"{view.alias(entry)} in the {entry.side} stands as '{state}' in peace: {reason}"
    return None


def dry(view: View) -> str | None:
    """A preview writes nothing, and applying it does what it showed."""
    if view.dry is None:
        return None
    wrote, planned, applied = view.dry
    if wrote:
        return f"a preview made {wrote} writes"
    if planned != applied:
        return f"a preview showed {planned} operations, and applying it did {applied}"
    return None


def _taken(view: View, entry: Entry, reason: str) -> bool:
    """Whether the reason names another record that really bears what must be unique there: it is the two records' own matter."""
    if entry.kind in DOCUMENTS:
        return its_own_fault(view, entry, reason)
    bearers = [entry, *view.partners(entry, active=True)]
    return any(
        # Our own copy, erased in a time that was forgotten: nothing tells that the key is its own.
        (other.erased and other.key and other.key in reason and other.key.endswith(f":{entry.id}"))
        or (
            other.id in reason
            and other not in bearers
            and any(bearer.side != other.side and _alike(view, bearer, other) for bearer in bearers)
        )
        for other in view.entries
    )


def _alike(view: View, entry: Entry, other: Entry) -> bool:
    held = [each.values for each in view.ancestry(other)]
    if entry.kind == "person":
        name = f"{entry.values['first']} {entry.values['last']}".strip().casefold()
        return any(
            (values.get("email") and values["email"] == entry.values["email"])
            or name
            == (values.get("name") or f"{values.get('first')} {values.get('last')}").strip().casefold()
            for values in held
        )
    word = "name" if entry.kind == "company" else "code"
    own = entry.values[word].casefold()
    return any(
        own in (values.get(word, "").casefold(), f"{values.get('first')} {values.get('last')}".casefold())
        for values in held
    )
