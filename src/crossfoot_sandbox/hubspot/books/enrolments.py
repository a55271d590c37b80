"""Which records went through which workflow, and what it did with them (HubSpot fact 10)."""

from dataclasses import asdict, dataclass, field
from typing import Any

from crossfoot_sandbox.hubspot.times import iso


@dataclass(slots=True)
class Step:
    """One action for one record, and what came of it: "done", or why not."""

    at: int
    action: str
    type: str
    outcome: str


@dataclass(slots=True)
class Enrolment:
    """One record on its way through one workflow."""

    flow: str
    object_type: str
    record: str
    at: int
    state: str = "active"  # active, done, left
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Notification:
    """What a workflow told the portal's own people, by e-mail or in the app."""

    at: int
    flow: str
    record: str
    channel: str
    to: str
    subject: str
    body: str


@dataclass(slots=True)
class Enrolments:
    """Everything that workflows did in one portal."""

    all: list[Enrolment] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    _of_pair: dict[tuple[str, str], list[Enrolment]] = field(default_factory=dict)

    def of(self, flow_id: str, record_id: str) -> list[Enrolment]:
        """The enrolments of one record in one workflow, oldest first."""
        return self._of_pair.get((flow_id, record_id), [])

    def enter(self, enrolment: Enrolment) -> None:
        """A record sets out."""
        self.all.append(enrolment)
        self._of_pair.setdefault((enrolment.flow, enrolment.record), []).append(enrolment)

    def as_data(self) -> dict[str, Any]:
        """Plain data, moments as texts."""
        return {
            "enrolments": [
                {
                    **asdict(one),
                    "at": iso(one.at),
                    "steps": [asdict(step) | {"at": iso(step.at)} for step in one.steps],
                }
                for one in self.all
            ],
            "notifications": [asdict(one) | {"at": iso(one.at)} for one in self.notifications],
        }
