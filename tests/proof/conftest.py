"""Laws are tested without a time limit per example."""

from hypothesis import settings

settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
