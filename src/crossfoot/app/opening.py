"""The program opened: data folder, database, key ring, clock, network. Everything else is handed what it needs from here."""

import os
import secrets as randomness
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crossfoot.app.access import Doors, hubspot, kept_access, stored_tokens, xero
from crossfoot.app.accounts import described, remember, remembered, same_accounts
from crossfoot.app.doctor import check
from crossfoot.app.failure import ASKED_WRONGLY, Failure
from crossfoot.app.ids import time_ordered
from crossfoot.model.identity import Kind, Side
from crossfoot.model.problems import Cause, Problem
from crossfoot.runtime.budget import SharedBudget
from crossfoot.runtime.clock import SystemClock
from crossfoot.runtime.joined import Joined
from crossfoot.runtime.lease import process_alive, process_name
from crossfoot.settings import files
from crossfoot.settings.connection import ConnectionSettings
from crossfoot.settings.rules import Sync
from crossfoot.settings.texts import SettingsError
from crossfoot.store import connections
from crossfoot.store.connections import Connection
from crossfoot.store.database import Database, Tx, open_database
from crossfoot.store.secrets import KeyRing, Secrets
from crossfoot.systems.hubspot.defaults import CARRIES as HUBSPOT_CARRIES
from crossfoot.systems.hubspot.system import HubSpotSystem
from crossfoot.systems.port import Clock, Description, NotSent, Request, Response, Send, System, Trouble
from crossfoot.systems.sending import HttpSend
from crossfoot.systems.xero.defaults import CARRIES as XERO_CARRIES
from crossfoot.systems.xero.system import XeroSystem

TITLES: Mapping[Side, str] = {Side.CRM: HubSpotSystem.title, Side.LEDGER: XeroSystem.title}
"""How people call what is on each side."""

CAPABILITIES = {Side.CRM: HubSpotSystem.capabilities, Side.LEDGER: XeroSystem.capabilities}
"""What each side can do."""

CARRIES = {Side.CRM: HUBSPOT_CARRIES, Side.LEDGER: XERO_CARRIES}
"""Which native fields carry which shared fields."""

DEFAULT_DATA = "crossfoot-data"


@dataclass(frozen=True, slots=True)
class Place:
    """Where Crossfoot keeps what it knows."""

    data: Path
    """The folder with the key and, unless told otherwise, the database."""
    database: str
    """The database's URL."""

    @classmethod
    def of(cls, data: str | None, database: str | None, environment: Mapping[str, str]) -> "Place":
        """As told; else by CROSSFOOT_DATA and CROSSFOOT_DATABASE; else a SQLite file in ./crossfoot-data."""
        folder = Path(data or environment.get("CROSSFOOT_DATA") or DEFAULT_DATA)
        url = database or environment.get("CROSSFOOT_DATABASE") or f"sqlite:///{folder / 'crossfoot.db'}"
        return cls(folder, url)


@dataclass(frozen=True, slots=True)
class App:
    """An open Crossfoot."""

    place: Place
    database: Database
    secrets: Secrets
    clock: Clock
    send: Send
    new_id: Callable[[], str]
    holder: str
    """This process, uniquely over all machines."""

    @property
    def doors(self) -> Doors:
        """What a system needs."""
        budget = SharedBudget(self.database, self.clock)
        return Doors(self.send, self.clock, budget, self.database, self.secrets, self.holder)

    async def connections(self) -> list[Connection]:
        """All connections, by name."""
        async with self.database.read() as tx:
            return await connections.every(tx)

    async def connection(self, name: str | None) -> Connection:
        """The connection of that name, or the only one. Raises `Failure`."""
        every = await self.connections()
        if not every:
            raise Failure(
                f"Nothing is connected yet in {self.place.data}.",
                "Connect HubSpot and Xero with 'crossfoot connect', or look around with 'crossfoot demo'.",
            )
        found = [each for each in every if name is None or each.name == name]
        if len(found) == 1:
            return found[0]
        names = ", ".join(each.name for each in every)
        if name is None:
            raise Failure(
                "There are several connections.",
                f"Choose one with --connection: {names}.",
                code=ASKED_WRONGLY,
            )
        raise Failure(f"There is no connection '{name}'.", f"There are: {names}.", code=ASKED_WRONGLY)

    async def look_at(self, connection: Connection) -> tuple[dict[Side, System], dict[Side, Description]]:
        """Look at both accounts, and remember what they tell. Raises `Trouble`, `SecretTrouble`."""
        systems = await self.systems(connection)
        found = await described(systems)
        same_accounts(connection, found, TITLES)
        async with self.database.write() as tx:
            await remember(tx, connection.id, found)
        return systems, found

    async def joined(self, connection: Connection, *, look: bool = True) -> Joined:
        """The connection with both of its systems at hand. Raises `Trouble`, `SettingsError`, `SecretTrouble`.

        `look`: both accounts are looked at now, and must be able to do what the settings say. Without it, what they told last is good
        enough, and nobody is called.
        """
        settings = settings_of(connection)
        if look:
            systems, descriptions = await self.look_at(connection)
            check(compiled(settings), descriptions[Side.CRM], TITLES[Side.CRM])
            fitting(settings, descriptions)
        else:
            systems = await self.systems(connection)
            async with self.database.read() as tx:
                descriptions = await remembered(tx, connection.id)
        return Joined(
            connection.id,
            compiled(settings),
            settings.brakes,
            systems,
            descriptions,
            self.database,
            self.clock,
            self.new_id,
            process_alive,
            settings.detectors.compiled,
        )

    async def systems(self, connection: Connection, tx: Tx | None = None) -> dict[Side, System]:
        """Both systems with the credentials that are stored; `tx` is the transaction under way, if there is one."""
        if tx is None:
            async with self.database.read() as own:
                return await self.systems(connection, own)
        crm, ledger = await kept_access(tx, self.secrets, connection.id)
        doors = self.doors
        return {
            Side.CRM: hubspot(crm, doors, stored_tokens(crm, doors, connection.id), connection.crm_identity),
            Side.LEDGER: xero(ledger, doors, stored_tokens(ledger, doors, connection.id)),
        }


