"""Schedules: list, add, change, switch by hand, delete."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pbx_console.console import history
from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_list, show_rows
from pbx_console.console.forms.schedules import ScheduleForm
from pbx_console.console.owners import customer_for
from pbx_console.console.toasts import toast
from pbx_console.console.weeks import next_holidays, week_of, why_words
from pbx_console.pbx.models import Schedule
from pbx_console.pbx.services.schedules import (
    delete_schedule,
    save_schedule,
    state_of,
    switch_schedule,
)

WORDS = Words(
    stem="schedule",
    title=_("Schedules"),
    add=_("Add schedule"),
    change=_("Save schedule"),
    delete=_("Delete schedule"),
    saved=_("Schedule %(name)s is saved."),
    deleted=_("Schedule %(name)s is deleted."),
    empty=_("No schedule yet"),
    teach=_("A schedule sends calls elsewhere at night, at weekends and on holidays."),
    icon="calendar-time",
)
TEMPLATE = "console/schedules/form.html"


def _summary(schedule: Schedule) -> str:
    state, why = state_of(schedule)
    words = {"state": Schedule.State(state).label, "why": why_words(why)}
    return gettext("%(state)s (%(why)s)") % words


@needs("callflow.view")
def schedules(request: Any, code: str) -> HttpResponse:
    """List the schedules of a customer with what they are now."""
    customer = customer_for(request, code)
    rows = Schedule.objects.filter(customer=customer)
    return show_list(request, WORDS, customer, rows, summary=_summary)


@needs("callflow.manage")
def schedule_new(request: Any, code: str) -> HttpResponse:
    """Add a schedule."""
    customer = customer_for(request, code)
    save = partial(save_schedule, customer=customer)
    return show_rows(request, WORDS, customer, ScheduleForm, save, template=TEMPLATE)


@needs("callflow.view")
def schedule(request: Any, code: str, key: int) -> HttpResponse:
    """Show a schedule, its week and what it is now; change it."""
    customer = customer_for(request, code)
    found = get_object_or_404(Schedule, customer=customer, pk=key)
    state, why = state_of(found)
    more = {
        "week": week_of(found),
        "now": Schedule.State(state),
        "why": why_words(why),
        "holidays": next_holidays(found),
        "states": [("", _("By the clock")), *Schedule.State.choices],
    }
    save = partial(save_schedule, schedule=found)
    return show_rows(
        request,
        WORDS,
        customer,
        ScheduleForm,
        save,
        found,
        template=TEMPLATE,
        **more,
    )


@needs("callflow.manage")
@require_POST
def schedule_switch(request: Any, code: str, key: int) -> HttpResponse:
    """Hold a schedule open, closed or on holiday, or let the clock decide again."""
    customer = customer_for(request, code)
    found = get_object_or_404(Schedule, customer=customer, pk=key)
    try:
        switch_schedule(request.actor, found, request.POST.get("state", ""))
    except ValidationError as error:
        raise Http404 from error
    state, _why = state_of(found)
    words = gettext("Schedule %(name)s: %(state)s.")
    named = {"name": found.name, "state": Schedule.State(state).label}
    toast(request, words % named, undo=history.undo_address(request, found))
    return redirect(WORDS.url("change", customer, found.pk))


@needs("callflow.manage")
def schedule_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete a schedule that nothing leads to."""
    customer = customer_for(request, code)
    found = get_object_or_404(Schedule, customer=customer, pk=key)
    return show_delete(request, WORDS, customer, found, delete_schedule)
