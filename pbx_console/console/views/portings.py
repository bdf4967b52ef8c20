"""Portings: list, order, steps, papers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pbx_console.console import history
from pbx_console.console.access import needs
from pbx_console.console.forms.portings import (
    DocumentForm,
    PortingFilters,
    PortingForm,
    StepForm,
)
from pbx_console.console.owners import customer_for, show
from pbx_console.console.paging import page
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import Porting, PortingDocument
from pbx_console.pbx.services.porting_documents import (
    MOST_BYTES,
    add_document,
    delete_document,
)
from pbx_console.pbx.services.portings import save_porting, take_step


@needs("porting.manage")
def portings(request: Any) -> HttpResponse:
    """List the portings of the scope, open ones and old ones."""
    filters = PortingFilters(request.GET)
    rows = Porting.objects.select_related("customer")
    if text := filters.value("q"):
        digits = "".join(c for c in text if c.isdigit()).removeprefix("00").lstrip("0")
        like = Q(customer__name__icontains=text) | Q(carrier__icontains=text)
        rows = rows.filter(like | Q(numbers__icontains=digits) if digits else like)
    if state := filters.value("state"):
        rows = rows.filter(state=state)
    context = {"filters": filters, "page": page(rows, ("-id",), request.GET)}
    return render(request, "console/portings/list.html", context)


@needs("porting.manage")
def porting_new(request: Any, code: str) -> HttpResponse:
    """Write an order for a customer."""
    customer = customer_for(request, code)
    form = PortingForm(request.POST or None, customer=customer)
    if request.method == "POST":
        done = saved(form, save_porting, actor=request.actor, customer=customer)
        if done is not None:
            toast(request, _("The porting is kept as a draft."))
            return redirect("console:porting", porting=done.pk)
    context = {"form": form, "customer": customer}
    status = 422 if form.errors else 200
    return render(request, "console/portings/new.html", context, status=status)


def one(request: Any, key: int) -> Porting:
    """Return a porting of the scope, or 404, and show its customer's level."""
    rows = Porting.objects.select_related("customer__reseller", "destination")
    found = get_object_or_404(rows, pk=key)
    show(request, reseller=found.customer.reseller, customer=found.customer)
    return found


@needs("porting.manage")
def porting(request: Any, porting: int) -> HttpResponse:
    """Show how far a porting is, and change the order."""
    found = one(request, porting)
    form = PortingForm(request.POST or None, customer=found.customer, obj=found)
    if request.method == "POST":
        done = saved(form, save_porting, actor=request.actor, porting=found)
        if done is not None:
            undo = history.undo_address(request, done)
            toast(request, _("The porting is saved."), undo=undo)
            return redirect("console:porting", porting=done.pk)
        found = one(request, porting)
    return _draw(request, found, form=form)


def _draw(
    request: Any,
    found: Porting,
    *,
    form: Any = None,
    step: Any = None,
    paper: Any = None,
) -> HttpResponse:
    role = request.membership.role
    forms = [form, step, paper]
    context = {
        "porting": found,
        "customer": found.customer,
        "form": form or PortingForm(customer=found.customer, obj=found),
        "step": step or StepForm(porting=found, role=role),
        "paper": paper or DocumentForm(),
        "documents": found.documents.defer("data"),
    } | history.panel(found, request)
    status = 422 if any(f is not None and f.errors for f in forms) else 200
    return render(request, "console/portings/detail.html", context, status=status)


@needs("porting.manage")
@require_POST
def porting_step(request: Any, porting: int) -> HttpResponse:
    """Note what happened."""
    found = one(request, porting)
    form = StepForm(request.POST, porting=found, role=request.membership.role)
    done = saved(form, take_step, actor=request.actor, porting=found)
    if done is None:
        return _draw(request, one(request, porting), step=form)
    words = _("The porting is now: %(state)s.")
    toast(request, words % {"state": done.get_state_display()})
    return redirect("console:porting", porting=porting)


@needs("porting.manage")
@require_POST
def porting_document_add(request: Any, porting: int) -> HttpResponse:
    """Keep a paper."""
    found = one(request, porting)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data.pop("file")
        form.cleaned_data["name"] = file.name
        form.cleaned_data["data"] = file.read(MOST_BYTES + 1)
        if saved(form, add_document, actor=request.actor, porting=found) is not None:
            toast(request, _("The document is kept."))
            return redirect("console:porting", porting=porting)
    return _draw(request, found, paper=form)


@needs("porting.manage")
@require_safe
def porting_document(request: Any, porting: int, document: int) -> HttpResponse:
    """Hand a paper out, as a file and never as a page."""
    found = get_object_or_404(
        PortingDocument, porting=one(request, porting), pk=document
    )
    response = HttpResponse(bytes(found.data), content_type=found.content_type)
    name = found.name.replace('"', "")
    response.headers["Content-Disposition"] = "attachment"
    if name.isascii():
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@needs("porting.manage")
@require_POST
def porting_document_remove(request: Any, porting: int, document: int) -> HttpResponse:
    """Remove a paper of an open order."""
    found = get_object_or_404(
        PortingDocument, porting=one(request, porting), pk=document
    )
    form = DocumentForm({})
    form.full_clean()
    form.errors.clear()  # no file is sent: this form carries only what is refused
    attempted(form, lambda: delete_document(request.actor, found))
    if form.errors:
        return _draw(request, found.porting, paper=form)
    toast(request, _("The document is removed."))
    return redirect("console:porting", porting=porting)
