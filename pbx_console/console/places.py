"""Whose people a page shows: the platform's, a reseller's or a customer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from pbx_console.accounts import features
from pbx_console.accounts.models import (
    Customer,
    Invitation,
    Membership,
    Reseller,
)
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.services import reach
from pbx_console.accounts.services.invitations import open_invitations
from pbx_console.console.owners import customer_for, reseller_for, show


@dataclass(frozen=True, slots=True)
class Place:
    """A level with people of its own, as the person on the page reaches it."""

    reseller: Reseller | None
    customer: Customer | None
    own: bool

    @property
    def url(self) -> str:
        """Return the address of the list."""
        return self._url("people")

    @property
    def invite_url(self) -> str:
        """Return the address of the form to invite somebody."""
        return self._url("people_invite")

    def _url(self, name: str) -> str:
        if self.customer is not None:
            return reverse(f"console:customer_{name}", args=[self.customer.code])
        if self.reseller is not None and not self.own:
            return reverse(f"console:reseller_{name}", args=[self.reseller.slug])
        return reverse(f"console:{name}")

    @property
    def memberships(self) -> QuerySet[Membership]:
        """Return the roles held here."""
        rows = Membership.objects.select_related("user")
        return rows.filter(reseller=self.reseller, customer=self.customer)

    @property
    def invitations(self) -> QuerySet[Invitation]:
        """Return the invitations that were not used yet."""
        rows: QuerySet[Invitation] = open_invitations()
        return rows.filter(reseller=self.reseller, customer=self.customer)

    def roles(self, request: Any) -> list[tuple[str, str]]:
        """Return the roles of this level that the person may give."""
        found = reach.roles_of_level(self.reseller, self.customer)
        return [(r.value, str(r.label)) for r in found if reach.gives(request.actor, r)]


def own_place(request: Any) -> Place:
    """Return the level of the person's own membership."""
    return Place(request.membership.reseller, request.membership.customer, own=True)


def reseller_place(request: Any, slug: str) -> Place:
    """Return a reseller as platform staff look at it, or 404."""
    return Place(reseller_for(request, slug), None, own=False)


def customer_place(request: Any, code: str) -> Place:
    """Return a customer of the scope, or 404."""
    customer = customer_for(request, code)
    return Place(customer.reseller, customer, own=False)


def place_of(request: Any, row: Membership | Invitation) -> Place:
    """Return the place of a role or an invitation, and show the page at its level."""
    own = row.customer is None and request.membership.level != "operator"
    if row.reseller is not None:
        show(request, reseller=row.reseller, customer=row.customer)
    return Place(row.reseller, row.customer, own=own or row.reseller is None)


def ensure_may_change(request: Any) -> None:
    """Raise PermissionDenied, with the sentence, for a customer's own administrator
    where managing people is not part of the contract."""
    if request.membership.level == "customer":
        features.ensure(Feature.PEOPLE, request.membership.customer)


def may_change(request: Any) -> bool:
    """Say whether the buttons are shown."""
    own = request.membership.customer
    return own is None or features.allowed(Feature.PEOPLE, own)


def extension_choices(customer: Customer | None) -> list[tuple[str, str]]:
    """Return a customer's extensions to choose from, with their names."""
    if customer is None:
        return []
    rows = customer.extensions.order_by("number").values_list("number", "name")
    return [(number, f"{number} {name}") for number, name in rows]


def with_second_factor(user_ids: list[int]) -> set[int]:
    """Return who of these has an authenticator or a passkey."""
    wanted = Q(user_id__in=user_ids, confirmed=True)
    found = set(TOTPDevice.objects.filter(wanted).values_list("user_id", flat=True))
    keys = WebAuthnCredential.objects.filter(wanted)
    return found | set(keys.values_list("user_id", flat=True))
