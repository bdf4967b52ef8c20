"""Addresses that the telephone system refuses: list, ban by hand, let in again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pbx_console.accounts.scope import current
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.bans import BanForm
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import Ban, BanTarget
from pbx_console.pbx.services.bans import ban_by_hand, lift
from pbx_console.provisioning.intake import end_calls

MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A ban as its reader sees it: resellers are told of their own accounts only."""

    ban: Ban
    attempts: int
    may_lift: bool


@needs("bans.manage")
@never_cache
def bans(request: Any) -> HttpResponse:
    """List who is refused and who was; the platform's staff may ban an address."""
    everyone = _sees_all()
    form = BanForm(request.POST or None)
    if request.method == "POST" and everyone:
        done = saved(form, ban_by_hand, actor=request.actor)
        if done is not None:
            end_calls(done.address)
            toast(request, _("%(address)s is banned.") % {"address": done.address})
            return redirect("console:bans")
    context = {
        "form": form if everyone else None,
        "now": _rows(lifted_at=None, until__gt=timezone.now()),
        "before": _rows(lifted_at__isnull=False),
    }
    status = 422 if form.errors else 200
    return render(request, "console/bans/list.html", context, status=status)


def _sees_all() -> bool:
    scope = current()
    return scope is not None and scope.kind == "everyone"


def _rows(**wanted: Any) -> list[Row]:
    rows = list(Ban.objects.filter(**wanted).select_related("lifted_by")[:MOST])
    if _sees_all():
        return [Row(row, row.attempts, may_lift=True) for row in rows]
    own = dict(BanTarget.objects.filter(ban__in=rows).values_list("ban", "attempts"))
    alone = {row.pk for row in rows if own.get(row.pk) == row.attempts}
    return [Row(row, own.get(row.pk, 0), may_lift=row.pk in alone) for row in rows]


@needs("bans.manage")
@fresh
@require_POST
def ban_lift(request: Any, ban: int) -> HttpResponse:
    """Let an address in again at once."""
    held = get_object_or_404(Ban, pk=ban)
    if not _rows(pk=held.pk)[0].may_lift:
        words = _("It also tried accounts of others, so only the time lifts it.")
        toast(request, words, state="failed")
        return redirect("console:bans")
    lift(request.actor, held)
    words = _("%(address)s is let in again.") % {"address": held.address}
    toast(request, words, detail=_("It may register at once."))
    return redirect("console:bans")
