"""Up to a hundred records at a time, and the rules of 207 (HubSpot facts 3.4, 3.5; A9)."""

from collections.abc import Callable, Mapping
from typing import Any

from crossfoot_sandbox.hubspot.acts import records
from crossfoot_sandbox.hubspot.acts.drafting import draft
from crossfoot_sandbox.hubspot.api import showing
from crossfoot_sandbox.hubspot.api.call import Call
from crossfoot_sandbox.hubspot.api.objects import (
    add_extras,
    association_wishes,
    by_key,
    link_as_wished,
    meet_lock,
)
from crossfoot_sandbox.hubspot.behaviours.behaviour import Leaving
from crossfoot_sandbox.hubspot.behaviours.table import behaviour_of
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.books.kinds import ObjectKind
from crossfoot_sandbox.hubspot.errors import Problem, invalid, not_there
from crossfoot_sandbox.hubspot.sent import listed
from crossfoot_sandbox.hubspot.times import iso
from crossfoot_sandbox.wire import Response

MOST_INPUTS = 100
Input = Mapping[str, Any]
Write = Callable[[], dict[str, Any]]


def read(call: Call) -> Response:
    """Records by id or unique property. What is missing makes it a 207; a merged id answers with the survivor."""
    kind = call.kind()
    call.may_read(kind)
    fields = call.fields()
    inputs = _inputs(call)
    asked = [str(name) for name in listed(fields.get("properties"), "properties")]
    history = [str(name) for name in listed(fields.get("propertiesWithHistory"), "propertiesWithHistory")]
    archived = call.flag("archived")
    found: dict[str, HubRecord] = {}
    missing: list[str] = []
    for entry in inputs:
        record = by_key(call.account, kind, str(entry.get("id", "")), _text(fields, "idProperty"))
        if record is None or (record.archived is not None) != archived:
            missing.append(str(entry.get("id", "")))
        else:
            found[record.id] = record
    results = []
    for record in found.values():
        shown = showing.record(call.account, kind, record, asked)
        if history:
            shown["propertiesWithHistory"] = showing.history(record, history)
        results.append(shown)
    return answer(call, 200, results, [not_there(kind.upper, missing).entry()] if missing else [])


def create(call: Call) -> Response:
    """New records: partly done only if every input has a trace id of its own, otherwise all or nothing."""
    kind = call.kind()
    call.may_write(kind)
    claimed: dict[tuple[str, str], str] = {}
    steps = [(entry, _create_step(call, kind, entry, claimed)) for entry in _inputs(call)]
    return _perform(call, 201, steps, [])


def update(call: Call) -> Response:
    """Changes. Missing ids make it a 207; merged-away ids are left out without a word (switchable)."""
    kind = call.kind()
    call.may_write(kind)
    claimed: dict[tuple[str, str], str] = {}
    steps: list[tuple[Input, Callable[[], Write]]] = []
    missing: list[str] = []
    seen: set[str] = set()
    for entry in _inputs(call):
        key = str(entry.get("id", ""))
        record = by_key(call.account, kind, key, _id_property(call, kind, entry))
        if record is None or not record.alive:
            missing.append(key)
            continue
        if record.id != key and not entry.get("idProperty") and _leaves_out_merged(call):
            continue
        _no_twice(seen, record.id)
        steps.append((entry, _edit_step(call, kind, entry, record, claimed)))
    return _perform(call, 200, steps, [not_there(kind.upper, missing).entry()] if missing else [])


def upsert(call: Call) -> Response:
    """Changes or new records, told apart by a unique property; results say which (`new`)."""
    kind = call.kind()
    call.may_write(kind)
    claimed: dict[tuple[str, str], str] = {}
    steps: list[tuple[Input, Callable[[], Write]]] = []
    missing: list[str] = []
    seen: set[str] = set()
    for entry in _inputs(call):
        key, name = str(entry.get("id", "")), _id_property(call, kind, entry)
        _no_twice(seen, key.lower())
        record = by_key(call.account, kind, key, name)
        if record is not None and record.alive:
            steps.append((entry, _edit_step(call, kind, entry, record, claimed, new=False)))
        elif name:
            given = entry.get("properties")
            sent = {name: key, **given} if isinstance(given, Mapping) else given
            steps.append((entry, _create_step(call, kind, {**entry, "properties": sent}, claimed, new=True)))
        else:
            missing.append(key)
    return _perform(call, 200, steps, [not_there(kind.upper, missing).entry()] if missing else [])


