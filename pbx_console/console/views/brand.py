"""The brand page: form, contrast, preview, draft, publishing, versions."""

from __future__ import annotations

import dataclasses
from typing import Any

from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from pbx_console.accounts.models import Customer
from pbx_console.accounts.rights import has_right
from pbx_console.branding import contrast, pdf
from pbx_console.branding.middleware import DRAFT
from pbx_console.branding.models import BrandFile
from pbx_console.branding.pages import on_page
from pbx_console.branding.services import drafts
from pbx_console.branding.stylesheet import brand_css, tokens
from pbx_console.branding.views.files import SANDBOX
from pbx_console.console import brands
from pbx_console.console.access import needs
from pbx_console.console.brands import Shelf, shelf_for
from pbx_console.console.forms.brand import TRY, BrandForm, ColourField
from pbx_console.console.forms.door import SignInForm
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast

KEPT = "private, max-age=31536000, immutable"
framed_by_ourselves = csp_replace({"frame-ancestors": ["'self'"]})


@needs("brand.view")
def brand(request: Any, slug: str = "") -> HttpResponse:
    """Show a brand with its draft; save the draft."""
    shelf = shelf_for(request, slug)
    if request.method != "POST":
        return _page(request, shelf, BrandForm(obj=shelf.shown))
    _may_manage(request)
    form = BrandForm(_typed(request), request.FILES, obj=shelf.shown)
    done = form.is_valid() and attempted(form, lambda: _save(request, shelf, form))
    if request.htmx:
        return _parts(request, shelf_for(request, slug), form)
    if not done:
        return _page(request, shelf, form, status=422)
    return _then(request, slug) or redirect(shelf.url())


def _may_manage(request: Any) -> None:
    if not has_right(request.membership.role, "brand.manage"):
        raise PermissionDenied


def _typed(request: Any) -> Any:
    """Return what was sent; a colour that was pressed counts for the one typed."""
    typed = request.POST.copy()
    if swatch := typed.get("swatch"):
        typed["accent"] = swatch
    return typed


def _then(request: Any, slug: str) -> HttpResponse | None:
    """Go on with what the pressed button wants done with the draft just saved."""
    pressed = {"publish": brand_publish, "open": brand_open}
    view: Any = pressed.get(request.POST.get("then", ""))
    found: HttpResponse | None = view(request, slug) if view else None
    return found


def _save(request: Any, shelf: Shelf, form: BrandForm) -> bool:
    drafts.save_draft(
        request.actor, brand=shelf.brand, files=form.pictures, **form.values
    )
    return True


def _page(
    request: Any, shelf: Shelf, form: BrandForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "shelf": shelf,
        "form": form,
        "try": TRY,
        "versions": brands.told(shelf, request),
        "may_manage": has_right(request.membership.role, "brand.manage"),
        "domains": list(shelf.brand.domains.all()),
        "domains_url": brands.domains_url(shelf),
        "mails_url": shelf.url("mails"),
        "mail_url": brands.mail_preview(shelf),
        "pdf_url": brands.pdf_preview(shelf),
        **_panes(request),
    }
    return render(request, "console/brand/page.html", context, status=status)


def _panes(request: Any) -> dict[str, Any]:
    """Return the tabs of the preview, and which one is open."""
    panes = (
        ("console", _("Console")),
        ("door", _("Sign-in")),
        ("mail", _("Mail")),
        ("pdf", _("PDF")),
    )
    asked = request.GET.get("show", "")
    return {
        "panes": panes,
        "show": asked if asked in dict(panes) else "console",
        "themes": (("light", _("light")), ("dark", _("dark"))),
    }


def _parts(request: Any, shelf: Shelf, form: BrandForm) -> HttpResponse:
    """Answer what changes on the page when a draft is saved beside the typing."""
    context = {"shelf": shelf, "form": form, "may_manage": True, "apart": True}
    return render(request, "console/brand/parts.html", context)


@needs("brand.view")
@require_GET
def brand_tones(request: Any, slug: str = "") -> HttpResponse:
    """Answer the table of contrast for a colour that is just being picked."""
    shelf = shelf_for(request, slug)
    try:
        accent = ColourField().clean(request.GET.get("accent", ""))
        rows = contrast.rows(accent, _tint(request.GET.get("tint", "1")))
    except (ValidationError, ValueError):
        return HttpResponse(status=204)  # not a colour yet: the table stays
    context = {"shelf": shelf, "rows": rows}
    return render(request, "console/brand/contrast.html", context)


