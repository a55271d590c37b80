"""The command `crossfoot`."""

import sys

import typer

from crossfoot.cli import (
    connect,
    demo,
    doctor,
    explain,
    invoice,
    log,
    prove,
    review,
    settings,
    status,
    syncing,
    syncs,
    undo,
)
from crossfoot.cli.desk import command
from crossfoot.cli.helping import Group

DAILY = "Every day"
LOOK = "Look closer"
SETUP = "Set up"

app = typer.Typer(
    cls=Group,
    name="crossfoot",
    help="Keeps HubSpot and Xero in agreement, both ways, and proves it.\n\n"
    "Begin with 'crossfoot demo' to look around, or with 'crossfoot connect'.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

command(app, panel=SETUP, asks=True)(demo.demo)
command(app, panel=SETUP, asks=True)(connect.connect)
command(app, panel=DAILY)(syncing.plan)
command(app, panel=DAILY, asks=True)(syncing.apply)
command(app, panel=DAILY)(syncing.sync)
command(app, panel=DAILY, asks=True)(invoice.invoice)
command(app, panel=DAILY)(status.status)
command(app, panel=DAILY)(prove.prove)
command(app, panel=LOOK)(explain.explain)
command(app, panel=LOOK)(log.log)
command(app, panel=LOOK, asks=True)(undo.undo)
command(app, panel=SETUP, asks=True)(doctor.doctor)
app.add_typer(review.group, name="review", rich_help_panel=DAILY)
app.add_typer(syncs.group, name="syncs", rich_help_panel=SETUP)
app.add_typer(settings.group, name="settings", rich_help_panel=SETUP)


def main() -> None:
    """Run the command. Exit code 0: done; 1: it failed; 2: it was asked for wrongly."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        sys.exit(1)
    except Exception as error:
        # typer carries its own copy of click and does not export the base class of its usage errors.
        explain_usage = getattr(error, "format_message", None)
        if explain_usage is None:
            raise
        said = str(explain_usage()).replace("Value error, ", "")
        named = getattr(getattr(error, "ctx", None), "command_path", "crossfoot")
        fix = f"See '{named} --help'."
        if "--json" in sys.argv:
            from crossfoot.cli.data import text_of  # noqa: PLC0415  only what goes wrong needs it

            sys.stdout.write(text_of({"error": {"what": said, "fix": fix}}) + "\n")
        sys.stderr.write(f"crossfoot: {said}\n{fix}\n")
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
