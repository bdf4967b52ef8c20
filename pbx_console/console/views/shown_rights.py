"""Which numbers a customer may show outside."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.accounts.models import Customer
from pbx_console.console.access import needs
from pbx_console.console.forms.sites import CallerPolicyForm, ShownRightForm
from pbx_console.console.owners import customer_for
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import CallerPolicy, ShownRight
from pbx_console.pbx.services.shown_rights import (
    delete_shown_right,
    save_caller_policy,
    save_shown_right,
)


@needs("numbers.view")
def shown_numbers(request: Any, code: str) -> HttpResponse:
    """List the recorded rights and the policy."""
    customer = customer_for(request, code)
    return _draw(request, customer, ShownRightForm(customer=customer))


def _draw(
    request: Any, customer: Customer, form: ShownRightForm, status: int = 200
) -> HttpResponse:
    policy = CallerPolicy.objects.filter(customer=customer).first()
    context = {
        "customer": customer,
        "rights": ShownRight.objects.filter(customer=customer).select_related(
            "extension"
        ),
        "form": form,
        "policy": CallerPolicyForm(
            initial={"shows_original": bool(policy and policy.shows_original)}
        ),
    }
    return render(request, "console/sites/shown.html", context, status=status)


@needs("numbers.manage")
@require_POST
def shown_number_new(request: Any, code: str) -> HttpResponse:
    """Record a right to show a number of somebody else."""
    customer = customer_for(request, code)
    form = ShownRightForm(request.POST, customer=customer)
    done = saved(form, save_shown_right, actor=request.actor, customer=customer)
    if done is None:
        return _draw(request, customer, form, 422)
    toast(request, _("The right is recorded; the next call may show the number."))
    return redirect("console:shown_numbers", code=code)


@needs("numbers.manage")
@require_POST
def shown_number_delete(request: Any, code: str, right_id: int) -> HttpResponse:
    """Withdraw a right."""
    customer = customer_for(request, code)
    right = get_object_or_404(ShownRight, customer=customer, pk=right_id)
    delete_shown_right(request.actor, right)
    toast(request, _("The right is withdrawn; the number is not shown any more."))
    return redirect("console:shown_numbers", code=code)


@needs("numbers.manage")
@require_POST
def caller_policy(request: Any, code: str) -> HttpResponse:
    """Say whether forwarded calls show the original caller."""
    customer = customer_for(request, code)
    form = CallerPolicyForm(request.POST)
    saved(form, save_caller_policy, actor=request.actor, customer=customer)
    toast(request, _("The caller ID policy is saved."))
    return redirect("console:shown_numbers", code=code)
