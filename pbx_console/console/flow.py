"""The pages of call-flow nouns have one shape: a list, a form, a question before deleting.

A noun's views stay functions of their own (`views/menus.py`); they say what is special
and call these with their `Words`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from pbx_console.accounts.models import Customer
from pbx_console.accounts.rights import has_right
from pbx_console.console import history
from pbx_console.console.forms.extensions import ConfirmForm
from pbx_console.console.forms.rows import rearranged
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.pbx.models.destinations import Reachable
from pbx_console.pbx.services.nouns import uses_of


@dataclass(frozen=True, slots=True)
class Words:
    """What a noun's pages say, and the stem of its addresses (lazy texts).

    Addresses: `<stem>s` (list; or `plural`), `<stem>_new`, `<stem>` (change),
    `<stem>_delete`; all take `code`, the last two `key`.
    """

    stem: str
    title: Any
    add: Any
    change: Any
    delete: Any
    saved: Any  # with %(name)s
    deleted: Any  # with %(name)s
    empty: Any
    teach: Any
    icon: str
    plural: str = ""
    right: str = "callflow.manage"

    def url(self, act: str, customer: Customer, key: Any = None) -> str:
        """Return an address: act is list, new, change or delete."""
        names = {
            "list": self.plural or f"{self.stem}s",
            "new": f"{self.stem}_new",
            "change": self.stem,
            "delete": f"{self.stem}_delete",
        }
        own = {} if key is None else {"key": key}
        return reverse(f"console:{names[act]}", kwargs={"code": customer.code, **own})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    number: str
    name: str
    url: str
    summary: str


def show_list(
    request: Any,
    words: Words,
    customer: Customer,
    rows: Iterable[Any],
    *,
    summary: Callable[[Any], str] = lambda row: "",
    template: str = "console/flow/list.html",
    **more: Any,
) -> HttpResponse:
    """List a customer's nouns; `summary` says in one line what each does."""
    shown = [
        Row(
            getattr(row, "number", ""),
            row.name,
            words.url("change", customer, row.pk),
            summary(row),
        )
        for row in rows
    ]
    context = {
        "words": words,
        "customer": customer,
        "rows": shown,
        "new_url": words.url("new", customer),
        **more,
    }
    return render(request, template, context)


def show_form(
    request: Any,
    words: Words,
    customer: Customer,
    form: Any,
    save: Callable[..., Any],
    obj: Any = None,
    *,
    template: str = "console/flow/form.html",
    only_show: bool = False,
    **more: Any,
) -> HttpResponse:
    """Show the form of a noun and save it; `save(**what was typed, actor=…)`."""
    if request.method == "POST" and not only_show:
        if not has_right(request.membership.role, words.right):
            raise PermissionDenied
        done = saved(form, save, actor=request.actor)
        if done is not None:
            undo = history.undo_address(request, done)
            toast(request, words.saved % {"name": done.name}, undo=undo)
            return redirect(words.url("list", customer))
    context = {
        "words": words,
        "customer": customer,
        "form": form,
        "obj": obj,
        "list_url": words.url("list", customer),
        "delete_url": words.url("delete", customer, obj.pk) if obj else "",
        "uses": uses_of(obj.destination) if isinstance(obj, Reachable) else [],
        **(history.panel(obj, request) if obj else {}),
        **more,
    }
    status = 422 if form.errors and not only_show else 200
    return render(request, template, context, status=status)


def show_rows(
    request: Any,
    words: Words,
    customer: Customer,
    form: Any,
    save: Callable[..., Any],
    obj: Any = None,
    **more: Any,
) -> HttpResponse:
    """Show and save a form with rows; a button for rows only rearranges them."""
    typed = rearranged(request.POST)
    sent = request.POST or None if typed is None else None
    own = {"customer": customer, "obj": obj}
    shown = form(sent, typed=typed, **own)
    only = typed is not None
    return show_form(request, words, customer, shown, save, obj, only_show=only, **more)


def show_delete(
    request: Any,
    words: Words,
    customer: Customer,
    obj: Any,
    delete: Callable[..., Any],
) -> HttpResponse:
    """Ask for the name, then delete; what is in use stays, with the list of uses."""
    form = ConfirmForm(request.POST or None, wanted=obj.name)
    back = words.url("change", customer, obj.pk)
    refused = ""
    if request.method == "POST" and form.is_valid():
        kept = copy(obj)  # deleting takes its key
        try:
            delete(request.actor, obj)
        except ValidationError as error:
            refused = " ".join(error.messages)
        else:
            undo = history.undo_address(request, kept)
            toast(request, words.deleted % {"name": obj.name}, undo=undo)
            return redirect(words.url("list", customer))
    wrong = " ".join(str(e) for e in form.errors.get("confirm", []))
    context = {
        "words": words,
        "customer": customer,
        "obj": obj,
        "back": back,
        "uses": uses_of(obj.destination) if isinstance(obj, Reachable) else [],
        "error": refused or wrong,
    }
    status = 422 if context["error"] else 200
    return render(request, "console/flow/delete.html", context, status=status)
