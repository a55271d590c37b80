"""Laws are tested without a time limit per example: the first one loads tables of telephone numbers and countries."""

from hypothesis import settings

settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
