"""Lookups of calls read resellers; see `owner_sees_everyone`."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.accounts.rls import owner_sees_everyone


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0006_quota_warnings")]
    operations: ClassVar = [owner_sees_everyone("accounts_reseller")]