def archive(call: Call) -> Response:
    """Into the recycle bin; unknown and archived ids are passed over. One that must stay keeps them all."""
    kind = call.kind()
    call.may_write(kind)
    book = call.account.book(kind.plural)
    found = [book.survivor(str(entry.get("id", ""))) for entry in _inputs(call)]
    doomed = [record for record in found if record is not None and record.archived is None]
    for record in doomed:
        behaviour_of(kind).removable(Leaving(call.account, kind, record, call.actor))
    for record in doomed:
        records.archive(call.account, kind, record, call.actor)
    return Response(204)


def answer(call: Call, status: int, results: list[dict[str, Any]], errors: list[dict[str, Any]]) -> Response:
    """The batch body; 207 when there are errors. `numErrors` counts entries, not ids."""
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": showing.shuffled(call.account, results, call.now),
        "startedAt": iso(call.now),
        "completedAt": iso(call.now),
    }
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return Response.json(207 if errors else status, body)


def inputs_of(call: Call, most: int) -> list[Input]:
    """The `inputs` of a batch body; 400 when there are none, or too many."""
    inputs = call.fields().get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(entry, Mapping) for entry in inputs):
        raise invalid("Invalid input JSON: Some required fields were not set: [inputs]")
    if not inputs:
        raise invalid("No inputs were given")
    if len(inputs) > most:
        raise invalid(f"Batch size {len(inputs)} is over the limit of {most} inputs")
    return inputs


def _inputs(call: Call) -> list[Input]:
    return inputs_of(call, MOST_INPUTS)


def _text(fields: Input, name: str) -> str | None:
    return None if fields.get(name) is None else str(fields[name])


def _id_property(call: Call, kind: ObjectKind, entry: Input) -> str | None:
    name = _text(entry, "idProperty")
    if name == "hs_object_id":  # the id itself goes without a name
        where = f"{kind.type_id} property {name} in portal ID {call.account.id}"
        raise invalid(f"Unable to perform update/upsert by non-unique {where}")
    return name


def _no_twice(seen: set[str], key: str) -> None:
    if key in seen:
        raise invalid(
            f"Duplicate IDs found in batch input: [{key}]. IDs must be unique", context={"ids": [key]}
        )
    seen.add(key)


def _leaves_out_merged(call: Call) -> bool:
    return call.account.around.switches.merged_in_batch_update == "omitted"


def _create_step(
    call: Call,
    kind: ObjectKind,
    entry: Input,
    claimed: dict[tuple[str, str], str],
    *,
    new: bool | None = None,
) -> Callable[[], Write]:
    def check() -> Write:
        wishes = association_wishes(call, kind, entry.get("associations"))
        wished = {ends[1] for ends, _, _ in wishes}
        sent = entry.get("properties")
        made = draft(call.account, kind, sent, version=call.version, claimed=claimed, wished=wished)

        def write() -> dict[str, Any]:
            record = records.create(call.account, kind, made, call.actor)
            link_as_wished(call, record, wishes)
            shown = showing.written(call.account, kind, record, list(entry["properties"]))
            return add_extras(_told_new(shown, new), entry, made.warnings)

        return write

    return check


def _edit_step(
    call: Call,
    kind: ObjectKind,
    entry: Input,
    record: HubRecord,
    claimed: dict[tuple[str, str], str],
    *,
    new: bool | None = None,
) -> Callable[[], Write]:
    def check() -> Write:
        made = draft(
            call.account,
            kind,
            entry.get("properties"),
            version=call.version,
            record_id=record.id,
            claimed=claimed,
        )
        meet_lock(call, kind, record)

        def write() -> dict[str, Any]:
            records.edit(call.account, kind, record, made, call.actor)
            shown = showing.written(call.account, kind, record, list(entry["properties"]))
            return add_extras(_told_new(shown, new), entry, made.warnings)

        return write

    return check


def _told_new(shown: dict[str, Any], new: bool | None) -> dict[str, Any]:
    return shown if new is None else {**shown, "new": new}


def _perform(
    call: Call, status: int, steps: list[tuple[Input, Callable[[], Write]]], errors: list[dict[str, Any]]
) -> Response:
    """Check every input, then write; with trace ids throughout, the faulty ones are reported and the others written."""
    traces = [entry.get("objectWriteTraceId") for entry, _ in steps]
    traced = bool(traces) and None not in traces and len(set(map(str, traces))) == len(traces)
    writes: list[Write] = []
    for trace, (_, check) in zip(traces, steps, strict=True):
        try:
            writes.append(check())
        except Problem as problem:
            if not traced:
                raise
            errors.append(problem.entry(str(trace)))
    return answer(call, status, [write() for write in writes], errors)
