"""How a part of the product is taken out for a while: a few lines of its source edited in place, or a name that leads elsewhere."""

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import CodeType, FunctionType
from typing import Any
from unittest.mock import patch

Removal = Callable[[], AbstractContextManager[None]]
"""Enter it, and the safeguard is gone; leave it, and it is back."""

NOTHING = "pass"


def edited(function: Callable[..., Any], *changes: tuple[str, str]) -> Removal:
    """The function with parts of its source replaced, wherever it was imported to.

    Each part must occur exactly once: a removal that no longer fits what is written says so, and never leaves the safeguard in.
    """

    @contextmanager
    def removal() -> Iterator[None]:
        assert isinstance(function, FunctionType)
        whole, function.__code__ = function.__code__, _edited(function, changes)
        try:
            yield
        finally:
            function.__code__ = whole

    return removal


def _edited(function: FunctionType, changes: tuple[tuple[str, str], ...]) -> CodeType:
    text = textwrap.dedent(inspect.getsource(function))
    for old, new in changes:
        if text.count(old) != 1:
            raise LookupError(f"{function.__qualname__} says {old!r} {text.count(old)} times, not once")
        text = text.replace(old, new)
    found: dict[str, Any] = {}
    exec(
        compile(text, f"{function.__code__.co_filename} without a safeguard", "exec"),
        function.__globals__,
        found,
    )
    made = found[function.__name__]
    assert isinstance(made, FunctionType)
    return made.__code__


def replaced(*changes: tuple[Any, str, Any]) -> Removal:
    """Names (owner, name, value) that lead elsewhere."""

    @contextmanager
    def removal() -> Iterator[None]:
        with ExitStack() as stack:
            for owner, name, value in changes:
                stack.enter_context(patch.object(owner, name, value))
            yield

    return removal


def together(*removals: Removal) -> Removal:
    """Several at once: a safeguard with all of its places."""

    @contextmanager
    def removal() -> Iterator[None]:
        with ExitStack() as stack:
            for one in removals:
                stack.enter_context(one())
            yield

    return removal
