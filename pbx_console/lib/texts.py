"""Messages to people from code that knows no Django: marked here, translated later."""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Mark a message id for `makemessages`; whoever shows it translates it."""
    return message


class Explained(ValueError):
    """An error whose message id and values are kept apart, so that it can be translated."""

    def __init__(self, reason: str, **params: object) -> None:
        """Keep `reason` (English, with `%(name)s`) and its values."""
        super().__init__(reason % params)
        self.reason = reason
        self.params = params
