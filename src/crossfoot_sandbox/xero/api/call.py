"""One authorised call to one organisation, as the endpoints see it."""

from dataclasses import dataclass

from crossfoot_sandbox.wire import Request
from crossfoot_sandbox.xero.api.identity import App
from crossfoot_sandbox.xero.books.organisation import Organisation
from crossfoot_sandbox.xero.shape import Answer, Json, guid, ms_date


@dataclass(frozen=True, slots=True)
class Call:
    """`parts` is the path after the resource's name; `number` counts calls and names the envelope."""

    organisation: Organisation
    app: App
    request: Request
    parts: tuple[str, ...]
    ms: int
    number: int

    @property
    def method(self) -> str:
        """GET, PUT, POST or DELETE."""
        return self.request.method

    @property
    def author(self) -> str:
        """Who a version written by this call belongs to."""
        return f"app:{self.app.client_id}"

    @property
    def places(self) -> int:
        """Decimals of unit prices: 2, or 4 with `unitdp=4` (fact 7.3)."""
        return 4 if self.request.one("unitdp") == "4" else 2

    def answer(self, key: str, rows: list[Json], pagination: Json | None = None) -> Answer:
        """The envelope around rows (recorded, fact 4.1)."""
        body: Json = {
            "Id": guid("xero call", self.organisation.tenant_id, self.number),
            "Status": "OK",
            "ProviderName": self.app.name,
            "DateTimeUTC": ms_date(self.ms, offset=False),
        }
        if pagination is not None:
            body["pagination"] = pagination
        body[key] = rows
        return Answer(200, body)
