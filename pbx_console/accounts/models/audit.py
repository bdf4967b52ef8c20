"""Who changed what. Rows are added and never changed; the database refuses it."""

from __future__ import annotations

from django.db import models

from pbx_console.accounts.models.customers import Customer
from pbx_console.accounts.models.resellers import Reseller
from pbx_console.accounts.models.users import User
from pbx_console.accounts.scope import OwnedManager


class AuditEntry(models.Model):
    """One act: who, as whom, from where, on what, before and after, without secrets.

    `verb` is past tense with its noun (`extension.saved`). Owners are kept without a
    database constraint so that the entry outlives them.
    """

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    actor_name = models.CharField(max_length=100)
    actor_level = models.CharField(max_length=12, blank=True)
    acted_as = models.CharField(max_length=160, blank=True)
    address = models.GenericIPAddressField(null=True)
    reseller = models.ForeignKey(
        Reseller,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=100)
    object_label = models.CharField(max_length=160)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.BigIntegerField(null=True)

    objects = OwnedManager["AuditEntry"](reseller="reseller", customer="customer")

    class Meta:
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=["reseller", "-at", "-id"], name="audit_reseller"),
            models.Index(fields=["customer", "-at", "-id"], name="audit_customer"),
            models.Index(
                fields=["object_type", "object_key", "-at", "-id"], name="audit_object"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb} {self.object_label}"

    @property
    def changes(self) -> list[tuple[str, object, object]]:
        """Return (field, before, after) of what differs, keys of objects left out."""
        both = dict.fromkeys([*self.before, *self.after])
        keys = [
            key for key in both if key.removesuffix("_id") not in both.keys() - {key}
        ]
        return [
            (key, self.before.get(key), self.after.get(key))
            for key in keys
            if self.before.get(key) != self.after.get(key)
        ]
