"""What a judge says when he objects."""


class VerdictError(AssertionError):
    """The call is not one that the vendor describes."""
