"""Credentials at rest: AES-256-GCM under a key that is kept outside the database.

What is sealed for one connection, system and name opens for no other: they are the associated data. A database that is copied without the
key ring tells nothing.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crossfoot.store.database import Tx

_KEY_BYTES = 32
_NONCE_BYTES = 12


class SecretTrouble(Exception):
    """The keys cannot be used, or do not fit. Never with key or secret in its text."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what} {fix}")
        self.what = what
        self.fix = fix


class KeyRing:
    """The keys by their ids; the last one seals, all of them open. A key's id is the start of its SHA-256."""

    def __init__(self, keys: list[bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise SecretTrouble(
                f"A key must have {_KEY_BYTES} bytes.", "Make one with: openssl rand -base64 32"
            )
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
        self.newest = hashlib.sha256(keys[-1]).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Keys in base64, one per line or separated by commas; the newest last."""
        try:
            keys = [base64.b64decode(part, validate=True) for part in text.replace(",", "\n").split()]
        except binascii.Error:
            raise SecretTrouble(
                "The encryption key is not base64.", "Make one with: openssl rand -base64 32"
            ) from None
        return cls(keys)

    @classmethod
    def load(
        cls,
        environment: Mapping[str, str],
        file: Path,
        random: Callable[[int], bytes] = os.urandom,
    ) -> "KeyRing":
        """From CROSSFOOT_KEY, else the file that CROSSFOOT_KEY_FILE names, else `file`, which is made (0600) when it is not there.

        Raises `SecretTrouble` for a key that is not one, and for a file that others may read.
        """
        if told := environment.get("CROSSFOOT_KEY"):
            return cls.parse(told)
        named = environment.get("CROSSFOOT_KEY_FILE")
        path = Path(named) if named else file
        if not named and not path.exists():
            _make(path, random)
        try:
            mode = path.stat().st_mode
            text = path.read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            why = f" ({error.strerror.lower()})" if isinstance(error, OSError) and error.strerror else ""
            raise SecretTrouble(
                f"The key file {path} cannot be read{why}.",
                "Correct CROSSFOOT_KEY_FILE, or the file's rights.",
            ) from error
        if mode & 0o077:
            raise SecretTrouble(f"Others may read the key file {path}.", f"Run: chmod 600 {path}")
        return cls.parse(text)

    def seal(self, plain: bytes, belongs_to: bytes, nonce: bytes) -> bytes:
        """Encrypted with the newest key; the nonce goes first."""
        return nonce + AESGCM(self._keys[self.newest]).encrypt(nonce, plain, belongs_to)

    def unseal(self, key_id: str, sealed: bytes, belongs_to: bytes) -> bytes:
        """The reverse. Raises `SecretTrouble` when the key is not there, or the text was sealed for something else."""
        key = self._keys.get(key_id)
        if key is None:
            raise SecretTrouble(
                f"The encryption key {key_id} is not in the key ring.",
                "Bring back the key that the credentials were stored with, or connect again.",
            )
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], belongs_to)
        except InvalidTag:
            raise SecretTrouble(
                "A stored credential was altered, or belongs to another connection.", "Connect again."
            ) from None


def _make(path: Path, random: Callable[[int], bytes]) -> None:
    try:
        _made(path, random)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SecretTrouble(
            f"The key file {path} cannot be made ({why}).",
            "Free some space on the disk, or correct the folder's rights.",
        ) from error


def _made(path: Path, random: Callable[[int], bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written in full under another name first: two processes that start at once agree on one key, and none reads half of it.
    draft = path.with_name(f".{path.name}.{random(8).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(base64.b64encode(random(_KEY_BYTES)) + b"\n")
            opened.flush()
            os.fsync(handle)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


@dataclass(frozen=True, slots=True)
class Secret:
    """An opened secret."""

    text: str = field(repr=False)
    generation: int = 0
    """Grows with every change: whoever saw an older one can tell that it has been replaced."""


class Secrets:
    """The sealed credentials of all connections."""

    def __init__(self, ring: KeyRing, random: Callable[[int], bytes] = os.urandom) -> None:
        self._ring = ring
        self._random = random

    async def get(self, tx: Tx, connection: str, system: str, name: str) -> Secret | None:
        """One secret, opened. Raises `SecretTrouble`."""
        row = await tx.one("secrets.get", connection=connection, system=system, name=name)
        if row is None:
            return None
        plain = self._ring.unseal(row["key_id"], row["sealed"], _belongs_to(connection, system, name))
        return Secret(plain.decode(), row["generation"])

    async def put(self, tx: Tx, connection: str, system: str, name: str, text: str) -> int:
        """Seal and keep a secret in place of the one before; its new generation."""
        sealed = self._ring.seal(
            text.encode(), _belongs_to(connection, system, name), self._random(_NONCE_BYTES)
        )
        row = await tx.one(
            "secrets.put",
            connection=connection,
            system=system,
            name=name,
            key_id=self._ring.newest,
            sealed=sealed,
        )
        assert row is not None
        return int(row["generation"])

    async def rotate(self, tx: Tx) -> int:
        """Seal everything with the newest key; how many secrets were sealed with another. Older keys may go after that."""
        rows = await tx.all("secrets.sealed_otherwise", key_id=self._ring.newest)
        resealed = []
        for row in rows:
            place = _belongs_to(row["connection"], row["system"], row["name"])
            plain = self._ring.unseal(row["key_id"], row["sealed"], place)
            resealed.append(
                {
                    "connection": row["connection"],
                    "system": row["system"],
                    "name": row["name"],
                    "key_id": self._ring.newest,
                    "sealed": self._ring.seal(plain, place, self._random(_NONCE_BYTES)),
                }
            )
        await tx.many("secrets.reseal", resealed)
        return len(resealed)

    async def forget(self, tx: Tx, connection: str, system: str) -> None:
        """Forget everything of a system in a connection."""
        await tx.run("secrets.forget", connection=connection, system=system)


def _belongs_to(connection: str, system: str, name: str) -> bytes:
    return f"{connection}|{system}|{name}".encode()
