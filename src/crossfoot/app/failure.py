"""What stops a command: one message with what is wrong, where, and how to mend it. Never a stack trace."""

from crossfoot.settings.texts import SettingsError
from crossfoot.store.secrets import SecretTrouble
from crossfoot.store.trouble import Collision, DatabaseTrouble
from crossfoot.systems.port import NoAnswer, NotSent, Trouble

FAILED = 1
"""Exit code: it was asked for rightly, and could not be done."""
ASKED_WRONGLY = 2
"""Exit code: what was asked for, or a file that was given, is not right."""


class Failure(Exception):
    """Something that a person has to hear."""

    def __init__(self, what: str, fix: str = "", *, code: int = FAILED) -> None:
        super().__init__(f"{what} {fix}".strip())
        self.what = what
        self.fix = fix
        self.code = code


_SIDES = {"the CRM": "HubSpot", "the ledger": "Xero"}


def _by_name(text: str) -> str:
    """With the systems as people call them."""
    for side, name in _SIDES.items():
        text = text.replace(side, name).replace(side[0].upper() + side[1:], name)
    return text


def failure_of(error: BaseException) -> Failure | None:
    """The message for an error that can happen to anybody; None for a defect of ours."""
    match error:
        case Failure():
            return error
        case Trouble():
            said = f" It said: {error.problem.said}" if error.problem.said else ""
            return Failure(error.problem.what + said, error.problem.fix)
        case SettingsError():
            return Failure(_by_name(str(error)), "Nothing was changed.", code=ASKED_WRONGLY)
        case DatabaseTrouble(asked_wrongly=True):
            return Failure(error.what, error.fix, code=ASKED_WRONGLY)
        case DatabaseTrouble() | SecretTrouble():
            return Failure(error.what, error.fix)
        case Collision():
            return Failure(
                "Another process wrote the same thing at the same moment.",
                "Nothing was half-written; try again.",
            )
        case NotSent() | NoAnswer():
            return Failure(f"The network failed: {error}.", "Check the connection and try again.")
        case OSError() if error.filename is not None:
            why = (error.strerror or str(error)).lower()
            return Failure(f"{error.filename}: {why}.", "Name another place, or correct its rights.")
        case _:
            return None
