"""More phones, forwards and rights of the invented extensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.devices import add_device
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.provisioning.models import Phone, PhoneKey, UnknownPhone
from pbx_console.provisioning.services.phone_settings import save_device_settings
from pbx_console.provisioning.services.phones import add_phone, save_keys
from pbx_console.provisioning.timeline import note


def add_phones(actor: Actor, extensions: Sequence[Extension]) -> None:
    """Let the first people of a customer use what an extension can do."""
    if len(extensions) < 3:
        return
    first, second, third, *_others = extensions
    _forward(actor, first, "busy", second)
    add_device(actor, extension=second, name="Home")
    _forward(actor, second, "no_answer", first)
    held = third.customer
    rights = {"dial_class": "national", "call_waiting": False}
    save_extension(actor, customer=held, extension=third, **rights)
    _desks(actor, extensions)


MODELS = ("snom-d785", "yealink-t54w", "grandstream-grp2614", "snom-d865")


def _desks(actor: Actor, extensions: Sequence[Extension]) -> None:
    """Put phones on the first desks; addresses from the range for documents."""
    customer = extensions[0].customer
    made: list[Phone] = []
    for extension, model in zip(extensions, MODELS, strict=False):
        made.append(
            add_phone(
                actor,
                customer=customer,
                mac=f"00005e0053{customer.pk % 16:x}{len(made):x}",
                model=model,
                name=extension.name,
                extensions=[extension],
            )
        )
    _reception(actor, made[0], extensions)


def _reception(actor: Actor, phone: Phone, extensions: Sequence[Extension]) -> None:
    """Let the first phone know its colleagues, and have fetched its settings."""
    keys = [
        PhoneKey(position=place, kind="blf", value=one.number, label=one.name[:40])
        for place, one in enumerate(extensions[1:6], 1)
    ]
    save_keys(actor, phone, keys)
    save_device_settings(actor, phone, {"dim_timer": "20"})
    phone.fetched_at, phone.firmware = timezone.now(), "10.1.184.15"
    phone.bound_address, phone.window_until = "192.0.2.41", None
    phone.save()
    seen: dict[str, Any] = {"address": "192.0.2.41", "firmware": phone.firmware}
    note("fetched", phone=phone, **seen)


def add_unknown_phone(reseller: Reseller) -> None:
    """Let a phone call in that nobody has added."""
    UnknownPhone.objects.create(
        reseller=reseller,
        mac="00005e0053fe",
        vendor="Yealink",
        model="yealink-t46u",
        firmware="108.86.0.90",
        address="192.0.2.77",
        times=3,
    )


def _forward(actor: Actor, row: Extension, condition: str, to: Extension) -> None:
    save_forward(actor, extension=row, condition=condition, destination=to.destination)
