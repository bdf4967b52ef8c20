"""Trunks: list, add, one trunk with its routes, change."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pbx_console.console import history
from pbx_console.console.access import needs
from pbx_console.console.forms.trunks import RouteForm, TrunkForm
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import OutboundRoute, Trunk
from pbx_console.pbx.services.trunks import save_route, save_trunk


@needs("trunks.view")
def trunks(request: Any) -> HttpResponse:
    """List the trunks of the scope with what goes over them."""
    rows = Trunk.objects.select_related("reseller").prefetch_related("routes")
    return render(request, "console/trunks/list.html", {"trunks": rows})


@needs("trunks.manage")
def trunk_new(request: Any) -> HttpResponse:
    """Add a trunk."""
    form = TrunkForm(request.POST or None)
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
    return _draw(request, _one(slug), RouteForm())


def _one(slug: str) -> Trunk:
    return get_object_or_404(Trunk.objects.select_related("reseller"), slug=slug)


def _draw(
    request: Any, shown: Trunk, form: RouteForm, status: int = 200
) -> HttpResponse:
    context = {
        "trunk": shown,
        "form": form,
        "routes": OutboundRoute.objects.filter(trunk=shown).select_related("reseller"),
        "numbers": shown.dids.count(),
    } | history.panel(shown, request)
    return render(request, "console/trunks/detail.html", context, status=status)


@needs("trunks.view")
@require_safe
@never_cache
def trunk_state(request: Any, slug: str) -> HttpResponse:
    """Answer the state pill alone; asked while it is pending."""
    return render(request, "console/trunks/state.html", {"trunk": _one(slug)})


@needs("trunks.manage")
def trunk_edit(request: Any, slug: str) -> HttpResponse:
    """Change a trunk."""
    shown = _one(slug)
    form = TrunkForm(request.POST or None, obj=shown)
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
@require_POST
def route_new(request: Any, slug: str) -> HttpResponse:
    """Send calls to a prefix over this trunk."""
    shown = _one(slug)
    form = RouteForm(request.POST)
    done = saved(form, save_route, actor=request.actor, trunk=shown)
    if done is None:
        return _draw(request, shown, form, status=422)
    words = _("Calls to %(prefix)s go over %(name)s.")
    undo = history.undo_address(request, shown)
    toast(request, words % {"prefix": done.prefix, "name": shown.name}, undo=undo)
    return redirect("console:trunk", slug=slug)
