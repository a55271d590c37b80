"""`Idempotency-Key`: a write's answer is kept six minutes per app and given again, errors included (Xero fact 3)."""

from dataclasses import dataclass
from hashlib import blake2b

from crossfoot_sandbox.wire import Request, Response
from crossfoot_sandbox.xero.errors import ApiException, refused

KEPT_SECONDS = 360
LONGEST_KEY = 128
_METHODS = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    fingerprint: bytes
    response: Response


class Idempotency:
    """Answers by app and key. The organisation is no part of the key (documented: per app, not per tenant)."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}

    @staticmethod
    def key(request: Request) -> str | None:
        """The key of a write, or None. Raises for an empty or too long one (wording assumed)."""
        key = request.headers.get("idempotency-key")
        if key is None or request.method not in _METHODS:
            return None
        if not key.strip() or len(key) > LONGEST_KEY:
            raise refused(f"Idempotency Key must be between 1 and {LONGEST_KEY} characters.")
        return key

    def replay(
        self, client_id: str, key: str, request: Request, now: float, *, in_element: bool
    ) -> Response | None:
        """The answer that this very request got before, None for a new key. Raises when the key was for a different request."""
        kept = self._kept.get((client_id, key))
        if kept is None or kept.until <= now:
            return None
        if kept.fingerprint != _fingerprint(request):
            message = f"Idempotency Key: {key} is used with a different request."
            raise refused(message) if in_element else ApiException(10, "ValidationException", message)
        return kept.response

    def keep(self, client_id: str, key: str, request: Request, response: Response, now: float) -> None:
        """Remember an answer."""
        while self._kept:  # oldest first, because every answer is kept equally long
            oldest = next(iter(self._kept))
            if self._kept[oldest].until > now:
                break
            del self._kept[oldest]
        self._kept[client_id, key] = _Kept(now + KEPT_SECONDS, _fingerprint(request), response)


def _fingerprint(request: Request) -> bytes:
    hashed = blake2b(f"{request.method} {request.path} {request.query}".encode(), digest_size=16)
    hashed.update(request.body)
    return hashed.digest()
