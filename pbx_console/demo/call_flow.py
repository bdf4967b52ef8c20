"""A group, opening hours, a menu and more for the customers of the demo world."""

from __future__ import annotations

from typing import Any

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.pbx.models import Destination, Extension, Prompt
from pbx_console.pbx.services.announcements import save_announcement
from pbx_console.pbx.services.conferences import save_conference
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.menus import save_menu
from pbx_console.pbx.services.outside_numbers import save_outside_number
from pbx_console.pbx.services.schedules import save_schedule

WORDS = {
    "de": ("Verkauf", "Öffnungszeiten", "Zentrale", "Geschlossen", "Besprechung"),
    "nl": ("Verkoop", "Openingstijden", "Keuzemenu", "Gesloten", "Overleg"),
    "en": ("Sales", "Opening hours", "Main menu", "Closed", "Meeting"),
}
ON_CALL = {"DE": ("Bereitschaft", "+4917139200700"), "NL": ("Wacht", "+31850000199")}
WEEK = [(day, 8 * 60, 12 * 60) for day in range(5)]
WEEK += [(day, 13 * 60, 17 * 60 + 30) for day in range(5)] + [(5, 9 * 60, 13 * 60)]


def add_call_flow(actor: Actor, customer: Customer) -> None:
    """Let the last number lead over opening hours to a menu or a group."""
    people = [row.destination for row in Extension.objects.filter(customer=customer)]
    if len(people) < 3:
        return
    own: dict[str, Any] = {"customer": customer}
    sales, hours, menu, closed, meeting = WORDS[str(customer.language)]
    group = save_group(
        actor,
        **own,
        number="600",
        name=sales,
        strategy="rotating",
        ring_seconds=15,
        name_prefix=sales,
        overflow=people[0],
        members=people[:4],
    )
    name, number = ON_CALL[str(customer.country)]
    away = save_outside_number(actor, **own, name=name, e164=number).destination
    first = group.destination
    prompt = Prompt.objects.filter(**own).exclude(digest="").first()
    if prompt is not None:  # none on a machine without a voice
        away = save_announcement(
            actor, **own, name=closed, prompt=prompt, then=None
        ).destination
        first = _menu(actor, customer, prompt, menu, [first, *people[:2]])
    rows = [{"weekday": d, "opens": opens, "closes": ends} for d, opens, ends in WEEK]
    schedule = save_schedule(
        actor,
        **own,
        number="700",
        name=hours,
        region="NL" if customer.country == "NL" else "DE-BE",
        open_to=first,
        closed_to=away,
        hours=rows,
    )
    save_conference(actor, **own, number="800", name=meeting, pin="4711")
    did = customer.dids.filter(is_main=False).last()
    if did is not None:
        save_did(actor, did=did, destination=schedule.destination)


def _menu(
    actor: Actor,
    customer: Customer,
    prompt: Prompt,
    name: str,
    places: list[Destination],
) -> Destination:
    menu = save_menu(
        actor,
        customer=customer,
        number="500",
        name=name,
        prompt=prompt,
        keys=dict(zip("123", places, strict=False)),
        on_timeout=places[0],
        direct_dialling=True,
    )
    return menu.destination
