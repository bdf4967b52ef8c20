"""Resellers, customers, people, roles and the audit log."""

from __future__ import annotations

from pbx_console.accounts.models.audit import AuditEntry
from pbx_console.accounts.models.customers import Customer
from pbx_console.accounts.models.memberships import Membership, Role
from pbx_console.accounts.models.resellers import Reseller
from pbx_console.accounts.models.users import User

__all__ = ["AuditEntry", "Customer", "Membership", "Reseller", "Role", "User"]
