"""Desired state -> Asterisk's realtime rows. The only writer of those tables.

Set-based and restartable: each function takes any number of objects. It runs in the
transaction of the save, so configuration and rows appear at one instant or not at all.
`drift()` recomputes everything and names what differs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.models import (
    PsAor,
    PsAuth,
    PsEndpoint,
    PsEndpointIdIp,
    PsRegistration,
)
from pbx_console.pbx import carrier_rows, emergency, recording
from pbx_console.pbx.models import Device, Extension, Trunk, VoicemailBox

# Neutral on purpose: a phone may show the realm of a challenge.
REALM = "telephony"
# Each channel of a phone tells at its end how it was heard (dialplan_phones.conf).
HEARD = "CHANNEL(hangup_handler_push)=quality,s,1"
TABLES: tuple[type[models.Model], ...] = (
    PsAuth,
    PsAor,
    PsEndpoint,
    PsEndpointIdIp,
    PsRegistration,
)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"<>\\;&]')


@dataclass(slots=True)
class Rows:
    """Realtime rows of some objects, per table."""

    by_table: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)

    def add(self, *rows: models.Model) -> None:
        """Collect rows."""
        for row in rows:
            self.by_table.setdefault(type(row), []).append(row)


def extension_rows(
    extension: Extension,
    told: str,
    device: Device | None = None,
    watched: Sequence[str] = (),
) -> tuple[PsEndpoint, PsAuth, PsAor]:
    """Return the endpoint, auth and aor of an extension, or of one of its devices.

    Needs its customer loaded. `told` is what `emergency.variables` says of it, `watched`
    names the boxes that light its lamp beside the own one.
    """
    account = device or extension
    key = account.endpoint_id
    encryption, optimistic = account.media_encryption
    endpoint = PsEndpoint(
        id=key,
        aors=key,
        auth=key,
        context="from-extension",
        callerid=_shown_inside(extension),
        accountcode=extension.number,
        tenantid=extension.customer.code,
        set_var=f"{revision_variable(account.revision)};{HEARD};{told}",
        language=extension.language or extension.customer.language,
        subscribe_context="lamps",
        named_call_group=_pickup_group(extension),
        named_pickup_group=_pickup_group(extension),
        mailboxes=",".join(
            f"{box}@{extension.customer.code}" for box in [extension.pk, *watched]
        ),
        moh_suggest=extension.customer.code,
        media_encryption=encryption,
        media_encryption_optimistic=optimistic,
    )
    auth = PsAuth(
        id=key, username=key, realm=REALM, md5_cred=digest(key, account.secret)
    )
    return endpoint, auth, PsAor(id=key)


def _pickup_group(extension: Extension) -> str | None:
    """Return the group's name in Asterisk, where groups of all customers are one list."""
    group = extension.pickup_group
    return f"{extension.customer.code}-{group}" if group else None


def _shown_inside(extension: Extension) -> str:
    name = _UNSAFE.sub("", extension.inside_name or extension.name)
    return f'"{name}" <{extension.inside_number or extension.number}>'


def trunk_rows(trunk: Trunk) -> list[models.Model]:
    """Return what Asterisk is told of a trunk."""
    return carrier_rows.trunk_rows(trunk, revision_variable(trunk.revision))


def revision_variable(revision: int) -> str:
    """Return the channel variable by which a read-back knows the revision."""
    return f"PBX_REVISION={revision}"


def digest(username: str, secret: str) -> str:
    """Return HA1 of RFC 2617 for our realm, so that the tables hold no secret."""
    text = f"{username}:{REALM}:{secret}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def project_extensions(extensions: Iterable[Extension]) -> None:
    """Write the rows of these extensions."""
    _write(_rows_of(list(extensions)))


def _rows_of(extensions: Sequence[Extension]) -> Rows:
    rows = Rows()
    told = emergency.variables(extensions)
    taped = recording.words(extensions)
    by_key = {extension.pk: extension for extension in extensions}
    watched = watched_boxes(by_key)
    for extension in extensions:
        lamps = watched.get(extension.pk, [])
        made = extension_rows(extension, told[extension.pk], watched=lamps)
        rows.add(*_taped(made, taped.get(extension.pk)))
    for device in Device.objects.filter(extension__in=by_key):
        device.extension = by_key[device.extension_id]
        key = device.extension_id
        lamps = watched.get(key, [])
        made = extension_rows(device.extension, told[key], device, lamps)
        rows.add(*_taped(made, taped.get(key)))
    return rows


