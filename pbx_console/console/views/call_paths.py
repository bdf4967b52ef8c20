"""The call path: what happens to a call now, or at a chosen moment."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pbx_console.accounts.models import Customer
from pbx_console.accounts.services.throttle import TooManyTries, count_try
from pbx_console.asterisk.ami.client import AmiError
from pbx_console.console import call_paths
from pbx_console.console.access import needs
from pbx_console.console.forms.call_paths import CallPathForm, moment_of, token_of
from pbx_console.console.forms.prompts import PhoneForm
from pbx_console.console.owners import customer_for
from pbx_console.console.saving import attempted
from pbx_console.pbx import presence
from pbx_console.pbx.models import Destination
from pbx_console.pbx.services import path_calls


@needs("callflow.view")
@require_safe
def call_path(request: Any, code: str) -> HttpResponse:
    """Draw the path of a number or a destination; htmx asks for the drawing alone."""
    customer = customer_for(request, code)
    token = token_of(request.GET, customer) or call_paths.first_of(customer)
    _refuse_foreign(customer, token)
    asked = {"to": token, "at": request.GET.get("at", "")}
    form = CallPathForm(asked, customer=customer, token=token)
    at = moment_of(form)
    number, name = call_paths.title_of(customer, token) if token else ("", "")
    context = {
        "customer": customer,
        "form": form,
        "token": token,
        "number": number,
        "name": name,
        "at": at,
        "moment": at or timezone.localtime(),
        **_trying(request, customer, token, at),
    }
    part = "drawing.html" if request.htmx else "page.html"
    status = 422 if form.errors else 200
    return render(request, f"console/call_path/{part}", context, status=status)


def _trying(request: Any, customer: Customer, token: str, at: Any) -> dict[str, Any]:
    """Return the picture, and how far the test call is that the address names."""
    state = None
    if key := "" if at else request.GET.get("test", ""):
        with suppress(AmiError):
            state = path_calls.state_of(customer, key)
    here = state.token if state else ""
    path = call_paths.shown(customer, token, at, here) if token else None
    return {"path": path, "trying": state}


@needs("callflow.manage")
@never_cache
def call_path_test(request: Any, code: str) -> HttpResponse:
    """Choose a phone; it rings, and the page of the path follows the call."""
    customer = customer_for(request, code)
    token = token_of(request.GET, customer) or call_paths.first_of(customer)
    if not token:
        raise Http404
    _refuse_foreign(customer, token)
    own = request.membership.extension_number or _registered(customer)
    form = PhoneForm(request.POST or None, customer=customer, own=own)
    number, name = call_paths.title_of(customer, token)
    if request.method == "POST" and form.is_valid():
        begin: dict[str, Any] = {"customer": customer, "token": token}
        begin["shown"] = number or name
        phone = form.cleaned_data["extension"]
        key = attempted(form, lambda: _start(request, extension=phone, **begin))
        if key is not None:
            page = reverse("console:call_path", args=[code])
            return redirect(f"{page}?{urlencode({'to': token, 'test': key})}")
    context = {"customer": customer, "form": form, "token": token}
    context |= {"number": number, "name": name}
    status = 422 if form.errors else 200
    return render(request, "console/call_path/test.html", context, status=status)


def _registered(customer: Customer) -> str:
    """Return the first extension with a phone that can ring; empty where none is known."""
    words = (presence.words_of([customer.code]) or {}).get(customer.code, {})
    here = (each for each in sorted(words) if words[each] in presence.HERE)
    return next(here, "").partition("-")[2].partition("-")[0]


def _start(request: Any, *, token: str, **values: Any) -> str:
    try:
        count_try("path_call", str(request.user.pk), request)
        begins = call_paths.begins_at(values["customer"], token)
        return path_calls.start_path_call(request.actor, token=begins, **values)
    except TooManyTries:
        words = _("Too many calls. Wait a quarter of an hour.")
        raise ValidationError(words) from None
    except AmiError:
        raise ValidationError(_("The telephone system cannot be reached.")) from None


def _refuse_foreign(customer: Customer, token: str) -> None:
    """Answer 404 for a destination that is not the customer's."""
    rows = Destination.objects.filter(customer=customer)
    if token.startswith("d") and not rows.filter(pk=int(token[1:])).exists():
        raise Http404
