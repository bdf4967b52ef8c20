"""Where phones stand, what the emergency service is told, and trying it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from pbx_console.accounts.models import Customer
from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form
from pbx_console.console.forms.sites import EmergencyTestForm, SiteForm
from pbx_console.console.owners import customer_for
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import EmergencyCall, EmergencyTest, Site
from pbx_console.pbx.services.sites import (
    delete_site,
    end_emergency_test,
    save_site,
    start_emergency_test,
)

WORDS = Words(
    stem="site",
    title=gettext_lazy("Sites and emergency"),
    add=gettext_lazy("Add site"),
    change=gettext_lazy("Save site"),
    delete=gettext_lazy("Delete site"),
    saved=gettext_lazy("Site %(name)s is saved."),
    deleted=gettext_lazy("Site %(name)s is deleted."),
    empty=gettext_lazy("No sites yet"),
    teach=gettext_lazy(
        "The emergency service sees the number of the site that a phone stands at."
    ),
    icon="map-pin",
    right="extensions.manage",
)
CALLS = 10


@needs("extensions.view")
def sites(request: Any, code: str) -> HttpResponse:
    """List the sites, the emergency calls, and the test of the emergency numbers."""
    customer = customer_for(request, code)
    return _draw(request, customer, EmergencyTestForm(customer=customer))


def _draw(
    request: Any, customer: Customer, form: EmergencyTestForm, status: int = 200
) -> HttpResponse:
    context = {
        "words": WORDS,
        "customer": customer,
        "sites": Site.objects.filter(customer=customer)
        .select_related("did")
        .prefetch_related("extensions"),
        "homeless": customer.extensions.filter(site=None).count(),
        "new_url": WORDS.url("new", customer),
        "form": form,
        "test": _running(customer),
        "calls": EmergencyCall.objects.filter(customer=customer)[:CALLS],
    }
    return render(request, "console/sites/list.html", context, status=status)


def _running(customer: Customer) -> EmergencyTest | None:
    rows = EmergencyTest.objects.filter(customer=customer)
    test = rows.select_related("destination").first()
    return test if test and test.is_on else None


@needs("extensions.manage")
def site_new(request: Any, code: str) -> HttpResponse:
    """Add a site."""
    customer = customer_for(request, code)
    form = SiteForm(request.POST or None, customer=customer)

    def save(**values: Any) -> Site:
        return save_site(customer=customer, **values)

    return show_form(request, WORDS, customer, form, save)


@needs("extensions.manage")
def site(request: Any, code: str, key: int) -> HttpResponse:
    """Change a site."""
    customer = customer_for(request, code)
    shown = get_object_or_404(Site, customer=customer, pk=key)
    form = SiteForm(request.POST or None, customer=customer, obj=shown)

    def save(**values: Any) -> Site:
        return save_site(site=shown, **values)

    return show_form(request, WORDS, customer, form, save, shown)


@needs("extensions.manage")
def site_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete a site."""
    customer = customer_for(request, code)
    shown = get_object_or_404(Site, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, shown, delete_site)


@needs("extensions.manage")
@require_POST
def emergency_test(request: Any, code: str) -> HttpResponse:
    """Let the emergency numbers ring inside for some minutes."""
    customer = customer_for(request, code)
    form = EmergencyTestForm(request.POST, customer=customer)
    done = saved(form, start_emergency_test, actor=request.actor, customer=customer)
    if done is None:
        return _draw(request, customer, form, 422)
    toast(request, _("Emergency numbers ring inside now. It ends by itself."))
    return redirect("console:sites", code=code)


@needs("extensions.manage")
@require_POST
def emergency_test_end(request: Any, code: str) -> HttpResponse:
    """Dial the real emergency numbers again."""
    customer = customer_for(request, code)
    end_emergency_test(request.actor, customer=customer)
    toast(request, _("Emergency numbers reach the emergency service again."))
    return redirect("console:sites", code=code)
