"""Queues: list, add, change, delete; their agents; the wallboard; an agent's own page."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pbx_console.accounts.models import Customer
from pbx_console.console import queue_board
from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form, show_list
from pbx_console.console.forms.queues import AgentForm, QueueForm
from pbx_console.console.owners import customer_for
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import Queue, QueueMember
from pbx_console.pbx.services.queues import change_agent, delete_queue, save_queue

WORDS = Words(
    stem="queue",
    title=_("Queues"),
    add=_("Add queue"),
    change=_("Save queue"),
    delete=_("Delete queue"),
    saved=_("Queue %(name)s is saved."),
    deleted=_("Queue %(name)s is deleted."),
    empty=_("No queue yet"),
    teach=_(
        "Callers wait in order, with music and announcements, until an agent is free. "
        "Agents log in and pause with *45 and *46 at their phone, or here."
    ),
    icon="stack-2",
)


def _rows(customer: Customer) -> Any:
    return Queue.objects.filter(customer=customer).select_related("customer")


def _one(request: Any, code: str, key: int) -> Queue:
    customer = customer_for(request, code)
    return get_object_or_404(_rows(customer), pk=key)


def _summary(queue: Queue) -> str:
    here = queue.members.filter(is_logged_in=True).count()
    words = _("%(here)s of %(all)s agents logged in, rings %(strategy)s")
    said = {"here": here, "all": queue.members.count()}
    return str(words % {**said, "strategy": queue.get_strategy_display()})


@needs("callflow.view")
def queues(request: Any, code: str) -> HttpResponse:
    """List the queues of a customer."""
    customer = customer_for(request, code)
    return show_list(
        request,
        WORDS,
        customer,
        _rows(customer),
        summary=_summary,
        template="console/queues/list.html",
    )


@needs("callflow.manage")
def queue_new(request: Any, code: str) -> HttpResponse:
    """Add a queue."""
    customer = customer_for(request, code)
    form = QueueForm(request.POST or None, customer=customer)
    save = partial(save_queue, customer=customer)
    template = "console/queues/form.html"
    return show_form(request, WORDS, customer, form, save, template=template)


@needs("callflow.view")
def queue(request: Any, code: str, key: int) -> HttpResponse:
    """Show a queue and its agents, and change it."""
    shown = _one(request, code, key)
    form = QueueForm(request.POST or None, customer=shown.customer, obj=shown)
    return show_form(
        request,
        WORDS,
        shown.customer,
        form,
        partial(save_queue, queue=shown),
        shown,
        template="console/queues/form.html",
        **_agents(shown),
    )


def _agents(shown: Queue) -> dict[str, Any]:
    members = shown.members.select_related("extension")
    return {"members": members, "agent_form": AgentForm(), "queue": shown}


@needs("callflow.view")
@require_safe
@never_cache
def queue_agents(request: Any, code: str, key: int) -> HttpResponse:
    """Answer the agents' table alone; asked when something changed."""
    shown = _one(request, code, key)
    context = {"customer": shown.customer, **_agents(shown)}
    return render(request, "console/queues/agents.html", context)


@needs("callflow.manage")
@require_POST
def queue_agent(request: Any, code: str, key: int, agent: int) -> HttpResponse:
    """Log an agent in or out, or pause."""
    shown = _one(request, code, key)
    member = get_object_or_404(shown.members.select_related("queue"), pk=agent)
    _act(request, member)
    return redirect("console:queue", code=code, key=key)


def _act(request: Any, member: QueueMember) -> None:
    form = AgentForm(request.POST)
    if form.is_valid():
        attempted(form, lambda: change_agent(request.actor, member, **form.changes()))
    words = " ".join(str(e) for errors in form.errors.values() for e in errors)
    if words:
        toast(request, words, state="failed")


@needs("callflow.manage")
def queue_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Delete a queue after its name was typed."""
    shown = _one(request, code, key)
    return show_delete(request, WORDS, shown.customer, shown, delete_queue)


@needs("callflow.view")
@never_cache
def live(request: Any, code: str) -> HttpResponse:
    """Show who waits, who is there and how the day goes; `?wall` for a big screen."""
    customer = customer_for(request, code)
    context = {
        "customer": customer,
        "board": queue_board.board(customer),
        "wall": "wall" in request.GET,
        "part_url": reverse("console:live_part", kwargs={"code": code}),
    }
    return render(request, "console/queues/live.html", context)


@needs("callflow.view")
@require_safe
@never_cache
def live_part(request: Any, code: str) -> HttpResponse:
    """Answer the board alone; asked when something changed."""
    customer = customer_for(request, code)
    context = {"customer": customer, "board": queue_board.board(customer)}
    return render(request, "console/queues/board.html", context)


def _own_seats(request: Any) -> Any:
    """Return the queues of the person's own extension."""
    found = request.membership
    if found.customer is None or not found.extension_number:
        return QueueMember.objects.none()
    return QueueMember.objects.filter(
        queue__customer=found.customer, extension__number=found.extension_number
    ).select_related("queue__customer", "extension__customer")


@needs("own.view")
@never_cache
def own_queues(request: Any) -> HttpResponse:
    """Show an agent's own queues; log in, log out, pause."""
    context = {"seats": _own_seats(request), "agent_form": AgentForm()}
    part = "part" in request.GET
    name = "own_part" if part else "own"
    return render(request, f"console/queues/{name}.html", context)


@needs("own.view")
@require_POST
def own_queue(request: Any, agent: int) -> HttpResponse:
    """Change one's own log-in or pause in one queue."""
    _act(request, get_object_or_404(_own_seats(request), pk=agent))
    return redirect("console:own_queues")
