"""Which role may do what. Few rights, one table, tested against every URL."""

from __future__ import annotations

from pbx_console.accounts.models import Role
from pbx_console.accounts.models.memberships import CUSTOMER_ROLES, RESELLER_ROLES

VIEW = {
    "customers.view",
    "extensions.view",
    "phones.view",
    "numbers.view",
    "calls.view",
    "callflow.view",
    "limits.view",
}
TECHNICAL = VIEW | {
    "customers.manage",
    "extensions.manage",
    "phones.manage",
    "bans.manage",
    "numbers.manage",
    "trunks.view",
    "audit.view",
    "people.customer",
    "acting",
    "callflow.manage",
    "phonebook.manage",
    "limits.manage",
    "porting.manage",
}
MONEY = VIEW | {"prices.view", "prices.manage", "usage.view", "exports.view"}
BRAND = {"brand.view", "brand.manage", "domains.manage", "mail.view"}

RIGHTS: dict[str, frozenset[str]] = {
    Role.OPERATOR: frozenset(
        TECHNICAL
        | MONEY
        | BRAND
        | {"people.customer", "people.reseller", "people.platform", "quotas.reseller"}
        | {"resellers.manage", "trunks.manage", "numbers.stock", "prices.wholesale"}
    ),
    Role.OWNER: frozenset(
        TECHNICAL | MONEY | BRAND | {"people.reseller", "trunks.manage"}
    ),
    Role.TECHNICIAN: frozenset(TECHNICAL | {"trunks.manage"}),
    Role.BILLING: frozenset(MONEY),
    Role.READER: frozenset(
        VIEW
        | {"trunks.view", "prices.view", "usage.view", "exports.view", "audit.view"}
    ),
    Role.ADMIN: frozenset(
        {
            "extensions.view",
            "extensions.manage",
            "phones.view",
            "phones.manage",
            "numbers.view",
            "numbers.route",
            "callflow.view",
            "callflow.manage",
            "phonebook.manage",
            "recordings.listen",
            "voicemail.listen",
            "voicemail.shared",
            "limits.view",
            "calls.view",
            "audit.view",
            "people.customer",
            "brand.customer",
        }
    ),
    Role.END_USER: frozenset({"own.view", "voicemail.listen"}),
}
for _role in (Role.OPERATOR, Role.OWNER, Role.TECHNICIAN):
    RIGHTS[_role] = RIGHTS[_role] | {"numbers.route", "brand.customer"}
# Whom each role may invite, change and put out, within its own scope.
GIVES: dict[str, tuple[Role, ...]] = {
    Role.OPERATOR: tuple(Role),
    Role.OWNER: (*RESELLER_ROLES, *CUSTOMER_ROLES),
    Role.TECHNICIAN: CUSTOMER_ROLES,
    Role.ADMIN: CUSTOMER_ROLES,
}
ALL_RIGHTS = frozenset().union(*RIGHTS.values())


def has_right(role: str, right: str) -> bool:
    """Say whether a role has a right; an unknown right is a mistake in our code."""
    if right not in ALL_RIGHTS:
        raise KeyError(right)
    return right in RIGHTS.get(role, frozenset())


def may_give(role: str, wanted: str) -> bool:
    """Say whether somebody with `role` may give or take `wanted`: never above the own."""
    return wanted in GIVES.get(role, ())