def _tint(text: str) -> float:
    return max(0.0, min(2.0, float(text)))


@needs("brand.view")
@require_GET
def brand_styles(request: Any, slug: str = "") -> HttpResponse:
    """Answer the draft's stylesheet: for the miniatures on the page, or for a page."""
    shelf = shelf_for(request, slug)
    if request.GET.get("for") == "page":
        text = brand_css(
            shelf.shown, lambda _brand, kind: brands.picture_url(shelf, kind)
        )
    else:
        text = tokens(shelf.shown, ".pv")
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


@needs("brand.view")
@require_GET
def brand_file(request: Any, digest: str, slug: str = "") -> HttpResponse:
    """Answer a picture of the brand, published or not."""
    shelf = shelf_for(request, slug)
    row = BrandFile.objects.filter(brand=shelf.brand, digest=digest).first()
    if row is None:
        raise Http404
    response = HttpResponse(bytes(row.content), content_type=row.content_type)
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = KEPT
    return response


@needs("brand.view")
@xframe_options_sameorigin
@framed_by_ourselves
@require_GET
def brand_door(request: Any, slug: str = "") -> HttpResponse:
    """Show the sign-in page in the draft's dress, for the frame of the preview."""
    shelf = shelf_for(request, slug)
    login = brands.picture_url(shelf, "login") if shelf.shown.files.get("login") else ""
    dressed = dataclasses.replace(
        on_page(shelf.shown),
        css_url=f"{shelf.url('styles')}?for=page",
        login_picture=login,
    )
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    context = {"brand": dressed, "theme": theme, "form": SignInForm(), "next": "/"}
    return render(request, "console/brand/door.html", context)


@needs("brand.view")
@require_GET
def brand_sheet(request: Any, slug: str = "") -> HttpResponse:
    """Show a document in the draft's dress as a picture, for the preview."""
    shelf = shelf_for(request, slug)
    picture = pdf.preview(shelf.shown, get_language() or "en", "png")
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@needs("brand.manage")
@require_POST
def brand_publish(request: Any, slug: str = "") -> HttpResponse:
    """Show the draft to everybody."""
    shelf = shelf_for(request, slug)
    version = drafts.publish(request.actor, brand=shelf.brand)
    request.session.pop(DRAFT, None)
    if version is None:
        toast(request, _("There is nothing to publish."), state="pending")
    else:
        words = ngettext(
            "Published. %(n)s customer sees it now.",
            "Published. %(n)s customers see it now.",
            shelf.customers,
        )
        toast(request, words % {"n": shelf.customers})
    return redirect(shelf.url())


@needs("brand.manage")
@require_POST
def brand_discard(request: Any, slug: str = "") -> HttpResponse:
    """Forget the draft."""
    shelf = shelf_for(request, slug)
    drafts.discard(request.actor, brand=shelf.brand)
    request.session.pop(DRAFT, None)
    toast(request, _("The draft is discarded. Customers saw none of it."))
    return redirect(shelf.url())


@needs("brand.manage")
@require_POST
def brand_versions(request: Any, slug: str = "") -> HttpResponse:
    """Publish an earlier version again."""
    shelf = shelf_for(request, slug)
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Http404
    try:
        done = drafts.roll_back(request.actor, brand=shelf.brand, number=int(number))
    except ValidationError as error:
        raise Http404 from error
    words = _("Version %(n)s is shown again.") if done else _("Nothing differs.")
    toast(request, words % {"n": number} if done else words)
    return redirect(shelf.url())


@needs("brand.view")
@require_POST
def brand_open(request: Any, slug: str = "") -> HttpResponse:
    """Dress the whole console in the draft, for this person only."""
    shelf = shelf_for(request, slug)
    request.session[DRAFT] = shelf.brand.pk
    rows = Customer.objects.filter(reseller=shelf.reseller, is_active=True)
    latest = rows.order_by("-changed_at").first()
    if latest is None:
        return redirect("console:home")
    return redirect("console:customer", code=latest.code)


@needs("brand.view")
@require_POST
def brand_close(request: Any, slug: str = "") -> HttpResponse:
    """Go back to what is published."""
    shelf = shelf_for(request, slug)
    request.session.pop(DRAFT, None)
    return redirect(shelf.url())
