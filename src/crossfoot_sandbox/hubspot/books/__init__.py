"""What an account holds: records with all their versions, associations, settings, and what waits to be done or told. It does nothing to itself."""
