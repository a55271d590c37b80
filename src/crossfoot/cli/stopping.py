"""How a command is stopped: by Ctrl-C, and by SIGTERM as if it were Ctrl-C. At once, also while it waits for an answer."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def sigterm_is_ctrl_c() -> Iterator[None]:
    """Who is told to end undoes what it holds, so that nothing it started outlives it."""
    before = signal.signal(signal.SIGTERM, _as_ctrl_c)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def typed() -> str:
    """A line that a person types, with its end; without one where input ends. Raises KeyboardInterrupt when stopped.

    An event loop only notes Ctrl-C, for when it runs again; while a person is asked it does not.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise KeyboardInterrupt
        return sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, before)


def _as_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
