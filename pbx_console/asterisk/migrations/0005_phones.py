"""Placeholder in the chain: columns of endpoints."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0004_sdp_session")]
    operations: ClassVar = []
