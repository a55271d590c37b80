"""Who sets out on a workflow, and when its next step is due (HubSpot fact 10)."""

from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.agenda import Proceed
from crossfoot_sandbox.hubspot.books.book import HubRecord
from crossfoot_sandbox.hubspot.books.enrolments import Enrolment
from crossfoot_sandbox.hubspot.books.flow_filters import Values
from crossfoot_sandbox.hubspot.books.kinds import ObjectKind


def enrol(account: Account, kind: ObjectKind, record: HubRecord, before: Values | None) -> None:
    """Enrol a record in every workflow whose criteria it meets now and did not meet `before` (None: it is new).

    History is never enrolled.
    """
    for flow in account.flows.enabled_for(kind):
        if not flow.enrols(record.values) or (before is not None and flow.enrols(before)):
            continue
        earlier = account.enrolments.of(flow.id, record.id)
        if any(one.state == "active" for one in earlier) or (earlier and not flow.repeats):
            continue
        enrolment = Enrolment(flow.id, kind.plural, record.id, account.now())
        account.enrolments.enter(enrolment)
        go_on_later(account, enrolment, flow.start, account.around.switches.workflow_delay)


def go_on_later(account: Account, enrolment: Enrolment, action_id: str, seconds: float) -> None:
    """The record goes on with this action once the seconds have passed."""
    wait = max(1, int(seconds * 1000))
    account.agenda.add(account.now() + wait, Proceed(enrolment, action_id))
