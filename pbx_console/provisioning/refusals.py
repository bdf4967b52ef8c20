"""Why somebody who asked for a phone's file got nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    """The word that stands in a timeline (`reason` of `fetch_refused`)."""

    WRONG_SECRET = "wrong_secret"  # noqa: S105
    NO_SECRET = "no_secret"  # noqa: S105 - a phone that only knows its MAC
    WINDOW_CLOSED = "window_closed"
    SECOND_FETCHER = "second_fetcher"
    OTHER_PHONE = "other_phone"  # the User-Agent names another maker or address
    OTHER_FILE = "other_file"  # of another maker or phone, or no file name at all
    CERTIFICATE = "certificate"  # a maker's certificate of another phone
    NOT_ENCRYPTED = "not_encrypted"
    SCAN = "scan"  # one address tries many phones
    NOTHING = "nothing"  # asked by the phone itself; there is just no such file


# Nobody is to be warned of a phone that was never told its address.
QUIET: Final = frozenset({Reason.NO_SECRET, Reason.NOTHING})
WORDS: Final[dict[str, Any]] = {
    Reason.WRONG_SECRET: _("Somebody asked for its file with a wrong address."),
    Reason.NO_SECRET: _("It called without its own address and got nothing."),
    Reason.WINDOW_CLOSED: _("Its first fetch came when nobody awaited it."),
    Reason.SECOND_FETCHER: _("Somebody else asked for its file with its address."),
    Reason.OTHER_PHONE: _("A device of another kind asked for its file."),
    Reason.OTHER_FILE: _("With its address somebody asked for other files."),
    Reason.CERTIFICATE: _("A phone with another certificate asked for its file."),
    Reason.NOT_ENCRYPTED: _("It was asked for without encryption."),
    Reason.SCAN: _("From one address many phones are tried."),
}
