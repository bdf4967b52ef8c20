"""What a reseller, a customer or one phone sets in the words of the maker.

Every name and value is looked at by `render.layers.check`: only what a family's table
knows, and nothing that would break the file.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.services import audit, undo
from pbx_console.provisioning.models import Phone, PhoneSettings
from pbx_console.provisioning.render.catalogue import FAMILIES, MODELS
from pbx_console.provisioning.render.families import Family
from pbx_console.provisioning.render.layers import Problem, Refused, check
from pbx_console.provisioning.services import phone_fit
from pbx_console.provisioning.services.phones import ensure_untouched, named

MOST = 200
"""Settings on one level; a phone has some hundreds that people may change."""


@transaction.atomic
def save_device_settings(
    actor: Actor, phone: Phone, settings: Mapping[str, str]
) -> Phone:
    """Let one phone differ from all others. Raises ValidationError."""
    ensure_allowed(MODELS[phone.model].family, settings)
    before = lines_told(phone.settings)
    phone.settings = dict(settings)
    phone.changed_at = timezone.now()
    phone.save()
    phone_fit.ensure_fit(phone)
    _note(actor, "phone.settings_saved", phone, before, phone.settings)
    return phone


@transaction.atomic
def save_phone_settings(
    actor: Actor,
    *,
    reseller: Reseller,
    customer: Customer | None = None,
    family: str,
    settings: Mapping[str, str],
) -> PhoneSettings:
    """Set something on every phone of a family. Raises ValidationError."""
    if family not in FAMILIES:
        raise ValidationError({"family": _("Choose a family from the list.")})
    ensure_allowed(FAMILIES[family], settings)
    place = {"reseller": reseller, "customer": customer, "family": family}
    row = PhoneSettings.objects.filter(**place).first() or PhoneSettings(**place)
    before = lines_told(row.settings)
    row.settings = dict(settings)
    row.save()
    phones_of(row).update(changed_at=timezone.now())
    _note(actor, "phonesettings.saved", row, before, row.settings)
    return row


def _note(
    actor: Actor,
    verb: str,
    obj: Phone | PhoneSettings,
    before: list[str],
    settings: Mapping[str, str],
) -> None:
    after = {"settings": lines_told(settings)}
    audit.record(actor, verb, obj, before={"settings": before}, after=after)


def phones_of(row: PhoneSettings) -> QuerySet[Phone]:
    """Return the phones that a level's settings are for."""
    slugs = [slug for slug, model in MODELS.items() if model.family.slug == row.family]
    rows = Phone.objects.filter(model__in=slugs)
    if row.customer_id is not None:
        return rows.filter(customer_id=row.customer_id)
    return rows.filter(customer__reseller_id=row.reseller_id)


def lines_told(settings: Mapping[str, str]) -> list[str]:
    """Return settings as lines, for the log and for the form."""
    return [f"{name} = {value}" for name, value in settings.items()]


def ensure_allowed(family: Family, settings: Mapping[str, str]) -> None:
    """Raise ValidationError with a sentence per setting that is refused."""
    wrong = [_why(error) for error in _refused(family, settings)]
    if len(settings) > MOST:
        wrong.insert(0, _("At most %(n)s settings stand here.") % {"n": MOST})
    if wrong:
        raise ValidationError({"settings": wrong[:20]})


def _refused(family: Family, settings: Mapping[str, str]) -> list[Refused]:
    found = []
    for name, value in settings.items():
        try:
            check(family, name, value)
        except Refused as error:
            found.append(error)
    return found


def _why(error: Refused) -> str:
    named = {"name": error.name[:80]}
    if error.problem is Problem.PROTECTED:
        return _("%(name)s is set by the console and cannot be changed here.") % named
    if error.problem is Problem.UNKNOWN:
        return _("These phones have no setting %(name)s that can be changed.") % named
    if error.problem is Problem.FORMAT:
        return _("The value of %(name)s would break the phone's file.") % named
    return _("%(name)s does not take this value.") % named


# ── taking it back ───────────────────────────────────────────────────────────────────


@undo.way("phone.settings_saved", family="phone_settings", right="phones.manage")
def _undo_device(actor: Actor, entry: AuditEntry) -> Phone:
    phone = named(entry)
    ensure_untouched(lines_told(phone.settings), entry.after.get("settings"))
    return save_device_settings(actor, phone, _told(entry))


def _right_of_level(entry: AuditEntry) -> str:
    return "phones.manage" if entry.customer_id else "customers.manage"


@undo.way("phonesettings.saved", family="phonesettings", right=_right_of_level)
def _undo_level(actor: Actor, entry: AuditEntry) -> PhoneSettings:
    rows = PhoneSettings.objects.filter(pk=int(entry.object_key))
    row = undo.locked(rows.select_related("reseller"))
    ensure_untouched(lines_told(row.settings), entry.after.get("settings"))
    return save_phone_settings(
        actor,
        reseller=row.reseller,
        customer=row.customer,
        family=row.family,
        settings=_told(entry),
    )


def _told(entry: AuditEntry) -> dict[str, str]:
    """Return the settings before a change, as `lines_told` wrote them down."""
    pairs = (line.partition(" = ") for line in entry.before.get("settings", []))
    return {name: value for name, _equals, value in pairs}
