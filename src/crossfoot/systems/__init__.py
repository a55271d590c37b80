"""One folder per outside system, the same file names in each. A system imports `model` and `port`, never another system."""
