"""Taking another place: one of one's own roles, or that of a customer's administrator."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.accounts.middleware import CHOSEN, memberships_of
from pbx_console.accounts.services import acting
from pbx_console.console.access import needs
from pbx_console.console.owners import customer_for
from pbx_console.console.toasts import toast


@needs()
@require_POST
def membership(request: Any) -> HttpResponse:
    """Work in another of one's own roles from now on."""
    wanted = request.POST.get("membership", "")
    rows = memberships_of(request.user)
    chosen = next((row for row in rows if str(row.pk) == wanted), None)
    if chosen is None:
        raise Http404
    acting.end(request.actor, session=request.session)
    request.session[CHOSEN] = chosen.pk
    return redirect("console:home")


@needs("acting")
@require_POST
def act(request: Any, code: str) -> HttpResponse:
    """Open the console as the customer sees it, for half an hour."""
    customer = customer_for(request, code)
    acting.begin(
        request.actor,
        membership=request.membership,
        customer=customer,
        session=request.session,
    )
    return redirect("console:customer", code=code)


@needs()
@require_POST
def act_end(request: Any) -> HttpResponse:
    """Go back to the own place."""
    customer = acting.end(request.actor, session=request.session)
    if customer is None:
        return redirect("console:home")
    toast(request, _("You no longer act for %(name)s.") % {"name": customer.name})
    return redirect("console:customer", code=customer.code)
