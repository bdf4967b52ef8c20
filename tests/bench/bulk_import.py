"""A thousand extensions from a file: how long until all of them can register."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services import bulk, bulk_extensions
from pbx_console.pbx.services.extensions import save_extension
from tests.bench.registration import Phone
from tests.bench.report import Result, seconds
from tests.conftest import World, make_world

ROWS = 1_000
SINGLY = 50


def bulk_import() -> Iterator[Result]:
    """Import them and register the first and the last; compare with single saves."""
    with as_everyone("bench"):
        world = make_world()
        singly = _customer(world)
        one = seconds(lambda: _save_singly(singly)) / SINGLY
        customer = _customer(world)
        text = "number;name\n" + "".join(
            f"{n};Desk\n" for n in range(2000, 2000 + ROWS)
        )
        taken = seconds(lambda: _import(customer, text))
        for number in ("2000", str(1999 + ROWS)):
            row = Extension.objects.get(customer=customer, number=number)
            phone = Phone(row.endpoint_id, str(row.secret))
            assert phone.register() == 200
            phone.socket.close()
    yield Result(
        f"import of {ROWS} extensions, registrable",
        taken,
        "s",
        one * ROWS,
        f"the same by single saves ({SINGLY} measured)",
    )


def _customer(world: World) -> Customer:
    reseller = world.nordbel.reseller
    type(reseller).objects.filter(pk=reseller.pk).update(max_extensions=20_000)
    reseller.refresh_from_db()
    name = f"Bench {uuid4().hex[:8]}"
    return save_customer(SYSTEM, reseller=reseller, name=name, max_extensions=5_000)


def _save_singly(customer: Customer) -> None:
    for number in range(3000, 3000 + SINGLY):
        save_extension(SYSTEM, customer=customer, number=str(number), name="Desk")


def _import(customer: Customer, text: str) -> None:
    done = bulk.apply(bulk_extensions.CODEC, SYSTEM, owner=customer, data=text.encode())
    assert len(done.created) == ROWS, done.errors[:3]
