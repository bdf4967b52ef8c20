"""An extension on a computer or mobile: choosing a program, the code, the link."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from pbx_console.accounts.models import Membership
from pbx_console.accounts.services.throttle import count_wrong_token
from pbx_console.console import following, phone_steps
from pbx_console.console.access import needs
from pbx_console.console.forms.soft_clients import SoftClientForm
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast
from pbx_console.console.views.extensions import one
from pbx_console.console.views.phone_page import own_or_404
from pbx_console.console.views.second_factor import qr_svg
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.devices import delete_device
from pbx_console.provisioning.services import setup_links
from pbx_console.provisioning.services.setup_links import Handed

METHODS = ["GET", "HEAD", "POST"]


@needs("phones.manage")
@never_cache
@require_http_methods(METHODS)
def extension_app(request: Any, code: str, number: str) -> HttpResponse:
    """Give an extension to a program: a link or a code, shown once or mailed."""
    extension = one(request, code, number)
    form = SoftClientForm(request.POST or None, initial=_of_person(extension))
    return _page(request, extension, form, own=False)


def _of_person(extension: Extension) -> dict[str, str]:
    """Suggest the mail address of the person whose extension it is."""
    held = Membership.objects.filter(
        customer=extension.customer, extension_number=extension.number
    )
    row = held.select_related("user").first()
    return {"to": row.user.email} if row else {}


@needs("own.view")
@never_cache
@require_http_methods(METHODS)
def own_app(request: Any) -> HttpResponse:
    """Use one's own extension on a computer or mobile."""
    form = SoftClientForm(request.POST or None, own=True)
    return _page(request, own_or_404(request), form, own=True)


@needs("own.view")
@require_POST
def own_app_remove(request: Any, slot: int) -> HttpResponse:
    """Take one's extension away from a program, as from a lost mobile."""
    programs = setup_links.handed_out(own_or_404(request))
    device = get_object_or_404(
        programs.select_related("extension__customer"), slot=slot
    )
    words = _("%(name)s is removed.") % {"name": device.name}
    delete_device(request.actor, device)
    toast(request, words, detail=_("It cannot register any more."))
    return redirect("console:home")


@needs("phones.manage")
@never_cache
@require_safe
def extension_app_state(
    request: Any, code: str, number: str, slot: int
) -> HttpResponse:
    """Answer how far a program is; the page with its code asks again and again."""
    return _state(request, one(request, code, number), slot)


@needs("own.view")
@never_cache
@require_safe
def own_app_state(request: Any, slot: int) -> HttpResponse:
    """Answer how far one's own program is."""
    return _state(request, own_or_404(request), slot)


def _state(request: Any, extension: Extension, slot: int) -> HttpResponse:
    rows = extension.devices.select_related("extension__customer")
    steps = phone_steps.of_program(get_object_or_404(rows, slot=slot))
    seen = following.mark(steps)
    if seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    context = {"steps": steps, "asks": f"{request.path}?seen={seen}"}
    return render(request, "console/phones/app_now.html", context)


def _asks(extension: Extension, handed: Handed, *, own: bool) -> str:
    slot = handed.device.slot
    if own:
        return reverse("console:own_app_state", args=[slot])
    where = [extension.customer.code, extension.number, slot]
    return reverse("console:extension_app_state", args=where)


def _page(
    request: Any, extension: Extension, form: SoftClientForm, *, own: bool
) -> HttpResponse:
    context = {"extension": extension, "customer": extension.customer, "own": own}
    if request.method == "POST" and form.is_valid():
        done = attempted(form, lambda: _hand_out(request, extension, form.cleaned_data))
        if done is not None and form.cleaned_data.get("to"):
            toast(request, _("The link is on its way. It works once, for a day."))
            return _home(extension, own=own)
        if done is not None:
            context |= {"handed": done, "qr": qr_svg(done.code)}
            context |= {"link": request.build_absolute_uri(done.path or "/")}
            context |= {"steps": phone_steps.of_program(done.device)}
            context |= {"asks": _asks(extension, done, own=own)}
            return render(request, "console/phones/app_code.html", context)
    status = 422 if form.errors else 200
    context |= {"form": form}
    return render(request, "console/phones/app.html", context, status=status)


def _home(extension: Extension, *, own: bool) -> HttpResponse:
    if own:
        return redirect("console:home")
    code, number = extension.customer.code, extension.number
    return redirect("console:extension", code=code, number=number)


@transaction.atomic
def _hand_out(request: Any, extension: Extension, typed: dict[str, Any]) -> Handed:
    """Make the account and its link in one step; a mail that cannot be keeps neither."""
    client = setup_links.client_named(typed["client"])
    to = typed.get("to") or ""
    if client.carries_secret and to:
        raise ValidationError({"to": _("This code is shown here and never mailed.")})
    handed = setup_links.hand_out(
        request.actor,
        extension=extension,
        client=client,
        name=typed["name"],
        provider=typed.get("provider", ""),
    )
    if to is True:
        own = {"to": request.user.email, "name": request.user.name}
        setup_links.send(handed, language=get_language() or "", **own)
    elif to:
        setup_links.send(handed, to=to)
    return handed


@never_cache
@require_safe
def set_up(request: Any, token: str) -> HttpResponse:
    """Show the code behind a link; looking does not use it up. Needs no account."""
    found = setup_links.find(request.brand.reseller, token)
    if found is None:
        status = 429 if count_wrong_token(token, request) else 404
        return render(request, "console/phones/link_over.html", status=status)
    timezone.activate(found.device.customer.timezone)
    client = setup_links.client_named(found.client)
    maker = request.GET.get("maker", "")[:40]
    code = setup_links.code_for(found.device, client, token, maker)
    context = {"client": client, "link": found, "code": code, "qr": qr_svg(code)}
    return render(request, "console/phones/link.html", context)


@csrf_exempt
@never_cache
def set_up_file(request: Any, token: str) -> HttpResponse:
    """Answer the account behind a link, once; a program asks, not a person."""
    if request.method not in ("GET", "POST"):
        raise Http404
    text = setup_links.use(
        request.brand.reseller,
        token,
        address=str(request.META.get("REMOTE_ADDR") or ""),
        agent=request.META.get("HTTP_USER_AGENT", "")[:300],
    )
    if text is None:
        count_wrong_token(token, request)
        raise Http404
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
