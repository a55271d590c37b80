# ruff: noqa: PLC0415  imports wait until a command needs them, so that help comes at once
"""What every command has at hand: its options, the open program, the screen, and a way to ask. One place for how commands end.

Results go to standard output, as text or (`--json`) as data; progress and messages go to standard error.
"""

import asyncio
import inspect
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossfoot.cli import INTERRUPTED, helping
from crossfoot.cli.stopping import sigterm_is_ctrl_c, typed

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from crossfoot.app.opening import App
    from crossfoot.model.identity import Side
    from crossfoot.runtime.joined import Joined
    from crossfoot.runtime.report import Progress
    from crossfoot.settings.rules import Sync
    from crossfoot.store.connections import Connection
    from crossfoot.systems.port import Description, System

WIDTH = 100  # columns of tables that go into a file or a pipe

Command = Callable[..., Awaitable[int | None]]


@dataclass(frozen=True)
class Desk:
    """The options that every command has, and what comes with them."""

    data: str | None = None
    database: str | None = None
    connection: str | None = None
    json: bool = False
    yes: bool = False
    debug: bool = False

    @asynccontextmanager
    async def opened(self, *, make: bool = False) -> AsyncIterator["App"]:
        """The program; `make`: also where there is no data folder yet."""
        from crossfoot.app.opening import Place, opened

        async with opened(Place.of(self.data, self.database, os.environ), make=make) as app:
            yield app

    @asynccontextmanager
    async def remembered(self) -> AsyncIterator[tuple["App", "Connection", tuple["Sync", ...]]]:
        """The program, the connection and its syncs, from memory alone: no system is called."""
        from crossfoot.app.opening import compiled, settings_of

        async with self.opened() as app:
            connection = await app.connection(self.connection)
            yield app, connection, compiled(settings_of(connection))

    @asynccontextmanager
    async def joined(self, *, look: bool = True) -> AsyncIterator[tuple["App", "Connection", "Joined"]]:
        """The program and the connection with both systems at hand; `look`: both accounts are looked at first."""
        async with self.opened() as app:
            connection = await app.connection(self.connection)
            with self.waiting("Looking at HubSpot and Xero") if look else nullcontext():
                joined = await app.joined(connection, look=look)
            yield app, connection, joined

    async def looked_at(
        self, app: "App", connection: "Connection"
    ) -> tuple[dict["Side", "System"], dict["Side", "Description"]]:
        """Both accounts as they are now, whatever the settings say."""
        with self.waiting("Looking at HubSpot and Xero"):
            return await app.look_at(connection)

    # ── the screen ────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def out(self) -> "Console":
        """Standard output."""
        from rich.console import Console

        return Console(width=None if sys.stdout.isatty() else _columns(), highlight=False)

    @cached_property
    def err(self) -> "Console":
        """Standard error."""
        from rich.console import Console

        return Console(stderr=True, width=None if sys.stderr.isatty() else _columns(), highlight=False)

    def show(self, data: Any, *pictures: "RenderableType") -> None:
        """The result: as data with `--json`, else drawn."""
        if self.json:
            from crossfoot.cli.data import text_of

            sys.stdout.write(text_of(data) + "\n")
        else:
            for picture in pictures:
                self.out.print(picture)

    def say(self, text: str) -> None:
        """A message beside the result."""
        from rich.text import Text

        self.err.print(Text(text), soft_wrap=not sys.stderr.isatty())

    def draw(self, *pictures: "RenderableType") -> None:
        """Something to look at before the result, for example what is about to be asked. Where the result is data, it is shown
        beside it, and only to somebody who is asked.
        """
        if self.json and self.yes:
            return
        for picture in pictures:
            (self.err if self.json else self.out).print(picture)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """A sign of life while something takes a moment; nothing where nobody watches."""
        if not sys.stderr.isatty():
            yield
            return
        with self.err.status(f"{what} ..."):
            yield

    @contextmanager
    def progress(self) -> Iterator["Progress"]:
        """A progress bar on standard error; nothing where nobody watches."""
        from crossfoot.runtime.report import quiet

        if not sys.stderr.isatty():
            yield quiet
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.err,
            transient=True,
        ) as bar:
            tasks: dict[str, Any] = {}

            def tell(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=total or None)
                bar.update(tasks[what], completed=done, total=total or None)

            yield tell

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def agrees(self, question: str) -> bool:
        """Whether the person says yes. No answer (no terminal, end of input) is a no."""
        if self.yes:
            return True
        answer = self.answer(f"{question} [y/N] ")
        return answer.strip().lower() in ("y", "yes")

    def declined(self, told: str, data: Any) -> int:
        """The person said no, or nobody was there to say yes: the result then, as data where that was asked for. The exit code."""
        if self.json:
            self.show(data)
        self.say(told)
        return 1

    def answer(self, question: str) -> str:
        """What the person types, on one line; empty where there is nobody to answer."""
        sys.stderr.write(question)
        sys.stderr.flush()
        line = typed()
        if not line.endswith("\n"):
            sys.stderr.write("\n")
        return line.strip()

    def chosen(self, question: str, options: Sequence[str]) -> int:
        """Which of several the person means. Raises `Failure` where there is nobody to answer."""
        from crossfoot.app.failure import ASKED_WRONGLY, Failure

        self.say(question)
        for number, option in enumerate(options, 1):
            self.say(f"  {number}  {option}")
        answer = self.answer(f"Which one? [1-{len(options)}] ") if not self.yes else ""
        if answer.isdigit() and 1 <= int(answer) <= len(options):
            return int(answer) - 1
        raise Failure(question, "Say which one.", code=ASKED_WRONGLY)


