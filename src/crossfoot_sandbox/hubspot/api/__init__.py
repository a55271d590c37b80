"""What apps do: one module for each family of endpoints, and what they share."""
