"""Documents for printing, in the brand's dress: the telephone directory, a preview."""

from __future__ import annotations

from typing import Any

from babel import dates
from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pbx_console.accounts.locales import locale
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import pdf
from pbx_console.branding.models import Brand
from pbx_console.console import formats
from pbx_console.console.access import needs
from pbx_console.console.brands import shelf_for
from pbx_console.console.owners import customer_for
from pbx_console.pbx.feature_codes import GROUPS
from pbx_console.pbx.services.dids import numbers_by_extension


@require_safe
@needs("extensions.view")
def directory(request: Any, code: str) -> HttpResponse:
    """Send a customer's telephone directory."""
    customer = customer_for(request, code)
    with as_everyone("brand of a customer's reseller"):
        brand = Brand.objects.get(reseller=customer.reseller)
    data, language = _directory(customer), get_language() or "en"
    made = pdf.render(brand, "directory", data, language, customer=customer)
    return _document(made, _("Telephone directory"))


@require_safe
@needs("extensions.view")
def codes(request: Any, code: str) -> HttpResponse:
    """Send the codes that people dial on their phones, for the wall."""
    customer = customer_for(request, code)
    with as_everyone("brand of a customer's reseller"):
        brand = Brand.objects.get(reseller=customer.reseller)
    language = get_language() or "en"
    made = pdf.render(brand, "directory", _codes(customer), language, customer=customer)
    return _document(made, _("Codes of the phone"))


@require_safe
@needs("brand.view")
def preview(request: Any, slug: str = "") -> HttpResponse:
    """Show how documents look; `?draft=1` with what is not published yet."""
    shelf = shelf_for(request, slug)
    brand = shelf.shown if request.GET.get("draft") else shelf.brand
    return _document(pdf.preview(brand, get_language() or "en"), _("Preview"))


def _document(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    filename = f"{slugify(name)}-{localdate():%Y-%m-%d}.pdf"
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _directory(customer: Customer) -> dict[str, Any]:
    country = customer.reseller.country
    main = customer.dids.filter(is_main=True).first()
    return {
        "title": _("Telephone directory"),
        "subtitle": f"{customer.name} · {_today()}",
        "main_number": formats.phone(main.number, country) if main else "",
        "rows": _rows(customer, country),
        "words": {
            "main_number": _("Main number"),
            "extension": _("Extension"),
            "name": _("Name"),
            "outside": _("Outside number"),
            "empty": _("There are no extensions yet."),
        },
    }


def _codes(customer: Customer) -> dict[str, Any]:
    """The codes in the dress of the directory: code, what it does, how it ends."""
    rows = [row for group in GROUPS for row in group.codes]
    return {
        "title": _("Codes of the phone"),
        "subtitle": f"{customer.name} · {_today()}",
        "main_number": "",
        "rows": [
            {"number": row.dial, "name": str(row.words), "outside": [row.end]}
            for row in rows
        ],
        "words": {
            "main_number": "",
            "extension": _("Dial"),
            "name": _("What it does"),
            "outside": _("End with"),
            "empty": "",
        },
    }


def _today() -> str:
    return dates.format_date(localdate(), "long", locale=locale())


def _rows(customer: Customer, country: str) -> list[dict[str, Any]]:
    found = sorted(customer.extensions.all(), key=lambda r: (len(r.number), r.number))
    numbers = numbers_by_extension(customer)
    return [
        {
            "number": row.number,
            "name": row.name,
            "outside": [formats.phone(n, country) for n in numbers[row.pk]],
        }
        for row in found
    ]
