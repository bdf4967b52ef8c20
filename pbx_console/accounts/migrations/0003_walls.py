"""Row-level security on everything owned; the audit log only grows."""

from __future__ import annotations

from django.db import migrations

from pbx_console.accounts.rls import append_only, enable

IN_CUSTOMER = "id IN (SELECT reseller_id FROM accounts_customer)"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people")]
    operations = [
        enable("accounts_customer", reseller="reseller_id", customer="id"),
        enable("accounts_reseller", reseller="id", owned=IN_CUSTOMER),
        enable("accounts_membership", reseller="reseller_id", customer="customer_id"),
        enable(
            "accounts_user",
            reseller="reseller_id",
            owned="id IN (SELECT user_id FROM accounts_membership)",
        ),
        enable("accounts_auditentry", reseller="reseller_id", customer="customer_id"),
        append_only("accounts_auditentry"),
    ]
