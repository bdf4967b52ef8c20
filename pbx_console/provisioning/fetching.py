"""What is answered to somebody who asks for a phone's file, and what is not.

Whoever asks costs one look into Redis and one into the database, whatever the answer
is. Who is refused gets nothing at all; what that was is found out by a task
(`alarms`), so neither text nor work tells whether a phone, a secret or a file exists.
"""

from __future__ import annotations

import logging
import re
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from limits import parse

from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_reseller
from pbx_console.branding import limiter
from pbx_console.provisioning import callers, fetch_tasks, floods, serving
from pbx_console.provisioning.callers import Caller
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.models.phones import digest_of
from pbx_console.provisioning.refusals import Reason
from pbx_console.provisioning.render import fetch
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.families import Purpose

logger = logging.getLogger(__name__)
# A house with a hundred new phones that start at once stays below it.
REFUSALS: Final = parse("600 per 10 minutes")
# What is looked at afterwards: of one address, and of one reseller whoever asks.
LOOKS: Final = parse("200 per 10 minutes")
LOOKS_OF_ALL: Final = parse("1200 per 10 minutes")
LONGEST_PATH: Final = 300
_ODD: Final = re.compile(r"\.\.|[/\\%]")


class Way(NamedTuple):
    """What an address says: a secret or "", and a file name."""

    secret: str
    name: str

    @property
    def macs(self) -> set[str]:
        """Return the phones that a maker may have meant by this name."""
        return {asked.mac for asked in fetch.guesses(self.name).values() if asked.mac}


def read(path: str) -> Way:
    """Read what stands behind /p/. A secret is whatever stands before a slash."""
    first, slash, rest = path[:LONGEST_PATH].partition("/")
    return Way(first, rest) if slash else Way("", first)


def answer(reseller: Reseller, path: str, caller: Caller) -> serving.File | None:
    """Return the file that is asked for at a reseller's host, or None."""
    if not limiter.is_left(REFUSALS, "phones", caller.counted_as):
        floods.block(caller.counted_as)
        return None
    way = read(path)
    with as_reseller(reseller):
        phone, has_secret = _find(way)
        reason = _why_not(phone, way, caller, has_secret=has_secret)
        if reason is None and phone is not None:
            return serving.file_of(phone, way.name, caller)
    known = phone.pk if phone and has_secret else None
    _refused(reseller, way, caller, reason or Reason.NOTHING, known)
    return None


def _find(way: Way) -> tuple[Phone | None, bool]:
    """Look once, whatever is asked; say whether it was found by its secret."""
    digest = digest_of(way.secret)
    found = Q(secret_digest=digest) | Q(mac__in=sorted(way.macs) or [""])
    rows = list(Phone.objects.filter(found).select_related("customer__reseller")[:3])
    mine = [phone for phone in rows if phone.secret_digest == digest]
    return next(iter(mine or rows), None), bool(mine)


def _why_not(
    phone: Phone | None, way: Way, caller: Caller, *, has_secret: bool
) -> Reason | None:
    stranger = Reason.WRONG_SECRET if way.secret else Reason.NO_SECRET
    if phone is None:
        return stranger
    if settings.PHONE_TLS_ONLY and not caller.is_secure:
        return Reason.NOT_ENCRYPTED if has_secret else stranger
    # To who has no secret a phone that is known and one that is not are the same work.
    nothing = Reason.NOTHING if has_secret else stranger
    if not phone.customer.is_active or phone.model not in MODELS:
        return nothing
    if wrong := _wrong_name(phone, way.name, has_secret=has_secret):
        return nothing if wrong is Reason.NOTHING else wrong
    if callers.is_someone_else(phone, caller.agent):
        return Reason.OTHER_PHONE
    if has_secret or caller.certificate:
        return _wrong_caller(phone, caller)
    if _may_come_bare(phone, caller) and _let_in(phone, caller):
        return None
    return stranger


def _wrong_name(phone: Phone, name: str, *, has_secret: bool) -> Reason | None:
    if name in serving.BESIDE and has_secret:
        return None
    asked = fetch.meaning(MODELS[phone.model], name)
    if asked is None:
        strange = _ODD.search(name) or fetch.guesses(name)
        return Reason.OTHER_FILE if strange else Reason.NOTHING
    if asked.mac and asked.mac != phone.mac:
        return Reason.OTHER_FILE
    return Reason.NOTHING if asked.purpose is Purpose.COMMON else None


def _wrong_caller(phone: Phone, caller: Caller) -> Reason | None:
    """Say why somebody with the phone's secret, or a certificate, is not the phone."""
    if caller.certificate:
        mine = callers.is_certified(caller, phone.mac)
        return None if mine and _bind(phone, caller) else Reason.CERTIFICATE
    if phone.bound_address:
        return _wrong_stranger(phone, caller)
    if _let_in(phone, caller):
        return None
    phone.refresh_from_db(fields=["bound_address", "bound_agent"])
    return (
        _wrong_stranger(phone, caller) if phone.bound_address else Reason.WINDOW_CLOSED
    )


def _may_come_bare(phone: Phone, caller: Caller) -> bool:
    """Say whether a phone may come by its MAC address only, or with an address that it
    had before: in its window, until the first fetch, from where it was seen or where
    the customer's phones are."""
    if phone.bound_address or not _is_open(phone):
        return False
    return phone.awaited_address == caller.address or callers.is_at_home(phone, caller)


def _is_open(phone: Phone) -> bool:
    return phone.window_until is not None and phone.window_until > timezone.now()


def _wrong_stranger(phone: Phone, caller: Caller) -> Reason | None:
    if callers.is_bound(phone, caller):
        return None
    moved = callers.has_moved_here(phone, caller) and _bind(phone, caller)
    return None if moved else Reason.SECOND_FETCHER


def _let_in(phone: Phone, caller: Caller) -> bool:
    """Bind the first one that comes while the window is open; of two only one is."""
    open_now = Phone.objects.filter(
        pk=phone.pk,
        bound_address=None,
        window_until__gt=timezone.now(),
        secret_digest=phone.secret_digest,
    )
    return _write(open_now, phone, caller)


def _bind(phone: Phone, caller: Caller) -> bool:
    return _write(Phone.objects.filter(pk=phone.pk), phone, caller)


def _write(rows: object, phone: Phone, caller: Caller) -> bool:
    phone.bound_address, phone.bound_agent = caller.address, caller.agent
    bound = rows.update(  # type: ignore[attr-defined]
        bound_address=caller.address,
        bound_agent=caller.agent,
        awaited_address=None,
        window_until=None,
    )
    return bool(bound)


def _refused(
    reseller: Reseller,
    way: Way,
    caller: Caller,
    reason: Reason,
    phone_id: int | None,
) -> None:
    """Count it, and let a task look at it: it is told no secret, nor a name in which
    one could stand."""
    limiter.allowed(REFUSALS, "phones", caller.counted_as)
    if reason is Reason.NOTHING:
        return
    if limiter.allowed(LOOKS, "phone-look", caller.counted_as) and limiter.allowed(
        LOOKS_OF_ALL, "phone-looks", str(reseller.pk)
    ):
        fetch_tasks.hint(
            reseller.pk,
            reason.value,
            address=caller.address,
            agent=caller.agent,
            macs=sorted(way.macs),
            families=sorted(fetch.guesses(way.name)),
            phone_id=phone_id,
        )
