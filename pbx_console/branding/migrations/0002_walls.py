"""Row-level security on brands and their host names."""

from __future__ import annotations

from django.db import migrations

from pbx_console.accounts.rls import enable


class Migration(migrations.Migration):
    dependencies = [("branding", "0001_brands"), ("accounts", "0003_walls")]
    operations = [
        enable("branding_brand", reseller="reseller_id"),
        enable(
            "branding_branddomain", owned="brand_id IN (SELECT id FROM branding_brand)"
        ),
    ]