@asynccontextmanager
async def opened(
    place: Place,
    *,
    environment: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
    make: bool = False,
    durable: bool = True,
) -> AsyncIterator[App]:
    """Open Crossfoot, and close it in the end. `make`: the data folder is made when it is not there.

    Raises `Failure`, `DatabaseTrouble`, `SecretTrouble`.
    """
    if not make and not place.data.is_dir():
        raise Failure(
            f"There is no data folder {place.data}.",
            "Connect HubSpot and Xero with 'crossfoot connect', look around with 'crossfoot demo', "
            "or name the folder with --data.",
        )
    try:
        place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"The data folder {place.data} cannot be made: {(error.strerror or str(error)).lower()}.",
            "Name another one with --data.",
        ) from error
    clock = clock or SystemClock()
    ring = KeyRing.load(environment, place.data / "key")
    database = await open_database(place.database, durable=durable)
    try:
        async with HttpSend() as send:
            yield App(
                place,
                database,
                Secrets(ring),
                clock,
                FirstContact(send),
                time_ordered(clock, randomness.token_bytes),
                process_name(),
            )
    finally:
        await database.close()


class FirstContact:
    """`Send` for a person who waits: where nobody has ever answered, say so at once instead of trying for a minute."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._reached: set[str] = set()

    async def __call__(self, request: Request) -> Response:
        """Send it. Raises `NotSent`, `NoAnswer`, and `Trouble` for an address at which nothing answers."""
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        try:
            response = await self._send(request)
        except NotSent as unsent:
            if origin in self._reached:
                raise
            raise Trouble(
                Problem(
                    Cause.UNAVAILABLE,
                    f"Nothing answers at {origin}: {unsent}.",
                    "Check the address and the network of this machine, then try again.",
                ),
                retry_after=30.0,
            ) from unsent
        self._reached.add(origin)
        return response


def settings_of(connection: Connection) -> ConnectionSettings:
    """The settings as they are stored, written out. Raises `SettingsError`."""
    return files.load(connection.settings, f"settings of {connection.name}").completed(
        CARRIES[Side.CRM], CARRIES[Side.LEDGER]
    )


def compiled(settings: ConnectionSettings) -> tuple[Sync, ...]:
    """The syncs as they run."""
    return settings.compile(CARRIES[Side.CRM], CARRIES[Side.LEDGER])


def fitting(settings: ConnectionSettings, descriptions: Mapping[Side, Description]) -> None:
    """Raises `SettingsError` with everything in the settings that the connected accounts cannot do."""
    needs = {side: able.kinds for side, able in CAPABILITIES.items()}
    makes = [side for side, able in CAPABILITIES.items() if able.creates_fields]
    problems = files.validate(
        settings.completed(CARRIES[Side.CRM], CARRIES[Side.LEDGER]),
        descriptions,
        needs,
        makes,
        CARRIES[Side.CRM][Kind.DEAL]["stage"],
    )
    if problems:
        raise SettingsError(problems)
