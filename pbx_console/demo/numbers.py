"""A phonebook, a blocked caller and a porting for the customers of the demo, invented."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.pbx.models import PhonebookEntry
from pbx_console.pbx.services.blocked_numbers import save_blocked
from pbx_console.pbx.services.phonebook import save_entry
from pbx_console.pbx.services.portings import save_porting, take_step

BOOK = {
    "DE": (
        ("Nordlicht Logistik", "+494066969170", "Spedition"),
        ("Hausverwaltung Brodersen", "+494066969171", ""),
    ),
    "NL": (
        ("Koeriersdienst Vos", "+31207990170", "Levering"),
        ("Makelaar Dekker", "+31207990171", ""),
    ),
}
PORTED = {"DE": "+494066969188", "NL": "+31207990188"}


def add_numbers(actor: Actor, first: Customer) -> None:
    """Fill the books of a reseller and of its first customer; order a porting."""
    reseller = first.reseller
    if PhonebookEntry.objects.filter(reseller=reseller).exists():
        return
    country = "NL" if reseller.country == "NL" else "DE"
    for name, number, note in BOOK[country]:
        save_entry(actor, customer=first, name=name, numbers=[number], note=note)
    support = BOOK[country][0][1][:-1] + "9"
    save_entry(actor, reseller=reseller, name="Support", numbers=[support])
    save_blocked(actor, customer=first, number="", note="")
    day = timezone.localdate() + timedelta(days=12)
    order = save_porting(
        actor,
        customer=first,
        numbers=[PORTED[country]],
        carrier="Nordnetz" if country == "DE" else "Waternet Telecom",
        wanted_on=day,
    )
    take_step(actor, porting=order, state="sent")
