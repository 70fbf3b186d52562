"""What the services of the watchlist raise when a change is not allowed."""


class Refused(Exception):  # noqa: N818 - reads as what happened
    """The change is not allowed; the message says why, and what to do instead."""
