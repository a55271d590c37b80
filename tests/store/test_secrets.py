"""Credentials at rest. The sealed ones on both databases."""

import base64
import errno
import os
import stat
from pathlib import Path

import pytest

from crossfoot.store.database import Database
from crossfoot.store.secrets import KeyRing, Secret, Secrets, SecretTrouble

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def text(*keys: bytes) -> str:
    return "\n".join(base64.b64encode(key).decode() for key in keys)


async def test_a_secret_comes_back_with_a_generation_that_grows(database: Database) -> None:
    secrets = Secrets(KeyRing([OLD]))
    async with database.write() as tx:
        assert await secrets.get(tx, "c", "xero", "tokens") is None
        assert await secrets.put(tx, "c", "xero", "tokens", "one") == 1
        assert await secrets.put(tx, "c", "xero", "tokens", "twö") == 2
        assert await secrets.get(tx, "c", "xero", "tokens") == Secret("twö", 2)
        assert await secrets.get(tx, "d", "xero", "tokens") is None
        await secrets.forget(tx, "c", "xero")
        assert await secrets.get(tx, "c", "xero", "tokens") is None


async def test_the_database_holds_no_secret_in_the_clear_and_no_two_sealings_alike(
    database: Database,
) -> None:
    secrets = Secrets(KeyRing([OLD]))
    rows = []
    async with database.write() as tx:
        for name in ("a", "b"):
            await secrets.put(tx, "c", "xero", name, "hunter2hunter2")
            rows.append(await tx.one("secrets.get", connection="c", system="xero", name=name))
    sealed = [bytes(row["sealed"]) for row in rows if row is not None]
    assert all(b"hunter2" not in each for each in sealed)
    assert sealed[0][:12] != sealed[1][:12]


@pytest.mark.parametrize(
    "place", [("d", "xero", "tokens"), ("c", "hubspot", "tokens"), ("c", "xero", "other")]
)
async def test_a_sealed_secret_moved_to_another_place_does_not_open(
    database: Database, place: tuple[str, str, str]
) -> None:
    secrets = Secrets(KeyRing([OLD]))
    connection, system, name = place

    async with database.write() as tx:
        await secrets.put(tx, "c", "xero", "tokens", "hunter2")
        row = await tx.one("secrets.get", connection="c", system="xero", name="tokens")
        assert row is not None
        await tx.run(
            "secrets.put",
            connection=connection,
            system=system,
            name=name,
            key_id=row["key_id"],
            sealed=row["sealed"],
        )
        with pytest.raises(SecretTrouble, match="altered, or belongs to another") as told:
            await secrets.get(tx, *place)
    assert "hunter2" not in str(told.value)


async def test_after_a_rotation_the_old_key_may_go(database: Database) -> None:
    async with database.write() as tx:
        await Secrets(KeyRing([OLD])).put(tx, "c", "xero", "a", "one")
        both = Secrets(KeyRing([OLD, NEW]))
        await both.put(tx, "c", "xero", "b", "two")
        assert await both.get(tx, "c", "xero", "a") == Secret("one", 1)
        with pytest.raises(SecretTrouble, match="is not in the key ring"):
            await Secrets(KeyRing([NEW])).get(tx, "c", "xero", "a")
        assert await both.rotate(tx) == 1
        assert await both.rotate(tx) == 0
        only_new = Secrets(KeyRing([NEW]))
        assert await only_new.get(tx, "c", "xero", "a") == Secret("one", 1)
        assert await only_new.get(tx, "c", "xero", "b") == Secret("two", 1)


def test_a_key_file_is_made_once_for_us_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "keys"
    first, second = KeyRing.load({}, file), KeyRing.load({}, file)
    assert first.newest == second.newest
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["keys"]


def test_keys_come_from_the_environment_before_any_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(text(OLD, NEW))
    file.chmod(0o600)
    unused = tmp_path / "unused"
    ring = KeyRing([NEW])
    assert KeyRing.load({"CROSSFOOT_KEY_FILE": str(file)}, unused).newest == ring.newest
    told = {"CROSSFOOT_KEY": text(NEW), "CROSSFOOT_KEY_FILE": "/nowhere"}
    assert KeyRing.load(told, unused).newest == ring.newest
    assert not unused.exists()


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(text(OLD))
    file.chmod(0o644)
    with pytest.raises(SecretTrouble, match="Others may read the key file"):
        KeyRing.load({}, file)


@pytest.mark.parametrize("wrong", ["not base64!", base64.b64encode(b"short").decode(), ","])
def test_a_key_that_is_none_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(SecretTrouble, match="openssl rand -base64 32") as told:
        KeyRing.load({"CROSSFOOT_KEY": wrong}, Path("unused"))
    assert wrong == "," or wrong not in str(told.value)


def test_a_named_key_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SecretTrouble, match="cannot be read"):
        KeyRing.load({"CROSSFOOT_KEY_FILE": str(tmp_path / "mistyped")}, tmp_path / "unused")
    assert list(tmp_path.iterdir()) == []


def test_neither_key_nor_secret_shows_in_a_repr() -> None:
    assert repr(Secret("hunter2", 1)) == "Secret(generation=1)"
    assert text(OLD) not in repr(KeyRing([OLD]))


def full_disk(*_: object, **__: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_key_that_is_there_is_read_from_a_full_disk_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = KeyRing.load({}, tmp_path / "key")
    monkeypatch.setattr("crossfoot.store.secrets.os.open", full_disk)
    assert KeyRing.load({}, tmp_path / "key").newest == made.newest


def test_a_key_that_cannot_be_made_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossfoot.store.secrets.os.open", full_disk)
    with pytest.raises(SecretTrouble, match=r"cannot be made \(no space left on device\)"):
        KeyRing.load({}, tmp_path / "key")
