"""One HubSpot account: its books and settings, and what it will do by itself. What can be done to them stands in `acts`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.hubspot.books.agenda import Agenda, Later
from crossfoot_sandbox.hubspot.books.book import Book
from crossfoot_sandbox.hubspot.books.commerce import Commerce
from crossfoot_sandbox.hubspot.books.currencies import NAMES, Currencies
from crossfoot_sandbox.hubspot.books.definitions import Conditional, Definitions
from crossfoot_sandbox.hubspot.books.enrolments import Enrolments
from crossfoot_sandbox.hubspot.books.flows import Flows
from crossfoot_sandbox.hubspot.books.kinds import KINDS, kind_named
from crossfoot_sandbox.hubspot.books.links import Links
from crossfoot_sandbox.hubspot.books.stages import Pipelines
from crossfoot_sandbox.hubspot.books.webhooks import Webhooks
from crossfoot_sandbox.hubspot.switches import Switches
from crossfoot_sandbox.hubspot.times import milliseconds

Tier = Literal["free", "starter", "professional", "enterprise"]


@dataclass(slots=True)
class Surroundings:
    """What all portals share. `do` does what stood on an account's agenda."""

    clock: Clock
    switches: Switches
    webhooks: Webhooks
    do: Callable[["Account", Later], None]

    def now(self) -> int:
        """Milliseconds since 1970."""
        return milliseconds(self.clock.now())


@dataclass(frozen=True, slots=True)
class Owner:
    """A user to whom records can be assigned. `id` is what `hubspot_owner_id` holds; the user id differs."""

    id: str
    user_id: int
    email: str
    first_name: str
    last_name: str
    archived: bool = False


class Account:
    """The account. `required_on_create` and `conditional` are the admin's rules that 2026-09 enforces."""

    def __init__(
        self, around: Surroundings, portal_id: int, *, name: str, currency: str, time_zone: str, tier: Tier
    ) -> None:
        self.around = around
        self.id = portal_id
        self.name = name
        self.time_zone = time_zone
        self.tier: Tier = tier
        self.account_type = "STANDARD"
        self.opened = around.now()
        self.currencies = Currencies(currency, self.opened)
        self.commerce = Commerce()
        self.pipelines = Pipelines()
        self.flows = Flows()
        self.enrolments = Enrolments()
        self.agenda = Agenda()
        self._acting_at: int | None = None
        self.migrating_until = 0  # 477 until then
        self.owners = [
            Owner("41629779", 9586504, "ada@example.test", "Ada", "Byron"),
            Owner("41629780", 9586505, "ben@example.test", "Ben", "Otero"),
        ]
        self.books: dict[str, Book] = {kind.plural: Book(kind) for kind in KINDS}
        self.definitions: dict[str, Definitions] = {
            kind.plural: Definitions(kind, self.opened) for kind in KINDS
        }
        self.links = Links(self.books)
        self.required_on_create: dict[str, set[str]] = {kind.plural: set() for kind in KINDS}
        self.conditional: dict[str, list[Conditional]] = {kind.plural: [] for kind in KINDS}
        self.books["contacts"].watch_unique(["email", "hs_additional_emails"], around.switches)

    def now(self) -> int:
        """Milliseconds since 1970; while something from the agenda is done, its own moment."""
        return self.around.now() if self._acting_at is None else self._acting_at

    def catch_up(self) -> None:
        """Do everything on the agenda that is due, in order, each as of its own moment."""
        if self._acting_at is not None:
            return
        while (entry := self.agenda.next(self.around.now())) is not None:
            self._acting_at, due = entry
            try:
                self.around.do(self, due)
            finally:
                self._acting_at = None

    def book(self, object_type: str) -> Book:
        """The book of an object type, by any of its names (ValueError for others). Reading it does the recalculations that are due."""
        self.catch_up()
        book = self.books[kind_named(object_type).plural]
        book.settle(self.around.now(), self.around.switches)
        return book

    def options(self, drawn: str) -> dict[str, str]:
        """The values and labels of an enumeration whose options are the account's own (`Definition.drawn`)."""
        match drawn:
            case "owners":
                return {
                    owner.id: f"{owner.first_name} {owner.last_name}"
                    for owner in self.owners
                    if not owner.archived
                }
            case "currencies":
                return {code: NAMES.get(code, code) for code in sorted(self.currencies.codes())}
            case "pipelines":
                return {pipeline.id: pipeline.label for pipeline in self.pipelines.live()}
        return {stage.id: stage.label for stage in self.pipelines.stages()}
