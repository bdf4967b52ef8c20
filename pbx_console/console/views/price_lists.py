"""Price lists: list, add, prices, import with preview, download."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from pbx_console.console import downloads, history, price_files
from pbx_console.console.access import needs
from pbx_console.console.forms.base import CsvFileForm
from pbx_console.console.forms.price_lists import DAYS, PriceFilters, PriceListForm
from pbx_console.console.paging import page
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.metering.models import Price, PriceList
from pbx_console.metering.price_csv import COLUMNS, REQUIRED
from pbx_console.metering.services.price_lists import import_price_list, save_price_list


def own(request: Any) -> Any:
    """Return the lists the person works with: purchase lists for platform staff, the
    reseller's sale lists for its people."""
    return PriceList.objects.filter(reseller=request.membership.reseller)


def one(request: Any, slug: str) -> PriceList:
    """Return one of the person's own lists, or 404."""
    found: PriceList = get_object_or_404(own(request), slug=slug)
    return found


@needs("prices.view")
def price_lists(request: Any) -> HttpResponse:
    """List the price lists with how much they hold and who pays by them."""
    rows = own(request).annotate(
        n_prices=Count("prices", distinct=True),
        n_payers=Count("customer_tariffs", distinct=True)
        + Count("reseller_tariffs", distinct=True),
    )
    return render(request, "console/price_lists/list.html", {"lists": rows})


@needs("prices.manage")
def price_list_new(request: Any) -> HttpResponse:
    """Add a list; the next step is its prices."""
    form = PriceListForm(request.POST or None)
    if request.method == "POST":
        reseller = request.membership.reseller
        done = saved(form, save_price_list, actor=request.actor, reseller=reseller)
        if done is not None:
            toast(request, _("Price list %(name)s is added.") % {"name": done.name})
            return redirect("console:price_list_import", slug=done.slug)
    status = 422 if form.errors else 200
    return render(
        request, "console/price_lists/form.html", {"form": form}, status=status
    )


@needs("prices.view")
def price_list(request: Any, slug: str) -> HttpResponse:
    """Show a list's prices; as a page, or as a file that can be imported again."""
    shown = one(request, slug)
    if request.GET.get("format") == "csv":
        downloads.note(request, "prices")
        return downloads.spreadsheet(shown.slug, COLUMNS, price_files.records(shown))
    filters = PriceFilters(request.GET)
    rows = Price.objects.filter(price_list=shown)
    if text := filters.value("q"):
        digits = "".join(c for c in text if c.isdigit())
        like = Q(name__icontains=text) | Q(destination_class__icontains=text)
        rows = rows.filter(like | Q(prefix__startswith=digits) if digits else like)
    prices = page(rows, ("prefix", "valid_from", "id"), request.GET)
    context = {
        "list": shown,
        "filters": filters,
        "page": prices,
        "used": _used(prices.rows),
        "customers": shown.customer_tariffs.select_related("customer")[:20],
        "resellers": shown.reseller_tariffs.select_related("reseller")[:20],
        "days": _peak_days(shown),
        "hours": _peak_hours(shown),
    } | history.panel(shown, request)
    return render(request, "console/price_lists/detail.html", context)


def _used(prices: list[Price]) -> dict[str, bool]:
    """Say which of the rarer columns have anything to show."""
    return {
        "off_peak": any(p.off_peak_per_minute_micro is not None for p in prices),
        "setup": any(p.setup_micro for p in prices),
        "minimum": any(p.minimum_micro for p in prices),
    }


def _peak_days(shown: PriceList) -> str:
    """Return the peak days in words; a run of days as its first and last."""
    chosen = [day for day in range(7) if shown.peak_days >> day & 1]
    words = [str(DAYS[day][1]) for day in chosen]
    is_run = len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1
    return f"{words[0]}–{words[-1]}" if is_run else ", ".join(words)


def _peak_hours(shown: PriceList) -> str:
    since, until = shown.peak_from_minute, shown.peak_until_minute
    return f"{since // 60:02d}:{since % 60:02d}–{until // 60:02d}:{until % 60:02d}"


@needs("prices.manage")
def price_list_edit(request: Any, slug: str) -> HttpResponse:
    """Change the rules of a list."""
    shown = one(request, slug)
    form = PriceListForm(request.POST or None, obj=shown)
    if request.method == "POST":
        owner = {"reseller": shown.reseller, "price_list": shown}
        done = saved(form, save_price_list, actor=request.actor, **owner)
        if done is not None:
            toast(request, _("Price list %(name)s is saved.") % {"name": done.name})
            return redirect("console:price_list", slug=slug)
    context = {"form": form, "list": one(request, slug)}
    status = 422 if form.errors else 200
    return render(request, "console/price_lists/form.html", context, status=status)


@needs("prices.manage")
def price_list_import(request: Any, slug: str) -> HttpResponse:
    """Look at a CSV file first: what would change, or what is wrong where; then import."""
    shown = one(request, slug)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CsvFileForm(*sent)
    result = None
    if request.method == "POST" and form.is_valid():
        wanted = {"price_list": shown, "text": form.cleaned_data["data"]}
        sure = "import" in request.POST
        result = import_price_list(request.actor, dry_run=not sure, **wanted)
        if sure and result.ok:
            words = _("%(added)s prices added, %(changed)s changed.")
            counts = {"added": result.added, "changed": result.changed}
            toast(request, words % counts, detail=_("The next call uses them."))
            return redirect("console:price_list", slug=slug)
    context = {
        "list": shown,
        "form": form,
        "result": result,
        "errors": [(e, *e.texts(_)) for e in result.errors] if result else [],
        "text": _text(form) if result is not None and result.ok else "",
        "columns": COLUMNS,
        "required": REQUIRED,
    }
    failed = bool(form.errors) or (result is not None and not result.ok)
    status = 422 if failed else 200
    return render(request, "console/price_lists/import.html", context, status=status)


def _text(form: CsvFileForm) -> str:
    """Return the file as text, to be sent again with the answer "import"."""
    data: bytes = form.cleaned_data["data"]
    return data.decode("utf-8-sig")
