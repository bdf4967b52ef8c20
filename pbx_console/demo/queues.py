"""Queues with agents for the larger customers of the demo world."""

from __future__ import annotations

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.pbx.models import Destination, Extension, QueueMember
from pbx_console.pbx.services.queues import change_agent, save_queue

NAMES = {
    "de": ("Service", "Bestellungen"),
    "nl": ("Service", "Bestellingen"),
    "en": ("Service desk", "Orders"),
}
NUMBERS = ("760", "770")


def add_queues(actor: Actor, customer: Customer) -> None:
    """Give a customer with four extensions or more two queues; one agent is at lunch, and
    the second queue records its calls."""
    agents = list(Extension.objects.filter(customer=customer)[:8])
    if len(agents) < 4:
        return
    names = NAMES[str(customer.language)]
    for place, (number, name) in enumerate(zip(NUMBERS, names, strict=True)):
        if Destination.objects.filter(customer=customer, number=number).exists():
            continue
        queue = save_queue(
            actor,
            customer=customer,
            number=number,
            name=name,
            strategy=("rrmemory", "ringall")[place],
            prefix=name[:12],
            offers_callback=True,
            is_recorded=place == 1,
            agents=[(agent, 0) for agent in agents[place * 3 :][:5]],
        )
        _send_to_lunch(actor, list(queue.members.all()))


def _send_to_lunch(actor: Actor, members: list[QueueMember]) -> None:
    change_agent(actor, members[-1], paused=True, reason="lunch")
    if len(members) > 3:
        change_agent(actor, members[1], logged_in=False)
