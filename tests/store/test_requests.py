"""What a person has asked for is remembered once, until they withdraw it."""

from tests.store.children import START

from crossfoot.store import requests
from crossfoot.store.database import Database


async def test_a_request_is_remembered_until_it_is_withdrawn(database: Database) -> None:
    async with database.write() as tx:
        await requests.put(tx, "c", "deals", "512", START, "ada")
        await requests.put(tx, "c", "deals", "512", START, "ben")
        await requests.put(tx, "c", "deals_2", "512", START, "ada")
        await requests.put(tx, "c", "deals", "513", START, "ada")
        await requests.put(tx, "other", "deals", "514", START, "ada")
    async with database.read() as tx:
        found = await requests.among(tx, "c", ["512", "513", "514"])
        assert found == {"512": {"deals", "deals_2"}, "513": {"deals"}}
    async with database.write() as tx:
        await requests.withdraw(tx, "c", "deals", "512")
        await requests.withdraw(tx, "c", "deals", "999")
        assert await requests.among(tx, "c", ["512"]) == {"512": {"deals_2"}}
        await requests.forget(tx, "c", "deals_2")
        assert await requests.among(tx, "c", ["512"]) == {}
        assert await requests.among(tx, "other", ["514"]) == {"514": {"deals"}}
