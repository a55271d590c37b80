# ruff: noqa: PLC0415  imports wait until a command needs them; a command's options are its parameters
"""The command `crossfoot-sandbox`: serve the stand-ins, make records, load exports."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from crossfoot_sandbox.defaults import World
    from crossfoot_sandbox.exports.csvfile import Problem

DEFAULT_PORT = 8765
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
MOST_PROBLEMS = 50
SLOWEST = 600.0  # seconds that making or loading very many records may take

app = typer.Typer(
    name="crossfoot-sandbox",
    help="Stand-ins for HubSpot and Xero on your own machine: no account, nothing leaves it, nothing is real.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON to standard output.")]
Url = Annotated[str, typer.Option(help="Where the sandbox answers.")]


class Failure(Exception):
    """Something that a person has to hear in one line (or one line per problem)."""

    def __init__(self, *lines: str, code: int = 1) -> None:
        super().__init__("\n".join(lines))
        self.code = code


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; keep it on this machine.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes any free one.", min=0, max=65535)
    ] = DEFAULT_PORT,
    generate: Annotated[
        int,
        typer.Option(
            "--generate",
            help="Make this many contacts on each side first, with companies and products.",
            min=0,
        ),
    ] = 0,
    invoices: Annotated[
        int, typer.Option(help="With --generate: so many invoices in each system.", min=0)
    ] = 0,
    deals: Annotated[int, typer.Option(help="With --generate: so many deals in HubSpot.", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same records.")] = 0,
    load: Annotated[
        list[Path] | None,
        typer.Option("--load", help="A CSV export of HubSpot or Xero to load first; may be repeated."),
    ] = None,
    frozen_clock: Annotated[
        bool, typer.Option("--frozen-clock", help="Stop the sandbox's clock; only /sandbox/clock moves it.")
    ] = False,
    switch: Annotated[
        list[str] | None,
        typer.Option(
            "--switch",
            help="Set a switch as name=value, e.g. hubspot.lag_max=0; may be repeated. See /sandbox/switches.",
        ),
    ] = None,
    answer_ms: Annotated[
        int, typer.Option(help="Milliseconds that a vendor takes for each answer.", min=0)
    ] = 0,
    redirect_uri: Annotated[
        list[str] | None,
        typer.Option(
            "--redirect-uri", help="A further redirect address for the OAuth apps; may be repeated."
        ),
    ] = None,
    ready_file: Annotated[
        Path | None,
        typer.Option(help="Write URL, tokens and ids to this file as JSON once the sandbox answers."),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            envvar="CROSSFOOT_SANDBOX_RECORD",
            help="Add every call, with what was asked and answered (credentials left out), to this file: a line of JSON each.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Run the stand-ins for HubSpot and Xero until Ctrl-C (or SIGTERM)."""
    from crossfoot_sandbox import defaults
    from crossfoot_sandbox.asgi import listening
    from crossfoot_sandbox.clock import Clock

    try:
        socket = listening(host, port)
    except OSError as error:
        raise Failure(
            f"Cannot listen on {host} port {port}: {_reason(error)}. Choose another with --port (0 takes any free one)."
        ) from None
    with socket:
        clock = Clock()
        if frozen_clock:
            clock.freeze()
        try:
            world = defaults.world(clock, redirect_uris=redirect_uri or ())
        except ValueError as error:
            raise Failure(f"{error}.", code=2) from None
        world.answer_seconds = answer_ms / 1000
        if record is not None:
            _record(world, record)
        _set_switches(world, switch or [])
        _fill(world, generate, invoices, deals, seed, load or [])
        address = f"[{host}]" if ":" in host else host
        card = world.card(f"http://{address}:{socket.getsockname()[1]}")
        _run(world, socket, lambda: _announce(card, ready_file, as_json=json))