def _columns() -> int:
    told = os.environ.get("COLUMNS", "")
    return int(told) if told.isdigit() and int(told) > 0 else WIDTH


_OPTIONS: dict[str, Any] = {
    "data": Annotated[
        str | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="The folder in which Crossfoot keeps what it knows.",
            envvar="CROSSFOOT_DATA",
            show_default="./crossfoot-data",
            show_envvar=True,
            rich_help_panel="Everywhere",
        ),
    ],
    "database": Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            help="The database, where it is not a file in that folder: postgresql://user:password@host/name.",
            envvar="CROSSFOOT_DATABASE",
            show_envvar=True,
            show_default=False,
            rich_help_panel="Everywhere",
        ),
    ],
    "connection": Annotated[
        str | None,
        typer.Option(
            "--connection",
            "-c",
            metavar="NAME",
            help="Which connection, where there are several.",
            show_default=False,
            rich_help_panel="Everywhere",
        ),
    ],
    "json": Annotated[
        bool,
        typer.Option(
            "--json", help="Write the result as data (JSON) to standard output.", rich_help_panel="Everywhere"
        ),
    ],
    "debug": Annotated[
        bool,
        typer.Option(
            "--debug", help="Show where in the program an error came from.", rich_help_panel="Everywhere"
        ),
    ],
}

_YES: Any = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def command(
    group: typer.Typer, name: str | None = None, *, panel: str | None = None, asks: bool = False
) -> Callable[[Command], Command]:
    """Make a coroutine that is handed a `Desk` into a command: the common options are added to its own.

    `asks`: it asks before it does something, and has the option `--yes`.
    """

    def register(function: Command) -> Command:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        options = {**({"yes": _YES} if asks else {}), **_OPTIONS}

        def run(**given: Any) -> None:
            desk = Desk(**{option: given.pop(option) for option in options})
            ended = execute(desk, function, given)
            if ended:
                raise typer.Exit(ended)

        common = [
            inspect.Parameter(
                option,
                inspect.Parameter.KEYWORD_ONLY,
                default=False if option in ("json", "debug", "yes") else None,
                annotation=annotation,
            )
            for option, annotation in options.items()
        ]
        own = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        run.__signature__ = inspect.Signature([*own, *common])  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *common)}
        run.__doc__ = _flowing(function.__doc__ or "")
        named = name or function.__name__.strip("_").replace("_", "-")
        group.command(named, cls=helping.Command, rich_help_panel=panel)(run)
        return function

    return register


def _flowing(text: str) -> str:
    """Paragraphs without the line breaks of the source, so that they fill whatever screen they are read on."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def execute(desk: Desk, function: Command, given: dict[str, Any]) -> int:
    """Run a command to its exit code. Every error that can happen to anybody becomes one message."""
    try:
        with sigterm_is_ctrl_c():
            return asyncio.run(_awaited(function, desk, given)) or 0
    except (KeyboardInterrupt, asyncio.CancelledError):
        desk.say(
            "Stopped. Nothing is lost: the next run looks at what had been begun before it does anything else."
        )
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if desk.debug:
            raise
        return explained(desk, error)


async def _awaited(function: Command, desk: Desk, given: dict[str, Any]) -> int | None:
    return await function(desk, **given)


def explained(desk: Desk, error: Exception) -> int:
    """Tell the error; the exit code."""
    from crossfoot.app.failure import FAILED, Failure, failure_of

    failure = failure_of(error) or Failure(
        f"Crossfoot failed: {type(error).__name__}: {error}".rstrip(": "),
        "This is a defect. Please report it, with what the same command shows with --debug.",
        code=FAILED,
    )
    if desk.json:
        from crossfoot.cli.data import text_of

        sys.stdout.write(text_of({"error": {"what": failure.what, "fix": failure.fix}}) + "\n")
    desk.say(f"crossfoot: {failure.what}\n{failure.fix}".rstrip())
    return failure.code


def existing(path: Path) -> str:
    """The text of a file that a person named. Raises `Failure`."""
    from crossfoot.app.failure import ASKED_WRONGLY, Failure

    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Failure(f"{path} cannot be read: {why}.", "Name another file.", code=ASKED_WRONGLY) from error
