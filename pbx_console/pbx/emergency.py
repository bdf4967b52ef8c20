"""What phones are told, so that a call for help needs no lookup.

An endpoint carries its variables in Asterisk's cache: `PBX_SHOWN` the number that the
emergency service sees, `PBX_HELP` the emergency numbers of the customer's country, and,
while the customer tries them, `PBX_TEST` the moment when that ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from pbx_console.pbx.models import Did, EmergencyTest, Extension, NumberRange

HELP = {"DE": "110|112", "NL": "112", "AT": "112|122|133|144"}


def shown_numbers(extensions: Sequence[Extension]) -> dict[int, str]:
    """Return the number shown on calls for help per extension key: that of its site, else
    its own, else its direct one in a range, else the main one or a range's switchboard (the
    stem and 0). Only numbers that the customer holds: the emergency service calls back."""
    customers = {extension.customer_id for extension in extensions}
    wanted = {e.caller_id_id for e in extensions}
    sites = dict(
        Extension.objects.filter(
            pk__in=[e.pk for e in extensions if e.site_id], site__did__isnull=False
        ).values_list("pk", "site__did_id")
    )
    held = Did.objects.filter(customer_id__in=customers)
    held = held.filter(Q(is_main=True) | Q(pk__in=wanted | set(sites.values())))
    main: dict[int | None, str] = {}
    by_key: dict[tuple[int | None, int | None], str] = {}
    for did in held:
        by_key[(did.pk, did.customer_id)] = did.number
        if did.is_main:
            main[did.customer_id] = did.number
    ranges = list(NumberRange.objects.filter(customer_id__in=customers))
    return {
        e.pk: by_key.get((sites.get(e.pk), e.customer_id))
        or by_key.get((e.caller_id_id, e.customer_id))
        or _direct(e, ranges)
        or main.get(e.customer_id, "")
        or _switchboard(e, ranges)
        for e in extensions
    }


def _direct(extension: Extension, ranges: Sequence[NumberRange]) -> str:
    """Return the number under which an extension is dialled directly, as
    `asterisk.shown_number` does."""
    found = [
        f"{block.stem}{extension.number}"
        for block in ranges
        if block.customer_id == extension.customer_id
        and len(extension.number) <= block.digits
    ]
    return found[0] if found else ""


def _switchboard(extension: Extension, ranges: Sequence[NumberRange]) -> str:
    owned = [b for b in ranges if b.customer_id == extension.customer_id]
    return f"{owned[0].stem}0" if owned else ""


def variables(extensions: Sequence[Extension]) -> dict[int, str]:
    """Return the variables per extension key, as `set_var` takes them. Needs customers."""
    customers = {extension.customer_id for extension in extensions}
    tests = EmergencyTest.objects.filter(customer_id__in=customers)
    until = dict(tests.values_list("customer_id", "until"))
    shown = shown_numbers(extensions)
    told = {}
    for e in extensions:
        parts = [f"PBX_SHOWN={shown[e.pk]}", f"PBX_HELP={HELP[e.customer.country]}"]
        if ends := until.get(e.customer_id):
            parts.append(f"PBX_TEST={int(ends.timestamp())}")
        told[e.pk] = ";".join(parts)
    return told
