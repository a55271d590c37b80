"""Who is who: sides, record kinds, references, and the key by which we know our own creations again."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """The job a system does in a connection. Neither side is the master."""

    CRM = "crm"
    LEDGER = "ledger"

    @property
    def other(self) -> "Side":
        """The side across."""
        return Side.LEDGER if self is Side.CRM else Side.CRM


class Kind(StrEnum):
    """The kinds of record. A side need not know all of them."""

    CONTACT = "contact"
    COMPANY = "company"
    CONTACT_PERSON = "contact_person"  # a person kept inside a ledger's contact
    PRODUCT = "product"
    ITEM = "item"
    DEAL = "deal"
    INVOICE = "invoice"
    PAYMENT = "payment"
    LINE_ITEM = "line_item"  # a CRM's line of a document; observed and written with the document, never alone


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One record on one side. Ids are the vendor's, as text; they are unique per kind only (HubSpot fact A8)."""

    side: Side
    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.side}/{self.kind}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """The reverse of `str(ref)`. Raises ValueError with a sentence for people."""
        side, _, rest = text.partition("/")
        kind, _, record_id = rest.partition("/")
        if side not in Side._value2member_map_ or kind not in Kind._value2member_map_ or not record_id:
            raise ValueError(
                f"'{text}' is not a record. Write side/kind/id, for example crm/contact/512; "
                f"sides are {', '.join(Side)}, kinds are {', '.join(Kind)}."
            )
        return cls(Side(side), Kind(kind), record_id)


def creation_key(account: str, origin: Ref) -> str:
    """The key that we store on a record which we create: it names the record that it was born from.

    `account` is the origin's portal or organisation, as `Identity.key` gives it. The same origin always gives the same key, whatever
    crashed in between, so a second creation finds the first one.
    """
    return f"{account}:{origin.kind}:{origin.id}"
