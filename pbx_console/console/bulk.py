"""Reading many objects in from a CSV file, and giving them out: one page for all nouns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pbx_console.console import downloads
from pbx_console.console.forms.base import CsvFileForm
from pbx_console.console.toasts import toast
from pbx_console.lib.csv import BOM, machine_line, spreadsheet_line
from pbx_console.pbx.services import bulk

SHOWN = 200
"""Mistakes shown at once; more of them are the same mistake."""

_HOLDS = gettext_lazy("It holds for the next call.")


@dataclass(frozen=True, slots=True)
class BulkWords:
    """What the page of a noun says (lazy texts), and how its file may look."""

    title: Any
    back: Any
    teach: Any
    example: str
    limit: int
    done: Any = _HOLDS


def show_bulk(
    request: Any, words: BulkWords, codec: bulk.Codec, owner: Any, back_url: str
) -> HttpResponse:
    """Look at a file first, then do what it says; or give the table out."""
    if request.GET.get("format") in ("csv", "machine"):
        return export(request, codec, owner, codec.rows(owner))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CsvFileForm(*sent)
    plan = bulk.Plan()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["data"]
        if "import" in request.POST:
            plan = bulk.apply(codec, request.actor, owner=owner, data=data)
            if not plan.errors:
                toast(request, _done(plan), detail=words.done)
                return redirect(back_url)
        else:
            plan = bulk.look(codec, owner=owner, data=data)
    return _draw(request, words, codec, form, plan, back_url)


def _done(plan: bulk.Plan) -> str:
    n = len(plan.created) + len(plan.changed)
    return ngettext("%(n)s row is saved.", "%(n)s rows are saved.", n) % {"n": n}


def _draw(
    request: Any,
    words: BulkWords,
    codec: bulk.Codec,
    form: CsvFileForm,
    plan: bulk.Plan,
    back_url: str,
) -> HttpResponse:
    fine = bool(plan.rows) and not plan.errors
    context = {
        "words": words,
        "codec": codec,
        "form": form,
        "plan": plan,
        "fine": fine,
        "back_url": back_url,
        "errors": [(e, *e.texts(_)) for e in plan.errors[:SHOWN]],
        "wrong": len(plan.errors),
        "text": form.cleaned_data["data"].decode("utf-8-sig") if fine else "",
    }
    status = 422 if form.errors or plan.errors else 200
    return render(request, "console/bulk/page.html", context, status=status)


def export(
    request: Any, codec: bulk.Codec, owner: Any, rows: Iterable[Any]
) -> HttpResponse:
    """Give the table out: for a spreadsheet with formulas neutralised, or as it is."""
    downloads.note(request, codec.name, owner=owner)
    machine = request.GET.get("format") == "machine"
    write: Callable[[Any], str] = machine_line if machine else spreadsheet_line
    text = "".join(write(line) for line in bulk.lines(codec, rows))
    head = "" if machine else BOM
    response = HttpResponse(head + text, content_type="text/csv; charset=utf-8")
    filename = f"{slugify(codec.name)}-{localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response
