"""The safeguards that the simulation reaches: each has a story in `guarded.py` that is told in both forms."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tests.simulation.faults import SLOW, UNSEEN
from tests.simulation.guard import Guard
from tests.simulation.removals import edited, replaced, together

from crossfoot.model import fields
from crossfoot.model.identity import creation_key
from crossfoot.runtime import (
    budget,
    confirming,
    lease,
    listen,
    origins,
    planning,
    pushing,
    resolving,
    twins,
)
from crossfoot.store import leases, links, moves, operations, records, reviews, signals
from crossfoot.sync import fetch, merge, plan_pair, plan_single, preflight, push, settle, stop
from crossfoot.systems.hubspot import http as hubspot_http
from crossfoot.systems.hubspot import listing as hubspot_listing
from crossfoot.systems.xero import contact_writes
from crossfoot.systems.xero import http as xero_http
from crossfoot.systems.xero import writing as xero_writing


@contextmanager
def _keyless() -> Iterator[None]:
    """Every creation bears a key that no later one bears, and nobody looks for it."""
    made, numbers = creation_key, itertools.count(1)
    fresh = replaced(
        (plan_single, "creation_key", lambda account, origin: made(f"{account}~{next(numbers)}", origin))
    )
    blind = edited(push.lookup, ("if abilities.key_path and operation.key:", "if False:"))
    with fresh(), blind():
        yield


async def _mine(*_: Any, **__: Any) -> int:
    return 1


async def _always(*_: Any, **__: Any) -> bool:
    return True


async def _cleared_when_taken(
    tx: Any, connection: str, sync: str, after: Any, limit: int, _page: Any = signals.page
) -> Any:
    noted = await _page(tx, connection, sync, after, limit)
    await signals.clear(
        tx, connection, sync, [(each.ref.side, each.ref.id, each.generation) for each in noted]
    )
    return noted


async def _cleared_blindly(
    tx: Any, connection: str, sync: str, done: Any, _clear: Any = signals.clear
) -> None:
    newest = await signals.generation(tx)
    every = itertools.product(done, range(max(0, newest - 60), newest + 1))
    await _clear(
        tx, connection, sync, [(side, record_id, generation) for (side, record_id, _), generation in every]
    )


_EVERY_FIELD = (
    'values={**{path: seen[path] for path in ("firstname", "lastname", "email", "phone", "city", "name", "hs_sku",'
    ' "description", "price") if path in seen and operation.target_id}, **operation.values}'
)
_GONE = "gone = [side for side in Side if pair.on(side).standing is Standing.ARCHIVED]"

TOLD = (
    # ── nothing is made twice ──
    Guard(
        "own key on create",
        "a copy that nobody recognises as ours",
        _keyless,
        ("ONCE", "DURABLE"),
    ),
    Guard(
        "intent before the call",
        "a call that nobody remembers after a crash",
        edited(
            operations.intend,
            (
                'await tx.run("operations.intend", connection=connection, ids=list(ids), run=run, now=micros(now))',
                "pass",
            ),
            ('return {row["id"]: row["attempts"] for row in rows}', "return dict.fromkeys(ids, 1)"),
        ),
        ("ONCE", "BASE", "KEEP", "AGREE"),
    ),
    Guard(
        "unknown is not refused",
        "a lost answer taken for a no",
        edited(
            push.outcome,
            ("Outcome(OperationState.UNKNOWN, note=why)", "Outcome(OperationState.SUPERSEDED, note=why)"),
        ),
        ("ONCE", "KEEP", "AGREE"),
    ),
    Guard(
        "look before repeat",
        "an unknown operation that is simply done again",
        edited(push.resolved, ("if found is None:", "if True:")),
        ("ONCE", "KEEP", "DEAD", "AGREE"),
    ),
    Guard(
        "no answer is unknown",
        "a connection that broke taken for a request that never arrived",
        edited(
            xero_http.XeroClient.write,
            (
                'return Unknown("Xero did not answer; whether it acted is not known.")',
                'return Wait("Xero did not answer.", 60.0)',
            ),
        ),
        ("ONCE", "KEEP", "AGREE"),
    ),
    Guard(
        "a server's error is unknown",
        "a 500 taken for a no",
        edited(
            xero_http.XeroClient.write,
            (
                'return Unknown(f"Xero answered {response.status}; whether it acted is not known.")',
                'return Wait("Xero had an error.", 60.0)',
            ),
        ),
        ("ONCE", "KEEP", "AGREE"),
    ),
    Guard(
        "an unreadable answer is unknown",
        "half an answer taken for a no",
        edited(
            xero_writing.answered,
            (
                'return [Unknown("Xero\'s answer could not be read; whether it acted is not known.")] * len(writes)',
                'return [Wait("Xero\'s answer could not be read.", 60.0)] * len(writes)',
            ),
        ),
        ("ONCE", "KEEP", "AGREE"),
    ),
    Guard(
        "HubSpot's lost answer is unknown",
        "the same on the other side",
        edited(
            hubspot_http.HubSpotClient._again,
            (
                "raise Uncertain(f\"HubSpot's answer to '{call.what}' was lost: {why}\")",
                "raise Later(why, 60.0)",
            ),
        ),
        ("DEAD", "BASE", "KEEP", "AGREE", "ONCE"),
    ),
    Guard(
        "lease",
        "two workers at the same work",
        replaced((leases, "acquire", _mine), (leases, "renew", _always)),
        ("DURABLE", "GAP", "ONCE", "KEEP", "POLITE", "BASE"),
        config={"workers": 2},
    ),
    Guard(
        "fence",
        "a worker that slept through its lease and goes on",
        edited(
            lease.Lease.check,
            (
                "if not await leases.renew(tx, self.name, self.holder, self.fence, self.clock.now(), SECONDS):",
                "if await leases.renew(tx, self.name, self.holder, self.fence, self.clock.now(), SECONDS) is None:",
            ),
        ),
        ("DURABLE", "GAP", "ONCE", "KEEP", "HEARD"),
        config={"workers": 2},
        rates={SLOW: 0.03},
    ),
    Guard(
        "creation never edits",
        "a creation that writes over a record of the same name",
        edited(xero_writing.deliver, ('"PUT" if creates else "POST",', '"POST",')),
        ("SAME", "KEEP", "AGREE"),
    ),
    Guard(
        "a stranger in the way is asked about",
        "somebody else's record taken for our copy",
        edited(
            contact_writes._in_the_way,
            (
                "return replace(refused, twin=twins[0].contact_id) if twins else refused",
                "return Applied(twins[0].contact_id, contacts.observe(twins[0])) if twins else refused",
            ),
        ),
        ("SAME", "KEEP", "AGREE"),
    ),
    # ── who is the same as whom ──
    Guard(
        "plausible twins are asked about",
        "a second record beside one that may be the same",
        edited(plan_single.decide_single, ("if single.match.verdict is Verdict.ASK:", "if False:")),
        ("ONCE", "AGREE", "FAIR"),
    ),
    Guard(
        "rivals are asked about",
        "the first of several taken for the one",
        edited(twins._matches, ("rivals=len(rivals.get(row, frozenset()) - {each.ref.id}),", "rivals=0,")),
        ("DURABLE", "SAME"),
    ),
    Guard(
        "a partner is not given away",
        "a record in two links",
        edited(twins._matches, ("linked=record_id in taken", "linked=False")),
        ("AGREE", "SAME", "DURABLE", "ONE2ONE"),
    ),
    Guard(
        "kept apart",
        "a question that was answered, asked again",
        edited(reviews.kept_apart, ("for row in rows:", "for row in ():")),
        ("AGREE",),
    ),
    Guard(
        "one link from two ends",
        "a plan that counts a link twice",
        edited(planning._unplanned, ("if op.place not in known:", "if True:")),
        ("DURABLE", "DRY"),
        config={"preview": True},
    ),
    Guard(
        "unique holder",
        "a plan to give one unique value to two records",
        edited(preflight.unfit, ("if others:", "if False:")),
        ("DRY", "FAIR"),
        config={"preview": True},
    ),
    Guard(
        "our own write makes nothing newer",
        "a value that wins by `newest` because we wrote another field of its record",
        edited(
            records._since,
            (
                "return encode({path: at for path, at in first.items() if at not in {None, newest}})",
                'return "{}"',
            ),
        ),
        ("KEEP", "CALM"),
    ),
    Guard(
        "a copy is known by its key",
        "a copy made again when a backup has forgotten its link, and nothing else tells whose it is",
        edited(twins.singles, ("made = await kin(tx, joined, sync, side, newcomers)", "made = {}")),
        ("DURABLE", "ONCE", "DEAD", "SAME"),
    ),
    Guard(
        "a copy's origin is read",
        "an archived origin made anew from its own copy",
        edited(origins.unknown_origins, ("if not origins:", "if True:")),
        ("DEAD", "ONCE"),
    ),
    Guard(
        # Either of the two covers the other: who is awaited by its own copy is not given away, and who has a partner gets no other.
        "one record is not claimed twice",
        "a record linked with two others in one run, once by its key and once by its e-mail",
        together(
            edited(twins._matches, ("or bool(awaited.get(record_id, set()) - {each.ref.id}),", ",")),
            edited(
                pushing._free,
                (
                    "if not claimed.isdisjoint(ends) or any(link.state is not LinkState.DORMANT for link in had):",
                    "if False:",
                ),
            ),
        ),
        ("DURABLE", "SAME", "ONE2ONE"),
    ),
    Guard(
        "parted from its own copy",
        "a record copied again, though a person keeps it apart from its first copy",
        edited(twins._matches, ("parted.add(each.ref.id)", "pass")),
        ("DURABLE", "ONCE", "AGREE"),
    ),
    # ── what is gone, and what only seems so ──
    Guard(
        "404 is not a deletion",
        "a record that was not found for a moment, archived across",
        edited(
            plan_pair.decide_pair,
            (_GONE, _GONE.replace("is Standing.ARCHIVED", "in (Standing.ARCHIVED, Standing.MISSING)")),
        ),
        ("SPARE",),
        config={"deletion": "archive"},
        rates={UNSEEN: 0.06},
    ),
    Guard(
        "merges followed",
        "a merge taken for a deletion",
        edited(
            plan_pair.decide_pair,
            ("if seen.standing is Standing.MERGED and seen.survivor:", "if False:"),
            (_GONE, _GONE.replace("is Standing.ARCHIVED", "in (Standing.ARCHIVED, Standing.MERGED)")),
        ),
        ("SPARE", "ONE2ONE", "AGREE", "DEAD", "ONCE"),
    ),
    Guard(
        "a survivor's partner stays its own",
        "the survivor of a merge in two links",
        edited(plan_pair._decide_merged, ("if around.linked.get(survivor, link.id) == link.id:", "if True:")),
        ("DURABLE", "ONE2ONE"),
    ),
    Guard(
        "ended links remembered",
        "a record that was parted from its partner, made again",
        edited(links.ended_by_side_ids, ("for row in rows:", "for row in ():")),
        ("AGAIN", "DEAD", "ONCE"),
    ),
    Guard(
        "not found settles nothing",
        'an unknown operation settled by a look that found nothing, where "not found" proves nothing',
        edited(
            resolving._tells,
            (
                "return seen is not None and since is not None and given_up(seen, since, joined.clock.now())",
                "return True",
            ),
        ),
        ("KEEP", "AGREE", "ONCE", "DEAD"),
        rates={UNSEEN: 0.06},
    ),
    Guard(
        "nothing is decided while an outcome is unknown",
        "our own write taken for somebody's edit",
        edited(
            planning._certain,
            (
                "return [each for each in noted if each.ref not in held] if held else noted",
                "return noted",
            ),
        ),
        ("KEEP", "ONCE", "BASE"),
        rates={UNSEEN: 0.06},
    ),
    # ── no edit is lost ──
    Guard(
        "base on acknowledgement",
        "an intention taken for an agreement",
        edited(
            pushing._send,
            (
                "outcomes = [outcome(answer) for answer in answers]",
                (
                    "outcomes = [replace(came, state=OperationState.APPLIED, record_id=op.target_id)"
                    " if came.state is OperationState.UNKNOWN and op.target_id else came"
                    " for op, came in zip(batch, map(outcome, answers), strict=True)]"
                ),
            ),
        ),
        ("KEEP", "BASE", "HEARD", "AGREE"),
    ),
    Guard(
        "agreement first",
        "two people who typed the same, taken for a conflict",
        edited(
            merge.merge,
            (
                "if pair.same(here, there):",
                "if pair.same(here, there) and (pair.name not in base or pair.same(here, base[pair.name])):",
            ),
        ),
        ("KEEP",),
    ),
    Guard(
        "clear the signal last",
        "a change that is forgotten when we die before the work on it is done",
        replaced((signals, "page", _cleared_when_taken)),
        ("AGREE", "KEEP"),
    ),
    Guard(
        "clear only if no newer signal",
        "a change that comes during the work on an earlier one, forgotten with it",
        replaced((signals, "clear", _cleared_blindly)),
        ("AGREE", "KEEP"),
    ),
    Guard(
        "an edit in the answer is looked at",
        "an edit that the answer to our own write shows, passed over",
        edited(settle.settle, ("look_again=left)", "look_again=False)")),
        ("AGREE", "KEEP"),
    ),
    Guard(
        "send only changed fields",
        "old values of other fields written along",
        edited(push.to_write, ("values=operation.values", _EVERY_FIELD)),
        ("GAP",),
    ),
    Guard(
        "a lost edit is told",
        "an edit that loses a conflict in silence",
        edited(settle.overruled, ("for change in operation.fields:", "for change in ():")),
        ("KEEP",),
    ),
    Guard(
        "remembered is what is sent",
        "a history that names the wrong edit when the answer was lost",
        edited(operations.restate, ("for operation in confirmed", "for operation in ()")),
        ("KEEP",),
    ),
    Guard(
        "decided again before it is sent",
        "a plan carried out on records that have moved",
        edited(confirming._confirmed, ("return ready, complete", "return list(chunk), complete")),
        ("KEEP", "DRY", "BASE", "AGREE"),
    ),
    Guard(
        "moves are counted",
        "a plan carried out as it was made, although something has moved",
        edited(moves.number, ('return 0 if row is None else int(row["value"])', "return 0")),
        ("KEEP", "GAP", "DURABLE", "BASE", "AGREE"),
    ),
    Guard(
        "overlap of listings",
        "a change that the search heard of too late",
        replaced((hubspot_listing, "INDEX_LAG", timedelta(0))),
        ("HEARD",),
        config={"lag": 30.0},
    ),
    Guard(
        "cursor and records in one transaction",
        "a listing that counts as done and was not stored",
        edited(
            listen._sweep_kind,
            (
                "changed += len(await _remember_listed(tx, joined, side, page.observations, began))",
                "pass",
            ),
            (
                "listed += len(page.observations)",
                (
                    "async with joined.database.write() as tx:\n"
                    "            changed += len(await _remember_listed(tx, joined, side, page.observations, began))\n"
                    "        listed += len(page.observations)"
                ),
            ),
        ),
        ("HEARD",),
    ),
    Guard(
        "each field's own equality",
        "another spelling taken for a change",
        edited(
            fields.same,
            ("return canonical(type, a, region) == canonical(type, b, region)", "return a == b"),
        ),
        ("GAP", "CALM", "AGREE"),
    ),
    # ── looks ──
    Guard(
        "fresh look before an update",
        "a write on what was seen some time ago",
        edited(fetch.to_confirm, ("operation.act in (Act.UPDATE, Act.ARCHIVE)", "False")),
        ("GAP", "KEEP"),
    ),
    Guard(
        "written at once or not at all",
        "a write that waits out a limit on an old look",
        together(
            edited(
                xero_http.XeroClient.write,
                ("patience=0.0 if key is None else PATIENCE", "patience=PATIENCE"),
            ),
            edited(
                hubspot_http.HubSpotClient._wait,
                (
                    "if tries >= BUSY_TRIES or waited + seconds > PATIENCE or call.at_once:",
                    "if tries >= BUSY_TRIES or waited + seconds > PATIENCE:",
                ),
            ),
        ),
        ("GAP", "KEEP"),
    ),
    Guard(
        "a listing is behind what is known",
        "an old version in a lagging index taken for an edit",
        edited(records.outdated, ("return behind | contrary, contrary", "return set(), set()")),
        ("KEEP", "CALM"),
    ),
    Guard(
        "an index is as old as its lag",
        "a write on what a lagging index shows",
        edited(
            listen._remember_listed,
            (
                "seen_at = began - timedelta(seconds=joined.systems[side].capabilities.index_lag_seconds)",
                "seen_at = began",
            ),
        ),
        ("KEEP",),
        config={"lag": 30.0},
    ),
    Guard(
        "a listing is as old as its question",
        "a write on a listing that was long in coming",
        edited(
            listen._sweep_kind,
            (
                "_remember_listed(tx, joined, side, page.observations, began)",
                "_remember_listed(tx, joined, side, page.observations, joined.clock.now())",
            ),
        ),
        ("GAP", "KEEP"),
    ),
    Guard(
        "a late answer is no look",
        "a write on a look that was long in coming",
        edited(
            fetch.ages_from,
            (
                "return answered_at if slow and answered_at - asked_at <= PROMPT else asked_at",
                "return answered_at",
            ),
        ),
        ("GAP", "KEEP"),
    ),
    Guard(
        "a slow system is written to",
        "a system that takes more than a second for its answers, and is never written to",
        edited(
            fetch.ages_from,
            (
                "return answered_at if slow and answered_at - asked_at <= PROMPT else asked_at",
                "return asked_at",
            ),
        ),
        ("AGREE",),
    ),
    # ── brakes and limits ──
    Guard(
        "halt on mass change",
        "a mishap on one side carried over to the other",
        edited(stop.mass_change, ("count > bound", "False")),
        ("STOP",),
    ),
    Guard(
        "what changes a value is a change",
        "a mishap that passes for the filling of empty fields",
        edited(
            stop.completes,
            ("change.field in subject.link.base or sync.pair(change.field).says(change.before)", "False"),
        ),
        ("STOP",),
    ),
    Guard(
        "too many is too many for all",
        "a call before the time that a limit names",
        edited(
            budget._Budget.hold,
            (
                "await self._ledger.hold(key, micros(self._clock.now() + timedelta(seconds=seconds)))",
                "pass",
            ),
        ),
        ("POLITE",),
    ),
    Guard(
        "calls are counted before they are made",
        "more calls than a limit allows",
        edited(
            budget._Budget._wait,
            (
                "claim = await self._ledger.claim(key, allowance, calls, now, kept)",
                "return Claim(now, [])",
            ),
        ),
        ("POLITE",),
    ),
)