@app.command("generate")
def generate_(
    contacts: Annotated[int, typer.Option(help="How many contacts to make on each side.", min=0)],
    seed: Annotated[int, typer.Option(help="The same seed makes the same records.")] = 0,
    companies: Annotated[
        int | None, typer.Option(help="Companies on each side [default: a quarter of the contacts].", min=0)
    ] = None,
    products: Annotated[
        int | None, typer.Option(help="Products on each side [default: a tenth, at least ten].", min=0)
    ] = None,
    invoices: Annotated[
        int, typer.Option(help="Invoices in Xero, with their payments and credits.", min=0)
    ] = 0,
    overlap: Annotated[
        float, typer.Option(help="Share of the records that is on both sides.", min=0, max=1)
    ] = 0.6,
    awkward: Annotated[
        float, typer.Option(help="Share of the records that is anything but plain.", min=0, max=1)
    ] = 0.3,
    deals: Annotated[int, typer.Option(help="Deals in HubSpot, in every stage, with line items.", min=0)] = 0,
    drafts: Annotated[int, typer.Option(help="Invoices in HubSpot, most of them drafts.", min=0)] = 0,
    url: Url = DEFAULT_URL,
    json: Json = False,
) -> None:
    """Make realistic and awkward records in a running sandbox: twins, near-duplicates, other alphabets, odd phones ..."""
    asked = {
        "contacts": contacts,
        "seed": seed,
        "companies": companies,
        "products": products,
        "invoices": invoices,
        "overlap": overlap,
        "awkward": awkward,
        "deals": deals,
        "drafts": drafts,
        "detail": json,
    }
    made = _post(url, "generate", {name: value for name, value in asked.items() if value is not None})
    if json:
        _print_json(made)
    else:
        _print_counts(made["counts"])


@app.command("load")
def load_(
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV exports: HubSpot contacts, companies, products; Xero contacts, items."),
    ],
    url: Url = DEFAULT_URL,
    json: Json = False,
) -> None:
    """Load CSV exports of HubSpot and Xero into a running sandbox: all of them, or none if anything is wrong."""
    from base64 import b64encode

    sent = [{"name": name, "base64": b64encode(content).decode()} for name, content in _contents(files)]
    loaded = _post(url, "load", {"files": sent})
    if json:
        _print_json(loaded)
    else:
        _print_loaded(loaded)


@app.command()
def switches(json: Json = False) -> None:
    """List the switches: what nobody outside HubSpot and Xero knows for certain, and what the stand-ins assume."""
    from crossfoot_sandbox import defaults
    from crossfoot_sandbox.switchboard import described

    values = described(defaults.world().sandbox)
    if json:
        _print_json(values)
        return
    for vendor, named in values.items():
        for name, value in named.items():
            typer.echo(f"{vendor}.{name}={value}")


def _record(world: "World", path: Path) -> None:
    from crossfoot_sandbox.recording import Recording

    try:
        world.sandbox.journal.recorder = Recording(path)
    except OSError as error:
        raise Failure(f"Cannot write to {path}: {_reason(error)}.", code=2) from None


def _set_switches(world: "World", wanted: list[str]) -> None:
    from crossfoot_sandbox.switchboard import set_switch

    pairs = [text.partition("=") for text in wanted]
    for text, (_name, equals, _value) in zip(wanted, pairs, strict=True):
        if not equals:
            raise Failure(f'--switch needs name=value, not "{text}".', code=2)
    try:
        changed = set_switch(world.sandbox, {name.strip(): value.strip() for name, _, value in pairs})
    except ValueError as error:
        raise Failure(str(error), code=2) from None
    for vendor, switches in changed.items():
        getattr(world.sandbox, vendor).switches = switches


def _fill(world: "World", contacts: int, invoices: int, deals: int, seed: int, files: list[Path]) -> None:
    from crossfoot_sandbox.exports.csvfile import BadFiles
    from crossfoot_sandbox.generate import generate
    from crossfoot_sandbox.load import load

    if files:
        try:
            loaded = load(world.portal, world.organisation, _contents(files))
        except BadFiles as bad:
            raise Failure(*_problem_lines(bad.problems)) from None
        _say(
            f"Loaded {sum(count for _file, _kind, count in loaded.records)} records from {len(files)} files."
        )
        for remark in loaded.remarks:
            _say(f"  {remark}")
    if contacts:
        _say(f"Making {contacts} contacts on each side ...")
        generate(
            world.sandbox,
            contacts=contacts,
            invoices=invoices,
            deals=deals,
            seed=seed,
            portal=world.portal,
            organisation=world.organisation,
        )


