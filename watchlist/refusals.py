"""What the services of the watchlist raise when a change is not allowed."""

from audit.stored import Sentence


class Refused(Sentence):  # noqa: N818 - reads as what happened
    """The change is not allowed; the message says why, and what to do instead."""
