"""What a person may do, and for whom."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.customers import Customer
from pbx_console.accounts.models.resellers import Reseller
from pbx_console.accounts.models.users import User
from pbx_console.accounts.scope import OwnedManager


class Role(models.TextChoices):
    """The few roles; their rights are in `accounts.rights`."""

    OPERATOR = "operator", _("Platform staff")
    OWNER = "owner", _("Owner")
    TECHNICIAN = "technician", _("Technician")
    BILLING = "billing", _("Billing")
    READER = "reader", _("Read only")
    ADMIN = "admin", _("Administrator")
    END_USER = "end_user", _("User")


RESELLER_ROLES = (Role.OWNER, Role.TECHNICIAN, Role.BILLING, Role.READER)
CUSTOMER_ROLES = (Role.ADMIN, Role.END_USER)


class Membership(models.Model):
    """One role of one person at one level."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    reseller = models.ForeignKey(
        Reseller,
        on_delete=models.CASCADE,
        related_name="memberships",
        null=True,
        blank=True,
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="memberships",
        null=True,
        blank=True,
    )
    extension_number = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # Of an unsaved stand-in while somebody acts for a customer (accounts.acting).
    acted_by: Membership | None = None
    acting_until: dt.datetime | None = None

    objects = OwnedManager["Membership"](reseller="reseller", customer="customer")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "reseller", "customer", "extension_number"],
                name="membership_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="membership_level",
                condition=(
                    models.Q(role="operator", reseller=None, customer=None)
                    | models.Q(
                        role__in=RESELLER_ROLES, reseller__isnull=False, customer=None
                    )
                    | models.Q(
                        role__in=CUSTOMER_ROLES,
                        reseller__isnull=False,
                        customer__isnull=False,
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def level(self) -> str:
        """Return `operator`, `reseller` or `customer`."""
        if self.customer_id:
            return "customer"
        return "reseller" if self.reseller_id else "operator"

    @property
    def needs_second_factor(self) -> bool:
        """Platform staff and reseller roles never work without one; customers' people
        where their reseller or the customer wants it."""
        if self.customer is None or self.reseller is None or self.acted_by:
            return True
        wanted = self.reseller.require_second_factor
        return wanted or self.customer.require_second_factor
