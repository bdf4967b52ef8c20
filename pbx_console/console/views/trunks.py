"""Trunks: list, add, one trunk with its routes, change, test call."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pbx_console.accounts.services.throttle import TooManyTries, count_try
from pbx_console.asterisk.ami.client import AmiError
from pbx_console.console import history
from pbx_console.console.access import needs
from pbx_console.console.forms.extensions import ConfirmForm
from pbx_console.console.forms.trunks import RouteForm, TestCallForm, TrunkForm
from pbx_console.console.route_plan import ways
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import OutboundRoute, Trunk
from pbx_console.pbx.services.test_calls import result_of, start_test_call
from pbx_console.pbx.services.trunks import (
    delete_route,
    delete_trunk,
    save_route,
    save_trunk,
    uses_of_trunk,
)


@needs("trunks.view")
def trunks(request: Any) -> HttpResponse:
    """List the trunks of the scope with what goes over them."""
    rows = Trunk.objects.select_related("reseller", "health").prefetch_related("routes")
    context = {"trunks": rows, "ways": ways()}
    return render(request, "console/trunks/list.html", context)


@needs("trunks.manage")
def trunk_new(request: Any) -> HttpResponse:
    """Add a trunk."""
    form = TrunkForm(request.POST or None, shared=_shares(request))
    if request.method == "POST":
        done = saved(form, save_trunk, actor=request.actor)
        if done is not None:
            words = _("Trunk %(name)s is added.") % {"name": done.name}
            toast(request, words, state=done.state)
            return redirect("console:trunk", slug=done.slug)
    status = 422 if form.errors else 200
    return render(request, "console/trunks/form.html", {"form": form}, status=status)


@needs("trunks.view")
def trunk(request: Any, slug: str) -> HttpResponse:
    """Show one trunk: state, address, routes, history."""
    return _draw(request, _one(slug))


def _shares(request: Any) -> bool:
    """Say whether the person may make what all resellers use."""
    return bool(request.membership.level == "operator")


def _one(slug: str) -> Trunk:
    return get_object_or_404(
        Trunk.objects.select_related("reseller", "health"), slug=slug
    )


def _draw(request: Any, shown: Trunk, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "trunk": shown,
        "form": RouteForm(shared=_shares(request)),
        "test_form": TestCallForm(),
        "routes": OutboundRoute.objects.filter(trunk=shown).select_related("reseller"),
        "numbers": shown.dids.count(),
        **forms,
    } | history.panel(shown, request)
    return render(request, "console/trunks/detail.html", context, status=status)


@needs("trunks.view")
@require_safe
@never_cache
def trunk_state(request: Any, slug: str) -> HttpResponse:
    """Answer the state pill alone; asked while it is pending."""
    return render(request, "console/trunks/state.html", {"trunk": _one(slug)})


@needs("trunks.view")
@require_safe
@never_cache
def trunk_health(request: Any, slug: str) -> HttpResponse:
    """Answer whether the carrier answers; asked again and again by the open page."""
    return render(request, "console/trunks/health.html", {"trunk": _one(slug)})


@needs("trunks.manage")
def trunk_edit(request: Any, slug: str) -> HttpResponse:
    """Change a trunk."""
    shown = _one(slug)
    form = TrunkForm(request.POST or None, obj=shown, shared=_shares(request))
    if request.method == "POST":
        done = saved(form, save_trunk, actor=request.actor, trunk=shown)
        if done is not None:
            words = _("Trunk %(name)s is saved.") % {"name": done.name}
            undo = history.undo_address(request, done)
            toast(request, words, state=done.state, undo=undo)
            return redirect("console:trunk", slug=slug)
    context = {"form": form, "trunk": _one(slug)}
    status = 422 if form.errors else 200
    return render(request, "console/trunks/form.html", context, status=status)


@needs("trunks.manage")
def trunk_delete(request: Any, slug: str) -> HttpResponse:
    """Ask for the name, then delete; what is in use stays, with the list of uses."""
    shown = _one(slug)
    form = ConfirmForm(request.POST or None, wanted=shown.name)
    asked = request.method == "POST" and form.is_valid()
    if asked and attempted(form, lambda: _gone(request, shown)):
        return redirect("console:trunks")
    context = {
        "trunk": shown,
        "uses": uses_of_trunk(shown),
        "error": " ".join(str(e) for found in form.errors.values() for e in found),
    }
    status = 422 if context["error"] else 200
    return render(request, "console/trunks/delete.html", context, status=status)


def _gone(request: Any, shown: Trunk) -> bool:
    delete_trunk(request.actor, shown)
    words = _("Trunk %(name)s is deleted.") % {"name": shown.name}
    toast(request, words, undo=history.undo_address(request, shown))
    return True


@needs("trunks.manage")
@require_POST
def route_new(request: Any, slug: str) -> HttpResponse:
    """Send calls to a prefix over this trunk."""
    shown = _one(slug)
    form = RouteForm(request.POST, shared=_shares(request))
    done = saved(form, save_route, actor=request.actor, trunk=shown)
    if done is None:
        return _draw(request, shown, 422, form=form)
    words = _("Calls to %(prefix)s go over %(name)s.")
    undo = history.undo_address(request, shown)
    toast(request, words % {"prefix": done.prefix, "name": shown.name}, undo=undo)
    return redirect("console:trunk", slug=slug)


@needs("trunks.manage")
def route_edit(request: Any, slug: str, route_id: int) -> HttpResponse:
    """Change order and share of a route."""
    shown = _one(slug)
    route = get_object_or_404(OutboundRoute, trunk=shown, pk=route_id)
    form = RouteForm(request.POST or None, obj=route, shared=False)
    if request.method == "POST":
        kept = {"prefix": route.prefix, "reseller": route.reseller, "trunk": shown}
        if saved(form, save_route, actor=request.actor, **kept) is not None:
            words = _("The route for %(prefix)s is saved.") % {"prefix": route.prefix}
            toast(request, words, undo=history.undo_address(request, shown))
            return redirect("console:trunk", slug=slug)
    context = {"form": form, "trunk": shown, "route": route}
    status = 422 if form.errors else 200
    return render(request, "console/trunks/route.html", context, status=status)


@needs("trunks.manage")
@require_POST
def route_delete(request: Any, slug: str, route_id: int) -> HttpResponse:
    """Send no more calls with this prefix over this trunk; can be taken back."""
    shown = _one(slug)
    route = get_object_or_404(OutboundRoute, trunk=shown, pk=route_id)
    words = _("Calls to %(prefix)s no longer go over %(name)s.")
    told = words % {"prefix": route.prefix, "name": shown.name}
    delete_route(request.actor, route)
    toast(request, told, undo=history.undo_address(request, shown))
    return redirect("console:trunk", slug=slug)


@needs("trunks.manage")
@require_POST
def trunk_test(request: Any, slug: str) -> HttpResponse:
    """Ring a number over this trunk; the result is shown on a page of its own."""
    shown = _one(slug)
    form = TestCallForm(request.POST)
    if not form.is_valid():
        return _draw(request, shown, 422, test_form=form)
    key = attempted(form, lambda: _start(request, shown, form.cleaned_data["number"]))
    if key is None:
        return _draw(request, shown, 422, test_form=form)
    return redirect("console:trunk_tested", slug=slug, handle=key)


def _start(request: Any, shown: Trunk, number: str) -> str:
    try:
        count_try("test_call", str(request.user.pk), request)
        return start_test_call(request.actor, trunk=shown, number=number)
    except TooManyTries:
        raise ValidationError(
            _("Too many test calls. Wait a quarter of an hour.")
        ) from None
    except AmiError:
        raise ValidationError(_("The telephone system cannot be reached.")) from None


@needs("trunks.manage")
@require_safe
@never_cache
def trunk_tested(request: Any, slug: str, handle: str) -> HttpResponse:
    """Tell how a test call goes; the page asks again until it is over."""
    shown = _one(slug)
    try:
        result = result_of(handle)
    except AmiError:
        result = None
    part = bool(request.headers.get("HX-Request"))
    name = "console/trunks/tested_part.html" if part else "console/trunks/tested.html"
    context = {"trunk": shown, "handle": handle, "result": result}
    return render(request, name, context)
