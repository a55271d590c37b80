"""What an account does by itself, once it is due."""

from typing import assert_never

from crossfoot_sandbox.hubspot.acts import flow_actions, versions
from crossfoot_sandbox.hubspot.books.account import Account
from crossfoot_sandbox.hubspot.books.agenda import AddUp, Later, Proceed


def do(account: Account, due: Later) -> None:
    """Do what stood on the agenda; the account's clock shows the moment at which it was due."""
    match due:
        case AddUp(invoice_id):
            versions.add_up(account, invoice_id)
        case Proceed(enrolment, action):
            flow_actions.proceed(account, enrolment, action)
        case _:
            assert_never(due)
