"""Row-level security on the desired state."""

from __future__ import annotations

from django.db import migrations

from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable


class Migration(migrations.Migration):
    dependencies = [("pbx", "0001_desired_state"), ("accounts", "0003_walls")]
    operations = [
        enable("pbx_extension", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_did", reseller="reseller_id", customer="customer_id"),
        enable("pbx_trunk", reseller="reseller_id"),
        enable("pbx_outboundroute", reseller="reseller_id"),
    ]
