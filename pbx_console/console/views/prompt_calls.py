"""Prompts that are spoken at a phone: which one rings, and how far it is."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pbx_console.accounts.models import Customer
from pbx_console.accounts.services.throttle import TooManyTries, count_try
from pbx_console.console.access import needs
from pbx_console.console.forms.prompts import PhoneForm, SpokenPromptForm
from pbx_console.console.owners import customer_for
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import Prompt
from pbx_console.pbx.services import prompt_calls as services


def by_phone(request: Any, customer: Customer, prompt: Prompt) -> dict[str, Any]:
    """Return what the page of a prompt shows of its sound and of recording it."""
    call = services.last_call(prompt)
    prompt.refresh_from_db()
    phones = PhoneForm(customer=customer, own=request.membership.extension_number)
    return {"obj": prompt, "customer": customer, "call": call, "phone_form": phones}


@needs("callflow.manage")
@require_safe
@never_cache
def prompt_by_phone(request: Any, code: str, key: int) -> HttpResponse:
    """Answer the piece of the page that shows the sound; asked while a phone is busy."""
    customer = customer_for(request, code)
    prompt = get_object_or_404(Prompt, customer=customer, pk=key)
    context = by_phone(request, customer, prompt)
    return render(request, "console/prompts/by_phone.html", context)


@needs("callflow.manage")
@require_POST
def prompt_record(request: Any, code: str, key: int) -> HttpResponse:
    """Ring a phone, so that somebody speaks this prompt."""
    customer = customer_for(request, code)
    prompt = get_object_or_404(Prompt, customer=customer, pk=key)
    form = PhoneForm(request.POST, customer=customer)
    if form.is_valid():
        phone = form.cleaned_data["extension"]
        attempted(form, lambda: _ring(request, prompt=prompt, extension=phone))
    for errors in form.errors.values():
        toast(request, " ".join(str(error) for error in errors), state="failed")
    return redirect("console:prompt", code=code, key=key)


@needs("callflow.manage")
def prompt_record_new(request: Any, code: str) -> HttpResponse:
    """Name a prompt and ring a phone where it is spoken."""
    customer = customer_for(request, code)
    own = request.membership.extension_number
    form = SpokenPromptForm(request.POST or None, customer=customer, own=own)
    if request.method == "POST" and form.is_valid():
        values = {"customer": customer, **form.cleaned_data}
        call = attempted(form, lambda: _ring(request, **values))
        if call is not None:
            return redirect("console:prompt", code=code, key=call.prompt_id)
    context = {"customer": customer, "form": form}
    status = 422 if form.errors else 200
    return render(request, "console/prompts/spoken.html", context, status=status)


def _ring(request: Any, **values: Any) -> Any:
    try:
        count_try("prompt_call", str(request.user.pk), request)
    except TooManyTries:
        words = _("Too many calls. Wait a quarter of an hour.")
        raise ValidationError(words) from None
    begin = services.start if "prompt" in values else services.new_prompt
    return begin(request.actor, **values)
