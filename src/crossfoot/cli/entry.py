"""Where the command `crossfoot` begins: from the first moment on, Ctrl-C ends it without a stack trace."""

import sys

from crossfoot.cli import INTERRUPTED


def main() -> None:
    """Load the commands and run the one that was asked for."""
    try:
        from crossfoot.cli.main import main as run  # noqa: PLC0415  loading takes long enough to be interrupted

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
