"""Peak memory of a first sync: ten times the records must not take ten times the memory, because everything is streamed.

Each size is measured in a fresh process that holds only Crossfoot and its database file; the sandbox and its books live in another one. The figure
is the process's greatest resident memory (VmHWM), which the system keeps.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.books import Size, elsewhere
from benchmarks.ground import ground
from benchmarks.shown import Table, options, show

TIMES = 10
"""How much larger the large size is."""


async def synced(size: Size, folder: Path) -> None:
    """One first sync into a database file."""
    with elsewhere(size, limits=False) as books:
        async with ground(books, database_url=f"sqlite:///{folder / 'bench.db'}") as at:
            await at.first_sync()


def peak() -> float:
    """The greatest resident memory of this process so far, in MiB."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    if found is None:
        raise RuntimeError("This system does not tell a process's greatest memory; run it on Linux.")
    return int(found[1]) / 1024


def measured(contacts: int) -> float:
    """MiB of one first sync, in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "--alone", str(contacts)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(json.loads(told.stdout)["peak"])


def report(small: int, peaks: dict[int, list[float]]) -> Iterator[Table]:
    """The table: medians over all runs."""
    least, most = median(peaks[small]), median(peaks[small * TIMES])
    yield Table(
        f"Peak memory of a first sync, median of {len(peaks[small])}",
        ("contacts a side", "MiB"),
        [
            (f"{small:,}", f"{least:.0f}"),
            (f"{small * TIMES:,}", f"{most:.0f}"),
            ("ratio", f"{most / least:.2f} times"),
        ],
    )


def main() -> None:
    """Run from the command line; `--contacts` is the smaller size."""
    if "--alone" in sys.argv:
        parser = argparse.ArgumentParser()
        parser.add_argument("--alone", type=int)
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(synced(Size.of(parser.parse_args().alone), Path(folder)))
        print(json.dumps({"peak": peak()}))
        return
    asked = options(__doc__, contacts=10_000, runs=1)
    peaks = {
        contacts: [measured(contacts) for _ in range(asked.runs)]
        for contacts in (asked.contacts, asked.contacts * TIMES)
    }
    ratio = median(peaks[asked.contacts * TIMES]) / median(peaks[asked.contacts])
    show(
        asked,
        {"peaks": {str(contacts): found for contacts, found in peaks.items()}, "ratio": ratio},
        report(asked.contacts, peaks),
    )


if __name__ == "__main__":
    main()
