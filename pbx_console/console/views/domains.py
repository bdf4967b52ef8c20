"""Domains of a brand: list and add, look again, make main, remove."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pbx_console.branding.models import Brand
from pbx_console.branding.services import domain_checks, domains
from pbx_console.console.access import fresh, needs
from pbx_console.console.domains import Row, brand_for, list_url, row_for
from pbx_console.console.forms.domains import DomainForm
from pbx_console.console.forms.extensions import ConfirmForm
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast


@needs("domains.manage")
@never_cache
def domain_list(request: Any, slug: str = "") -> HttpResponse:
    """Show all names; add one, which then waits for its proof."""
    brand = brand_for(request, slug)
    form = DomainForm(request.POST or None)
    if request.method == "POST":
        done = saved(form, domains.claim_domain, actor=request.actor, brand=brand)
        if done is not None:
            words = _("%(host)s is added. Set its records now.") % {"host": done.host}
            toast(request, words, state="pending")
            return redirect(list_url(slug))
    context = {
        "form": form,
        "rows": _rows(brand, slug),
        "slug": slug,
        "brand_row": brand,
    }
    status = 422 if form.errors else 200
    return render(request, "console/domains/list.html", context, status=status)


def _rows(brand: Brand, slug: str) -> list[Row]:
    shown = brand.domains.order_by("-is_primary", "-is_platform", "host")
    return [Row(domain, slug) for domain in shown]


@needs("domains.manage")
@never_cache
@require_safe
def domain_row(request: Any, host: str, slug: str = "") -> HttpResponse:
    """Answer one line again; nothing while nothing is new, so that focus stays."""
    row = row_for(request, slug, host)
    if request.GET.get("seen") == row.seen:
        return HttpResponse(status=204)
    return render(request, "console/domains/row.html", {"row": row})


@needs("domains.manage")
@require_POST
def domain_check(request: Any, host: str, slug: str = "") -> HttpResponse:
    """Ask the DNS now."""
    row = row_for(request, slug, host)
    if row.is_ours:
        return redirect(list_url(slug))
    try:
        row = Row(domain_checks.check_now(request.actor, row.domain), slug)
    except domain_checks.TooOften:
        toast(request, _("Asked a moment ago. Try again in a minute."), state="pending")
    else:
        state = "live" if row.lamp == "live" else "pending"
        toast(request, row.title, detail=row.words, state=state)
    return redirect(list_url(slug))


@needs("domains.manage")
@fresh
@require_POST
def domain_main(request: Any, host: str, slug: str = "") -> HttpResponse:
    """Let links use this name and the others lead to it."""
    row = row_for(request, slug, host)
    try:
        domains.make_main(request.actor, row.domain)
    except ValidationError as error:
        toast(request, " ".join(error.messages), state="failed")
    else:
        words = _("%(host)s is the main domain now.") % {"host": row.title}
        toast(request, words, detail=_("The other domains lead to it."))
    return redirect(list_url(slug))


@needs("domains.manage")
@fresh
def domain_remove(request: Any, host: str, slug: str = "") -> HttpResponse:
    """Take a name away after it was typed."""
    row = row_for(request, slug, host)
    form = ConfirmForm(request.POST or None, wanted=host)
    if request.method == "POST" and form.is_valid():
        done = attempted(form, lambda: _removed(request, row))
        if done:
            toast(request, _("%(host)s is removed.") % {"host": row.title})
            return redirect(list_url(slug))
    error = " ".join(str(e) for errors in form.errors.values() for e in errors)
    context = {"row": row, "wanted": host, "error": error, "back": list_url(slug)}
    status = 422 if form.errors else 200
    return render(request, "console/domains/remove.html", context, status=status)


def _removed(request: Any, row: Row) -> bool:
    domains.remove_domain(request.actor, row.domain)
    return True
