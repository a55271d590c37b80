"""Writing documents: properties, then lines, then the customer, then how far it has come; each step for the whole batch.

The order is the vendor's: an invoice is finalised only when its customer and its lines are there (HubSpot fact 7.3). A step that fails ends its
document's writing. Where nothing had been done before, the answer is that failure; where something had, it is *unknown*: the document is looked
at, and what is left is planned again.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crossfoot.model.lines import Lines
from crossfoot.model.problems import Cause, Problem
from crossfoot.model.records import Observation, Standing, Value
from crossfoot.systems.hubspot import errors
from crossfoot.systems.hubspot.associations import PLURALS, Associations, Rows
from crossfoot.systems.hubspot.belongings import Belongings
from crossfoot.systems.hubspot.errors import ErrorBody
from crossfoot.systems.hubspot.http import Call, HubSpotClient, Later, Reply, Uncertain
from crossfoot.systems.hubspot.kinds import object_type
from crossfoot.systems.hubspot.line_items import LineWrites, batches, changes, negative
from crossfoot.systems.hubspot.objects import BATCH, LINES_PATH, ObjectType
from crossfoot.systems.hubspot.paths import path
from crossfoot.systems.hubspot.records import Batch, bare
from crossfoot.systems.hubspot.writing import Writing, failed
from crossfoot.systems.port import Action, Answer, Applied, Refused, Trouble, Unknown, Wait, Write

_WAIT = 60.0


@dataclass
class _Doing:
    """One document that is being written."""

    write: Write
    id: str = ""
    fields: dict[str, Value] = field(default_factory=dict)
    """What is known to be there now."""
    seen: Observation | None = None
    done: bool = False
    """Whether anything has been done."""
    answer: Answer | None = None
    """How it ended, once it has."""

    def told(self, name: str) -> Value:
        """What is there now, as far as is known: as just written, else as seen before."""
        return self.fields[name] if name in self.fields else self.write.seen.get(name)

    def did(self, answer: Applied) -> None:
        """Its properties are written."""
        self.id, self.done = answer.id, True
        if answer.observation is not None:
            self.seen = answer.observation
            self.fields |= answer.observation.fields

    def fail(self, answer: Answer) -> None:
        """End with a failure; one that comes after something was done leaves open how much there is."""
        if self.done and not isinstance(answer, Unknown):
            why = (
                answer.problem
                if isinstance(answer, Refused)
                else answer.why
                if isinstance(answer, Wait)
                else ""
            )
            answer = Unknown(f"HubSpot did a part of it only: {why}")
        self.answer = answer


class DocumentWriting:
    """Writes of documents of one connection."""

    def __init__(
        self,
        client: HubSpotClient,
        plain: Writing,
        associations: Associations,
        belongings: Belongings,
        version: str,
    ) -> None:
        self._client = client
        self._plain = plain
        self._associations = associations
        self._belongings = belongings
        self._version = version

    async def write(self, writes: Sequence[Write]) -> list[Answer]:
        """One answer per write, in the order given. Raises `Trouble` only while nothing has been done."""
        of = object_type(writes[0].kind)
        if writes[0].action is Action.ARCHIVE:
            return await self._plain.write(writes)
        doing = [_Doing(write, write.id or "") for write in writes]
        later = {*of.later_paths}
        plainly = [
            each
            for each in doing
            if each.write.action is Action.CREATE or any(path not in later for path in each.write.values)
        ]
        steps: list[Callable[[], Any]] = [
            lambda: self._properties(of, plainly, lambda name: name not in later),
            lambda: self._lines(of, doing),
            *(
                (lambda name=name, kind=kind: self._end(of, doing, name, PLURALS[kind]))
                for name, kind in of.ends.items()
            ),
            lambda: self._recipients(of, doing),
            lambda: self._properties(
                of, [each for each in doing if of.draft in each.write.values], lambda name: name == of.draft
            ),
        ]
        for step in steps:
            try:
                await step()
            except Trouble as trouble:
                if not any(each.done for each in doing):
                    raise
                for each in doing:
                    if each.answer is None:
                        each.fail(Wait(str(trouble), trouble.retry_after or _WAIT))
        return [each.answer or _applied(of, each) for each in doing]

    async def _properties(self, of: ObjectType, doing: Sequence[_Doing], mine: Callable[[str], bool]) -> None:
        """Write the properties that are `mine`. Where HubSpot refuses one of its own, as it does of a paid invoice, ours tell what the books say all the same."""
        going = [each for each in doing if each.answer is None]
        parts = [
            replace(
                each.write, values={name: value for name, value in each.write.values.items() if mine(name)}
            )
            for each in going
        ]
        refused: list[tuple[_Doing, Write, Refused]] = []
        for each, part, answer in zip(going, parts, await self._plain.write(parts), strict=True):
            ours = {name: value for name, value in part.values.items() if name in of.ours}
            if isinstance(answer, Applied):
                each.did(answer)
            elif (
                isinstance(answer, Refused)
                and part.action is Action.UPDATE
                and 0 < len(ours) < len(part.values)
            ):
                refused.append((each, replace(part, values=ours), answer))
            else:
                each.fail(answer)
        if not refused:
            return
        again = await self._plain.write([part for _, part, _ in refused])
        for (each, _, why), answer in zip(refused, again, strict=True):
            if isinstance(answer, Applied):
                each.did(answer)
            each.fail(why if isinstance(answer, Applied | Refused) else answer)

    # ── lines ──

    async def _lines(self, of: ObjectType, doing: Sequence[_Doing]) -> None:
        going = [each for each in doing if each.answer is None and LINES_PATH in each.write.values]
        untold = [each.id for each in going if not isinstance(each.write.seen.get(LINES_PATH), Lines)]
        there = await self._belongings.lines(of, untold) if untold else {}
        writes: dict[str, LineWrites] = {}
        wanted: dict[str, Lines] = {}
        for each in going:
            value, seen = each.write.values[LINES_PATH], each.write.seen.get(LINES_PATH)
            lines = wanted[each.write.operation] = value if isinstance(value, Lines) else Lines()
            bad = negative(lines)
            if bad is not None:
                each.fail(Refused(_negative(bad)))
                continue
            now = seen if isinstance(seen, Lines) else there.get(each.id)
            if now is None:
                each.fail(Wait("HubSpot does not find one of its line items just now", _WAIT))
                continue
            writes[each.write.operation] = changes(of, each.id, lines, now, each.write.operation)
        by_operation = {each.write.operation: each for each in going}
        made: dict[str, str] = {}
        for api, pick in _LINE_STEPS:
            left = [write for operation, write in writes.items() if by_operation[operation].answer is None]
            for batch in batches(left, pick, BATCH):
                await self._send_lines(api, batch, by_operation, writes, pick, made)
        for operation, lines in wanted.items():
            if by_operation[operation].answer is None:
                numbered = tuple(
                    line if line.crm_id else replace(line, crm_id=made.get(f"{operation}.{place}", ""))
                    for place, line in enumerate(lines)
                )
                by_operation[operation].fields[LINES_PATH] = Lines(numbered)

    async def _send_lines(
        self,
        api: str,
        batch: list[dict[str, Any]],
        by_operation: dict[str, _Doing],
        writes: dict[str, LineWrites],
        pick: Callable[[LineWrites], list[dict[str, Any]]],
        made: dict[str, str],
    ) -> None:
        mine = {id(entry): operation for operation, write in writes.items() for entry in pick(write)}
        concerned = list(dict.fromkeys(mine[id(entry)] for entry in batch))
        url = path(api, self._version, type="line_items")
        call = Call("POST", url, f"{api} line items", Batch, {"inputs": batch}, at_once=True)
        try:
            reply = await self._client.call(call)
        except Uncertain as uncertain:
            _fail(by_operation, concerned, Unknown(str(uncertain)))
            return
        except Later as later:
            _fail(by_operation, concerned, Wait(str(later), later.seconds))
            return
        if reply.value is None:
            if len(concerned) > 1:
                # One document's lines must not stop the others: each for itself.
                for operation in concerned:
                    own = [entry for entry in batch if mine[id(entry)] == operation]
                    await self._send_lines(api, own, by_operation, writes, pick, made)
                return
            _fail(by_operation, concerned, _refused(reply.status, reply.error))
            return
        written = {key for record in reply.value.results for key in (record.trace, record.id) if key}
        for operation in concerned:
            mine_of = [entry for entry in batch if mine[id(entry)] == operation]
            # Without a complaint everything was done; with one, what the answer names.
            if not reply.value.errors or any(
                entry.get("objectWriteTraceId") in written or entry.get("id") in written for entry in mine_of
            ):
                by_operation[operation].done = True
        for entry in reply.value.errors:
            error = errors.parsed(entry)
            blamed = {trace.rpartition(".")[0] for trace in error.traces} | {
                mine[id(one)] for one in batch if one.get("id") in error.ids
            }
            for operation in blamed & {*concerned} or {*concerned}:
                by_operation[operation].fail(failed(by_operation[operation].write, error))
        made.update({record.trace: record.id for record in reply.value.results if record.trace})

    # ── the customer ──

    async def _recipients(self, of: ObjectType, doing: Sequence[_Doing]) -> None:
        """A person for each invoice that leaves the draft and is for a company only: HubSpot demands one (HubSpot fact 7.3).

        It is the one who has been with the company longest; whoever wants another one changes it in HubSpot, where it then stays.
        """
        lacking = [
            each
            for each in doing
            if each.answer is None
            and each.write.values.get(of.draft or "") not in (None, "draft")
            and ("contact" in each.fields or "contact" in each.write.seen)
            and not each.told("contact")
        ]
        companies = {str(each.told("company")) for each in lacking if each.told("company")}
        people = await self._associations.read("companies", companies, "contacts") if companies else {}
        chosen: list[tuple[_Doing, str]] = []
        for each in lacking:
            mine = people.get(str(each.told("company")), [])
            if mine:
                chosen.append((each, str(min(int(target.id) for target in mine))))
            else:
                each.fail(Refused(_NOBODY))
        if not chosen:
            return
        try:
            reply = await self._associations.add(
                of.path, [(each.id, person) for each, person in chosen], "contacts"
            )
        except Uncertain as uncertain:
            for each, _ in chosen:
                each.fail(Unknown(str(uncertain)))
            return
        except Later as later:
            for each, _ in chosen:
                each.fail(Wait(str(later), later.seconds))
            return
        _judge([each for each, _ in chosen], reply)
        for each, person in chosen:
            if each.answer is None:
                each.fields["contact"] = person

    async def _end(self, of: ObjectType, doing: Sequence[_Doing], name: str, plural: str) -> None:
        going = [each for each in doing if each.answer is None and name in each.write.values]
        part = [
            (each.id, str(was))
            for each in going
            if (was := each.write.seen.get(name)) and was != each.write.values[name]
        ]
        join = [(each.id, str(value)) for each in going if (value := each.write.values[name])]
        for what, pairs in ((self._associations.add, join), (self._associations.remove, part)):
            asked = {one for one, _ in pairs}
            concerned = [each for each in going if each.id in asked and each.answer is None]
            if not concerned:
                continue
            await _put(what, of, concerned, pairs, plural)
        for each in going:
            if each.answer is None:
                each.fields[name] = each.write.values[name]


async def _put(
    what: Callable[[str, Sequence[tuple[str, str]], str], Awaitable[Reply[Rows] | None]],
    of: ObjectType,
    concerned: Sequence[_Doing],
    pairs: Sequence[tuple[str, str]],
    plural: str,
) -> None:
    try:
        reply = await what(of.path, pairs, plural)
    except Uncertain as uncertain:
        for each in concerned:
            each.fail(Unknown(str(uncertain)))
        return
    except Later as later:
        for each in concerned:
            each.fail(Wait(str(later), later.seconds))
        return
    if len(concerned) > 1 and _troubled(reply):
        # One document's customer must not stop the others: each for itself.
        for each in concerned:
            await _put(what, of, [each], [pair for pair in pairs if pair[0] == each.id], plural)
    else:
        _judge(concerned, reply)


_LINE_STEPS: tuple[tuple[str, Callable[[LineWrites], list[dict[str, Any]]]], ...] = (
    ("update", lambda write: write.update),
    ("create", lambda write: write.create),
    ("archive", lambda write: write.archive),
    ("update", lambda write: write.move),
)
"""In this order: what is taken out goes after what comes in, so that a crash in between loses no line; and what may be refused goes first."""


def _troubled(reply: Reply[Rows] | None) -> bool:
    return reply is not None and (reply.value is None or bool(reply.value.errors))


def _judge(concerned: Sequence[_Doing], reply: Reply[Rows] | None) -> None:
    for each in concerned:
        if reply is None:
            continue
        if reply.value is None:
            each.fail(_refused(reply.status, reply.error))
        elif reply.value.errors:
            each.fail(_refused(400, errors.parsed(reply.value.errors[0])))
        else:
            each.done = True


def _fail(by_operation: dict[str, _Doing], concerned: Collection[str], answer: Answer) -> None:
    for operation in concerned:
        by_operation[operation].fail(answer)


def _refused(status: int, error: ErrorBody) -> Refused:
    return Refused(errors.problem_of(status, error, {}))


def _negative(line: object) -> Problem:
    return Problem(
        Cause.INEXPRESSIBLE,
        f"HubSpot takes no negative price, and the line '{line}' has one.",
        "Take it off as a discount of another line, or leave the document to Xero alone.",
        LINES_PATH,
    )


_NOBODY = Problem(
    Cause.NOT_READY,
    "HubSpot finalises an invoice only when a person is on it, and neither the invoice nor its company has one.",
    "Add a contact to the company, or to the invoice, in HubSpot.",
    "contact",
)


def _applied(of: ObjectType, each: _Doing) -> Applied:
    seen = each.seen or bare(of, each.id, Standing.LIVE)
    fields = dict(each.fields)
    if each.write.action is Action.CREATE:
        # It was made a moment ago, so nothing belongs to it yet.
        fields |= dict.fromkeys(of.ends)
        if of.has_lines:
            fields[LINES_PATH] = Lines()
        if of.draft:
            fields.setdefault(of.draft, of.begins_as)
    return Applied(each.id, replace(seen, fields=fields))
