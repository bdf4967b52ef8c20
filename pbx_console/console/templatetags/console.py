"""The parts of a page, as tags and filters. Each with its use: `docs/components.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pbx_console.accounts.rights import has_right
from pbx_console.console import formats
from pbx_console.console.toasts import shown

register = template.Library()

for _name in (
    "count",
    "money",
    "amounts",
    "decimal",
    "price",
    "share",
    "minutes",
    "duration",
    "phone",
    "day",
    "month",
):
    register.filter(_name, getattr(formats, _name))


@register.filter
def moment(value: Any) -> SafeString:
    """Write a time as people say it, inside a `<time>` with the exact one."""
    if value is None:
        return SafeString(formats.DASH)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        formats.full_moment(value),
        formats.moment(value),
    )


@register.filter
def clock(value: Any) -> str:
    """Write day and exact time of a call: 19 Nov, 09:52:14."""
    if value is None:
        return formats.DASH
    return f"{formats.day(value)}, {formats.clock_time(value, seconds=True)}"


@register.filter
def initials(name: str) -> str:
    """Return two letters for the round sign of a person: Jule Tamsen -> JT."""
    words = [word for word in name.split() if word[0].isalpha()]
    return (
        (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
        if words
        else "?"
    )


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an outline icon from the sprite; `size` is "" (16 px), "s" (14) or "l" (20)."""
    more = f" i-{size}" if size else ""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        more,
        static("build/icons.svg"),
        name,
    )


@register.simple_tag
def lamp(presence: str, label: str = "", key: str = "") -> SafeString:
    """Draw a key lamp: free, ring, talk, dnd, off, failed, pending or live.

    With a label it speaks for itself; without one, a word must stand beside it. `key` is
    an endpoint whose presence the live connection keeps right.
    """
    hidden = SafeString(' aria-hidden="true"')
    speaks = format_html(' role="img" aria-label="{}"', label) if label else hidden
    follows = format_html(' data-presence="{}"', key) if key else ""
    return format_html(
        '<span class="lamp" data-p="{}"{}{}></span>', presence, speaks, follows
    )


@register.simple_tag
def ext(number: str, presence: str = "", key: str = "") -> SafeString:
    """Frame an extension's number, with its lamp if `presence` is given."""
    light = lamp(presence, "", key) if presence else ""
    return format_html('<span class="ext">{}{}</span>', light, number)


def state_word(state: str) -> str:
    """Return the word of a saved object's state in the language in force."""
    return {"live": _("Live"), "pending": _("Pending"), "failed": _("Not live")}.get(
        state, state
    )


@register.inclusion_tag("console/parts/state.html")
def state(value: str, detail: str = "", url: str = "", key: str = "") -> dict[str, Any]:
    """Show live, pending or failed. `detail` is the time or the reason.

    `url` answers this pill again: asked each second while pending, and at once when the
    live connection tells that the object `key` was confirmed.
    """
    return {
        "state": value,
        "word": state_word(value),
        "detail": detail,
        "url": url,
        "key": key,
    }


@register.filter
def can(membership: Any, right: str) -> bool:
    """Say whether the person on the page has a right: `{% if membership|can:"x.y" %}`."""
    return membership is not None and has_right(membership.role, right)


# ── forms ────────────────────────────────────────────────────────────────────────────


@register.inclusion_tag("console/parts/field.html")
def field(bound: BoundField, hint: str = "", **attrs: Any) -> dict[str, Any]:
    """Show label, control, hint and error of one form field.

    Further keywords become attributes of the control (`data_x=1` -> `data-x`).
    """
    widget = bound.field.widget
    attrs = {key.replace("_", "-"): value for key, value in attrs.items()}
    help_text = hint or bound.help_text
    hints = [f"{bound.auto_id}_hint"] if help_text else []
    errors = [f"{bound.auto_id}_error"] if bound.errors else []
    attrs["class"] = _control_class(widget)
    if hints or errors:
        attrs["aria-describedby"] = " ".join(errors + hints)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "hint": help_text,
        "tick": isinstance(widget, CheckboxInput),
        "group": isinstance(widget, RadioSelect),
        # A list to choose from says itself what no choice means.
        "needed": bound.field.required or isinstance(widget, Select),
    }


def _control_class(widget: Any) -> str:
    if isinstance(widget, CheckboxInput):
        return "cb"
    if isinstance(widget, RadioSelect):
        return "radios bare"
    if isinstance(widget, Select):
        return "form-select"
    return "form-control" + (" area" if isinstance(widget, Textarea) else "")


