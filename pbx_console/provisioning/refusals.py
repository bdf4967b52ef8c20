"""Why somebody who asked for a phone's file got nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """The `reason` of a `fetch_refused`; sentences: `timeline_words` and the mail."""

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
