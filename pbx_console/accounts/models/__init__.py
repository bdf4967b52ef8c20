"""Resellers, customers, people, roles and the audit log."""

from __future__ import annotations

from pbx_console.accounts.models.audit import AuditEntry
from pbx_console.accounts.models.customers import Customer
from pbx_console.accounts.models.invitations import Invitation
from pbx_console.accounts.models.memberships import Membership, Role
from pbx_console.accounts.models.quotas import QuotaWarning
from pbx_console.accounts.models.resellers import Language, Reseller
from pbx_console.accounts.models.sessions import (
    PasswordReset,
    RememberedDevice,
    Session,
)
from pbx_console.accounts.models.users import User

__all__ = [
    "AuditEntry",
    "Customer",
    "Invitation",
    "Language",
    "Membership",
    "PasswordReset",
    "QuotaWarning",
    "RememberedDevice",
    "Reseller",
    "Role",
    "Session",
    "User",
]
