"""Xero's refusals, each with the exact shape that section 6 of the facts records. Raised anywhere, rendered in `shape.py`."""

from typing import Any


class XeroError(Exception):
    """Ends a call with an error answer."""

    status = 500


class NotFound(XeroError):
    """404 as text/html, not JSON (recorded)."""

    status = 404


class MethodNotAllowed(XeroError):
    """405: the path exists, the method does not."""

    status = 405


class Offline(XeroError):
    """503 in plain text."""

    status = 503

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Problem(XeroError):
    """401 and 403: a problem document with `Title`, `Status`, `Detail`, `Instance`."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


class RateLimited(XeroError):
    """429 with an empty body and no Content-Type (recorded)."""

    status = 429

    def __init__(self, problem: str, retry_after: int | None, headers: dict[str, str]) -> None:
        super().__init__(problem)
        self.headers = headers
        self.problem = problem
        self.retry_after = retry_after


class ApiException(XeroError):
    """400 with `ErrorNumber`, `Type`, `Message` and, for validation, the refused `Elements`."""

    status = 400

    def __init__(
        self, number: int, kind: str, message: str, elements: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(message)
        self.number = number
        self.kind = kind
        self.message = message
        self.elements = elements

    def payload(self) -> dict[str, Any]:
        """The body, before it becomes JSON or XML."""
        body: dict[str, Any] = {"ErrorNumber": self.number, "Type": self.kind, "Message": self.message}
        if self.elements is not None:
            body["Elements"] = self.elements
        return body


def invalid(elements: list[dict[str, Any]]) -> ApiException:
    """ErrorNumber 10: some elements broke a rule."""
    return ApiException(10, "ValidationException", "A validation exception occurred", elements)


def refused(*messages: str, **echo: Any) -> ApiException:
    """ErrorNumber 10 about a single element."""
    return invalid([{**echo, "ValidationErrors": [{"Message": message} for message in messages]}])


def malformed(message: str) -> ApiException:
    """ErrorNumber 14: the body is not what the endpoint can read (bad JSON, bad enum, bad type)."""
    return ApiException(14, "PostDataInvalidException", message)


def bad_query(message: str, index: int = 0) -> ApiException:
    """ErrorNumber 16: `where` or `order` cannot be read."""
    return ApiException(16, "QueryParseException", f"{message} (at index {index})")
