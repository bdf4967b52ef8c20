"""Where the phones of the demo world stand."""

from __future__ import annotations

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.pbx.models import Did, Extension
from pbx_console.pbx.services.sites import save_site

PLACES = {
    "DE": ("Hauptsitz", "Musterweg 5", "20095", "Hamburg"),
    "NL": ("Hoofdkantoor", "Voorbeeldstraat 12", "3011 AA", "Rotterdam"),
    "AT": ("Zentrale", "Mustergasse 3", "1010", "Wien"),
}


def add_site(actor: Actor, customer: Customer) -> None:
    """Give the customer one building with all its phones and its main number."""
    name, street, postcode, town = PLACES[str(customer.country)]
    save_site(
        actor,
        customer=customer,
        name=name,
        street=street,
        postcode=postcode,
        town=town,
        country=customer.country,
        did=Did.objects.filter(customer=customer, is_main=True).first(),
        extensions=list(Extension.objects.filter(customer=customer)),
    )
