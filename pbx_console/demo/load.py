"""Building the demo world with the same services that the pages use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Reseller, User
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.invitations import invite
from pbx_console.accounts.services.own import save_preferences
from pbx_console.accounts.services.people import add_person, add_role
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.accounts.services.sign_in import totp_secret
from pbx_console.branding.services.brands import load_pack
from pbx_console.demo import journal
from pbx_console.demo.call_flow import add_call_flow
from pbx_console.demo.life import add_bans, add_life
from pbx_console.demo.limits import limit_extension, limit_reseller
from pbx_console.demo.numbers import add_numbers
from pbx_console.demo.phones import add_phones, add_unknown_phone
from pbx_console.demo.queues import add_queues
from pbx_console.demo.recordings import add_recordings
from pbx_console.demo.sites import add_site
from pbx_console.demo.voicemail import add_voicemail
from pbx_console.demo.world import (
    DESTINATIONS,
    PRICES,
    RESELLERS,
    CustomerSeed,
    ResellerSeed,
)
from pbx_console.metering import exports, ingest
from pbx_console.metering.models import PriceList
from pbx_console.metering.services.price_lists import (
    import_price_list,
    save_price_list,
)
from pbx_console.metering.services.tariffs import (
    choose_for_customer,
    choose_for_reseller,
)
from pbx_console.pbx.models import Extension, Trunk
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.trunks import save_route, save_trunk

LOADER = Actor(user=None, name="Demo", level="system")
STAFF = "staff@console.example"


@dataclass
class Loaded:
    """What a person needs to use the world; becomes var/demo.json."""

    users: list[dict[str, str]] = field(default_factory=list)
    sip_accounts: list[dict[str, str]] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)
    trunk: dict[str, Any] = field(default_factory=dict)

    def add_user(self, user: User, *, role: str, host: str, password: str) -> None:
        """Note a login; make its second factor where the role needs one."""
        row = {"email": user.email, "name": user.name, "role": role}
        row |= {"host": host, "password": password, "totp_secret": ""}
        if role not in ("admin", "end_user"):
            StaticDevice.objects.filter(user=user).delete()
            device = TOTPDevice.objects.create(user=user, name="totp", confirmed=True)
            row["totp_secret"] = totp_secret(device)
        self.users.append(row)


def exists() -> bool:
    """Say whether the world was loaded before."""
    return Reseller.objects.filter(slug=RESELLERS[0].slug).exists()


def load(*, trunk_host: str, trunk_port: int, packs: Path) -> Loaded:
    """Make the whole world. Needs an open scope over everyone; run it in a transaction."""
    loaded = Loaded()
    trunk = save_trunk(
        LOADER,
        slug="carrier",
        name="Carrier",
        host=trunk_host,
        port=trunk_port,
        watch_seconds=0,  # nobody answers there until somebody plays the carrier
    )
    save_route(LOADER, prefix="+", trunk=trunk)
    loaded.trunk = {"slug": trunk.slug, "host": trunk_host, "port": trunk_port}
    _dress(loaded, "platform", packs / "default", None)
    wholesale = _price_list(None, "wholesale")
    _platform_staff(loaded)
    for seed in RESELLERS:
        _reseller(loaded, seed, trunk, wholesale, packs)
    add_bans(LOADER, list(Reseller.objects.order_by("pk")))
    return loaded


def _dress(loaded: Loaded, key: str, pack: Path, reseller: Reseller | None) -> None:
    host = f"{key if reseller else 'console'}.localhost"
    load_pack(pack, reseller, domains=[host], actor=LOADER)
    loaded.hosts[key] = host


def _platform_staff(loaded: Loaded) -> None:
    password = secrets.token_urlsafe(12)
    user = add_person(
        LOADER, email=STAFF, name="Platform staff", password=password, role="operator"
    )
    host = loaded.hosts["platform"]
    loaded.add_user(user, role="operator", host=host, password=password)


def _reseller(
    loaded: Loaded,
    seed: ResellerSeed,
    trunk: Trunk,
    wholesale: PriceList,
    packs: Path,
) -> None:
    reseller = save_reseller(
        LOADER,
        slug=seed.slug,
        name=seed.name,
        country=seed.country,
        timezone=seed.timezone,
    )
    _dress(loaded, seed.slug, packs / seed.slug, reseller)
    choose_for_reseller(LOADER, reseller=reseller, price_list=wholesale)
    limit_reseller(LOADER, reseller)
    for number in seed.stock:
        save_did(LOADER, number=number, trunk=trunk, reseller=reseller)
    for role, name in seed.team:
        _person(loaded, seed, reseller, role=role, name=name)
    retail = _price_list(reseller, "flex-2026-11")
    for customer in seed.customers:
        _customer(loaded, seed, reseller, customer, trunk, retail)
    add_unknown_phone(reseller)


def _person(
    loaded: Loaded,
    seed: ResellerSeed,
    reseller: Reseller,
    *,
    role: str,
    name: str,
    customer: Customer | None = None,
    extension: str = "",
    mail: str = "",
) -> None:
    password = secrets.token_urlsafe(12)
    user = add_person(
        LOADER,
        email=f"{role.replace('_', '-')}@{mail or f'{seed.slug}.example'}",
        name=name,
        password=password,
        role=role,
        reseller=reseller,
        customer=customer,
        extension_number=extension,
    )
    if role in seed.speakers:
        save_preferences(LOADER, user=user, language=seed.language)
    host = loaded.hosts[seed.slug]
    loaded.add_user(user, role=role, host=host, password=password)


def _customer(
    loaded: Loaded,
    seed: ResellerSeed,
    reseller: Reseller,
    wanted: CustomerSeed,
    trunk: Trunk,
    retail: PriceList,
) -> None:
    customer = save_customer(
        LOADER,
        reseller=reseller,
        name=wanted.name,
        erp_number=wanted.erp_number,
        country=seed.country,
        language=seed.language,
        timezone=seed.timezone,
        max_extensions=wanted.max_extensions,
    )
    choose_for_customer(LOADER, customer=customer, price_list=retail)
    extensions = [
        save_extension(LOADER, customer=customer, number=str(number), name=name)
        for number, name in enumerate(wanted.people, start=wanted.first)
    ]
    _numbers(reseller, customer, wanted, trunk, extensions)
    add_phones(LOADER, extensions)
    add_life(extensions)
    limit_extension(LOADER, extensions)
    add_voicemail(LOADER, customer)
    add_site(LOADER, customer)
    add_queues(LOADER, customer)
    add_call_flow(LOADER, customer)
    add_numbers(LOADER, customer)
    for extension in extensions:
        loaded.sip_accounts.append(_sip_account(extension))
    if wanted.mail:
        inside: dict[str, Any] = {"customer": customer, "mail": wanted.mail}
        _person(loaded, seed, reseller, role="admin", name=wanted.people[1], **inside)
        inside["extension"] = str(wanted.first)
        _person(
            loaded, seed, reseller, role="end_user", name=wanted.people[0], **inside
        )
    _more_people(customer, wanted)


def _more_people(customer: Customer, wanted: CustomerSeed) -> None:
    """Leave an invitation open, and give somebody a second role."""
    if wanted.invited:
        name, email, extension = wanted.invited
        invite(
            LOADER,
            email=email,
            name=name,
            role="end_user",
            customer=customer,
            extension_number=extension,
        )
    if wanted.admin_too:
        user = User.objects.get(email=wanted.admin_too, reseller=customer.reseller)
        add_role(LOADER, user=user, role="admin", customer=customer)


def _numbers(
    reseller: Reseller,
    customer: Customer,
    wanted: CustomerSeed,
    trunk: Trunk,
    extensions: list[Extension],
) -> None:
    for place, number in enumerate(wanted.numbers):
        save_did(
            LOADER,
            number=number,
            trunk=trunk,
            reseller=reseller,
            customer=customer,
            destination=extensions[place].destination
            if place < len(extensions)
            else None,
            is_main=place == 0,
        )


def _sip_account(extension: Extension) -> dict[str, str]:
    return {
        "customer": extension.customer.name,
        "code": extension.customer.code,
        "number": extension.number,
        "name": extension.name,
        "user": extension.endpoint_id,
        "secret": extension.secret,
    }


def _price_list(reseller: Reseller | None, slug: str) -> PriceList:
    """Make a list and import its prices as a person would: from CSV."""
    price_list = save_price_list(
        LOADER,
        reseller=reseller,
        slug=slug,
        name="Flex 2026-11" if reseller else "Wholesale 2026-11",
        kind="retail" if reseller else "wholesale",
        timezone=reseller.timezone if reseller else "Europe/Berlin",
    )
    rows = ["prefix,name,class,per_minute,first_increment,next_increment,valid_from"]
    for prefix, name, kind, purchase, sale, first, following in PRICES:
        price = sale if reseller else purchase
        start = f"{first},{following},2026-01-01"
        rows.append(f'{prefix.lstrip("+")},"{name}",{kind},{price},{start}')
    done = import_price_list(LOADER, price_list=price_list, text="\n".join(rows) + "\n")
    if not done.ok:
        raise ValueError(f"the demo's own prices are refused: {done.errors}")
    return price_list


def history(days: int) -> None:
    """Write invented calls day by day, and let them be read, rated and exported."""
    today = timezone.now().date()
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        _write_day(day, until=None if back else timezone.now().timestamp())
        ingest.run_once()
        if back:
            exports.export_day(day)
    add_recordings(LOADER)


def _write_day(day: date, *, until: float | None) -> None:
    legs = [leg for seed in RESELLERS for leg in _legs_of(seed, day)]
    if until is not None:
        legs = [x for x in legs if x.start + x.ring + x.talk < until * 1_000_000]
    path = Path(settings.JOURNAL_DIR) / f"cel.csv.{day:%Y%m%d}-demo"
    more = journal.inside(legs, seed=day.toordinal())
    text = "".join(journal.lines(legs, trunk="carrier", more=more))
    path.write_text(text, encoding="utf-8")


def _legs_of(seed: ResellerSeed, day: date) -> list[journal.Leg]:
    reseller = Reseller.objects.get(slug=seed.slug)
    rows = Extension.objects.filter(customer__reseller=reseller).select_related(
        "customer"
    )
    main = {d.customer_id: d.number for d in reseller.dids.filter(is_main=True)}
    parties = [
        journal.Party(e.customer.code, e.number, e.name, main[e.customer_id])
        for e in rows
    ]
    targets = [number for number, weight in DESTINATIONS for _n in range(weight)]
    return journal.day_of_calls(
        day, zone=seed.timezone, parties=parties, targets=targets, seed=reseller.pk
    )
