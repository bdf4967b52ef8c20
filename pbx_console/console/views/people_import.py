"""Inviting many people of a customer from a CSV file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from pbx_console.accounts import tasks
from pbx_console.accounts.models import Role
from pbx_console.accounts.services.people_import import (
    Looked,
    import_people,
    look,
)
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.base import CsvFileForm
from pbx_console.console.owners import customer_for
from pbx_console.console.places import customer_place, ensure_may_change
from pbx_console.console.toasts import toast

SHOWN = 200
"""Mistakes shown at once; more of them are the same mistake."""


@needs("people.customer")
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: Any, code: str) -> HttpResponse:
    """Look at a file first: who would be invited, or what is wrong where; then invite."""
    place = customer_place(request, code)
    ensure_may_change(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CsvFileForm(*sent)
    found = Looked()
    if request.method == "POST" and form.is_valid():
        sure = "import" in request.POST
        act = import_people if sure else look
        data = form.cleaned_data["data"]
        found = act(request.actor, customer=customer_for(request, code), data=data)
        if sure and not found.errors:
            tasks.hint_waiting()
            toast(request, _done(found), detail=_("The mails leave one after another."))
            return redirect(place.url)
    return _draw(request, form, found, place)


def _done(found: Looked) -> str:
    n = len(found.people)
    words = ngettext("%(n)s person is invited.", "%(n)s people are invited.", n)
    return words % {"n": n}


def _draw(request: Any, form: CsvFileForm, found: Looked, place: Any) -> HttpResponse:
    fine = bool(found.people) and not found.errors
    context = {
        "place": place,
        "form": form,
        "rows": found.people if fine else [],
        "admins": sum(1 for row in found.people if row.role == Role.ADMIN),
        "errors": [(e, *e.texts(_)) for e in found.errors[:SHOWN]],
        "wrong": len(found.errors),
        "text": form.cleaned_data["data"].decode("utf-8-sig") if fine else "",
    }
    status = 422 if form.errors or found.errors else 200
    return render(request, "console/people/import.html", context, status=status)
