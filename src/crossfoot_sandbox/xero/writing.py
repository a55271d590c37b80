"""Writing many: PUT creates, POST creates or updates, and `summarizeErrors` decides who hears of errors how (Xero fact 5)."""

from dataclasses import dataclass

from crossfoot_sandbox.xero.book import Before, XeroRecord
from crossfoot_sandbox.xero.call import Call
from crossfoot_sandbox.xero.errors import NotFound, invalid
from crossfoot_sandbox.xero.fields import elements_of
from crossfoot_sandbox.xero.resource import Form, Resource, UnknownIdError
from crossfoot_sandbox.xero.shape import Answer, Json


@dataclass(frozen=True, slots=True)
class _Done:
    record: XeroRecord
    before: Before | None  # None: created

    def undo(self, call: Call, resource: Resource) -> None:
        call.organisation.book(resource.key).undo(self.record, self.before)


def write(call: Call, resource: Resource, *, create_only: bool, target: XeroRecord | None = None) -> Answer:
    """PUT (`create_only`), POST, or POST to the record `target`. Elements are answered in the order they were sent."""
    organisation = call.organisation
    per_element = (call.request.one("summarizeErrors") or "true").lower() == "false"
    elements = elements_of(call.request.body, resource.key)
    sent = [resource.read(element) for element in (elements[:1] if target else elements)]
    done: list[_Done] = []
    rows: list[Json] = []
    failed: list[Json] = []
    for changes in sent:
        record, problems = target, list[str]()
        if record is None and not create_only:
            try:
                record = resource.match(organisation, changes)
            except UnknownIdError as error:
                if organisation.switches.unknown_id_in_batch == "404":
                    _undo(call, resource, done)
                    raise NotFound from None
                problems = [str(error)]
        problems = problems or resource.problems(organisation, record, changes)
        if problems:
            echo = resource.echo(changes, record, marked=per_element)
            echo["ValidationErrors"] = [{"Message": problem} for problem in problems]
            failed.append(echo)
            rows.append(echo)
            continue
        step = _commit(call, resource, record, changes)
        if isinstance(step, _Done):
            done.append(step)
        written = step.record if isinstance(step, _Done) else step
        row = resource.shown(organisation, written, Form.WRITTEN, call.places)
        if per_element:
            row["StatusAttributeString"] = "OK"
        rows.append(row)
    if failed and not per_element and organisation.switches.mixed_batch_atomic:
        _undo(call, resource, done)
        raise invalid(failed)
    for step in done:
        organisation.announce(resource.event, step.record.id, "UPDATE" if step.before else "CREATE", call.ms)
    if failed and not per_element:
        raise invalid(failed)
    return call.answer(resource.key, rows)


def _commit(call: Call, resource: Resource, record: XeroRecord | None, changes: Json) -> _Done | XeroRecord:
    organisation = call.organisation
    book = organisation.book(resource.key)
    new = resource.merged(organisation, record, changes, call.places)
    if record is None:
        return _Done(book.create(new, call.ms, call.author), None)
    status = resource.status(changes)
    different = {name: value for name, value in new.items() if record.values.get(name) != value}
    if (
        not different
        and status in (None, record.status)
        and not organisation.switches.unchanged_write_touches
    ):
        return record
    return _Done(record, book.change(record, different, call.ms, call.author, status=status))


def _undo(call: Call, resource: Resource, done: list[_Done]) -> None:
    for step in reversed(done):
        step.undo(call, resource)