@register.inclusion_tag("console/parts/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """Say what is wrong with the form as a whole, and how many fields need work."""
    return {
        "whole": form.non_field_errors(),
        "fields": sum(1 for f in form if f.errors),
    }


# ── lists ────────────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """Return this page's query string with some values changed; None removes one.

    A change of the filter always starts at the first page again.
    """
    current: QueryDict = context["request"].GET.copy()
    for key in ("after", "before"):
        current.pop(key, None)
    for key, value in changes.items():
        current.pop(key, None)
        if value not in (None, ""):
            current[key] = str(value)
    return f"?{current.urlencode()}" if current else "?"


@register.inclusion_tag("console/parts/chips.html", takes_context=True)
def chips(
    context: dict[str, Any], filters: Iterable[tuple[str, str, str]]
) -> dict[str, Any]:
    """Show the filters in force; each (name, label, value in words) can be taken away."""
    shown_ones = [
        {"label": label, "words": words, "without": query(context, **{name: None})}
        for name, label, words in filters
    ]
    return {"chips": shown_ones}


@register.inclusion_tag("console/parts/pager.html", takes_context=True)
def pager(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """Show earlier/later links of a keyset page (`page.before`, `page.after` tokens)."""
    before, after = getattr(page, "before", None), getattr(page, "after", None)
    return {
        "before": before and query(context, before=before),
        "after": after and query(context, after=after),
        "first": query(context),
    }


@register.simple_tag(takes_context=True)
def sorted_head(
    context: dict[str, Any], name: str, label: str, css: str = ""
) -> SafeString:
    """Make a column head that sorts: `sort=name`, again `sort=-name`."""
    now = context["request"].GET.get("sort", "")
    way = {name: "ascending", f"-{name}": "descending"}.get(now)
    arrow = {"ascending": "arrow-up", "descending": "arrow-down"}.get(way or "")
    wanted = f"-{name}" if way == "ascending" else name
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', way) if way else "",
        query(context, sort=wanted),
        label,
        format_html(" {}", icon(arrow)) if arrow else "",
    )


# ── pictures ─────────────────────────────────────────────────────────────────────────


@register.simple_tag
def meter(value: float, most: float, warn: float = 0.8) -> SafeString:
    """Draw how full something is; from `warn` on in the colour of pending. A word or
    number must stand beside it."""
    part = min(1.0, value / most) if most else 0.0
    return format_html(
        '<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none"'
        ' aria-hidden="true"{}>'
        '<rect width="{}" height="4"/></svg>',
        SafeString(' data-state="pending"') if part >= warn else "",
        round(part * 100, 1),
    )


@register.simple_tag
def split_bar(first: float, second: float, most: float) -> SafeString:
    """Draw two shares of a whole (cost, margin); a negative second is drawn as failed."""
    scale = 100 / most if most else 0
    start, width = round(first * scale, 2), round(abs(second) * scale, 2)
    return format_html(
        '<svg class="hbar" viewBox="0 0 100 14" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect class="w" width="{}" height="14"/>'
        '<rect class="b{}" x="{}" width="{}" height="14"/></svg>',
        start,
        " neg" if second < 0 else "",
        start,
        width,
    )


@register.simple_tag
def bars(
    values: Sequence[Any], label: str, others: Sequence[float] = (), now: int = -1
) -> SafeString:
    """Draw one bar per value, `others` on top in the light tone; `now` is marked.

    The label says in words what is shown and where the table is.
    """
    above = list(others) or [0] * len(values)
    most = max((a + b for a, b in zip(values, above, strict=True)), default=0) or 1
    parts = [
        _bar(place, 100 * float(low) / most, 100 * float(high) / most, now=place == now)
        for place, (low, high) in enumerate(zip(values, above, strict=True))
    ]
    return format_html(
        '<svg class="bars" viewBox="0 0 {} 100" preserveAspectRatio="none"'
        ' role="img" aria-label="{}">{}</svg>',
        10 * max(1, len(values)),
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _bar(place: int, low: float, high: float, *, now: bool) -> SafeString:
    x = 10 * place + 1
    main = format_html(
        '<rect class="b{}" x="{}" y="{}" width="8" height="{}"/>',
        " now" if now else "",
        x,
        round(100 - low, 2),
        round(low, 2),
    )
    if high <= 0:
        return main
    top = format_html(
        '<rect class="w" x="{}" y="{}" width="8" height="{}"/>',
        x,
        round(100 - low - high, 2),
        round(high, 2),
    )
    return main + top


# ── the page ─────────────────────────────────────────────────────────────────────────


@register.inclusion_tag("console/parts/toasts.html", takes_context=True)
def toasts(context: dict[str, Any]) -> dict[str, Any]:
    """Show what was just done, with Undo where that is possible."""
    request = context["request"]
    return {"toasts": shown(request), "csrf_token": context.get("csrf_token")}


@register.simple_tag
def otp_x(place: int) -> float:
    """Return where the box of a digit begins: six boxes and five gaps on 360."""
    return round(place * (52 + 9.6), 1)
