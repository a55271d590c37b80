"""What can be wrong with a database, in words for people."""


class DatabaseTrouble(Exception):
    """The database cannot be used. Nothing was half-written."""

    def __init__(self, what: str, fix: str, *, asked_wrongly: bool = False) -> None:
        super().__init__(f"{what} {fix}".strip())
        self.what = what
        """One sentence: what is wrong, never with a password."""
        self.fix = fix
        """One sentence: what a person can do about it."""
        self.asked_wrongly = asked_wrongly
        """Whether it is named in a way that no database could answer to."""


class Collision(Exception):
    """A rule of the tables refused a row: a second of what there may be only one of. The transaction must end here."""
