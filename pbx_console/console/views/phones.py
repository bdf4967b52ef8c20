"""Phones: lists, add, import, one phone with its state, lines, keys and timeline."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pbx_console.accounts.models import Customer
from pbx_console.console import (
    downloads,
    following,
    history,
    phone_steps,
    phone_times,
    phones,
)
from pbx_console.console.access import needs
from pbx_console.console.bulk import BulkWords, show_bulk
from pbx_console.console.forms.phones import NewPhoneForm, PhoneFilters
from pbx_console.console.owners import customer_for
from pbx_console.console.paging import page
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.lib.macs import MacError, parse_mac
from pbx_console.provisioning.models import Phone, UnknownPhone
from pbx_console.provisioning.services import bulk_phones
from pbx_console.provisioning.services.phones import add_phone
from pbx_console.provisioning.states import PhoneState, states_of

EVERYWHERE = ("customer__name", "name", "mac")
FILE = BulkWords(
    title=gettext_lazy("Phones from a file"),
    back=gettext_lazy("Phones"),
    teach=gettext_lazy(
        "A MAC address that is there is changed, a new one is added. Nothing is removed."
    ),
    example="mac;model;extensions;name\n00:04:13:A1:B2:C3;Snom D785;201;Reception\n"
    "805EC0112233;Yealink T54W;202,210;Workshop",
    limit=bulk_phones.MOST,
    done=gettext_lazy("Connect them now: they are answered within the next hour."),
)


@needs("phones.view")
def all_phones(request: Any) -> HttpResponse:
    """List the phones of all customers in the scope."""
    return _list(request, Phone.objects.all(), EVERYWHERE)


@needs("phones.view")
def customer_phones(request: Any, code: str) -> HttpResponse:
    """List the phones of one customer."""
    customer = customer_for(request, code)
    return _list(request, customer.phones.all(), ("name", "mac"), customer)


def _list(
    request: Any, rows: Any, keys: tuple[str, ...], customer: Customer | None = None
) -> HttpResponse:
    filters = PhoneFilters(request.GET)
    rows = phones.found(rows, filters.value("q"), filters.value("state"))
    if request.GET.get("format") == "csv":
        downloads.note(request, "phones", owner=customer)
        return _file(rows.order_by(*EVERYWHERE)[: downloads.MOST])
    shown = page(rows, keys, request.GET)
    listed = phones.listed(shown.rows)
    context = {
        "filters": filters,
        "page": shown,
        "rows": listed,
        "customer": customer,
        "unknown": UnknownPhone.objects.count(),
        "family": phones.family_first(listed),
    }
    marks = [(row.phone.pk, row.phone.name, row.state, row.numbers) for row in listed]
    mark = following.mark(marks, context["unknown"])
    pages = ("console/phones/list.html", "console/phones/rows.html")
    return following.answer(request, *pages, context, mark)


def _file(rows: Any) -> HttpResponse:
    head = [_("Customer"), _("Name"), _("MAC address"), _("Model"), _("Extensions")]
    return downloads.spreadsheet(
        _("phones"),
        [*head, _("State"), _("Address")],
        (
            [
                row.phone.customer.name,
                row.phone.name,
                row.phone.written_mac,
                row.model,
                ", ".join(row.numbers),
                str(row.state.label),
                row.state.address,
            ]
            for row in phones.listed(rows)
        ),
    )


@needs("phones.manage")
def phone_new(request: Any, code: str) -> HttpResponse:
    """Add a phone: address, model, extensions. It may come at once."""
    customer = customer_for(request, code)
    data = request.POST or None
    seen = _model_seen(customer, request.POST.get("mac", ""))
    start = {"extensions": request.GET.get("extension") or without_phone(customer)}
    form = NewPhoneForm(data, customer=customer, model_seen=bool(seen), initial=start)
    if data is not None and form.is_valid():
        form.cleaned_data["model"] = form.cleaned_data["model"] or seen
        done = saved(form, add_phone, actor=request.actor, customer=customer)
        if done is not None:
            toast(request, _("%(name)s is added.") % {"name": done}, detail=_waits())
            if "next" in request.POST:
                return redirect("console:phone_new", code=code)
            return redirect("console:phone", code=code, mac=done.mac)
    context = {"form": form, "customer": customer, "models": phones.model_options()}
    context["extensions"] = customer.extensions.all()
    context["where"] = phones.where_of(request)
    status = 422 if form.errors else 200
    return render(request, "console/phones/new.html", context, status=status)


def _waits() -> str:
    return _("Connect it now: its first fetch is answered within the next hour.")


def without_phone(customer: Customer) -> str:
    """Suggest the first extension that has no phone."""
    rows = customer.extensions.filter(phone_lines=None).order_by("number")
    return rows.values_list("number", flat=True).first() or ""


def _model_seen(customer: Customer, typed: str) -> str:
    """Return the model that a phone with this address named when it called in."""
    try:
        mac = parse_mac(typed)
    except MacError:
        return ""
    rows = UnknownPhone.objects.filter(reseller=customer.reseller, mac=mac)
    return rows.values_list("model", flat=True).first() or ""


@needs("phones.manage")
def phones_bulk(request: Any, code: str) -> HttpResponse:
    """Read phones of a customer in, or give them out."""
    customer = customer_for(request, code)
    back = reverse("console:customer_phones", args=[code])
    return show_bulk(request, FILE, bulk_phones.CODEC, customer, back)


def one(request: Any, code: str, mac: str) -> Phone:
    """Return a phone of a customer in the scope, or 404."""
    customer = customer_for(request, code)
    phone: Phone = get_object_or_404(customer.phones, mac=mac)
    phone.customer = customer
    return phone


@needs("phones.view")
@never_cache
def phone(request: Any, code: str, mac: str) -> HttpResponse:
    """Show one phone: state, lines, keys, warnings, timeline, history."""
    shown = one(request, code, mac)
    return draw(request, shown)


@needs("phones.view")
@require_safe
@never_cache
def phone_state(request: Any, code: str, mac: str) -> HttpResponse:
    """Answer what is known of a phone now; asked again and again by the open page."""
    shown = one(request, code, mac)
    state = states_of([shown])[shown.pk]
    if phone_steps.mark_of(shown, state) == request.GET.get("seen"):
        return HttpResponse(
            status=204
        )  # nothing is swapped, so nothing loses its focus
    context = {**_now(request, shown, state), "apart": True}
    return render(request, "console/phones/now.html", context)


def _now(request: Any, shown: Phone, state: PhoneState) -> dict[str, Any]:
    steps, strangers = phone_steps.steps_of(shown, state, phones.where_of(request))
    return {
        "phone": shown,
        "customer": shown.customer,
        "state": state,
        "steps": steps,
        "strangers": strangers,
        "ways": phones.ways_of(shown),
        "events": phone_times.of_phone(request, shown),
        "seen": phone_steps.mark_of(shown, state),
    }


def draw(
    request: Any, shown: Phone, error: ValidationError | None = None
) -> HttpResponse:
    """Show a phone's page; `error` is why something was refused just now."""
    row, config = phones.listed([shown])[0], phones.told(shown)
    context = {
        **_now(request, shown, row.state),
        "row": row,
        "warnings": phones.warnings_of(shown, config),
        "lines": shown.lines.select_related("extension", "device"),
        "keys": phones.placed_keys(shown, config),
        "error": " ".join(error.messages) if error else "",
    } | history.panel(shown, request)
    status = 422 if error else 200
    return render(request, "console/phones/detail.html", context, status=status)