def _run(world: "World", socket: Any, ready: Any) -> None:
    """Serve until a signal comes, also one that comes before the server has begun.

    uvicorn raises the signal again once it has shut down; by then it has done its work, and asking twice does no harm.
    """
    import asyncio
    import signal

    from crossfoot_sandbox.asgi import server

    running = server(world, ready)

    def stop(_number: int, _frame: Any) -> None:
        running.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    asyncio.run(running.serve(sockets=[socket]))
    _say("The sandbox has stopped.")


def _announce(card: dict[str, Any], ready_file: Path | None, *, as_json: bool) -> None:
    from crossfoot_sandbox import jsontext

    if ready_file is not None:
        half = ready_file.with_name(ready_file.name + ".part")
        half.write_bytes(jsontext.dumps(card))
        half.replace(ready_file)
    if as_json:
        _print_json(card)
        return
    typer.echo(f"Crossfoot sandbox at {card['url']} (open it in a browser)")
    for system, title in (("hubspot", "HubSpot"), ("xero", "Xero")):
        for name, value in card[system].items():
            if isinstance(value, str | int):
                typer.echo(f"  {title} {name.replace('_', ' '):<20} {value}")
    _say("Press Ctrl-C to stop.")


def _post(url: str, what: str, payload: dict[str, Any]) -> Any:
    """Ask a running sandbox for something; every way this can fail becomes one line."""
    import httpx2

    from crossfoot_sandbox import jsontext

    address = f"{url.rstrip('/')}/sandbox/{what}"
    try:
        answer = httpx2.post(address, content=jsontext.dumps(payload), timeout=SLOWEST)
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise Failure(
            f"No sandbox answers at {url} ({error}). Start one with: crossfoot-sandbox serve"
        ) from None
    try:
        body = jsontext.loads(answer.content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Failure(f"What answers at {url} is no sandbox (status {answer.status_code}).")
    if answer.status_code == 422 and isinstance(body.get("problems"), list):
        from crossfoot_sandbox.exports.csvfile import Problem

        raise Failure(*_problem_lines([Problem(**one) for one in body["problems"]]))
    if answer.status_code != 200:
        raise Failure(str(body.get("error", f"The sandbox answered {answer.status_code}.")))
    return body


def _contents(files: list[Path]) -> list[tuple[str, bytes]]:
    contents = []
    for file in files:
        try:
            contents.append((file.name, file.read_bytes()))
        except OSError as error:
            raise Failure(f"Cannot read {file}: {_reason(error)}.") from None
    return contents


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _problem_lines(problems: "list[Problem]") -> list[str]:
    lines = [str(one) for one in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        lines.append(f"... and {len(problems) - MOST_PROBLEMS} more.")
    return [*lines, "Nothing was loaded."]


def _print_json(payload: Any) -> None:
    from crossfoot_sandbox import jsontext

    sys.stdout.buffer.write(jsontext.dumps(payload) + b"\n")
    sys.stdout.buffer.flush()


def _print_counts(counts: dict[str, dict[str, int]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("What", "Kind", "Records", title="Made", title_justify="left")
    table.columns[2].justify = "right"
    for what, kinds in counts.items():
        for number, (kind, count) in enumerate(kinds.items()):
            table.add_row("" if number else what, kind, str(count))
    Console().print(table)


def _print_loaded(loaded: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("File", "Kind", "Records", title="Loaded", title_justify="left")
    table.columns[2].justify = "right"
    for row in loaded["records"]:
        table.add_row(row["file"], row["kind"], str(row["count"]))
    Console().print(table)
    for remark in loaded["remarks"]:
        _say(remark)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def main() -> None:
    """The command's entry point. Exit code 0: done; 1: it failed; 2: it was asked for wrongly."""
    try:
        code = app(standalone_mode=False)
    except Failure as failure:
        _say(f"crossfoot-sandbox: {failure}")
        sys.exit(failure.code)
    except typer.Abort:
        sys.exit(1)
    except Exception as error:
        # typer carries its own copy of click and does not export the base class of its usage errors
        explain = getattr(error, "format_message", None)
        if explain is None:
            raise
        _say(f"crossfoot-sandbox: {explain()}")
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
