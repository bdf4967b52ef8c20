"""Voicemail, a prompt and their texts for the customers of the demo world."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.pbx.models import Extension, Prompt
from pbx_console.pbx.services.prompts import save_prompt
from pbx_console.pbx.services.voicemail_boxes import save_box

GREETINGS = {
    "de": ("Begrüßung", "Guten Tag. Zurzeit ist niemand da. Wir rufen Sie zurück."),
    "nl": ("Begroeting", "Goedendag. Er is nu niemand. Wij bellen u terug."),
    "en": ("Greeting", "Hello. Nobody is here now. We will call you back."),
}
SHARED = {"de": "Kundendienst", "nl": "Klantenservice", "en": "Customer service"}


def add_voicemail(actor: Actor, customer: Customer) -> None:
    """Give the first extensions boxes, and the customer a shared one."""
    greeting = _greeting(actor, customer)
    extensions = list(Extension.objects.filter(customer=customer)[:3])
    for extension in extensions:
        save_box(actor, customer=customer, extension=extension, name=extension.name)
    taken = Extension.objects.filter(customer=customer, number="390").exists()
    save_box(
        actor,
        customer=customer,
        number="" if taken else "390",
        name=SHARED[str(customer.language)],
        greeting=greeting,
        watchers=extensions[:2],
    )


def _greeting(actor: Actor, customer: Customer) -> Prompt | None:
    """Return a spoken greeting; none on a machine without a voice."""
    name, text = GREETINGS[str(customer.language)]
    try:
        return save_prompt(
            actor, customer=customer, name=name, text=text, phone_code="1"
        )
    except ValidationError:
        return None
