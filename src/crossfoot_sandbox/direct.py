"""The sandbox by function call: what HTTP would do, without the HTTP. For simulations, tests and benchmarks."""

from collections.abc import Awaitable, Callable, Mapping

from crossfoot_sandbox.sandbox import Sandbox

Pause = Callable[[str], Awaitable[None]]
"""Waits while a vendor ("hubspot" or "xero") thinks about an answer; the request counts as in flight meanwhile."""

BASE = "http://sandbox"


class Direct:
    """Bytes in, bytes out. The host prefixes of `sandbox.py` follow `BASE`: `http://sandbox/xero/api.xro/2.0/Contacts`.

    Without `pause` a vendor answers at once, so nothing is ever in flight beside it; Xero's limit of five concurrent
    calls (Xero fact 2.1) shows only when answers take time.
    """

    def __init__(self, sandbox: Sandbox, pause: Pause | None = None) -> None:
        self._sandbox = sandbox
        self._pause = pause

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names as the vendor spells them) and body.

        Raises `wire.Refused` when the call surely had no effect, `wire.Dropped` when nobody can know.
        """
        if self._pause is None:
            return self._answer(method, url, headers, body)
        system = "xero" if url.removeprefix(BASE).startswith("/xero") else "hubspot"
        tenant = _tenant(headers) if system == "xero" else ""
        in_flight = self._sandbox.xero.in_flight
        in_flight[tenant] += bool(tenant)
        try:
            answer = self._answer(method, url, headers, body)
            await self._pause(system)
        finally:
            in_flight[tenant] -= bool(tenant)
        return answer

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        response = self._sandbox.call(method, url.removeprefix(BASE), headers, body)
        return response.status, dict(response.headers), response.body


def _tenant(headers: Mapping[str, str]) -> str:
    return next((value.lower() for name, value in headers.items() if name.lower() == "xero-tenant-id"), "")
