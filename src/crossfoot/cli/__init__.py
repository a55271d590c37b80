"""What people type: `entry.py` begins, `desk.py` carries every command to its exit code, each command is a module."""

from typing import Final

INTERRUPTED: Final = 130
"""The exit code of a command that was stopped by Ctrl-C, as shells know it."""
