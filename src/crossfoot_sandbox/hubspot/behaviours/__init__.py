"""What each object type does beyond the rules for all: it looks at an account and says what must be; the acts write it."""
