"""Credentials in use: access tokens that are refreshed ahead of their end, by one refresher at a time over all processes.

Both vendors rotate refresh tokens (Xero facts 1.3: the old one lives 30 minutes longer, then the consent is lost). So a new pair is committed
before it is used, under a lease, and only if nobody replaced the old pair meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crossfoot.model.problems import Cause, Problem
from crossfoot.store import leases
from crossfoot.store.database import Database, Tx
from crossfoot.store.secrets import Secrets
from crossfoot.store.values import decode, encode
from crossfoot.systems.port import Clock, NoAnswer, NotSent, Trouble

AHEAD = timedelta(minutes=5)
"""How long before its end an access token is replaced."""

LEASE_SECONDS = 90.0
"""How long one refresh may take before another process tries; longer than any timeout of a call."""

_LOOK_SECONDS = 0.25  # how often a process that needs a new token looks whether another one has got it
_NAME = "tokens"


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token, and the refresh token that gets the next one."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    """When the access token ends."""


class InvalidGrant(Exception):
    """The vendor does not know the refresh token: used up, expired or revoked."""


Refresh = Callable[[str], Awaitable[Pair]]
"""Exchange a refresh token for a new pair. Raises `InvalidGrant`, `Trouble`, `NotSent` or `NoAnswer`."""


class StaticTokens:
    """One token that never changes, such as a HubSpot private app's. Implements `systems.port.Tokens`."""

    def __init__(self, token: str, title: str = "The system") -> None:
        self._token = token
        self._title = title

    async def bearer(self) -> str:
        """The token."""
        return self._token

    async def expired(self, used: str) -> str:  # noqa: ARG002 - the port's signature
        """There is no other one. Raises `Trouble` (CONSENT)."""
        raise Trouble(
            Problem(
                Cause.CONSENT,
                f"{self._title} does not accept the access token.",
                "Copy the token again from where it was made, and connect again with it.",
            )
        )


async def keep_pair(tx: Tx, secrets: Secrets, connection: str, system: str, pair: Pair) -> int:
    """Store a pair, sealed; its generation. After a consent, and after each refresh."""
    return await secrets.put(tx, connection, system, _NAME, encode(pair))


class RotatingTokens:
    """The tokens of one connection and system. Implements `systems.port.Tokens`."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        clock: Clock,
        refresh: Refresh,
        *,
        connection: str,
        system: str,
        holder: str,
        title: str = "",
    ) -> None:
        """`holder` names this process uniquely; `title` is how people call the system."""
        self._database = database
        self._secrets = secrets
        self._clock = clock
        self._refresh = refresh
        self._connection = connection
        self._system = system
        self._holder = holder
        self._title = title or system
        self._lease = f"tokens:{connection}:{system}"
        self._lock = asyncio.Lock()
        self._known: tuple[Pair, int] | None = None
        self._refused: int | None = None

    async def bearer(self) -> str:
        """A valid access token. Refreshes `AHEAD` of its end; while another process does so, the old one serves on."""
        if self._known is not None and self._fresh(self._known[0]):
            return self._known[0].access
        async with self._lock:
            pair, generation = await self._stored()
            if self._fresh(pair):
                return pair.access
            return (await self._renewed(generation)).access

    async def expired(self, used: str) -> str:
        """The vendor refused `used` as expired: a newer one. Raises `Trouble` (CONSENT) when there is none."""
        async with self._lock:
            pair, generation = await self._stored()
            if pair.access != used:
                return pair.access
            return (await self._renewed(generation, refused=True)).access

    def _fresh(self, pair: Pair) -> bool:
        return self._clock.now() < pair.expires_at - AHEAD

    async def _stored(self) -> tuple[Pair, int]:
        async with self._database.read() as tx:
            return await self._read(tx)

    async def _read(self, tx: Tx) -> tuple[Pair, int]:
        secret = await self._secrets.get(tx, self._connection, self._system, _NAME)
        if secret is None:
            raise self._consent_gone("has no stored consent")
        self._known = Pair(**decode(secret.text)), secret.generation
        return self._known

    async def _renewed(self, seen: int, *, refused: bool = False) -> Pair:
        """A pair newer than generation `seen`. `refused`: the access token of that generation is of no use any more."""
        while True:
            async with self._database.write() as tx:
                pair, generation = await self._read(tx)
                if generation != seen:
                    return pair
                now = self._clock.now()
                fence = await leases.acquire(tx, self._lease, self._holder, now, LEASE_SECONDS)
            serves = not refused and now < pair.expires_at
            if fence is not None:
                return await self._refreshed(pair, generation, fence, serves=serves)
            if serves:
                return pair
            await self._clock.sleep(_LOOK_SECONDS)

    async def _refreshed(self, pair: Pair, generation: int, fence: int, *, serves: bool) -> Pair:
        """Refresh under the lease. `serves`: the old access token is still good, so a vendor that does not answer is no trouble yet."""
        try:
            if self._refused == generation:
                raise self._consent_gone("no longer accepts the consent")
            try:
                new = await self._refresh(pair.refresh)
            except InvalidGrant:
                return await self._replaced_or_gone(generation)
            except (NotSent, NoAnswer) as error:
                # The old refresh token survives a lost answer for a while, so the next try may use it again.
                if serves:
                    return pair
                raise Trouble(
                    Problem(
                        Cause.UNAVAILABLE,
                        f"{self._title} does not answer when asked for a new access token.",
                        "Nothing needs to be done; it is tried again.",
                    ),
                    retry_after=30.0,
                ) from error
            async with self._database.write() as tx:
                stored, current = await self._read(tx)
                if current != generation:
                    # We were away for longer than the lease and another process has refreshed: its pair is the one that is kept.
                    return stored
                self._known = new, await keep_pair(tx, self._secrets, self._connection, self._system, new)
            return new
        finally:
            async with self._database.write() as tx:
                await leases.release(tx, self._lease, self._holder, fence)

    async def _replaced_or_gone(self, generation: int) -> Pair:
        pair, current = await self._stored()
        if current != generation:
            return pair
        self._refused = generation
        raise self._consent_gone("no longer accepts the consent")

    def _consent_gone(self, how: str) -> Trouble:
        return Trouble(
            Problem(
                Cause.CONSENT,
                f"{self._title} {how}.",
                f"Connect {self._title} again; nothing that was synced is lost.",
            )
        )