def watched_boxes(extensions: Iterable[int]) -> dict[int, list[str]]:
    """Return extension -> names of the boxes that its lamp follows beside its own."""
    found: dict[int, list[str]] = {}
    pairs = VoicemailBox.watchers.through.objects.filter(extension__in=extensions)
    pairs = pairs.order_by("voicemailbox_id").select_related("voicemailbox")
    for pair in pairs:
        found.setdefault(pair.extension_id, []).append(pair.voicemailbox.mailbox)
    return found


def _taped(
    made: tuple[PsEndpoint, PsAuth, PsAor], words: str | None
) -> tuple[PsEndpoint, PsAuth, PsAor]:
    """Return the rows of a phone with what of its calls is recorded."""
    if words is not None:
        made[0].record_on_feature = words
        made[0].set_var = f"{made[0].set_var};{recording.variables(words)}"
    return made


def follow_numbers(customer_ids: Iterable[int]) -> list[Extension]:
    """Write the number that extensions show where it changed; return those extensions."""
    extensions = list(
        Extension.objects.filter(customer_id__in=set(customer_ids)).select_related(
            "customer"
        )
    )
    wanted = {row.pk: row for row in _rows_of(extensions).by_table.get(PsEndpoint, [])}
    rows = PsEndpoint.objects.filter(pk__in=wanted)
    there = dict(rows.values_list("pk", "set_var"))
    changed = [
        e
        for e in extensions
        if there.get(e.endpoint_id) != _set_var(wanted, e.endpoint_id)
    ]
    project_extensions(changed)
    return changed


def _set_var(rows: Mapping[Any, Any], key: str) -> str:
    return str(rows[key].set_var)


def project_trunks(trunks: Iterable[Trunk]) -> None:
    """Write the rows of active trunks, drop those of inactive ones."""
    rows, trunks = Rows(), list(trunks)
    inactive = []
    for trunk in trunks:
        if trunk.is_active:
            rows.add(*trunk_rows(trunk))
        inactive += [trunk.endpoint_id] * (not trunk.is_active or not trunk.username)
    PsAuth.objects.filter(id__in=inactive).delete()
    nowhere = [t.endpoint_id for t in trunks if not t.known_addresses]
    PsEndpointIdIp.objects.filter(id__in=nowhere).delete()
    remove([t.endpoint_id for t in trunks if not t.is_active])
    _write(rows)


def remove(endpoint_ids: Sequence[str]) -> None:
    """Drop all rows of these endpoints, but for registrations: Asterisk must still find
    them to unregister (`carrier_rows.forget_registrations`)."""
    for table in (table for table in TABLES if table is not PsRegistration):
        table._default_manager.filter(pk__in=endpoint_ids).delete()


def _write(rows: Rows) -> None:
    for table, found in rows.by_table.items():
        columns = [f.name for f in table._meta.concrete_fields if not f.primary_key]
        table._default_manager.bulk_create(
            found,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=columns,
            batch_size=1000,
        )


@dataclass(frozen=True, slots=True)
class Drift:
    """A realtime row that differs from the desired state."""

    table: str
    id: str
    reason: str


def drift() -> list[Drift]:
    """Recompute all rows and return what is missing, different or too many."""
    with as_everyone("projection check"):
        wanted = _rows_of(list(Extension.objects.select_related("customer")))
        for trunk in Trunk.objects.filter(is_active=True):
            wanted.add(*trunk_rows(trunk))
    found: list[Drift] = []
    for table in TABLES:
        found += _compare(table, wanted.by_table.get(table, []))
    return found


def _compare(table: type[models.Model], wanted: list[models.Model]) -> list[Drift]:
    columns = [f.name for f in table._meta.concrete_fields]
    expected = {row.pk: [getattr(row, c) for c in columns] for row in wanted}
    name = table._meta.db_table
    drifts = []
    for values in table._default_manager.values_list(*columns).iterator():
        key = str(values[columns.index("id")])
        right = expected.pop(key, None)
        if right is None:
            drifts.append(Drift(name, key, "is too many"))
        elif list(values) != right:
            drifts.append(Drift(name, key, "differs"))
    return drifts + [Drift(name, key, "is missing") for key in expected]
