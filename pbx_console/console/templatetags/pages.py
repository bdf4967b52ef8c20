"""Parts of the pages of nouns: words of presence, bars of hours, times of calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pbx_console.branding.models import BrandDomain
from pbx_console.branding.pages import address_of
from pbx_console.console import formats
from pbx_console.console.figures import Hour
from pbx_console.console.templatetags.console import bars, icon
from pbx_console.metering.models import Leg
from pbx_console.pbx.models.confirmed import Confirmed

register = template.Library()
FRESH = dt.timedelta(minutes=10)


@register.filter
def seconds(milliseconds: int | None) -> float | None:
    """Return seconds of milliseconds."""
    return None if milliseconds is None else milliseconds / 1000


@register.filter
def other_party(leg: Leg) -> str:
    """Return the number outside: who called, or who was called."""
    if leg.direction == Leg.Direction.IN:
        return leg.caller_number or leg.number
    return leg.number


@register.filter
def live_detail(obj: Confirmed) -> str:
    """Return how long the last save took to be live, for some minutes after it."""
    took = obj.seconds_to_live
    if took is None or obj.live_at is None or timezone.now() - obj.live_at > FRESH:
        return ""
    return _("%(seconds)s s after save") % {"seconds": formats.decimal(took, 2)}


KNOWN_REASONS = frozenset(
    {
        gettext_noop("The telephone system does not know it."),
        gettext_noop("The telephone system still has the earlier state."),
    }
)


@register.filter
def reason(obj: Confirmed) -> str:
    """Return why the PBX has not confirmed, in words; what else failed is for the log."""
    if not obj.failure:
        return ""
    if obj.failure in KNOWN_REASONS:
        return _(obj.failure)
    return _("The telephone system cannot be reached.")


@register.simple_tag
def today_line() -> str:
    """Return today in full: Thursday, 19 November 2026, 10:14."""
    return formats.today_line()


@register.filter
def long_moment(value: dt.datetime) -> str:
    """Write day and time in full: Thursday, 19 November 2026, 10:14."""
    return formats.long_moment(value)


@register.simple_tag
def presence_word(presence: str) -> str:
    """Return what a phone's lamp says, in words."""
    return {
        "free": _("registered"),
        "ring": _("ringing"),
        "talk": _("in a call"),
        "dnd": _("do not disturb"),
        "off": _("not registered"),
    }.get(presence, _("not known"))


@register.simple_tag
def hour_bars(hours: Sequence[Hour], label: str) -> SafeString:
    """Draw calls per hour, incoming below and outgoing on top, with the hours under it."""
    now = timezone.localtime().hour
    place = next((n for n, row in enumerate(hours) if row.hour == now), -1)
    chart = bars([h.incoming for h in hours], label, [h.outgoing for h in hours], place)
    return format_html("{}{}", chart, _axis([f"{h.hour:02d}:00" for h in hours], 2))


@register.filter
def has_calls(hours: Sequence[Hour]) -> bool:
    """Say whether there is anything to draw: a chart of zeros says less than a word."""
    return any(hour.incoming or hour.outgoing for hour in hours)


@register.simple_tag
def day_bars(days: Sequence[tuple[dt.date, float]], label: str) -> SafeString:
    """Draw one value per day with the day of the month under every fifth."""
    today = timezone.localdate()
    place = next((n for n, (day, _value) in enumerate(days) if day == today), -1)
    chart = bars([value for _day, value in days], label, [], place)
    return format_html("{}{}", chart, _axis([f"{day.day}." for day, _value in days], 5))


def _axis(words: Sequence[str], each: int) -> SafeString:
    # The last one would stick out where it has less room than its text.
    last = len(words) - 1
    shown = [w if n % each == 0 and n < last else "" for n, w in enumerate(words)]
    spans = [format_html("<span>{}</span>", word) for word in shown]
    inner = SafeString("".join(spans))
    return format_html('<div class="axis" aria-hidden="true">{}</div>', inner)


@register.simple_tag
def copy_button(target: str) -> SafeString:
    """Return the button that copies an element's text. Without JavaScript it is unused."""
    return format_html(
        '<button class="btn btn-s" type="button" data-copy="#{}" data-copied="{}"'
        ' aria-label="{}">{}<span data-label>{}</span></button>',
        target,
        _("Copied"),
        _("Copy"),
        icon("copy", "s"),
        _("Copy"),
    )


@register.simple_tag
def address(domain: BrandDomain) -> str:
    """Return the public address of a brand's host."""
    return address_of(domain.host, "/")


@register.filter
def short_hash(value: Any) -> str:
    """Return the first eight digits of a hash in two groups: 9f3a c07e."""
    text = str(value or "")
    return f"{text[:4]} {text[4:8]}" if text else formats.DASH


@register.filter
def sequence(value: int) -> str:
    """Return an export's number with four digits: 0324."""
    return f"{value:04d}"


@register.filter
def bytes_words(value: int) -> str:
    """Return a file's size: 12 kB."""
    return str(filesizeformat(value))
