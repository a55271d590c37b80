"""Wiring: the only part of the house that may import every other one."""
