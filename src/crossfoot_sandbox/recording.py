"""A recording: every call to the stand-ins as a line of JSON in a file, for whoever wants to see what a program said and was told."""

import os
from pathlib import Path
from typing import Any

from crossfoot_sandbox import jsontext


class Recording:
    """Appends to a file, a line for each call, whole lines only: several sandboxes may write to one file. Raises `OSError`."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __call__(self, told: dict[str, Any]) -> None:
        """Write one call. Credentials are none in it (see `journal`), what people typed is."""
        os.write(self._file, jsontext.dumps(told) + b"\n")

    def close(self) -> None:
        """No more calls."""
        os.close(self._file)
