"""Reading what a caller sent: whole numbers, lists, page sizes, and the 400 for what is none."""

from typing import Any

from crossfoot_sandbox.hubspot.errors import invalid


def whole_number(sent: object, name: str, default: int) -> int:
    """An integer as sent, as a number or as text; 400 for anything else."""
    if sent is None or sent == "":
        return default
    try:
        return int(str(sent))
    except ValueError:
        raise invalid(f"Invalid {name}: {sent}. It must be an integer") from None


def listed(sent: object, name: str) -> list[Any]:
    """A list as sent, empty when it is missing; 400 for anything else."""
    if sent is None:
        return []
    if not isinstance(sent, list):
        raise invalid(f"Invalid input JSON: {name} must be a list")
    return sent


def page_size(text: object, default: int, most: int) -> int:
    """A page size as sent, in a query or a body."""
    size = whole_number(text, "limit", default)
    if not 0 < size <= most:
        raise invalid(f"Invalid limit {size}: it must be between 1 and {most}")
    return size
