"""The call path: what happens to a call now, or at a chosen moment."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pbx_console.accounts.models import Customer
from pbx_console.console import call_paths
from pbx_console.console.access import needs
from pbx_console.console.forms.call_paths import CallPathForm, moment_of, token_of
from pbx_console.console.owners import customer_for
from pbx_console.pbx.models import Destination


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
        "path": call_paths.shown(customer, token, at) if token else None,
    }
    part = "drawing.html" if request.htmx else "page.html"
    status = 422 if form.errors else 200
    return render(request, f"console/call_path/{part}", context, status=status)


def _refuse_foreign(customer: Customer, token: str) -> None:
    """Answer 404 for a destination that is not the customer's."""
    rows = Destination.objects.filter(customer=customer)
    if token.startswith("d") and not rows.filter(pk=int(token[1:])).exists():
        raise Http404
