"""What apps do: identity, limits, and the calls on each kind of record."""
