"""Recordings of calls: the list, one of them with who heard it, the rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Feature
from pbx_console.console import history, listening
from pbx_console.console.access import needs
from pbx_console.console.contract import part_of
from pbx_console.console.forms.recordings import RecordingFilters, RulesForm
from pbx_console.console.owners import customer_for
from pbx_console.console.paging import page
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.pbx import recording_files
from pbx_console.pbx.models import HuntGroup, Queue
from pbx_console.pbx.models.extensions import Recorded
from pbx_console.pbx.models.recordings import Recording, rules_of
from pbx_console.pbx.services import recordings as services

NEWEST = ("-started_at", "-id")


@needs(listening.RIGHT)
@part_of(Feature.RECORDING)
def recordings(request: Any, code: str) -> HttpResponse:
    """List a customer's recordings, newest first."""
    customer = listening.owner_for(request, code)
    filters = RecordingFilters(request.GET)
    rows = Recording.objects.filter(customer=customer).select_related("extension")
    shown = page(found(filters, rows), NEWEST, request.GET)
    context = {
        "customer": customer,
        "filters": filters,
        "page": shown,
        "rules": rules_of(customer),
        "recorded": _records(customer),
    }
    return render(request, "console/recordings/list.html", context)


def _records(customer: Customer) -> bool:
    """Say whether anything of this customer is recorded."""
    ways: tuple[Any, ...] = (HuntGroup, Queue)
    return customer.extensions.exclude(recorded=Recorded.NEVER).exists() or any(
        way.objects.filter(customer=customer, is_recorded=True).exists() for way in ways
    )


def found(filters: RecordingFilters, rows: QuerySet[Recording]) -> QuerySet[Recording]:
    """Return the recordings that the filters leave."""
    if since := filters.value("since"):
        rows = rows.filter(started_at__gte=_midnight(since))
    if until := filters.value("until"):
        rows = rows.filter(started_at__lt=_midnight(until + dt.timedelta(days=1)))
    if direction := filters.value("direction"):
        rows = rows.filter(direction=direction)
    if extension := filters.value("extension"):
        rows = rows.filter(extension_number=extension)
    if text := filters.value("q"):
        digits = "".join(c for c in text if c.isdigit()).removeprefix("00").lstrip("0")
        rows = rows.filter(other_number__contains=digits)
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@needs(listening.RIGHT)
@part_of(Feature.RECORDING)
def recording(request: Any, code: str, recording: int) -> HttpResponse:
    """Show one recording: what it is, its sound, who heard it."""
    shown = listening.one(request, code, recording)
    context = {
        "customer": shown.customer,
        "recording": shown,
        "heard": history.told(services.heard_by(shown)[:50], request, place=False),
        "deleted_on": shown.started_at
        + dt.timedelta(days=rules_of(shown.customer).keep_days),
    }
    return render(request, "console/recordings/detail.html", context)


@needs(listening.RIGHT)
@part_of(Feature.RECORDING)
def recording_sound(request: Any, code: str, recording: int) -> HttpResponse:
    """Return the sound for the player, in parts if it asks for them."""
    return listening.played(request, listening.one(request, code, recording))


@needs(listening.RIGHT)
@part_of(Feature.RECORDING)
def recording_file(request: Any, code: str, recording: int) -> HttpResponse:
    """Return the sound as a file to keep."""
    taken = listening.one(request, code, recording)
    path = recording_files.path_of(taken.customer.code, taken.key)
    if not path.is_file():
        raise Http404
    services.note_heard(request.actor, taken, taken=True)
    answer = HttpResponse(path.read_bytes(), content_type=recording_files.CONTENT_TYPE)
    when = timezone.localtime(taken.started_at)
    name = f"{when:%Y-%m-%d-%H%M}-{taken.extension_number}{recording_files.ENDING}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@needs(listening.RIGHT)
@part_of(Feature.RECORDING)
def recording_delete(request: Any, code: str, recording: int) -> HttpResponse:
    """Ask, then delete a recording for good."""
    gone = listening.one(request, code, recording)
    if request.method == "POST":
        services.delete_recording(request.actor, gone)
        toast(request, _("The recording is deleted."))
        return redirect("console:recordings", code=code)
    context = {"customer": gone.customer, "recording": gone}
    return render(request, "console/recordings/delete.html", context)


@needs("callflow.manage")
def recording_rules(request: Any, code: str) -> HttpResponse:
    """Show and change how a customer records."""
    customer = customer_for(request, code)
    rules = rules_of(customer)
    form = RulesForm(request.POST or None, customer=customer, obj=rules)
    if request.method == "POST":
        own = {"actor": request.actor, "customer": customer}
        if saved(form, services.save_rules, **own) is not None:
            toast(request, _("The rules for recordings are saved."))
            return redirect("console:recording_rules", code=code)
    context = {
        "customer": customer,
        "form": form,
        "is_possible": services.is_possible(customer),
        "recorded": customer.extensions.exclude(recorded=Recorded.NEVER),
        "groups": HuntGroup.objects.filter(customer=customer, is_recorded=True),
        "queues": Queue.objects.filter(customer=customer, is_recorded=True),
        "may_hear": listening.may_hear(request, customer),
        **history.panel(rules, request),
    }
    status = 422 if form.errors else 200
    return render(request, "console/recordings/rules.html", context, status=status)
