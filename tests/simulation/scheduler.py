"""An event loop in virtual time whose every choice comes from a seed.

Production code is plain asyncio and runs on it unchanged. Of the handles that are ready, the one with the smallest keyed hash of (seed, label,
how often this label was ready) goes next; when nothing is ready, time jumps to the next timer. There are no threads, selectors or sockets, and
nothing is left to the garbage collector: what a finaliser would do never happens.
"""

import asyncio
import contextlib
import heapq
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from contextvars import Context
from hashlib import blake2b
from typing import Any, TypeVar

T = TypeVar("T")

MOST_STEPS = 400_000
"""After so many steps a run will never end."""


class Stuck(Exception):
    """Nothing is ready and no timer is set: everybody waits for somebody else."""


class Endless(Exception):
    """The run does not come to its end."""


class Fenced(Exception):
    """Something reached for a thread, a socket or a signal; none of them can be replayed."""


class Scheduler(asyncio.BaseEventLoop):
    """The loop. `trace` is a hash of all that was noted; equal for equal runs, in every process."""

    def __init__(self, seed: int | str = 0) -> None:
        super().__init__()
        self.seed = seed
        self.steps = 0
        self._key = blake2b(str(seed).encode(), digest_size=32).digest()
        self._virtual = 0.0
        self._order = 0
        self._waiting: list[tuple[bytes, int, asyncio.Handle]] = []
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._labels: Counter[str] = Counter()
        self._tasks_made: Counter[str] = Counter()
        self._trace = blake2b(digest_size=16)
        self._alive: dict[asyncio.Task[Any], None] = {}

    # ── what a run may ask ────────────────────────────────────────────────────────────────────────────────────────────

    def time(self) -> float:
        """Virtual seconds since the loop began."""
        return self._virtual

    def note(self, label: str) -> None:
        """Put what happens now into the trace. Labels are plain text, never a repr or an id."""
        self._trace.update(f"{self._virtual:.6f} {label}\n".encode())

    @property
    def trace(self) -> str:
        """The hash of everything noted so far."""
        return self._trace.hexdigest()

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run to the end of `main`; whatever is still running then is cancelled, in the order in which it was begun."""
        asyncio.set_event_loop(self)
        try:
            return self.run_until_complete(main)
        finally:
            try:
                left = [task for task in self._alive if not task.done()]
                self.steps = 0  # A run that was ended because it had no end still has its tasks to close.
                for task in left:
                    task.cancel()
                if left:
                    self.run_until_complete(_ended(left))
            finally:
                asyncio.set_event_loop(None)
                self.close()

    # ── the loop ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:  # type: ignore[override]
        handle = asyncio.Handle(callback, args, self, context)
        self._enqueue(handle)
        return handle

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:  # type: ignore[override]
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._order += 1
        heapq.heappush(self._timers, (when, self._order, timer))
        return timer

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:  # type: ignore[override]
        return self.call_at(self._virtual + max(0.0, delay), callback, *args, context=context)

    def create_task(  # type: ignore[override]
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        parent = asyncio.current_task(self) if asyncio._get_running_loop() is self else None
        stem = name or (parent.get_name() if parent else "main")
        self._tasks_made[stem] += 1
        number = self._tasks_made[stem]
        task: asyncio.Task[T] = asyncio.Task(
            coro, loop=self, name=stem if name and number == 1 else f"{stem}.{number}", context=context
        )
        self._alive[task] = None
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._alive.pop(task, None)

    def _enqueue(self, handle: asyncio.Handle) -> None:
        callback: Any = handle._callback  # type: ignore[attr-defined]
        owner = getattr(callback, "__self__", None)
        label = (
            owner.get_name()
            if isinstance(owner, asyncio.Task)
            else getattr(callback, "__qualname__", "callback")
        )
        self._labels[label] += 1
        rank = blake2b(f"{label}\x1f{self._labels[label]}".encode(), key=self._key, digest_size=8).digest()
        self._order += 1
        heapq.heappush(self._waiting, (rank, self._order, handle))

    def _run_once(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Endless(f"{MOST_STEPS} steps, and no end at virtual second {self._virtual:.0f}")
        while not self._waiting:
            if not self._timers:
                raise Stuck(f"everybody waits for somebody else at virtual second {self._virtual:.3f}")
            self._virtual = max(self._virtual, self._timers[0][0])
            while self._timers and self._timers[0][0] <= self._virtual:
                _, _, timer = heapq.heappop(self._timers)
                if not timer.cancelled():
                    self._enqueue(timer)
        _, _, handle = heapq.heappop(self._waiting)
        if not handle.cancelled():
            handle._run()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Left in the heap; skipped when its time comes."""

    def _write_to_self(self) -> None:
        raise Fenced("a thread spoke to the loop")

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:  # type: ignore[override]
        raise Fenced("a thread spoke to the loop")

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        raise Fenced("a thread was asked for")

    def _asyncgen_finalizer_hook(self, agen: AsyncGenerator[Any, Any]) -> None:
        """A generator that nobody closed stays unfinished: when the collector comes by must make no difference."""


async def _ended(tasks: list[asyncio.Task[Any]]) -> None:
    waits: list[Awaitable[Any]] = list(tasks)
    for one in waits:
        # They were cancelled; how they take it is their business.
        with contextlib.suppress(BaseException):
            await one
