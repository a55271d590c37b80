"""An engine that is obviously wrong: it copies the CRM's contacts to the ledger, with no memory and no second look. The oracle must say so."""

import json
from collections.abc import Callable

from tests.simulation.doors import Life
from tests.simulation.words import Ran
from tests.simulation.world import APP, World

from crossfoot.systems.port import NoAnswer, NotSent, Request
from crossfoot_sandbox.direct import BASE


class NaiveEngine:
    """Creates in the ledger whatever the CRM has, each time it looks."""

    def __init__(self, world: World, life: Life) -> None:
        self.world = world
        self.life = life

    async def connect(self) -> None:
        """Nothing to learn."""

    async def run(self, *, full: bool = False, approved: bool = False) -> Ran:
        """Copy everything, once more."""
        now = self.world.now()
        token = self.world.sandbox.xero.grant(APP, [self.world.organisation]).access_token
        for record in list(self.world.portal.book("contacts").values()):
            values = record.values
            name = f"{values.get('firstname', '')} {values.get('lastname', '')} {len(self.world.organisation.contacts)}"
            element = {
                "Name": name,
                "ContactNumber": f"hubspot:4711-{len(self.world.organisation.contacts)}:contact:{record.id}",
                "EmailAddress": values.get("email", ""),
            }
            headers = {
                "authorization": f"Bearer {token}",
                "xero-tenant-id": self.world.organisation.tenant_id,
                "content-type": "application/json",
                "accept": "application/json",
            }
            body = json.dumps({"Contacts": [element]}).encode()
            try:
                await self.life.send(
                    Request("PUT", f"{BASE}/xero/api.xro/2.0/Contacts", headers, body, "copy a contact")
                )
            except (NotSent, NoAnswer):
                continue
        return Ran(self.life.name, now, self.world.now(), ok=True)

    async def preview(self) -> tuple[str, int]:
        """It knows no plan."""
        return "", 0

    async def apply(self, plan: str) -> Ran:
        """It knows no plan."""
        return await self.run()

    async def answer(self, choose: Callable[[str, str, str, str], str]) -> int:
        """It asks nothing."""
        return 0

    async def unsettled(self) -> list[str]:
        """It remembers nothing."""
        return []

    async def poke(self) -> None:
        """It needs no signal."""
