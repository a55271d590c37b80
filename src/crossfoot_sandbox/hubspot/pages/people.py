"""The people of an account: who they are to HubSpot, and what its pages say when they refuse."""

from collections.abc import Callable
from typing import TypeVar

from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.book import Actor, HubRecord, Source
from crossfoot_sandbox.hubspot.errors import Problem

T = TypeVar("T")


class People(Account):
    """An account whose records people can act on."""

    def _alive(self, object_type: str, record_id: str) -> HubRecord:
        record = self.book(object_type).survivor(record_id)
        if record is None or not record.alive:
            raise ValueError(f"there is no {object_type} {record_id}")
        return record

    def _person(self, name: str) -> Actor:
        user = next((owner.user_id for owner in self.owners if owner.first_name.lower() == name), 9586504)
        return Actor(f"person:{name}", Source("CRM_UI", f"userId:{user}"), "ui", "CRM UI")


def in_words(act: Callable[[], T]) -> T:
    """What the act returns; a ValueError with HubSpot's message when it refuses."""
    try:
        return act()
    except Problem as problem:
        details = [str(entry["message"]) for entry in problem.fields.get("errors", [])]
        raise ValueError("; ".join(details) or problem.message) from problem
