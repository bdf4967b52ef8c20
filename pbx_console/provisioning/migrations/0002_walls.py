"""Row-level security of phones."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.accounts.rls import BY_CUSTOMER_ID, CUSTOMER, RESELLER, enable

BY_PHONE = "phone_id IN (SELECT id FROM provisioning_phone)"
BY_DEVICE = "device_id IN (SELECT id FROM pbx_device)"
# What is the reseller's own (no customer) is not for its customers.
MINE = f"reseller_id = {RESELLER} OR customer_id = {CUSTOMER}"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("provisioning", "0001_phones")]
    operations: ClassVar = [
        enable("provisioning_phone", owned=BY_CUSTOMER_ID),
        enable("provisioning_phoneline", owned=BY_PHONE),
        enable("provisioning_phonekey", owned=BY_PHONE),
        enable("provisioning_phonesettings", owned=MINE),
        enable("provisioning_phoneevent", owned=MINE),
        enable("provisioning_unknownphone", reseller="reseller_id"),
        enable("provisioning_setuplink", owned=BY_DEVICE),
    ]
