"""A real process that runs a connection once over real HTTP, to be killed at any moment.

Its arguments are the sandbox's URL, the database's URL, HubSpot's token, Xero's access token and tenant.
"""

import asyncio
import secrets
import sys
import time

from crossfoot.model.identity import Side
from crossfoot.runtime.budget import LocalBudget
from crossfoot.runtime.clock import SystemClock
from crossfoot.runtime.cycle import Cycle
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import process_alive, process_name
from crossfoot.runtime.tokens import StaticTokens
from crossfoot.settings.presets import default_settings
from crossfoot.store.database import open_database
from crossfoot.systems.hubspot import defaults as hubspot
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.sending import HttpSend
from crossfoot.systems.xero import defaults as xero
from crossfoot.systems.xero.system import XeroSystem


async def run(url: str, database_url: str, token: str, access: str, tenant: str) -> int:
    """One run; 0 if it came to its end and nothing is left to find out."""
    clock = SystemClock()
    database = await open_database(database_url)
    async with HttpSend() as send:
        budget = LocalBudget(clock)
        crm = HubSpotSystem(send, StaticTokens(token), clock, budget, base_url=f"{url}/hubspot")
        ledger = XeroSystem(
            send=send,
            tokens=StaticTokens(access),
            clock=clock,
            budget=budget,
            tenant=tenant,
            base_url=f"{url}/xero",
        )
        descriptions = {Side.CRM: await crm.describe(), Side.LEDGER: await ledger.describe()}
        settings = default_settings(
            "crash", "NZ", "both", crm_carries=hubspot.CARRIES, ledger_carries=xero.CARRIES
        )
        joined = Joined(
            "crash",
            settings.compile(hubspot.CARRIES, xero.CARRIES),
            settings.brakes,
            {Side.CRM: crm, Side.LEDGER: ledger},
            descriptions,
            database,
            clock,
            lambda: f"{time.time_ns():020d}{secrets.token_hex(4)}",
            process_alive,
        )
        report = await Cycle(joined, process_name()).run(approved=True)
    await database.close()
    sys.stdout.write(f"{report}\n")
    return 0 if report.ok and not report.unresolved else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(run(*sys.argv[1:6])))
