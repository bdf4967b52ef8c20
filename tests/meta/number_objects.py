"""The objects behind the addresses of ranges, portings, phonebooks and blocked callers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import (
    BlockedNumber,
    NumberRange,
    PhonebookEntry,
    Porting,
    PortingDocument,
    Trunk,
)
from tests.conftest import Tenant


def _entry(tenant: Tenant) -> dict[str, Any]:
    with as_everyone("matrix"):
        row, _made = PhonebookEntry.objects.get_or_create(
            reseller=tenant.reseller,
            customer=tenant.customer,
            name="Matrix",
            defaults={"numbers": ["+493023125999"]},
        )
        return {"key": row.pk}


def _shared(tenant: Tenant) -> dict[str, Any]:
    with as_everyone("matrix"):
        row, _made = PhonebookEntry.objects.get_or_create(
            reseller=tenant.reseller,
            customer=None,
            name="Matrix",
            defaults={"numbers": ["+493023125999"]},
        )
        return {"key": row.pk}


def _blocked(tenant: Tenant) -> dict[str, Any]:
    with as_everyone("matrix"):
        row, _made = BlockedNumber.objects.get_or_create(
            customer=tenant.customer, number="+493023125998"
        )
        return {"key": row.pk}


def _range(tenant: Tenant) -> dict[str, Any]:
    stem = f"{tenant.number[:-2]}77"
    with as_everyone("matrix"):
        NumberRange.objects.get_or_create(
            stem=stem,
            defaults={
                "digits": 1,
                "trunk": Trunk.objects.get(slug="carrier"),
                "reseller": tenant.reseller,
                "customer": tenant.customer,
            },
        )
    return {"stem": stem[1:]}


def _porting(tenant: Tenant) -> dict[str, Any]:
    with as_everyone("matrix"):
        row, _made = Porting.objects.get_or_create(
            customer=tenant.customer,
            carrier="Matrix",
            defaults={"numbers": ["+493023125997"]},
        )
        paper, _made = PortingDocument.objects.get_or_create(
            porting=row,
            digest="matrix",
            defaults={
                "name": "order.pdf",
                "content_type": "application/pdf",
                "data": b"%PDF-1.7 %%EOF",
                "size": 14,
            },
        )
        return {"porting": row.pk, "document": paper.pk}


KEYS: dict[str, Callable[[Tenant], dict[str, Any]]] = {
    "console:phonebook_entry": _entry,
    "console:phonebook_entry_delete": _entry,
    "console:reseller_phonebook_entry": _shared,
    "console:reseller_phonebook_entry_delete": _shared,
    "console:blocked_number": _blocked,
    "console:blocked_number_delete": _blocked,
    "console:range": _range,
    "console:range_delete": _range,
    "console:porting": _porting,
    "console:porting_step": _porting,
    "console:porting_document_add": _porting,
    "console:porting_document": _porting,
    "console:porting_document_remove": _porting,
}
