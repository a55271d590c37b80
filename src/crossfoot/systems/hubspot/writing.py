"""Writing records in batches, so that one bad record never stops the others and nothing is made twice (HubSpot facts 3.1, 3.5).

Why a repeat here is safe: HubSpot answers a batch either as a whole with 4xx, and then certainly did nothing, or with 2xx and one
result or error for each input. Only after a 4xx are the inputs sent again, in smaller groups. A batch whose answer was lost is
`Unknown` and never sent again; a creation with a key is besides an upsert, which makes the record once however often it is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from crossfoot.model.lines import Lines
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Standing
from crossfoot.systems.hubspot import errors
from crossfoot.systems.hubspot.errors import ErrorBody
from crossfoot.systems.hubspot.http import LOCKED, Call, HubSpotClient, Later, Uncertain
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.objects import KEY_PATH, ObjectType
from crossfoot.systems.hubspot.paths import path
from crossfoot.systems.hubspot.properties import Definitions
from crossfoot.systems.hubspot.records import Batch, Reader, Record, bare, body, properties
from crossfoot.systems.port import Action, Answer, Applied, Refused, Trouble, Unknown, Wait, Write

_SAME_FOR_ALL = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})
"""Complaints about a property whatever its value: they hold for every write that sends it."""

_WAIT = 60.0


class Writing:
    """Writes of one connection."""

    def __init__(self, client: HubSpotClient, definitions: Definitions, version: str) -> None:
        self._client = client
        self._definitions = definitions
        self._version = version

    async def write(self, writes: Sequence[Write]) -> list[Answer]:
        """One answer per write, in the order given. Raises `Trouble` only while nothing has been done."""
        if not writes:
            return []
        if len({(each.kind, each.action, each.key is None) for each in writes}) > 1:
            raise ValueError(
                "A batch has writes of one kind and one action, either all with a creation key or none."
            )
        of = object_type(writes[0].kind)
        told = {each for write in writes for each in write.values}
        observer = Reader(of, infos := await self._definitions.covering(of.kind, told), infos)
        answers: dict[str, Answer] = {}
        groups = [list(writes)]
        while groups:
            group = groups.pop()
            try:
                told_now, again = await self._send(of, group, observer)
            except Trouble as trouble:
                if not answers:
                    raise
                waiting = Wait(str(trouble), trouble.retry_after or _WAIT)
                told_now, again = {each.operation: waiting for each in group}, []
            answers.update(told_now)
            groups += reversed(again)
        return [answers[each.operation] for each in writes]

    async def _send(
        self, of: ObjectType, group: list[Write], observer: Reader
    ) -> tuple[dict[str, Answer], list[list[Write]]]:
        """Send a group: the answers, and the smaller groups that are to be sent instead."""
        api, what = _api(group[0])
        call = Call(
            "POST",
            path(api, self._version, type=of.path),
            f"{what} {of.path}",
            Batch,
            {"inputs": [body(each) for each in group]},
            at_once=group[0].action is not Action.CREATE,
        )
        try:
            reply = await self._client.call(call)
        except Uncertain as uncertain:
            return dict.fromkeys((each.operation for each in group), Unknown(str(uncertain))), []
        except Later as later:
            return dict.fromkeys((each.operation for each in group), Wait(str(later), later.seconds)), []
        if reply.value is not None:
            return told(of, group, reply.value, observer), []
        if len(group) == 1:
            return {group[0].operation: refused(group[0], reply.status, reply.error)}, []
        if guilty := to_blame(group, reply.error):
            answers: dict[str, Answer] = {
                each.operation: refused(each, reply.status, reply.error) for each in guilty
            }
            innocent = [each for each in group if each.operation not in answers]
            return answers, [innocent] if innocent else []
        half = len(group) // 2
        return {}, [group[:half], group[half:]]


def _api(write: Write) -> tuple[str, str]:
    match write.action:
        case Action.CREATE:
            return ("create" if write.key is None else "upsert"), "create"
        case Action.UPDATE:
            return "update", "update"
        case Action.ARCHIVE:
            return "archive", "archive"


def told(of: ObjectType, group: Sequence[Write], batch: Batch, observer: Reader) -> dict[str, Answer]:
    """The answers that a 2xx holds. Results come in any order, and a merged-away id may be left out without a word."""
    if group[0].action is Action.ARCHIVE:
        # 204 without a body; archiving what is archived already is fine (HubSpot fact 3.4)
        return {
            each.operation: Applied(each.id or "", bare(of, each.id or "", Standing.ARCHIVED))
            for each in group
        }
    answers: dict[str, Answer] = {}
    for entry in batch.errors:
        error = errors.parsed(entry)
        for write in to_blame(group, error):
            answers[write.operation] = failed(write, error)
    by_name = {name: write for write in group for name in _names(write)}
    for record in batch.results:
        found = next((by_name[name] for name in _named(record) if name in by_name), None)
        if found is None and len(group) == len(batch.results) == 1:
            found = group[0]
        if found is not None:
            answers[found.operation] = Applied(record.id, observer.observe(record, partly=True))
    for write in group:
        answers.setdefault(write.operation, Unknown("HubSpot's answer did not mention this record"))
    return answers


def _names(write: Write) -> Iterable[tuple[str, str]]:
    """By what a result may name its write."""
    yield "trace", write.operation
    if write.id is not None:
        yield "id", write.id
    if write.key is not None:
        yield "key", write.key


def _named(record: Record) -> Iterable[tuple[str, str]]:
    if record.trace:
        yield "trace", record.trace
    yield "id", record.id
    key = record.properties.get(KEY_PATH)
    if key:
        yield "key", key
    for gone in record.merged_ids:
        yield "id", gone


def to_blame(group: Sequence[Write], error: ErrorBody) -> list[Write]:
    """The writes that a complaint is about, as far as it says."""
    named = {*error.traces}
    ids = {*error.ids}
    if named or ids:
        return [each for each in group if each.operation in named or (each.id is not None and each.id in ids)]
    names = {fault.property for fault in error.faults if fault.code in _SAME_FOR_ALL}
    return [each for each in group if names & {*each.values}]


def failed(write: Write, error: ErrorBody) -> Answer:
    """What an entry of a batch's `errors` means for its write."""
    if error.category.startswith("RATE_LIMIT"):
        return Wait("HubSpot is busy with other calls", 10.0)
    if error.category == "LOCKED":
        return Wait("another write holds the record", LOCKED)
    if error.category == "INTERNAL_ERROR":
        return Unknown("HubSpot had an error of its own")
    return refused(write, 400, error)


def refused(write: Write, status: int, error: ErrorBody) -> Refused:
    """A refusal in plain words, with the record in the way where HubSpot names it."""
    twin = errors.twin_of(error)
    # Lines are no property; what is wrong with one of them names no value of the document.
    alone = {path: value for path, value in write.values.items() if not isinstance(value, Lines)}
    problem: Problem = errors.problem_of(status, error, properties(replace(write, values=alone)))
    return Refused(problem, twin if problem.cause is Cause.TAKEN else None)
