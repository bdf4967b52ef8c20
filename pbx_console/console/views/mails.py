"""Mails of a brand: every kind with a preview, what was sent, whether it may be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from limits import parse

from pbx_console.branding import dns
from pbx_console.branding.limiter import allowed
from pbx_console.branding.mail import KINDS, Kind
from pbx_console.branding.mail.dress import dress_of
from pbx_console.branding.mail.render import Rendered, subject_of
from pbx_console.branding.mail.render import render as render_mail
from pbx_console.branding.models import OutgoingMail
from pbx_console.branding.services.trial_mail import send_test
from pbx_console.console.access import needs
from pbx_console.console.brands import Shelf, shelf_for
from pbx_console.console.paging import page
from pbx_console.console.toasts import toast

TESTS = parse("5 per 15 minutes")
FOUND_FOR = 120  # seconds that the sender's records are remembered
# What a mail's own page may do: show its styles and pictures, nothing else.
SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'"
)
DARK = "@media (prefers-color-scheme:dark)"


@dataclass(frozen=True, slots=True)
class Line:
    """One kind in the list."""

    kind: Kind
    subject: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail in the list."""

    mail: OutgoingMail
    subject: str
    failure: str


@require_safe
@needs("mail.view")
def mails(request: Any, slug: str = "") -> HttpResponse:
    """List all kinds and the latest mails; `?check=1` asks for the sender's records."""
    shelf = shelf_for(request, slug)
    dress = dress_of(shelf.brand)
    rows = OutgoingMail.objects.filter(brand=shelf.brand)
    shown = page(rows, ("-created_at", "-id"), request.GET, size=25)
    lines = [_line(shelf, kind, dress) for kind in KINDS.values()]
    checking = bool(request.GET.get("check")) and bool(dress.domain)
    context = {
        "shelf": shelf,
        "lines": lines,
        "page": shown,
        "sent": [_sent(row, dress) for row in shown.rows],
        "dress": dress,
        "checked": checking,
        "findings": _findings(dress.domain) if checking else [],
        "brand_url": shelf.url(),
        "test_url": shelf.url("mail_test"),
    }
    return render(request, "console/mails/list.html", context)


def _line(shelf: Shelf, kind: Kind, dress: Any) -> Line:
    subject = subject_of(kind, dress, kind.sample)
    return Line(kind, subject, gettext(kind.about), shelf.url("mail", kind=kind.name))


def _sent(row: OutgoingMail, dress: Any) -> Sent:
    kind = KINDS.get(row.kind)
    subject = row.subject or (
        subject_of(kind, dress, kind.sample) if kind else row.kind
    )
    return Sent(row, subject, gettext(row.failure) if row.failure else "")


def _findings(domain: str) -> list[dns.Finding]:
    key = f"sender:{get_language()}:{domain}"
    found: list[dns.Finding] | None = cache.get(key)
    if found is None:
        found = dns.check_sender(domain)
        cache.set(key, found, FOUND_FOR)
    return found


@require_safe
@needs("mail.view")
def mail(request: Any, kind: str, slug: str = "") -> HttpResponse:
    """Show one kind with examples in it: HTML in a frame, and the text."""
    shelf, known = shelf_for(request, slug), _kind(kind)
    language, theme = _language(request), _theme(request)
    draft = _wants_draft(request, shelf)
    context = {
        "shelf": shelf,
        "kind": known,
        "about": gettext(known.about),
        "made": _made(shelf, known, language, draft=draft),
        "language": language,
        "languages": settings.LANGUAGES,
        "theme": theme,
        "draft": draft,
        "list_url": shelf.url("mails"),
        "page_url": shelf.url("mail_page", kind=kind),
    }
    return render(request, "console/mails/preview.html", context)


@xframe_options_sameorigin
@require_safe
@needs("mail.view")
def mail_page(request: Any, kind: str, slug: str = "") -> HttpResponse:
    """Answer the HTML of one kind alone, for the frame of the preview."""
    shelf, known = shelf_for(request, slug), _kind(kind)
    draft = _wants_draft(request, shelf)
    made = _made(shelf, known, _language(request), draft=draft)
    if made is None:
        raise Http404
    response = HttpResponse(_lit(made.page, _theme(request)))
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


@needs("mail.view")
@require_POST
def mail_test(request: Any, slug: str = "") -> HttpResponse:
    """Send a mail to the person who asks, and show the sender's records."""
    shelf, person = shelf_for(request, slug), request.user
    if not allowed(TESTS, "test-mail", str(person.pk)):
        words = _("Five test mails in a quarter of an hour are enough. Wait a little.")
        toast(request, words, state="failed")
        return redirect(shelf.url("mails"))
    send_test(
        request.actor,
        shelf.brand,
        person=person,
        language=get_language() or "",
        path=shelf.url("mails"),
    )
    words = _("A test mail is on its way to %(address)s.") % {"address": person.email}
    toast(request, words, state="pending")
    return redirect(shelf.url("mails") + "?check=1")


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _language(request: Any) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else get_language() or "en"


def _theme(request: Any) -> str:
    return "dark" if request.GET.get("theme") == "dark" else "light"


def _wants_draft(request: Any, shelf: Shelf) -> bool:
    return bool(request.GET.get("draft")) and shelf.draft is not None


def _made(shelf: Shelf, kind: Kind, language: str, *, draft: bool) -> Rendered | None:
    """Return the mail with examples in it; None while no link could lead anywhere."""
    brand = shelf.shown if draft else shelf.brand
    try:
        return render_mail(brand, kind, language, kind.sample, gettext("Alex Example"))
    except LookupError:
        return None


def _lit(html: str, theme: str) -> str:
    """Return a mail's page as a light or a dark device shows it, whatever this one is."""
    scheme = f"color-scheme:{theme}"
    html = html.replace(DARK, "@media all" if theme == "dark" else "@media not all")
    return html.replace("color-scheme:light dark", scheme)
