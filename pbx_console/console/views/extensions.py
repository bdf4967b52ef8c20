"""Extensions: lists, add, one extension with its state, change, password, delete."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Feature
from pbx_console.console import contract, downloads, history, phone_times, ringing
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.extensions import (
    ConfirmForm,
    ExtensionFilters,
    ExtensionForm,
    country_name,
)
from pbx_console.console.owners import customer_for
from pbx_console.console.paging import page
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.metering.models import Leg
from pbx_console.pbx import presence
from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.services.extensions import (
    delete_extension,
    reset_secret,
    save_extension,
)

EVERYWHERE = ("customer__name", "customer_id", "number")
SHOWN_ONCE = "secret_shown_once"


@needs("extensions.view")
def extensions(request: Any) -> HttpResponse:
    """List the extensions of all customers in the scope."""
    filters = ExtensionFilters(request.GET)
    rows = found(filters, Extension.objects.all())
    if request.GET.get("format") == "csv":
        downloads.note(request, "extensions")
        return _file(rows)
    shown = page(rows, EVERYWHERE, request.GET)
    return _list(request, filters, shown)


@needs("extensions.view")
def customer_extensions(request: Any, code: str) -> HttpResponse:
    """List the extensions of one customer."""
    customer = customer_for(request, code)
    filters = ExtensionFilters(request.GET)
    rows = found(filters, customer.extensions.all())
    if request.GET.get("format") == "csv":
        downloads.note(request, "extensions", owner=customer)
        return _file(rows)
    shown = page(rows, ("number", "id"), request.GET)
    return _list(request, filters, shown, customer)


def _list(
    request: Any,
    filters: ExtensionFilters,
    shown: Any,
    customer: Customer | None = None,
) -> HttpResponse:
    context = {
        "filters": filters,
        "page": shown,
        "rows": presence.with_presence(shown.rows),
        "customer": customer,
        "used": customer.extensions.count() if customer else None,
    }
    return render(request, "console/extensions/list.html", context)


def found(filters: ExtensionFilters, rows: QuerySet[Extension]) -> QuerySet[Extension]:
    """Return the extensions that the filters leave."""
    rows = rows.select_related("customer", "caller_id")
    if text := filters.value("q"):
        named = Q(number__startswith=text) | Q(name__icontains=text)
        rows = rows.filter(named | Q(customer__name__icontains=text))
    if state := filters.value("state"):
        live = Q(revision=F("live_revision"))
        rows = rows.filter(live if state == "live" else ~live)
    return rows


def _file(rows: QuerySet[Extension]) -> HttpResponse:
    head = [_("Customer"), _("Extension"), _("Name"), _("Shown outside"), _("State")]
    return downloads.spreadsheet(
        _("extensions"),
        head,
        (
            [
                row.customer.name,
                row.number,
                row.name,
                row.caller_id.number if row.caller_id else "",
                row.state.label,
            ]
            for row in rows.order_by(*EVERYWHERE)[: downloads.MOST]
        ),
    )


@needs("extensions.manage")
def extension_new(request: Any, code: str) -> HttpResponse:
    """Add an extension; its account is shown on the next page, once."""
    customer = customer_for(request, code)
    start = {"number": _free_number(customer)}
    form = ExtensionForm(request.POST or None, customer=customer, initial=start)
    if request.method == "POST":
        done = saved(form, save_extension, actor=request.actor, customer=customer)
        if done is not None:
            show_once(request, done)
            words = _("Extension %(number)s is added.") % {"number": done.number}
            undo = history.undo_address(request, done)
            toast(request, words, state=done.state, undo=undo)
            return redirect("console:extension", code=code, number=done.number)
    context = {"form": form, "customer": customer}
    return render(
        request, "console/extensions/form.html", context, status=_status(form)
    )


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _free_number(customer: Customer) -> str:
    """Suggest the number after the highest one that is as long as the newest."""
    last = customer.extensions.order_by("-pk").first()
    if last is None:
        return "201"
    taken = set(customer.extensions.values_list("number", flat=True))
    number = int(last.number) + 1
    while str(number) in taken:
        number += 1
    return str(number)


def show_once(request: Any, extension: Extension) -> None:
    """Remember whose secret the next page shows; the secret itself stays in its row."""
    request.session[SHOWN_ONCE] = extension.endpoint_id


def one(request: Any, code: str, number: str) -> Extension:
    """Return an extension of a customer in the scope, or 404."""
    customer = customer_for(request, code)
    rows = customer.extensions.select_related("caller_id")
    extension = get_object_or_404(rows, number=number)
    extension.customer = customer
    return extension


@needs("extensions.view")
@never_cache
def extension(request: Any, code: str, number: str) -> HttpResponse:
    """Show one extension: state, account, numbers, calls, settings, history."""
    shown = one(request, code, number)
    account = _account_shown_once(request, shown)
    calls = Leg.objects.filter(customer=shown.customer, extension_number=number)
    context = {
        "extension": shown,
        "customer": shown.customer,
        "presence": presence.of([shown])[shown.endpoint_id],
        "secret": account.secret if account else "",
        "account": (account or shown).endpoint_id,
        "countries": ", ".join(country_name(code) for code in shown.countries),
        **ringing.of(shown),
        "server": settings.SIP_DOMAIN,
        "port": settings.SIP_PORT,
        "numbers": shown.dids.all(),
        "calls": calls.newest_first()[:8],
        "events": phone_times.of_extension(request, shown),
        "sees_calls": contract.has(request, Feature.CALL_LIST),
    } | history.panel(shown, request)
    return render(request, "console/extensions/detail.html", context)


def _account_shown_once(request: Any, shown: Extension) -> Extension | Device | None:
    """Return the account that was just made, the first time only."""
    wanted = request.session.get(SHOWN_ONCE)
    devices = list(shown.devices.all())
    for device in devices:
        device.extension = shown
    accounts: list[Extension | Device] = [shown, *devices]
    found = [a for a in accounts if a.endpoint_id == wanted]
    if found:
        del request.session[SHOWN_ONCE]
    return found[0] if found else None


@needs("extensions.view")
@require_safe
@never_cache
def extension_state(request: Any, code: str, number: str) -> HttpResponse:
    """Answer the state pill alone; asked while it is pending."""
    shown = one(request, code, number)
    return render(request, "console/extensions/state.html", {"extension": shown})


@needs("extensions.manage")
def extension_edit(request: Any, code: str, number: str) -> HttpResponse:
    """Change an extension."""
    shown = one(request, code, number)
    customer = shown.customer
    form = ExtensionForm(request.POST or None, customer=customer, obj=shown)
    if request.method == "POST":
        own = {"actor": request.actor, "customer": customer, "extension": shown}
        done = saved(form, save_extension, **own)
        if done is not None:
            _tell_saved(request, done, renumbered=done.number != number)
            return redirect("console:extension", code=code, number=done.number)
    context = {"form": form, "customer": customer, "extension": shown, "number": number}
    return render(
        request, "console/extensions/form.html", context, status=_status(form)
    )


def _tell_saved(request: Any, done: Extension, *, renumbered: bool) -> None:
    detail = ""
    if renumbered:
        show_once(request, done)
        detail = _("Its phone needs the new account.")
    words = _("Extension %(number)s is saved.") % {"number": done.number}
    undo = history.undo_address(request, done)
    toast(request, words, detail=detail, state=done.state, undo=undo)


@needs("extensions.manage")
@fresh
@require_POST
def extension_secret(request: Any, code: str, number: str) -> HttpResponse:
    """Give the account a new password, shown on the next page, once."""
    shown = one(request, code, number)
    reset_secret(request.actor, shown)
    show_once(request, shown)
    words = _("Extension %(number)s has a new SIP password.") % {"number": number}
    toast(request, words, detail=_("The old one is refused now."), state=shown.state)
    return redirect("console:extension", code=code, number=number)


@needs("extensions.manage")
def extension_delete(request: Any, code: str, number: str) -> HttpResponse:
    """Delete an extension after its number was typed."""
    shown = one(request, code, number)
    form = ConfirmForm(request.POST or None, wanted=number)
    if request.method == "POST" and form.is_valid():
        attempted(form, lambda: delete_extension(request.actor, shown))
        if not form.errors:
            return _deleted(request, shown)
    context = {
        "extension": shown,
        "customer": shown.customer,
        "numbers": list(shown.dids.all()),
        "error": " ".join(str(e) for errors in form.errors.values() for e in errors),
    }
    return render(
        request, "console/extensions/delete.html", context, status=_status(form)
    )


def _deleted(request: Any, gone: Extension) -> HttpResponse:
    words = _("Extension %(number)s is deleted.") % {"number": gone.number}
    detail = _("Its phone cannot register any more.")
    undo = history.undo_address(request, gone)
    toast(request, words, detail=detail, undo=undo)
    return redirect("console:customer_extensions", code=gone.customer.code)
